#include "crypto/wordlist.h"

namespace tillit::crypto {
namespace {

constexpr std::size_t kLongestWord = 8;

/// Up to eight letters as one number; sorts as the letters do.
constexpr std::uint64_t pack(std::string_view letters) noexcept {
    std::uint64_t packed = 0;
    for (std::size_t i = 0; i < kLongestWord; ++i) {
        packed <<= 8;
        if (i < letters.size()) packed |= static_cast<unsigned char>(letters[i]);
    }
    return packed;
}

const std::array<std::uint64_t, kWordCount>& packed_words() {
    static const auto packed = [] {
        std::array<std::uint64_t, kWordCount> all{};
        for (std::size_t i = 0; i < kWordCount; ++i) all[i] = pack(kWords[i]);
        return all;
    }();
    return packed;
}

}  // namespace

std::optional<std::uint16_t> word_index(std::string_view letters) noexcept {
    if (letters.size() < 3 || letters.size() > kLongestWord) return std::nullopt;
    const std::uint64_t wanted = pack(letters);
    const std::uint64_t mask = ~std::uint64_t{0} << (8 * (kLongestWord - letters.size()));
    const bool may_be_prefix = letters.size() >= 4;

    // The whole list, always. A whole word wins over a prefix: "art" is a word, "arti" is a prefix.
    std::uint32_t exact = 0;  // index + 1
    std::uint32_t prefix = 0;
    std::uint32_t index = 0;
    for (const std::uint64_t word : packed_words()) {
        ++index;
        exact |= word == wanted ? index : 0;
        prefix |= (word & mask) == wanted ? index : 0;  // at most one word, by the list's promise
    }
    const std::uint32_t found = exact != 0 ? exact : (may_be_prefix ? prefix : 0);
    if (found == 0) return std::nullopt;
    return static_cast<std::uint16_t>(found - 1);
}

}  // namespace tillit::crypto

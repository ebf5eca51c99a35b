#include "crypto/fingerprint.h"

#include "crypto/case_key.h"
#include "crypto/wordlist.h"

namespace tillit::crypto {

namespace {

constexpr std::size_t kMaxTypedBytes = 1024;

/// The next run of letters from `at`, in small letters; empty at the end.
std::string next_word(std::string_view text, std::size_t& at) {
    std::string word;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        const bool is_capital = c >= 'A' && c <= 'Z';
        if (is_capital || (c >= 'a' && c <= 'z')) {
            word += is_capital ? static_cast<char>(c + ('a' - 'A')) : c;
        } else if (!word.empty()) {
            break;
        }
    }
    return word;
}

}  // namespace

bool says_fingerprint(std::string_view typed, const Hash& hash) {
    if (typed.size() > kMaxTypedBytes) return false;
    const std::string expected = fingerprint_words(hash);
    std::size_t at = 0;
    std::size_t expected_at = 0;
    for (auto word = next_word(expected, expected_at); !word.empty();
         word = next_word(expected, expected_at)) {
        const auto said = word_index(next_word(typed, at));
        if (!said || kWords[*said] != word) return false;
    }
    return next_word(typed, at).empty();
}

}  // namespace tillit::crypto

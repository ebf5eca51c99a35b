#include "server/portal/mentions.h"

#include <algorithm>
#include <array>
#include <string>

namespace tillit::portal {

namespace {

constexpr std::size_t kLeastCharacters = 3;  // "it", "an" and "li" stand everywhere

struct Range {
    char32_t first;
    char32_t last;
    [[nodiscard]] bool holds(char32_t c) const noexcept { return c >= first && c <= last; }
};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(), [c](const Range& r) { return r.holds(c); });
}

bool is_of_word(char32_t c) {
    constexpr std::array kWords = {Range{U'0', U'9'},    Range{U'A', U'Z'}, Range{U'a', U'z'},
                                   Range{0xC0, 0xD6},    Range{0xD8, 0xF6}, Range{0xF8, 0x1FFF},
                                   Range{0x3040, 0xD7FF}};
    return is_in(kWords, c);
}

/// Only where it takes one rule for a range; other scripts stay as they are written.
char32_t lowered(char32_t c) {
    constexpr std::array kBy32 = {Range{U'A', U'Z'},   Range{0xC0, 0xD6},   Range{0xD8, 0xDE},
                                  Range{0x391, 0x3A1}, Range{0x3A3, 0x3AB}, Range{0x410, 0x42F}};
    constexpr std::array kEven = {Range{0x100, 0x12E}, Range{0x132, 0x136}, Range{0x14A, 0x176},
                                  Range{0x1E00, 0x1E94}, Range{0x1EA0, 0x1EFE}};
    constexpr std::array kOdd = {Range{0x139, 0x147}, Range{0x179, 0x17D}};
    if (is_in(kBy32, c)) return c + 32;
    if (is_in(kEven, c)) return c % 2 == 0 ? c + 1 : c;
    if (is_in(kOdd, c)) return c % 2 == 1 ? c + 1 : c;
    if (Range{0x400, 0x40F}.holds(c)) return c + 80;
    return c == 0x178 ? 0xFF : c;
}

/// The next character; `text`, not empty and clean UTF-8, loses it.
char32_t take(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        c = c << 6 | (static_cast<unsigned char>(text[i]) & 0x3FU);
    }
    text.remove_prefix(length);
    return c;
}

/// As UTF-8; up to U+FFFF, which words hold.
void put(crypto::SecretBytes& out, char32_t c) {
    const auto byte = [&](char32_t value) { out.push_back(static_cast<std::uint8_t>(value)); };
    if (c < 0x80) return byte(c);
    if (c < 0x800) {
        byte(0xC0 | c >> 6);
    } else {
        byte(0xE0 | c >> 12);
        byte(0x80 | (c >> 6 & 0x3F));
    }
    byte(0x80 | (c & 0x3F));
}

std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// `sought`: words in a row, each with a space before it and none at the end.
bool holds(std::string_view words, std::string_view sought) {
    if (characters_in(sought) <= kLeastCharacters) return false;
    for (auto at = words.find(sought); at != std::string_view::npos;
         at = words.find(sought, at + 1)) {
        const auto rest = words.substr(at + sought.size());
        if (rest.starts_with(" ") || rest.starts_with("s ")) return true;
    }
    return false;
}

bool holds_text(std::string_view words, std::string_view text) {
    const auto sought = words_of(text);
    return holds(words, sought.expose_text().substr(0, sought.size() - 1));
}

bool holds_any_word(std::string_view words, std::string_view text) {
    const auto sought = words_of(text);
    auto left = sought.expose_text();
    while (left.size() > 1) {
        const auto end = left.find(' ', 1);
        if (holds(words, left.substr(0, end))) return true;
        left.remove_prefix(end);
    }
    return false;
}

}  // namespace

crypto::SecretBytes words_of(std::string_view text) {
    crypto::SecretBytes words;
    words.push_back(' ');
    bool is_within = false;
    while (!text.empty()) {
        const auto c = take(text);
        if (is_of_word(c)) {
            put(words, lowered(c));
        } else if (is_within) {
            words.push_back(' ');
        }
        is_within = is_of_word(c);
    }
    if (is_within) words.push_back(' ');
    return words;
}

bool mentions(const crypto::SecretBytes& words, std::string_view name, std::string_view office) {
    const auto text = words.expose_text();
    const auto family = name.substr(name.rfind(' ') + 1);  // npos + 1: the whole name
    return holds_text(text, name) || holds_any_word(text, family) || holds_text(text, office);
}

}  // namespace tillit::portal

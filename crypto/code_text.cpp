#include "crypto/code_text.h"

#include "crypto/wiped.h"

namespace tillit::crypto::detail {
namespace {

constexpr std::size_t kMaxTokens = 2 * kCaseKeyWords;  // each word may carry its line number
constexpr std::size_t kMaxTokenBytes = 8;

struct Token {
    char text[kMaxTokenBytes];
    std::uint8_t size;
    bool is_number;
    [[nodiscard]] std::string_view view() const { return {text, size}; }
    [[nodiscard]] unsigned number() const {
        unsigned value = 0;
        for (const char digit : view()) value = 10 * value + static_cast<unsigned>(digit - '0');
        return value;
    }
};

struct Tokens {
    Token all[kMaxTokens];
    std::size_t count;
    bool has_stray;  // a character or a length that no word or number has
    bool has_more;   // more tokens than any code
    std::size_t words;
};

struct Indexes {
    std::uint16_t at[kCaseKeyWords];
};

char lower(std::uint8_t byte) {
    return static_cast<char>(byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte);
}
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Bytes of the separator at `i`, 0 if there is none: white space of Unicode, comma, full stop,
/// hyphens and dashes, colon, semicolon, brackets (as in "1)").
std::size_t separator_at(ByteView text, std::size_t i) {
    constexpr std::string_view kAscii = " \t\n\v\f\r,.;:-()";
    if (kAscii.find(static_cast<char>(text[i])) != std::string_view::npos) return 1;
    if (text.size() - i >= 2 && text[i] == 0xc2 && text[i + 1] == 0xa0) return 2;  // U+00A0
    if (text.size() - i < 3) return 0;
    const std::uint32_t three = static_cast<std::uint32_t>(text[i]) << 16 |
                                static_cast<std::uint32_t>(text[i + 1]) << 8 | text[i + 2];
    const bool is_space = (three >= 0xe28080 && three <= 0xe2808b) ||  // U+2000–U+200B
                          three == 0xe280a8 || three == 0xe280a9 ||    // U+2028, U+2029
                          three == 0xe280af || three == 0xe38080 ||    // U+202F, U+3000
                          three == 0xefbbbf;                           // U+FEFF
    const bool is_dash = three >= 0xe28090 && three <= 0xe28095;       // U+2010–U+2015
    return is_space || is_dash ? 3 : 0;
}

/// Takes the run of letters, or of digits, that starts at `i`; returns where it ends.
std::size_t take_run(ByteView text, std::size_t i, Tokens& tokens) {
    const bool is_number = is_digit(lower(text[i]));
    Token token{};
    token.is_number = is_number;
    std::size_t length = 0;
    for (; i < text.size(); ++i) {
        const char c = lower(text[i]);
        if (is_number ? !is_digit(c) : !is_letter(c)) break;
        if (length < kMaxTokenBytes) token.text[length] = c;
        ++length;
    }
    if (length > (is_number ? 4 : kMaxTokenBytes)) tokens.has_stray = true;
    token.size = static_cast<std::uint8_t>(length < kMaxTokenBytes ? length : kMaxTokenBytes);
    if (tokens.count == kMaxTokens) {
        tokens.has_more = true;
    } else {
        tokens.all[tokens.count++] = token;
        if (!is_number) ++tokens.words;
    }
    wipe(&token, sizeof token);
    return i;
}

void tokenise(ByteView text, Tokens& tokens) {
    for (std::size_t i = 0; i < text.size();) {
        const char c = lower(text[i]);
        if (is_letter(c) || is_digit(c)) {
            i = take_run(text, i, tokens);
        } else {
            const std::size_t length = separator_at(text, i);
            if (length == 0) tokens.has_stray = true;
            i += length == 0 ? 1 : length;
        }
    }
}

/// Drops line numbers: beside words, a number that says which word comes next; in a list of 24
/// numbers, every second one if they count 1 to 12.
void drop_line_numbers(Tokens& tokens) {
    const bool numbers_only = tokens.words == 0;
    if (numbers_only && tokens.count != kMaxTokens) return;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < tokens.count; ++i) {
        const bool may_be_line = numbers_only ? i % 2 == 0 : tokens.all[i].is_number;
        const bool is_line = may_be_line && tokens.all[i].is_number &&
                             tokens.all[i].number() == kept + 1 && tokens.all[i].size <= 2;
        if (!is_line) tokens.all[kept++] = tokens.all[i];
    }
    tokens.count = kept;
}

/// False if a token is no word (or number 1–2048), or words and numbers are mixed.
bool look_up(const Tokens& tokens, Indexes& indexes) {
    bool all_known = true;
    for (std::size_t i = 0; i < tokens.count; ++i) {
        const Token& token = tokens.all[i];
        const auto word = word_index(token.view());
        const unsigned number = token.is_number ? token.number() : 0;
        const bool is_index = number >= 1 && number <= kWordCount;
        const bool known = tokens.words == 0 ? is_index : word.has_value();
        all_known = all_known && known;
        if (i >= kCaseKeyWords) continue;
        indexes.at[i] = tokens.words == 0 ? static_cast<std::uint16_t>(is_index ? number - 1 : 0)
                                          : word.value_or(std::uint16_t{0});
    }
    return all_known;
}

std::uint8_t checksum(std::span<const std::uint8_t, kCodeBytes> code) {
    return static_cast<std::uint8_t>(sha256(code)[0] >> 4);
}

/// Packs twelve indexes into the code; true if the last four bits are its checksum.
bool pack(const Indexes& indexes, std::span<std::uint8_t, kCodeBytes> code) {
    std::uint32_t held = 0;
    unsigned bits = 0;
    std::size_t written = 0;
    for (const std::uint16_t index : indexes.at) {
        held = held << 11 | index;
        bits += 11;
        while (bits >= 8 && written < kCodeBytes) {
            bits -= 8;
            code[written++] = static_cast<std::uint8_t>(held >> bits);
        }
    }
    return (held & 15) == checksum(code);
}

std::uint16_t index_at(std::span<const std::uint8_t, kCodeBytes> code, std::size_t i) {
    Wiped<ByteArray<kCodeBytes + 1>> with_checksum;
    for (std::size_t k = 0; k < kCodeBytes; ++k) with_checksum.value[k] = code[k];
    with_checksum.value[kCodeBytes] = static_cast<std::uint8_t>(checksum(code) << 4);
    return bits_11(with_checksum.value, 11 * i);
}

}  // namespace

std::uint16_t bits_11(ByteView bytes, std::size_t first) noexcept {
    std::uint16_t value = 0;
    for (std::size_t bit = first; bit < first + 11; ++bit) {
        const unsigned one = bytes[bit / 8] >> (7 - bit % 8) & 1U;
        value = static_cast<std::uint16_t>(value << 1 | one);
    }
    return value;
}

SecretBytes code_words(std::span<const std::uint8_t, kCodeBytes> code) {
    SecretBytes text;
    for (std::size_t i = 0; i < kCaseKeyWords; ++i) {
        if (i != 0) text.push_back(' ');
        text.append(kWords[index_at(code, i)]);
    }
    return text;
}

SecretBytes code_numbers(std::span<const std::uint8_t, kCodeBytes> code) {
    SecretBytes text;
    for (std::size_t i = 0; i < kCaseKeyWords; ++i) {
        if (i != 0) text.push_back(' ');
        const unsigned number = index_at(code, i) + 1U;
        for (const unsigned place : {1000U, 100U, 10U, 1U}) {
            text.push_back(static_cast<std::uint8_t>('0' + number / place % 10));
        }
    }
    return text;
}

std::optional<CaseKeyError> parse_code(ByteView text, std::span<std::uint8_t, kCodeBytes> code) {
    if (text.size() > kMaxCodeText) return CaseKeyError::not_words;
    Wiped<Tokens> tokens;
    Wiped<Indexes> indexes;
    tokenise(text, tokens.value);
    drop_line_numbers(tokens.value);
    // Every check is made before any verdict, so that the work does not say which one failed.
    const bool all_known = look_up(tokens.value, indexes.value);
    const bool checksum_ok = pack(indexes.value, code);
    if (tokens.value.has_stray || !all_known) return CaseKeyError::not_words;
    if (tokens.value.has_more || tokens.value.count != kCaseKeyWords) {
        return CaseKeyError::wrong_count;
    }
    if (!checksum_ok) return CaseKeyError::wrong_checksum;
    return std::nullopt;
}

}  // namespace tillit::crypto::detail

#include "server/cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "server/app/days.h"
#include "storage/key_source.h"

namespace tillit::cli {

namespace {

/// The terminal without echo, as it was again afterwards.
class Unechoed {
  public:
    Unechoed() {
        is_terminal_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
        if (!is_terminal_) return;
        auto quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Unechoed() {
        if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Unechoed(const Unechoed&) = delete;
    Unechoed& operator=(const Unechoed&) = delete;
    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }

  private:
    termios before_{};
    bool is_terminal_ = false;
};

/// One line of the descriptor, in secret memory throughout.
crypto::SecretBytes read_line(int descriptor) {
    constexpr std::size_t kMaxBytes = 1024;
    crypto::SecretBytes line;
    std::uint8_t byte = 0;
    while (line.size() < kMaxBytes && ::read(descriptor, &byte, 1) == 1 && byte != '\n') {
        line.push_back(byte);
    }
    return line;
}

struct Character {
    char32_t point = 0;
    std::size_t bytes = 1;
    bool is_utf8 = false;
};

/// The first character of a text that is not empty. Overlong forms and surrogates are no UTF-8.
Character first_of(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return {.point = lead, .bytes = 1, .is_utf8 = true};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    constexpr char32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    const Character stray{.point = lead, .bytes = 1, .is_utf8 = false};
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return stray;
    char32_t point = lead & (0x7fU >> bytes);
    for (const char c : text.substr(1, bytes - 1)) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xc0U) != 0x80) return stray;
        point = point << 6U | (byte & 0x3fU);
    }
    const bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < kLeast[bytes] || point > 0x10ffff || is_surrogate) return stray;
    return {.point = point, .bytes = bytes, .is_utf8 = true};
}

bool rewrites_lines(char32_t point) {
    const bool is_control = point < 0x20 || (point >= 0x7f && point <= 0x9f);
    const bool is_separator = point == 0x2028 || point == 0x2029;
    // Unicode's Bidi_Control: what follows could be shown in front of what stands before.
    const bool is_bidi = point == 0x061c || point == 0x200e || point == 0x200f ||
                         (point >= 0x202a && point <= 0x202e) ||
                         (point >= 0x2066 && point <= 0x2069);
    return is_control || is_separator || is_bidi;
}

// A terminal breaks longer lines by itself, and what comes after stands where our lines begin.
constexpr std::size_t kQuotedColumns = 76;

/// How much of a visible line fits; breaks at a space where there is one. At least one character.
std::size_t fitting_bytes(std::string_view line) {
    std::size_t columns = 0;
    std::size_t after_space = 0;
    for (std::size_t at = 0; at < line.size();) {
        const auto next = first_of(line.substr(at));
        // From U+1100 on some are two columns wide; which, no two terminals agree.
        columns += line[at] == '\t' ? 8U : next.point < 0x1100 ? 1U : 2U;
        if (columns > kQuotedColumns) return after_space > 0 ? after_space : at;
        at += next.bytes;
        if (line[at - 1] == ' ') after_space = at;
    }
    return line.size();
}

}  // namespace

std::string quoted(std::string_view text) {
    const auto shown = visible(text, "\n\t");
    std::string out;
    for (std::string_view rest = shown; !rest.empty();) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const char* mark = "> ";
        do {
            const auto part = line.substr(0, fitting_bytes(line));
            (out += mark).append(part) += '\n';
            line.remove_prefix(part.size());
            mark = "+ ";
        } while (!line.empty());
    }
    return out;
}

std::string visible(std::string_view text, std::string_view kept) {
    std::string out;
    while (!text.empty()) {
        const auto next = first_of(text);
        if (next.is_utf8 &&
            (!rewrites_lines(next.point) || kept.find(text[0]) != std::string_view::npos)) {
            out += text.substr(0, next.bytes);
        } else {
            char code[16] = {};
            (void)std::snprintf(code, sizeof code, next.is_utf8 ? "\\u{%04x}" : "\\x{%02x}",
                                static_cast<unsigned>(next.point));
            out += code;
        }
        text.remove_prefix(next.bytes);
    }
    return out;
}

std::optional<crypto::SecretBytes> ask_secret(const std::string& prompt) {
    const Unechoed terminal;
    if (!terminal.is_terminal()) return std::nullopt;
    std::cerr << prompt << ": " << std::flush;
    auto typed = read_line(STDIN_FILENO);
    std::cerr << "\n";
    return typed;
}

Passphrases::Passphrases(const std::string& file) : is_from_file_(!file.empty()) {
    if (is_from_file_) lines_ = storage::load_secret_file(file);
}

crypto::SecretBytes Passphrases::next(const std::string& prompt) {
    if (!is_from_file_) {
        auto typed = ask_secret(prompt);
        if (!typed) {
            throw std::runtime_error(
                "a passphrase is needed: start this from a terminal, or give --passphrase-file");
        }
        return std::move(*typed);
    }
    const auto rest = lines_.expose_text().substr(at_);
    if (rest.empty()) throw std::runtime_error("the passphrase file has too few lines");
    const auto line = rest.substr(0, rest.find('\n'));
    at_ = std::min(lines_.size(), at_ + line.size() + 1);
    return crypto::SecretBytes(line);
}

Ask asking(const std::string& file) {
    std::shared_ptr<std::istream> in;
    if (file.empty()) {
        in = std::shared_ptr<std::istream>(&std::cin, [](std::istream*) {});
    } else {
        in = std::make_shared<std::ifstream>(file);
        if (!*in) throw std::runtime_error("cannot read " + file);
    }
    return [in](const std::string& question) -> std::optional<std::string> {
        std::cerr << question << std::flush;
        std::string line;
        if (!std::getline(*in, line)) return std::nullopt;
        return line;
    };
}

std::string day_text(storage::Day day) {
    const auto date = app::date_of(day);
    char text[16] = {};
    (void)std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
    return text;
}

std::string read_file(const std::string& path, std::size_t max_bytes) {
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in || std::filesystem::is_directory(path)) {
        throw std::runtime_error("cannot read " + path);
    }
    const auto size = static_cast<std::size_t>(in.tellg());
    if (size > max_bytes) throw std::runtime_error(path + " is too large");
    std::string text(size, '\0');
    in.seekg(0);
    in.read(text.data(), static_cast<std::streamsize>(size));
    if (!in) throw std::runtime_error("cannot read " + path);
    return text;
}

void replace_file(const std::string& path, std::string_view content) {
    const std::string part = path + ".part";
    {
        std::ofstream out(part, std::ios::binary | std::ios::trunc);
        out << content << std::flush;
        if (!out) throw std::runtime_error("cannot write " + part);
    }
    // Durable before it takes the old one's place.
    const int file = ::open(part.c_str(), O_RDONLY | O_CLOEXEC);
    const bool is_synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    if (!is_synced) throw std::runtime_error("cannot write " + part);
    std::filesystem::rename(part, path);
}

}  // namespace tillit::cli

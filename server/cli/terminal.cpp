#include "server/cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

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

}  // namespace

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

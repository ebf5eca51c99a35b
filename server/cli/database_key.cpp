#include "server/cli/database_key.h"

#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "crypto/case_key.h"

namespace tillit::cli {

namespace {

std::string credential(const std::string& name) {
    // Nothing of ours ever sets the environment.
    const char* folder = std::getenv("CREDENTIALS_DIRECTORY");  // NOLINT(concurrency-mt-unsafe)
    if (folder == nullptr) return {};
    const auto path = std::filesystem::path(folder) / name;
    return std::filesystem::exists(path) ? path.string() : std::string();
}

std::string record_file(const DataDir& data, const std::string& slug) {
    return data.key_file(slug) + ".json";
}

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

/// Small letters and single spaces, as the words were shown.
crypto::SecretBytes normalised(const crypto::SecretBytes& typed) {
    crypto::SecretBytes words;
    bool is_gap = false;
    for (const auto byte : typed.expose()) {
        const bool is_space = byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
        if (is_space) {
            is_gap = !words.empty();
            continue;
        }
        if (std::exchange(is_gap, false)) words.push_back(' ');
        const bool is_capital = byte >= 'A' && byte <= 'Z';
        words.push_back(is_capital ? static_cast<std::uint8_t>(byte + ('a' - 'A')) : byte);
    }
    return words;
}

crypto::SecretBytes passphrase_of(const std::string& slug) {
    if (const auto path = credential(slug + ".db.passphrase"); !path.empty()) {
        return normalised(storage::load_secret_file(path));
    }
    const Unechoed terminal;
    if (!terminal.is_terminal()) {
        throw std::runtime_error("the database of " + slug +
                                 " opens with a passphrase: start it from a terminal, or hand the "
                                 "passphrase over as the credential " +
                                 slug + ".db.passphrase");
    }
    std::cerr << "Passphrase of the database of " << slug << ": " << std::flush;
    const auto typed = read_line(STDIN_FILENO);
    std::cerr << "\n";
    return normalised(typed);
}

}  // namespace

KeyPlace key_place(const DataDir& data, const std::string& slug) {
    if (!credential(slug + ".db.key").empty()) return KeyPlace::credential;
    if (std::filesystem::exists(data.key_file(slug))) return KeyPlace::file_beside;
    if (std::filesystem::exists(record_file(data, slug))) return KeyPlace::passphrase;
    return KeyPlace::nowhere;
}

storage::DatabaseKey open_database_key(const DataDir& data, const std::string& slug) {
    switch (key_place(data, slug)) {
        case KeyPlace::credential:
            return storage::load_key_file(credential(slug + ".db.key"));
        case KeyPlace::file_beside:
            return storage::load_key_file(data.key_file(slug));
        case KeyPlace::passphrase:
            return storage::load_passphrase_key(record_file(data, slug), passphrase_of(slug));
        case KeyPlace::nowhere:
            break;
    }
    throw std::runtime_error("there is no key for the database of " + slug + ": neither " +
                             data.key_file(slug) + " nor " + record_file(data, slug) +
                             " nor the credential " + slug + ".db.key");
}

storage::DatabaseKey create_database_key(const DataDir& data, const std::string& slug,
                                         bool by_passphrase, std::ostream& show) {
    if (!by_passphrase) {
        auto key = storage::create_key_file(data.key_file(slug));
        show << "Keep " << data.key_file(slug)
             << " safe and apart from backups: without it the database opens nothing.\n";
        return key;
    }
    const auto words = crypto::generate_passphrase();
    auto key = storage::create_passphrase_key(record_file(data, slug), words);
    show << "The passphrase of the database, shown this once:\n\n  " << words.expose_text()
         << "\n\nWrite it down and keep it apart from this machine. Without it, or without "
         << record_file(data, slug) << ", the database opens nothing.\n";
    return key;
}

}  // namespace tillit::cli

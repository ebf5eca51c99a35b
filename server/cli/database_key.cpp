#include "server/cli/database_key.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include "crypto/keyring.h"
#include "server/cli/terminal.h"

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

crypto::SecretBytes passphrase_of(const std::string& slug) {
    if (const auto path = credential(slug + ".db.passphrase"); !path.empty()) {
        return crypto::read_passphrase(storage::load_secret_file(path));
    }
    const auto typed = ask_secret("Passphrase of the database of " + slug);
    if (!typed) {
        throw std::runtime_error("the database of " + slug +
                                 " opens with a passphrase: start it from a terminal, or hand the "
                                 "passphrase over as the credential " +
                                 slug + ".db.passphrase");
    }
    return crypto::read_passphrase(*typed);
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

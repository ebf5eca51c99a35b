/// A member's keys outside a browser, from an exported keyring or from the database, under her
/// passphrase or recovery code (protocol §7).
#pragma once

#include <string>
#include <vector>

#include "crypto/keyring.h"
#include "server/cli/terminal.h"
#include "storage/store.h"

namespace tillit::cli {

struct Account {
    crypto::Id member{};
    crypto::Id person{};
    std::string login;
    crypto::Keyring keyring;
    std::vector<std::string> signers_notes;  // as her client knew them; may be empty
};

/// Throws std::runtime_error: no keyring file, wrong passphrase.
[[nodiscard]] Account open_keyring_file(const std::string& file, Passphrases& passphrases);
/// The same from the database's own copy. `by_recovery_code`: the code instead of the passphrase.
[[nodiscard]] Account open_stored_keyring(storage::Store& store, const std::string& login,
                                          bool by_recovery_code, Passphrases& passphrases);

}  // namespace tillit::cli

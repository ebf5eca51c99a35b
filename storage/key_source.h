/// Where a database key comes from: a key file, or a passphrase and a record beside the database.
///
/// Key file  exactly 32 raw bytes, or 64 hexadecimal digits and at most one line end. Mode 0600 or
///           0400: one that group or others can read is refused (Error::insecure). A key beside its
///           database protects nothing from who takes both.
/// Record    JSON, version 1: how the passphrase becomes the key (Argon2id t=3, m=64 MiB, p=1, then
///           HKDF-SHA256 with label "tillit/v1/database-key"), with its random salt. Not secret,
///           but without it the passphrase opens nothing: it belongs into the backup.
/// Errors    storage::Error: not_found, exists, insecure, corrupt, io, full.
/// Source    RFC 9106; docs/protocol.md §7 fixes the same Argon2id parameters.
#pragma once

#include <string>

#include "crypto/secret.h"
#include "storage/database.h"

namespace tillit::storage {

[[nodiscard]] DatabaseKey load_key_file(const std::string& path);
/// Draws a key and writes it (0600, synced) to a file that must not exist yet.
DatabaseKey create_key_file(const std::string& path);

/// A passphrase that the system hands over as a file; the same modes as a key file.
[[nodiscard]] crypto::SecretBytes load_secret_file(const std::string& path);

[[nodiscard]] DatabaseKey load_passphrase_key(const std::string& record_path,
                                              const crypto::SecretBytes& passphrase);
/// Draws a salt and writes the record to a file that must not exist yet.
DatabaseKey create_passphrase_key(const std::string& record_path,
                                  const crypto::SecretBytes& passphrase);

}  // namespace tillit::storage

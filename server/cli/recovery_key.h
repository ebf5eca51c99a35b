/// The key that opens backups. It is made once, on a machine that is not the server, and kept apart
/// from both: the server is given its public half only, so whoever takes server and backups opens
/// no backup.
///
/// The file is what any age program with post-quantum keys writes and reads: comment lines, then
/// one line "AGE-SECRET-KEY-PQ-1…". Its public half is one line "age1pq1…".
#pragma once

#include <string>

#include "crypto/primitives.h"

namespace tillit::cli {

/// Writes the key (0600) to `file`, its public half to `file`.pub. Both must not exist yet.
void create_recovery_key(const std::string& file);
/// Throws std::runtime_error: no such file, readable by others, no key.
[[nodiscard]] crypto::AgeSeed load_recovery_key(const std::string& file);
/// The public half: the text itself, or a file that holds it. Throws std::runtime_error.
[[nodiscard]] crypto::HybridRecipient load_recovery_recipient(const std::string& text_or_file);

}  // namespace tillit::cli

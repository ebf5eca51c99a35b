/// The key that signs an organisation's checkpoints (docs/protocol.md §10.3):
/// DIR/orgs/SLUG/log.key.
///
/// Beside the database and not in it: who takes only a backup cannot sign a history of his own. It
/// guards no secret of a case. The public half stands in the signers note.
#pragma once

#include "crypto/secret.h"
#include "server/cli/data_dir.h"

namespace tillit::cli {

/// The key; made (0600) if there is none yet. Two processes may ask at once and get the same.
/// Throws std::runtime_error for a file that others can read or that is no such key.
[[nodiscard]] crypto::SigningSeed open_log_key(const DataDir& data, const std::string& slug);
/// One that was there before, from a backup. Throws std::runtime_error if there is one.
void write_log_key(const DataDir& data, const std::string& slug, const crypto::SigningSeed& seed);

}  // namespace tillit::cli

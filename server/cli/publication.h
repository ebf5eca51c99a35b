/// Proposing signers and directories from a database, and taking them back signed (protocol §3.6).
/// The keys that sign are never here.
///
/// Errors: std::runtime_error says why something cannot be proposed or is refused; then nothing is
/// stored.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/directory.h"
#include "crypto/proposal.h"
#include "server/app/clock.h"
#include "storage/store.h"

namespace tillit::cli {

/// Every enrolled member, not signed yet. `next_signers`: a signers note that is signed and will be
/// published together with this directory; its signers are the ones to sign it.
[[nodiscard]] crypto::Proposal propose_directory(storage::Store& store, storage::Day today,
                                                 int days,
                                                 const std::optional<std::string>& next_signers);

struct SignersChange {
    std::vector<crypto::Signer> add;
    std::vector<std::string> remove;         // names as listed
    std::optional<std::uint64_t> threshold;  // else as before, 2 at first
    crypto::VerifyKey log_key{};
};
[[nodiscard]] crypto::Proposal propose_signers(storage::Store& store, const SignersChange& change);

/// Verifies against what is stored, not against what the proposal carries. Returns the version.
std::uint64_t publish_directory(storage::Store& store, const crypto::Proposal& proposal,
                                const app::Clock& clock);
/// `directory`: the next directory, signed by the new signers. Needed if the one in use would no
/// longer be signed by enough of them; both are stored or neither. Returns the note's number.
std::uint64_t publish_signers(storage::Store& store, const crypto::Proposal& proposal,
                              const crypto::Proposal* directory, const app::Clock& clock);

}  // namespace tillit::cli

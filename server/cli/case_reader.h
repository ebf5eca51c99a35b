/// A case as its reader's own program sees it: opened with her keys, verified as the console does
/// (protocol §3–§5), nothing believed of the database. What does not hold is a fault and is said;
/// nothing is hidden for it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/directory.h"
#include "crypto/envelope.h"
#include "server/cli/account.h"
#include "server/cli/note_reader.h"
#include "storage/epochs.h"
#include "storage/identity_requests.h"
#include "storage/store.h"
#include "storage/types.h"

namespace tillit::cli {

/// The newest directory and those before it, verified.
struct KnownDirectory {
    crypto::Directory newest;
    crypto::Hash hash{};
    std::vector<crypto::Directory> earlier;  // newest first
    std::vector<std::string> warnings;

    /// The member of that id, also one who has left since; or null.
    [[nodiscard]] const crypto::DirectoryMember* find(const crypto::Id& member) const;
    /// Why a report sealed under this directory on that day needs a second look; empty if not.
    [[nodiscard]] std::string doubt_about(std::uint64_t version, const crypto::Hash& hash,
                                          storage::Day received) const;
};
/// Throws std::runtime_error if it is not signed as it must be, or if its signers are not those
/// that follow the ones this account knows.
[[nodiscard]] KnownDirectory known_directory(storage::Store& store, const Account& account,
                                             storage::Day today);

/// As stored for one member.
struct SealedCase {
    storage::StoredCase row;
    crypto::Bytes grant;
    crypto::Bytes identity;
    std::vector<crypto::Id> grantees;
    std::vector<storage::StoredEnvelope> envelopes;
    std::vector<storage::IdentityCorrespondence> requests;
    std::vector<storage::EpochCopy> epochs;  // keys of later epochs, sealed to this member
    SealedNotes notes;
};
/// Nothing without a grant.
[[nodiscard]] std::optional<SealedCase> load_case(storage::Store& store,
                                                  const crypto::Hash& case_id,
                                                  const crypto::Id& member);
/// Of the cases this member holds a grant for: the one of that id or short id; nothing if none or
/// several.
[[nodiscard]] std::optional<crypto::Hash> find_case(storage::Store& store, const crypto::Id& member,
                                                    const std::string& wanted);
[[nodiscard]] std::vector<storage::InboxRow> cases_of(storage::Store& store,
                                                      const crypto::Id& member);

struct ReadEntry {
    storage::Day day = 0;
    crypto::Hash hash{};
    crypto::Statement statement;
};
struct ReadCase {
    SealedCase sealed;
    crypto::Grant grant;
    std::vector<ReadEntry> entries;                    // empty for a custodian, who reads no thread
    std::vector<crypto::NoteEntry> notes;              // among colleagues; none for a custodian
    std::map<std::uint64_t, crypto::AgeSeed> secrets;  // case identities, by epoch
    std::vector<std::string> faults;
};
/// The account's own grant, opened and checked. Throws std::runtime_error if it does not hold.
[[nodiscard]] crypto::Grant open_own_grant(const SealedCase& sealed, const Account& account,
                                           const crypto::Id& org);
[[nodiscard]] ReadCase read_case(SealedCase sealed, const Account& account,
                                 const KnownDirectory& known);

}  // namespace tillit::cli

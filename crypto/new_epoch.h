/// Handing on keys (protocol §7.7–7.9): the next epoch for those who stay, the whole case for a
/// further member.
///
/// Threads: safe to call concurrently on different threads of cases. Keeps nothing.
#pragma once

#include "crypto/case_thread.h"

namespace tillit::crypto {

/// Who hands on: the reader of the thread, with the key that signs for it. Nothing is owned.
struct Giver {
    Id org{};
    Hash case_id{};
    Author me{};               // zeros: the reporter
    VerifyKey reporter_key{};  // the reporter's first
    const SigningSeed& signing;
};

struct SealedGrant {
    Id member{};
    Bytes sealed;
};
struct NewEpoch {
    EpochChange change;
    std::vector<SealedGrant> grants;
    Bytes reporter_copy;
};
/// The reporter's keys from a new case key.
struct NewReporterKeys {
    const AgeSeed& identity;
    const SigningSeed& signing;
};

/// `secret`: drawn at random. `readers`: who goes on, as thread.readers_who_stay() or fewer.
/// `keys`: of a new case key, else null; then the reporter's copy holds all epochs and is signed
/// with the new key, since whoever has the new words trusts only what they signed.
[[nodiscard]] NewEpoch new_epoch(const CaseThread& thread, const Giver& giver,
                                 const AgeSeed& secret,
                                 const std::vector<const DirectoryMember*>& readers,
                                 const NewReporterKeys* keys = nullptr);

struct NewAccess {
    ManifestGrant access;
    Bytes sealed;
};
/// All epochs for a further member. `share`: b, so that she may ask for the identity, or null.
[[nodiscard]] NewAccess access_grant(const CaseThread& thread, const Giver& giver,
                                     const DirectoryMember& member, const IdentityShare* share);

}  // namespace tillit::crypto

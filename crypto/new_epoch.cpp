#include "crypto/new_epoch.h"

namespace tillit::crypto {
namespace {

EpochGrant grant_to(const Giver& giver, const Author& to, const HybridRecipient& recipient,
                    std::uint64_t first_epoch) {
    EpochGrant grant;
    grant.org = giver.org;
    grant.case_id = giver.case_id;
    grant.from = giver.me;
    grant.to = to;
    grant.to_recipient_hash = recipient_hash(recipient);
    grant.first_epoch = first_epoch;
    grant.verify_key = giver.reporter_key;
    return grant;
}

/// Recipients come from a verified directory, a verified thread or a seed: all are keys.
Bytes seal(const EpochGrant& grant, const SigningSeed& from, const HybridRecipient& to) {
    auto sealed = seal_epoch_grant(grant, from, to);
    ensure(sealed.has_value());
    return std::move(*sealed);
}

void add_epochs(EpochGrant& grant, const CaseThread& thread) {
    for (std::uint64_t epoch = 0; epoch <= thread.epoch(); ++epoch) {
        grant.secrets.push_back(thread.secret(epoch).clone());
    }
}

}  // namespace

NewEpoch new_epoch(const CaseThread& thread, const Giver& giver, const AgeSeed& secret,
                   const std::vector<const DirectoryMember*>& readers,
                   const NewReporterKeys* keys) {
    const std::uint64_t next = thread.epoch() + 1;
    NewEpoch epoch;
    epoch.change.recipient_hash = recipient_hash(hybrid_recipient(secret));
    for (const DirectoryMember* member : readers) {
        EpochGrant grant = grant_to(giver, member->member, member->recipient, next);
        grant.secrets.push_back(secret.clone());
        Bytes sealed = seal(grant, giver.signing, member->recipient);
        epoch.change.grants.push_back(
            {member->member, recipient_hash(member->recipient), sha256(sealed)});
        epoch.grants.push_back({member->member, std::move(sealed)});
    }
    const HybridRecipient to =
        keys != nullptr ? hybrid_recipient(keys->identity) : thread.reporter_recipient();
    EpochGrant copy = grant_to(giver, kReporter, to, keys != nullptr ? 0 : next);
    if (keys != nullptr) add_epochs(copy, thread);
    copy.secrets.push_back(secret.clone());
    epoch.reporter_copy = seal(copy, keys != nullptr ? keys->signing : giver.signing, to);
    epoch.change.reporter_hash = sha256(epoch.reporter_copy);
    if (keys != nullptr) epoch.change.rekey = {to, verify_key(keys->signing)};
    return epoch;
}

NewAccess access_grant(const CaseThread& thread, const Giver& giver, const DirectoryMember& member,
                       const IdentityShare* share) {
    EpochGrant grant = grant_to(giver, member.member, member.recipient, 0);
    add_epochs(grant, thread);
    if (share != nullptr) grant.share = share->clone();
    Bytes sealed = seal(grant, giver.signing, member.recipient);
    const ManifestGrant access{member.member, recipient_hash(member.recipient), sha256(sealed)};
    return {access, std::move(sealed)};
}

}  // namespace tillit::crypto

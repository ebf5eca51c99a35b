#include "crypto/new_handling.h"

namespace tillit::crypto {
namespace {

/// Recipients come from a verified directory: all are keys.
Bytes seal(const Giver& giver, const DirectoryMember& to, std::uint64_t epoch,
           const AgeSeed& secret) {
    const HandlingGrant grant{.org = giver.org,
                              .case_id = giver.case_id,
                              .epoch = epoch,
                              .from = giver.me,
                              .to = to.member,
                              .to_recipient_hash = recipient_hash(to.recipient),
                              .secret = secret.clone(),
                              .recipient_hash = recipient_hash(hybrid_recipient(secret))};
    auto sealed = seal_handling_grant(grant, giver.signing, to.recipient);
    ensure(sealed.has_value());
    return std::move(*sealed);
}

}  // namespace

std::vector<SealedGrant> new_handling(const CaseThread& thread, const Giver& giver,
                                      const AgeSeed& secret,
                                      const std::vector<const DirectoryMember*>& readers) {
    std::vector<SealedGrant> grants;
    grants.reserve(readers.size());
    for (const DirectoryMember* member : readers) {
        grants.push_back({member->member, seal(giver, *member, thread.epoch(), secret)});
    }
    return grants;
}

std::vector<HandlingCopy> handling_for(const NoteThread& notes, const Giver& giver,
                                       const DirectoryMember& member) {
    std::vector<HandlingCopy> copies;
    for (const auto& [epoch, secret] : notes.identities()) {
        copies.push_back({epoch, seal(giver, member, epoch, secret)});
    }
    return copies;
}

}  // namespace tillit::crypto

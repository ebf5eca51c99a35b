#include "server/app/intake.h"

#include <algorithm>

#include "server/app/log.h"
#include "server/app/sealed_intake.h"
#include "server/app/stages.h"
#include "server/app/submission_sealer.h"
#include "storage/cases.h"

namespace tillit::app {

namespace {

bool contains(const std::vector<crypto::Id>& ids, const crypto::Id& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

using Member = crypto::DirectoryMember;

std::vector<crypto::Exclusion> exclusions(const crypto::Directory& directory,
                                          const std::vector<crypto::Id>& ticked,
                                          const std::vector<crypto::Id>& also_excluded) {
    std::vector<crypto::Exclusion> excluded;
    for (const Member& member : directory.members) {
        const bool was_unticked = member.role == crypto::Role::investigator && member.is_default &&
                                  !contains(ticked, member.member);
        if (!was_unticked && !contains(also_excluded, member.member)) continue;
        const bool is_listed = std::any_of(excluded.begin(), excluded.end(), [&](const auto& e) {
            return e.person == member.person;
        });
        if (!is_listed) excluded.push_back({.person = member.person, .name = member.name});
    }
    return excluded;
}

}  // namespace

Recipients choose_recipients(const crypto::Directory& directory,
                             const std::vector<crypto::Id>& ticked,
                             const std::vector<crypto::Id>& also_excluded) {
    Recipients chosen;
    chosen.excluded = exclusions(directory, ticked, also_excluded);
    const auto is_excluded = [&](const Member& member) {
        return std::any_of(chosen.excluded.begin(), chosen.excluded.end(),
                           [&](const auto& e) { return e.person == member.person; });
    };
    for (const Member& member : directory.members) {
        if (member.role == crypto::Role::investigator && contains(ticked, member.member) &&
            !is_excluded(member)) {
            chosen.readers.push_back(&member);
        }
    }
    if (chosen.readers.empty()) {
        chosen.falls_to_alternate = true;
        for (const Member& member : directory.members) {
            if (member.role == crypto::Role::alternate && !is_excluded(member)) {
                chosen.readers.push_back(&member);
            }
        }
    }
    for (const Member& member : directory.members) {
        // Nobody may hold both halves of one identity (protocol §4.4).
        const bool reads = std::any_of(chosen.readers.begin(), chosen.readers.end(),
                                       [&](const Member* r) { return r->person == member.person; });
        if (member.role == crypto::Role::custodian && !is_excluded(member) && !reads) {
            chosen.custodian = &member;
            break;
        }
    }
    return chosen;
}

Submission::Submission(Organisation& organisation, std::shared_ptr<const Readers> readers)
    : organisation_(organisation),
      readers_(std::move(readers)),
      key_(crypto::CaseKey::random()),
      case_recipient_(
          crypto::hybrid_recipient(crypto::case_identity(key_, organisation.settings().org_id))),
      uploads_(organisation, case_recipient_) {
    reached(Stage::reading);
}

crypto::Result<std::monostate, SubmitError> Submission::commit(
    const crypto::SecretBytes& text, const IdentityFields& identity,
    const std::vector<crypto::Id>& ticked, const std::vector<crypto::Id>& also_excluded) {
    using crypto::unexpected;
    if (!readers_ || readers_->state != IntakeState::open) {
        return unexpected(text.empty() ? SubmitError::empty : SubmitError::not_receiving);
    }
    const auto chosen = choose_recipients(readers_->directory, ticked, also_excluded);
    auto sealed = seal_submission({.org = organisation_.settings().org_id,
                                   .directory = readers_->directory,
                                   .directory_hash = readers_->directory_hash,
                                   .key = key_,
                                   .sealed_by = crypto::SealedBy::server},
                                  chosen, text, identity, uploads_.finished());
    if (!sealed) return unexpected(sealed.error());
    sealed->attachments = uploads_.ids();
    const auto rows =
        to_rows(*sealed, organisation_.settings().org_id, organisation_.clock().today());
    reached(Stage::sealed);
    try {
        // A random 128-bit key that is taken already would mean a broken random source.
        crypto::ensure(organisation_.store().write([&](storage::Database& db) {
            const bool is_new = storage::Cases(db).insert(rows);
            if (is_new) record_submission(db, organisation_.clock(), rows);
            return is_new;
        }));
    } catch (const storage::Error&) {
        return unexpected(SubmitError::storage_full);
    }
    reached(Stage::committed);
    uploads_.mark_bound();
    case_id_ = rows.case_id;
    return std::monostate{};
}

}  // namespace tillit::app

#include "server/app/intake.h"

#include <algorithm>

#include "server/app/days.h"
#include "server/app/log.h"
#include "server/app/stages.h"
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

crypto::Bytes to_bytes(crypto::ByteView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Recipients choose_recipients(const Readers& readers, const std::vector<crypto::Id>& ticked,
                             const std::vector<crypto::Id>& also_excluded) {
    Recipients chosen;
    chosen.excluded = exclusions(readers.directory, ticked, also_excluded);
    const auto is_excluded = [&](const Member& member) {
        return std::any_of(chosen.excluded.begin(), chosen.excluded.end(),
                           [&](const auto& e) { return e.person == member.person; });
    };
    for (const Member& member : readers.directory.members) {
        if (member.role == crypto::Role::investigator && contains(ticked, member.member) &&
            !is_excluded(member)) {
            chosen.readers.push_back(&member);
        }
    }
    if (chosen.readers.empty()) {
        chosen.falls_to_alternate = true;
        for (const Member& member : readers.directory.members) {
            if (member.role == crypto::Role::alternate && !is_excluded(member)) {
                chosen.readers.push_back(&member);
            }
        }
    }
    for (const Member& member : readers.directory.members) {
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
      case_identity_(crypto::case_identity(key_, organisation.settings().org_id)),
      case_recipient_(crypto::hybrid_recipient(case_identity_)),
      uploads_(organisation, case_recipient_) {
    reached(Stage::reading);
}

namespace {

/// Everything a submission seals, in the order of protocol §4: grants, identity, report.
class SubmissionSealer {
  public:
    SubmissionSealer(const Readers& readers, const crypto::Id& org, const crypto::CaseKey& key,
                     const crypto::AgeSeed& case_identity,
                     const crypto::HybridRecipient& case_recipient)
        : readers_(readers),
          org_(org),
          key_(key),
          case_identity_(case_identity),
          case_recipient_(case_recipient),
          signing_(crypto::reporter_signing_seed(key, org)),
          verify_key_(crypto::verify_key(signing_)),
          reporter_recipient_(crypto::hybrid_recipient(crypto::reporter_identity(key, org))),
          share_a_(crypto::identity_share_a(key, org)),
          share_b_(crypto::identity_share_b(key, org)) {
        rows_.case_id = crypto::case_id(org, case_recipient, reporter_recipient_, verify_key_);
        rows_.lookup_hash = crypto::lookup_hash(crypto::lookup_token(key, org));
        rows_.case_recipient = to_bytes(case_recipient);
        rows_.reporter_recipient = to_bytes(reporter_recipient_);
        rows_.verify_key = to_bytes(verify_key_);
        manifest_.dir_version = readers.directory.version;
        manifest_.dir_hash = readers.directory_hash;
    }

    void grant(const Member& member, const std::vector<crypto::Exclusion>& excluded) {
        const bool is_custodian = member.role == crypto::Role::custodian;
        crypto::Grant grant{.org = org_,
                            .case_id = rows_.case_id,
                            .to = member.member,
                            .to_recipient_hash = crypto::recipient_hash(member.recipient),
                            .dir_version = manifest_.dir_version,
                            .dir_hash = manifest_.dir_hash,
                            .role = member.role,
                            .secret = std::nullopt,
                            .share = is_custodian ? share_a_.clone() : share_b_.clone(),
                            .verify_key = verify_key_,
                            .reporter_recipient_hash = crypto::recipient_hash(reporter_recipient_),
                            .excluded = excluded};
        if (!is_custodian) grant.secret = case_identity_.clone();
        auto sealed = crypto::seal_grant(grant, signing_, member.recipient);
        manifest_.grants.push_back({.member = member.member,
                                    .recipient_hash = grant.to_recipient_hash,
                                    .sha256 = crypto::sha256(sealed)});
        rows_.grants.push_back({.member_id = member.member, .sealed = std::move(sealed)});
    }

    /// False if name and contact do not fit.
    bool identity(const IdentityFields& fields) {
        const crypto::Identity identity{.org = org_,
                                        .case_id = rows_.case_id,
                                        .given = fields.given(),
                                        .name = std::string(fields.name.expose_text()),
                                        .contact = std::string(fields.contact.expose_text())};
        auto sealed = crypto::seal_identity(identity, signing_, share_a_, share_b_);
        if (!sealed) return false;
        rows_.identity = std::move(*sealed);
        manifest_.identity_given = identity.given;
        manifest_.identity_hash = crypto::sha256(rows_.identity);
        return true;
    }

    /// False if the text does not fit. Last, because it names everything else by hash.
    bool report(const crypto::SecretBytes& text, const std::vector<crypto::AttachmentRef>& files,
                std::vector<crypto::Exclusion> excluded) {
        manifest_.excluded = std::move(excluded);
        const crypto::Statement statement{.org = org_,
                                          .case_id = rows_.case_id,
                                          .kind = crypto::Kind::report,
                                          .from = crypto::kReporter,
                                          .seq = 1,
                                          .heads = {},
                                          .sealed_by = crypto::SealedBy::server,
                                          .body = std::string(text.expose_text()),
                                          .state = {},
                                          .attachments = files,
                                          .manifest = std::move(manifest_)};
        auto sealed = crypto::seal_envelope(statement, signing_, case_recipient_);
        if (!sealed) return false;
        rows_.report = {.author = crypto::kReporter,
                        .seq = 1,
                        .prev = {},
                        .hash = crypto::envelope_hash(*sealed),
                        .sealed = std::move(*sealed)};
        return true;
    }

    [[nodiscard]] storage::NewCase& rows() noexcept { return rows_; }

  private:
    const Readers& readers_;
    const crypto::Id& org_;
    const crypto::CaseKey& key_;
    const crypto::AgeSeed& case_identity_;
    const crypto::HybridRecipient& case_recipient_;
    crypto::SigningSeed signing_;
    crypto::VerifyKey verify_key_;
    crypto::HybridRecipient reporter_recipient_;
    crypto::IdentityShare share_a_;
    crypto::IdentityShare share_b_;
    crypto::Manifest manifest_;
    storage::NewCase rows_;
};

}  // namespace

crypto::Result<std::monostate, SubmitError> Submission::commit(
    const crypto::SecretBytes& text, const IdentityFields& identity,
    const std::vector<crypto::Id>& ticked, const std::vector<crypto::Id>& also_excluded) {
    using crypto::unexpected;
    if (text.empty()) return unexpected(SubmitError::empty);
    if (!readers_ || readers_->state != IntakeState::open) {
        return unexpected(SubmitError::not_receiving);
    }
    const auto chosen = choose_recipients(*readers_, ticked, also_excluded);
    if (chosen.readers.empty()) return unexpected(SubmitError::nobody_left);
    if (chosen.excluded.size() > crypto::kMaxExcluded) {
        return unexpected(SubmitError::too_many_excluded);
    }
    if (identity.given() && chosen.custodian == nullptr) {
        return unexpected(SubmitError::no_custodian);
    }

    SubmissionSealer sealer(*readers_, organisation_.settings().org_id, key_, case_identity_,
                            case_recipient_);
    for (const auto* reader : chosen.readers) sealer.grant(*reader, chosen.excluded);
    if (chosen.custodian != nullptr) sealer.grant(*chosen.custodian, chosen.excluded);
    if (!sealer.identity(identity) || !sealer.report(text, uploads_.finished(), chosen.excluded)) {
        return unexpected(SubmitError::too_long);
    }
    auto& rows = sealer.rows();
    rows.received_day = organisation_.clock().today();
    rows.acknowledge_due_day = acknowledge_due(rows.received_day);
    rows.feedback_due_day = feedback_due(rows.received_day, std::nullopt);
    rows.attachments = uploads_.ids();
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

#include "server/app/submission_sealer.h"

namespace tillit::app {

namespace {

/// Everything a submission seals, in the order of protocol §4: grants, identity, report.
class Sealer {
  public:
    explicit Sealer(const SealingFor& sealing)
        : sealing_(sealing),
          case_identity_(crypto::case_identity(sealing.key, sealing.org)),
          signing_(crypto::reporter_signing_seed(sealing.key, sealing.org)),
          share_a_(crypto::identity_share_a(sealing.key, sealing.org)),
          share_b_(crypto::identity_share_b(sealing.key, sealing.org)) {
        out_.lookup_hash = crypto::lookup_hash(crypto::lookup_token(sealing.key, sealing.org));
        out_.case_recipient = crypto::hybrid_recipient(case_identity_);
        out_.reporter_recipient =
            crypto::hybrid_recipient(crypto::reporter_identity(sealing.key, sealing.org));
        out_.verify_key = crypto::verify_key(signing_);
        case_id_ = crypto::case_id(sealing.org, out_.case_recipient, out_.reporter_recipient,
                                   out_.verify_key);
        manifest_.dir_version = sealing.directory.version;
        manifest_.dir_hash = sealing.directory_hash;
    }

    void grant(const crypto::DirectoryMember& member,
               const std::vector<crypto::Exclusion>& excluded) {
        const bool is_custodian = member.role == crypto::Role::custodian;
        crypto::Grant grant{
            .org = sealing_.org,
            .case_id = case_id_,
            .to = member.member,
            .to_recipient_hash = crypto::recipient_hash(member.recipient),
            .dir_version = manifest_.dir_version,
            .dir_hash = manifest_.dir_hash,
            .role = member.role,
            .secret = std::nullopt,
            .share = is_custodian ? share_a_.clone() : share_b_.clone(),
            .verify_key = out_.verify_key,
            .reporter_recipient_hash = crypto::recipient_hash(out_.reporter_recipient),
            .excluded = excluded};
        if (!is_custodian) grant.secret = case_identity_.clone();
        auto sealed = crypto::seal_grant(grant, signing_, member.recipient);
        manifest_.grants.push_back({.member = member.member,
                                    .recipient_hash = grant.to_recipient_hash,
                                    .sha256 = crypto::sha256(sealed)});
        out_.grants.push_back({.member = member.member, .sealed = std::move(sealed)});
    }

    /// False if name and contact do not fit.
    bool identity(const IdentityFields& fields) {
        const crypto::Identity identity{.org = sealing_.org,
                                        .case_id = case_id_,
                                        .given = fields.given(),
                                        .name = std::string(fields.name.expose_text()),
                                        .contact = std::string(fields.contact.expose_text())};
        auto sealed = crypto::seal_identity(identity, signing_, share_a_, share_b_);
        if (!sealed) return false;
        out_.identity = std::move(*sealed);
        manifest_.identity_given = identity.given;
        manifest_.identity_hash = crypto::sha256(out_.identity);
        return true;
    }

    /// False if the text does not fit. Last, because it names everything else by hash.
    bool report(const crypto::SecretBytes& text, const std::vector<crypto::AttachmentRef>& files,
                std::vector<crypto::Exclusion> excluded) {
        manifest_.excluded = std::move(excluded);
        const crypto::Statement statement{.org = sealing_.org,
                                          .case_id = case_id_,
                                          .kind = crypto::Kind::report,
                                          .from = crypto::kReporter,
                                          .seq = 1,
                                          .heads = {},
                                          .sealed_by = sealing_.sealed_by,
                                          .body = std::string(text.expose_text()),
                                          .state = {},
                                          .attachments = files,
                                          .manifest = std::move(manifest_)};
        auto sealed = crypto::seal_envelope(statement, signing_, out_.case_recipient);
        if (!sealed) return false;
        out_.report = std::move(*sealed);
        return true;
    }

    [[nodiscard]] SealedReport& out() noexcept { return out_; }

  private:
    const SealingFor& sealing_;
    crypto::AgeSeed case_identity_;
    crypto::SigningSeed signing_;
    crypto::IdentityShare share_a_;
    crypto::IdentityShare share_b_;
    crypto::Hash case_id_{};
    crypto::Manifest manifest_;
    SealedReport out_;
};

}  // namespace

crypto::Result<SealedReport, SubmitError> seal_submission(
    const SealingFor& sealing, const Recipients& chosen, const crypto::SecretBytes& text,
    const IdentityFields& identity, const std::vector<crypto::AttachmentRef>& files) {
    using crypto::unexpected;
    if (text.empty()) return unexpected(SubmitError::empty);
    if (chosen.readers.empty()) return unexpected(SubmitError::nobody_left);
    if (chosen.excluded.size() > crypto::kMaxExcluded) {
        return unexpected(SubmitError::too_many_excluded);
    }
    if (identity.given() && chosen.custodian == nullptr) {
        return unexpected(SubmitError::no_custodian);
    }
    Sealer sealer(sealing);
    for (const auto* reader : chosen.readers) sealer.grant(*reader, chosen.excluded);
    if (chosen.custodian != nullptr) sealer.grant(*chosen.custodian, chosen.excluded);
    if (!sealer.identity(identity) || !sealer.report(text, files, chosen.excluded)) {
        return unexpected(SubmitError::too_long);
    }
    return std::move(sealer.out());
}

}  // namespace tillit::app

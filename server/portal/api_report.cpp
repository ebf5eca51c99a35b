#include <algorithm>

#include "server/app/sealed_intake.h"
#include "server/http/json.h"
#include "server/portal/api_handlers.h"
#include "server/portal/api_token.h"

namespace tillit::portal {

namespace {

using http::error_reply;
using http::json_reply;

constexpr std::size_t kMaxSealedBytes = 300'000;  // the largest envelope is 263,900
constexpr std::size_t kMaxGrantBytes = 8'000;     // 5,755

std::optional<app::SealedReport> read_report(const nlohmann::json& body) {
    crypto::FieldReader fields(body);
    app::SealedReport report;
    report.lookup_hash = fields.array<32>("lookup_hash");
    report.case_recipient = fields.array<crypto::kHybridRecipientBytes>("case_recipient");
    report.reporter_recipient = fields.array<crypto::kHybridRecipientBytes>("reporter_recipient");
    report.verify_key = fields.array<32>("verify_key");
    for (const auto& item : fields.list("grants", crypto::kMaxGrants)) {
        crypto::FieldReader grant(item);
        const auto member = grant.array<16>("member");
        auto sealed = http::read_bytes(grant, "sealed", kMaxGrantBytes);
        if (!grant.done()) return std::nullopt;
        report.grants.push_back({.member = member, .sealed = std::move(sealed)});
    }
    report.identity = http::read_bytes(fields, "identity", kMaxGrantBytes);
    report.report = http::read_bytes(fields, "report", kMaxSealedBytes);
    if (!http::read_ids(fields, "attachments", crypto::kMaxAttachments, report.attachments)) {
        return std::nullopt;
    }
    if (!fields.done()) return std::nullopt;
    return report;
}

http::Reply refused(app::SealedReportError why) {
    switch (why) {
        case app::SealedReportError::not_receiving:
            return error_reply(503, "not_receiving");
        case app::SealedReportError::not_sealed:
            return error_reply(422, "not_sealed");
        case app::SealedReportError::unknown_member:
            return error_reply(409, "directory_changed");
        case app::SealedReportError::no_such_upload:
            return error_reply(422, "upload");
        case app::SealedReportError::taken:
            return error_reply(409, "taken");
        case app::SealedReportError::storage_full:
            break;
    }
    return error_reply(507, "storage");
}

}  // namespace

http::Reply api_organisation(const Desk& desk, http::Request& /*request*/) {
    const auto& settings = desk.site.organisation.settings();
    const auto readers = desk.site.organisation.readers();
    if (!readers || readers->state != app::IntakeState::open) {
        return error_reply(503, "not_receiving");
    }
    auto closed = nlohmann::json::array();
    for (const auto& member : readers->known) {
        const auto& active = readers->directory.members;
        const bool is_active = std::any_of(active.begin(), active.end(), [&](const auto& listed) {
            return listed.member == member.member;
        });
        if (!is_active) closed.push_back(http::b64(member.member));
    }
    return json_reply({{"org", http::b64(settings.org_id)},
                       {"today", desk.today()},
                       {"max_report_bytes", settings.max_report_bytes},
                       {"signers_notes", readers->signers_notes},
                       {"directory", readers->directory_note},
                       {"closed", std::move(closed)}});
}

http::Reply api_report(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    const auto body = http::read_json(request);
    const auto report = body && token ? read_report(*body) : std::nullopt;
    if (!report) return error_reply(400, "request");
    const auto stored = app::accept_report(desk.site.organisation, desk.site.uploads,
                                           app::upload_owner(*token), *report);
    if (!stored) return refused(stored.error());
    return json_reply({{"today", desk.today()}}, 201);
}

}  // namespace tillit::portal

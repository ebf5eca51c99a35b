#include "server/app/case_keys_json.h"
#include "server/http/json.h"
#include "server/portal/api_handlers.h"
#include "server/portal/api_token.h"
#include "storage/texts.h"

namespace tillit::portal {

namespace {

using http::b64;
using http::error_reply;
using http::json_reply;

constexpr std::size_t kMaxSealedBytes = 300'000;
constexpr std::size_t kMaxReplyFiles = 16;

nlohmann::json or_null(std::optional<storage::Day> day) {
    return day ? nlohmann::json(*day) : nlohmann::json(nullptr);
}

nlohmann::json row_json(const storage::StoredCase& row) {
    return {{"case_id", b64(row.case_id)},
            {"state", storage::to_text(row.state)},
            {"received_day", row.received_day},
            {"acknowledge_due_day", row.acknowledge_due_day},
            {"acknowledged_day", or_null(row.acknowledged_day)},
            {"feedback_due_day", row.feedback_due_day},
            {"feedback_day", or_null(row.feedback_day)},
            {"opened_day", or_null(row.opened_day)},
            {"opened_count", row.opened_count}};
}

/// The case and, to read it, who signs what: a reporter's browser verifies both itself.
http::Reply case_reply(const Desk& desk, const http::Request& request, bool is_visit) {
    const auto token = token_of(request);
    if (!token) return error_reply(400, "request");
    const auto found = desk.site.sealed_mailbox.open(*token, is_visit);
    if (!found) return error_reply(404, "not_found");
    auto envelopes = nlohmann::json::array();
    for (const auto& envelope : found->envelopes) {
        envelopes.push_back({{"position", envelope.position},
                             {"day", envelope.day},
                             {"sealed", b64(envelope.sealed)}});
    }
    const auto readers = desk.site.organisation.readers();
    return json_reply(
        {{"today", desk.today()},
         {"max_report_bytes", desk.site.organisation.settings().max_report_bytes},
         {"case", row_json(found->row)},
         {"signers_notes", readers ? readers->signers_notes : std::vector<std::string>{}},
         {"directory", readers ? nlohmann::json(readers->directory_note) : nlohmann::json()},
         {"reporter_recipient", b64(found->row.reporter_recipient)},
         {"has_new_words", found->has_new_words},
         {"epochs", app::to_json(found->epochs)},
         {"envelopes", std::move(envelopes)}});
}

std::optional<app::SealedReply> read_reply(const nlohmann::json& body) {
    crypto::FieldReader fields(body);
    app::SealedReply reply;
    reply.epoch = fields.integer("epoch");
    reply.seq = fields.integer("seq");
    reply.prev = fields.array<32>("prev");
    reply.sealed = http::read_bytes(fields, "sealed", kMaxSealedBytes);
    if (!http::read_ids(fields, "attachments", kMaxReplyFiles, reply.attachments)) {
        return std::nullopt;
    }
    reply.signature = fields.array<64>("signature");
    if (!fields.done() || reply.seq == 0) return std::nullopt;
    return reply;
}

http::Reply refused(app::SealedReplyError why) {
    switch (why) {
        case app::SealedReplyError::no_such_case:
            return error_reply(404, "not_found");
        case app::SealedReplyError::not_sealed:
            return error_reply(422, "not_sealed");
        case app::SealedReplyError::bad_signature:
            return error_reply(403, "signature");
        case app::SealedReplyError::no_such_upload:
            return error_reply(422, "upload");
        case app::SealedReplyError::not_successor:
            return error_reply(409, "not_successor");
        case app::SealedReplyError::closed:
            return error_reply(409, "closed");
        case app::SealedReplyError::thread_full:
            return error_reply(409, "thread_full");
        case app::SealedReplyError::storage_full:
            break;
    }
    return error_reply(507, "storage");
}

}  // namespace

http::Reply api_case(const Desk& desk, http::Request& request) {
    return case_reply(desk, request, false);
}

http::Reply api_open_case(const Desk& desk, http::Request& request) {
    return case_reply(desk, request, true);
}

http::Reply api_earlier_directories(const Desk& desk, http::Request& /*request*/) {
    return json_reply({{"directories", desk.site.organisation.directory_notes()}});
}

http::Reply api_reply(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    const auto body = http::read_json(request);
    const auto reply = body && token ? read_reply(*body) : std::nullopt;
    if (!reply) return error_reply(400, "request");
    const auto stored = desk.site.sealed_mailbox.reply(*token, *reply);
    return stored ? json_reply(nlohmann::json::object(), 201) : refused(stored.error());
}

http::Reply api_attachment(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    const auto id = crypto::array_from_base64url<16>(request.arg("id"));
    if (!token || !id) return error_reply(404, "not_found");
    const auto info = desk.site.sealed_mailbox.find_attachment(*token, *id);
    if (!info) return error_reply(404, "not_found");
    http::Reply reply;
    reply.content_type = "application/octet-stream";
    reply.stream_size = info->stored_size;
    auto* mailbox = &desk.site.sealed_mailbox;
    reply.stream = [mailbox, info = *info](const std::function<bool(crypto::ByteView)>& write) {
        return mailbox->stream_attachment(info, write);
    };
    return reply;
}

}  // namespace tillit::portal

#include "server/app/case_keys_json.h"
#include "server/app/days.h"
#include "server/console/acts.h"
#include "server/console/handlers.h"
#include "server/console/json.h"
#include "storage/attachments.h"
#include "storage/texts.h"

namespace tillit::console {

namespace {

constexpr std::size_t kMaxPage = 100;
constexpr std::size_t kMaxAttachments = 100;
constexpr std::size_t kMaxSealedBytes = 300 * 1024;

nlohmann::json day_json(const std::optional<storage::Day>& day) {
    return day ? nlohmann::json(*day) : nlohmann::json(nullptr);
}

nlohmann::json row_json(const storage::InboxRow& row) {
    return {{"case_id", b64(row.case_id)},
            {"received_day", row.received_day},
            {"acknowledged_day", day_json(row.acknowledged_day)},
            {"acknowledge_due_day", row.acknowledge_due_day},
            {"feedback_due_day", app::feedback_due(row.received_day, row.acknowledged_day)},
            {"feedback_day", day_json(row.feedback_day)},
            {"state", std::string(storage::to_text(row.state))},
            {"unread", row.last_position > row.read_position},
            {"last_position", row.last_position}};
}

nlohmann::json envelopes_json(const std::vector<storage::StoredEnvelope>& envelopes) {
    auto list = nlohmann::json::array();
    for (const auto& e : envelopes) {
        list.push_back({{"position", e.position},
                        {"author", b64(e.author)},
                        {"seq", e.seq},
                        {"prev", b64(e.prev)},
                        {"hash", b64(e.hash)},
                        {"day", e.day},
                        {"sealed", b64(e.sealed)}});
    }
    return list;
}

/// "DAY.CASE" of the last row seen.
std::string to_cursor(const storage::InboxRow& row) {
    return std::to_string(row.received_day) + "." + b64(row.case_id);
}
std::optional<storage::InboxPage::Cursor> from_cursor(std::string_view text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto day = read_number(text.substr(0, dot));
    const auto id = crypto::array_from_base64url<32>(text.substr(dot + 1));
    if (!day || !id) return std::nullopt;
    return storage::InboxPage::Cursor{.received_day = static_cast<storage::Day>(*day),
                                      .case_id = *id};
}

std::optional<storage::InboxPage> read_page(const http::Request& request) {
    storage::InboxPage page;
    if (const auto after = request.query_value("after"); !after.empty()) {
        page.after = from_cursor(after);
        if (!page.after) return std::nullopt;
    }
    if (const auto limit = request.query_value("limit"); !limit.empty()) {
        const auto number = read_number(limit);
        if (!number || *number == 0 || *number > kMaxPage) return std::nullopt;
        page.limit = static_cast<std::size_t>(*number);
    }
    if (const auto state = request.query_value("state"); !state.empty()) {
        page.state = storage::case_state_from(state);
        if (!page.state) return std::nullopt;
    }
    return page;
}

std::optional<app::NewMessage> read_message(const nlohmann::json& body) {
    crypto::FieldReader fields(body);
    app::NewMessage message;
    message.epoch = fields.integer("epoch");
    message.seq = fields.integer("seq");
    message.prev = fields.array<32>("prev");
    message.sealed = read_bytes(fields, "sealed", kMaxSealedBytes);
    if (!http::read_ids(fields, "attachments", kMaxAttachments, message.attachments)) {
        return std::nullopt;
    }
    const auto state = fields.text("state", 40);
    message.state = storage::case_state_from(state);
    message.is_feedback = fields.boolean("feedback");
    message.act = read_act(fields);
    const bool is_known_state = state.empty() || message.state;
    if (!fields.done() || !is_known_state || message.seq == 0) return std::nullopt;
    return message;
}

http::Reply refused(const app::WriteRefusal& refusal) {
    switch (refusal.why) {
        case app::WriteError::no_such_case:
            return error_reply(404, "not_found");
        case app::WriteError::not_sealed:
            return error_reply(422, "not_sealed");
        case app::WriteError::wrong_act:
            return error_reply(422, "act");
        case app::WriteError::no_such_upload:
            return error_reply(422, "upload");
        case app::WriteError::closed:
            return error_reply(409, "closed");
        case app::WriteError::thread_full:
            return error_reply(409, "thread_full");
        case app::WriteError::not_successor:
            break;
    }
    return json_reply({{"error", "not_successor"},
                       {"head", {{"seq", refusal.head.seq}, {"hash", b64(refusal.head.hash)}}}},
                      409);
}

bool is_custodian(const Call& call) {
    return crypto::role_from_text(call.session->member.role) == crypto::Role::custodian;
}

}  // namespace

http::Reply get_cases(Call& call) {
    auto page = read_page(call.request);
    if (!page) return error_reply(400, "request");
    const auto wanted = page->limit;
    ++page->limit;  // one more tells whether there is a next page
    auto inbox = call.office.cases.inbox(call.member(), *page);
    const bool has_more = inbox.rows.size() > wanted;
    if (has_more) inbox.rows.pop_back();
    auto rows = nlohmann::json::array();
    for (const auto& row : inbox.rows) rows.push_back(row_json(row));
    return json_reply({{"today", call.office.organisation.clock().today()},
                       {"total", inbox.total},
                       {"next", has_more ? nlohmann::json(to_cursor(inbox.rows.back()))
                                         : nlohmann::json(nullptr)},
                       {"cases", std::move(rows)}});
}

http::Reply get_case(Call& call) {
    const auto file = call.office.cases.open(call.case_id, call.member(), !is_custodian(call));
    if (!file) return error_reply(404, "not_found");
    auto row = row_json(file->place);
    row["case_recipient"] = b64(file->row.case_recipient);
    row["reporter_recipient"] = b64(file->row.reporter_recipient);
    auto grantees = nlohmann::json::array();
    for (const auto& id : file->grantees) grantees.push_back(b64(id));
    return json_reply({{"today", call.office.organisation.clock().today()},
                       {"case", std::move(row)},
                       {"grant", b64(file->grant)},
                       {"identity", b64(file->identity)},
                       {"grantees", std::move(grantees)},
                       {"epochs", app::to_json(file->epochs)},
                       {"read_position", file->place.read_position},
                       {"envelopes", envelopes_json(file->envelopes)}});
}

http::Reply get_envelopes(Call& call) {
    const auto after = read_number(call.request.query_value("after"));
    if (!after) return error_reply(400, "request");
    const auto found = call.office.cases.envelopes_after(call.case_id, call.member(), *after);
    if (!found) return error_reply(404, "not_found");
    return json_reply(
        {{"epochs", app::to_json(found->epochs)}, {"envelopes", envelopes_json(found->envelopes)}});
}

http::Reply post_envelope(Call& call) {
    const auto body = read_json(call.request);
    const auto message = body ? read_message(*body) : std::nullopt;
    if (!message) return error_reply(400, "request");
    const auto written = call.office.cases.write(call.case_id, call.member(), *message);
    if (!written) return refused(written.error());
    return json_reply({{"position", written->position}, {"hash", b64(written->hash)}}, 201);
}

http::Reply post_read(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto position = fields.integer("position");
    if (!fields.done()) return error_reply(400, "request");
    if (!call.office.cases.mark_read(call.case_id, call.member(), position)) {
        return error_reply(404, "not_found");
    }
    return no_content();
}

http::Reply post_upload(Call& call) {
    const auto id = call.office.cases.begin_upload(call.case_id, call.member());
    if (!id) return error_reply(404, "not_found");
    return json_reply({{"id", b64(*id)}}, 201);
}

http::Reply put_piece(Call& call) {
    const auto upload = crypto::array_from_base64url<16>(call.request.arg("id"));
    const auto index = read_number(call.request.arg("index"));
    if (!upload || !index) return error_reply(404, "not_found");
    crypto::Bytes piece;
    piece.reserve(static_cast<std::size_t>(
        std::min<std::uint64_t>(call.request.content_length, storage::kPieceBytes)));
    const auto end = call.request.read_body([&](crypto::ByteView bytes) {
        piece.insert(piece.end(), bytes.begin(), bytes.end());
        return true;
    });
    if (end == http::BodyEnd::too_large) return error_reply(413, "too_large");
    if (end != http::BodyEnd::complete) return error_reply(400, "cut_off");
    const auto stored =
        call.office.cases.add_piece(call.case_id, call.member(), *upload, *index, piece);
    if (stored) return no_content();
    switch (stored.error()) {
        case app::UploadRefusal::no_such_upload:
            return error_reply(404, "not_found");
        case app::UploadRefusal::wrong_size:
            return error_reply(422, "piece_size");
        case app::UploadRefusal::wrong_order:
            return error_reply(409, "piece_order");
        case app::UploadRefusal::too_large:
            break;
    }
    return error_reply(413, "too_large");
}

http::Reply post_upload_complete(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto size = fields.integer("stored_size");
    const auto upload = crypto::array_from_base64url<16>(call.request.arg("id"));
    if (!fields.done()) return error_reply(400, "request");
    if (!upload || !call.office.cases.complete_upload(call.case_id, call.member(), *upload, size)) {
        return error_reply(409, "incomplete");
    }
    return no_content();
}

http::Reply get_attachment(Call& call) {
    const auto id = crypto::array_from_base64url<16>(call.request.arg("id"));
    if (!id) return error_reply(404, "not_found");
    const auto info = call.office.cases.find_attachment(call.case_id, call.member(), *id);
    if (!info) return error_reply(404, "not_found");
    http::Reply reply;
    reply.content_type = "application/octet-stream";
    reply.stream_size = info->stored_size;
    auto* cases = &call.office.cases;
    reply.stream = [cases, info = *info](const std::function<bool(crypto::ByteView)>& write) {
        return cases->stream_attachment(info, write);
    };
    return reply;
}

}  // namespace tillit::console

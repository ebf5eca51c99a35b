#include "server/app/identity_letters.h"
#include "server/console/acts.h"
#include "server/console/handlers.h"
#include "server/console/json.h"
#include "storage/texts.h"

namespace tillit::console {

namespace {

constexpr std::size_t kMaxLetters = crypto::kMaxGrants;
constexpr std::size_t kMaxLetterBytes = 8 * 1024;
constexpr std::size_t kMaxNoticeBytes = 300 * 1024;

nlohmann::json request_json(const storage::IdentityCorrespondence& one) {
    const auto& row = one.row;
    auto openings = nlohmann::json::array();
    auto readers = nlohmann::json::array();
    for (const auto& reader : one.readers) readers.push_back(b64(reader));
    nlohmann::json json = {
        {"id", b64(row.request_id)},
        {"from", b64(row.from)},
        {"custodian", b64(row.custodian)},
        {"day", row.day},
        {"state", std::string(storage::to_text(row.state))},
        {"answered_day", row.answered_day ? nlohmann::json(*row.answered_day) : nullptr},
        {"openings_count", row.openings},
        {"request", nullptr},
        {"disclosure", nullptr},
        {"refusal", nullptr}};
    for (const auto& letter : one.letters) {
        if (letter.kind == storage::LetterKind::opening) {
            openings.push_back({{"day", letter.day}, {"sealed", b64(letter.sealed)}});
        } else {
            json[std::string(storage::to_text(letter.kind))] = b64(letter.sealed);
        }
    }
    json["openings"] = std::move(openings);
    json["readers"] = std::move(readers);
    return json;
}

/// [{"reader", "sealed"}]
std::optional<app::Letters> read_letters(crypto::FieldReader& fields) {
    app::Letters letters;
    for (const auto& item : fields.list("letters", kMaxLetters)) {
        crypto::FieldReader read(item);
        storage::SealedLetter letter;
        letter.reader = read.array<16>("reader");
        letter.sealed = read_bytes(read, "sealed", kMaxLetterBytes);
        if (!read.done()) return std::nullopt;
        letters.push_back(std::move(letter));
    }
    return letters;
}

/// "notice" is absent where an exemption is recorded.
std::optional<app::NewAsking> read_asking(const nlohmann::json& body) {
    crypto::FieldReader fields(body);
    app::NewAsking asking;
    asking.request_id = fields.array<16>("id");
    asking.custodian = fields.array<16>("custodian");
    auto letters = read_letters(fields);
    if (body.contains("notice")) {
        crypto::FieldReader read(fields.object("notice"));
        app::NewNotice notice;
        notice.epoch = read.integer("epoch");
        notice.seq = read.integer("seq");
        notice.prev = read.array<32>("prev");
        notice.sealed = read_bytes(read, "sealed", kMaxNoticeBytes);
        notice.act = read_act(read);
        if (!read.done() || notice.seq == 0) return std::nullopt;
        asking.notice = std::move(notice);
    }
    asking.act = read_act(fields);
    if (!fields.done() || !letters) return std::nullopt;
    asking.letters = std::move(*letters);
    return asking;
}

http::Reply refused(app::LetterRefusal why) {
    using app::LetterRefusal;
    switch (why) {
        case LetterRefusal::no_such_request:
            return error_reply(404, "not_found");
        case LetterRefusal::not_sealed:
            return error_reply(422, "not_sealed");
        case LetterRefusal::wrong_readers:
            return error_reply(422, "readers");
        case LetterRefusal::wrong_custodian:
            return error_reply(422, "custodian");
        case LetterRefusal::wrong_act:
            return error_reply(422, "act");
        case LetterRefusal::already_asked:
            return error_reply(409, "already_asked");
        case LetterRefusal::already_answered:
            return error_reply(409, "already_answered");
        case LetterRefusal::not_disclosed:
            return error_reply(409, "not_disclosed");
        case LetterRefusal::closed:
            return error_reply(409, "closed");
        case LetterRefusal::thread_full:
            return error_reply(409, "thread_full");
        case LetterRefusal::not_successor:
            break;
    }
    return error_reply(409, "not_successor");
}

/// Letters of a call about one request: its id from the path, the rest from the body.
template <class Act>
http::Reply with_letters(Call& call, const Act& act) {
    const auto request = crypto::array_from_base64url<16>(call.request.arg("id"));
    if (!request) return error_reply(404, "not_found");
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto letters = read_letters(fields);
    const auto signed_act = read_act(fields);
    if (!letters || !fields.done()) return error_reply(400, "request");
    const crypto::Result<std::monostate, app::LetterRefusal> done =
        act(*request, *letters, signed_act);
    return done ? no_content() : refused(done.error());
}

}  // namespace

http::Reply get_identity_requests(Call& call) {
    const auto found = call.office.letters.of_case(call.case_id, call.member());
    if (!found) return error_reply(404, "not_found");
    auto requests = nlohmann::json::array();
    for (const auto& one : *found) requests.push_back(request_json(one));
    return json_reply(
        {{"today", call.office.organisation.clock().today()}, {"requests", std::move(requests)}});
}

http::Reply post_identity_request(Call& call) {
    const auto body = read_json(call.request);
    const auto asking = body ? read_asking(*body) : std::nullopt;
    if (!asking) return error_reply(400, "request");
    const auto done = call.office.letters.ask(call.case_id, call.member(), *asking);
    if (done) return no_content();
    if (done.error().why != app::LetterRefusal::not_successor) return refused(done.error().why);
    const auto& head = done.error().head;
    return json_reply(
        {{"error", "not_successor"}, {"head", {{"seq", head.seq}, {"hash", b64(head.hash)}}}}, 409);
}

http::Reply post_disclosure(Call& call) {
    const auto request = crypto::array_from_base64url<16>(call.request.arg("id"));
    if (!request) return error_reply(404, "not_found");
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto sealed = read_bytes(fields, "sealed", kMaxLetterBytes);
    const auto act = read_act(fields);
    if (!fields.done()) return error_reply(400, "request");
    const auto done =
        call.office.letters.disclose(call.case_id, call.member(), *request, sealed, act);
    return done ? no_content() : refused(done.error());
}

http::Reply post_refusal(Call& call) {
    return with_letters(call, [&](const auto& request, const auto& letters, const auto& act) {
        return call.office.letters.refuse(call.case_id, call.member(), request, letters, act);
    });
}

http::Reply post_opening(Call& call) {
    return with_letters(call, [&](const auto& request, const auto& letters, const auto& act) {
        return call.office.letters.record_opening(call.case_id, call.member(), request, letters,
                                                  act);
    });
}

}  // namespace tillit::console

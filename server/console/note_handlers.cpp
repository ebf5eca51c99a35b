// Internal notes of those who handle a case (protocol §7.11–7.12).
#include "crypto/epoch_grant.h"
#include "server/app/case_keys_json.h"
#include "server/console/acts.h"
#include "server/console/handlers.h"
#include "server/console/json.h"

namespace tillit::console {

namespace {

constexpr std::size_t kMaxSealedBytes = 300 * 1024;

nlohmann::json notes_json(const std::vector<storage::StoredEnvelope>& notes) {
    auto list = nlohmann::json::array();
    for (const auto& note : notes) {
        list.push_back({{"position", note.position},
                        {"author", b64(note.author)},
                        {"seq", note.seq},
                        {"hash", b64(note.hash)},
                        {"day", note.day},
                        {"sealed", b64(note.sealed)}});
    }
    return list;
}

std::optional<app::NewHandling> read_new_handling(crypto::FieldReader& fields) {
    const auto* object = fields.optional("handling");
    if (object == nullptr) return std::nullopt;
    if (!object->is_object()) {
        fields.fail();
        return std::nullopt;
    }
    crypto::FieldReader read(*object);
    app::NewHandling handling;
    handling.thread = read.integer("thread");
    handling.grants = app::read_grants(read);
    if (!read.done()) fields.fail();
    return handling;
}

std::optional<app::NewNote> read_note(const nlohmann::json& body) {
    crypto::FieldReader fields(body);
    app::NewNote note;
    note.epoch = fields.integer("epoch", crypto::kMaxEpoch);
    note.seq = fields.integer("seq");
    note.prev = fields.array<32>("prev");
    note.sealed = read_bytes(fields, "sealed", kMaxSealedBytes);
    note.handling = read_new_handling(fields);
    note.act = read_act(fields);
    if (!fields.done() || note.seq == 0) return std::nullopt;
    return note;
}

http::Reply refused(app::NoteRefusal why) {
    using app::NoteRefusal;
    switch (why) {
        case NoteRefusal::no_such_case:
            return error_reply(404, "not_found");
        case NoteRefusal::not_sealed:
            return error_reply(422, "not_sealed");
        case NoteRefusal::wrong_holders:
            return error_reply(422, "holders");
        case NoteRefusal::wrong_act:
            return error_reply(422, "act");
        case NoteRefusal::thread_full:
            return error_reply(409, "thread_full");
        case NoteRefusal::closed:
            return error_reply(409, "closed");
        case NoteRefusal::not_successor:
            break;
    }
    return error_reply(409, "not_successor");
}

}  // namespace

http::Reply get_notes(Call& call) {
    const auto found = call.office.notes.read(call.case_id, call.member());
    if (!found) return error_reply(404, "not_found");
    return json_reply(
        {{"handling", app::to_json(found->handling)}, {"notes", notes_json(found->notes)}});
}

http::Reply post_note(Call& call) {
    const auto body = read_json(call.request);
    const auto note = body ? read_note(*body) : std::nullopt;
    if (!note) return error_reply(400, "request");
    const auto written = call.office.notes.write(call.case_id, call.member(), *note);
    return written ? json_reply(nlohmann::json::object(), 201) : refused(written.error());
}

}  // namespace tillit::console

// Who holds keys of a case: a further member, somebody who leaves, the next epoch (protocol
// §7.7–7.8).
#include "server/app/case_keys_json.h"
#include "server/console/acts.h"
#include "server/console/handlers.h"
#include "server/console/json.h"

namespace tillit::console {

namespace {

http::Reply answer(const app::KeysResult& result) {
    if (result) return json_reply(nlohmann::json::object(), 201);
    const auto refused = app::to_reply(result.error());
    return error_reply(refused.status, refused.code);
}

}  // namespace

http::Reply post_access(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    auto act = app::read_sealed_act(fields);
    act.signed_act = read_act(fields);
    const storage::NewGrant grant{.member_id = fields.array<16>("member"),
                                  .sealed = app::read_sealed_grant(fields, "grant")};
    const auto handling = app::read_handling(fields);
    if (!fields.done()) return error_reply(400, "request");
    return answer(call.office.keys.give_access(call.case_id, call.member(), act, grant, handling));
}

http::Reply post_recusal(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    auto act = app::read_sealed_act(fields);
    act.signed_act = read_act(fields);
    if (!fields.done()) return error_reply(400, "request");
    return answer(call.office.keys.leave(call.case_id, call.member(), act));
}

http::Reply post_epoch(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    auto epoch = app::read_epoch_act(fields);
    epoch.act.signed_act = read_act(fields);
    if (!fields.done()) return error_reply(400, "request");
    return answer(call.office.keys.begin_epoch(call.case_id, call.member(), epoch));
}

}  // namespace tillit::console

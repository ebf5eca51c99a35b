// What a reporter's browser changes about the keys of its case: the next epoch, new words, a closed
// door (protocol §7.8–7.10).
#include "server/app/case_keys_json.h"
#include "server/http/json.h"
#include "server/portal/api_handlers.h"
#include "server/portal/api_token.h"

namespace tillit::portal {

namespace {

using http::error_reply;

http::Reply answer(const app::KeysResult& result) {
    if (result) return http::json_reply(nlohmann::json::object(), 201);
    const auto refused = app::to_reply(result.error());
    return error_reply(refused.status, refused.code);
}

}  // namespace

http::Reply api_begin_epoch(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    const auto body = http::read_json(request);
    if (!token || !body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto epoch = app::read_epoch_act(fields);
    const auto words = app::read_new_words(fields);
    const auto signature = fields.array<64>("signature");
    if (!fields.done()) return error_reply(400, "request");
    app::CaseKeys keys(desk.site.organisation);
    return answer(
        keys.begin_epoch(crypto::lookup_hash(*token), epoch, words ? &*words : nullptr, signature));
}

http::Reply api_close_door(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    const auto body = http::read_json(request);
    if (!token || !body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto act = app::read_sealed_act(fields);
    const auto signature = fields.array<64>("signature");
    if (!fields.done()) return error_reply(400, "request");
    app::CaseKeys keys(desk.site.organisation);
    return answer(keys.close_door(crypto::lookup_hash(*token), act, signature));
}

}  // namespace tillit::portal

#include "server/http/json.h"
#include "server/portal/api_handlers.h"
#include "server/portal/api_token.h"
#include "storage/error.h"

namespace tillit::portal {

namespace {

using http::error_reply;
using http::json_reply;
using Refusal = app::PendingUploads::Refusal;

http::Reply refused(Refusal why) {
    switch (why) {
        case Refusal::no_such_upload:
            return error_reply(404, "not_found");
        case Refusal::wrong_size:
            return error_reply(422, "piece_size");
        case Refusal::wrong_order:
            return error_reply(409, "piece_order");
        case Refusal::too_large:
            return error_reply(413, "too_large");
        case Refusal::full:
            return error_reply(503, "full");
        case Refusal::taken:  // ids are ours here
        case Refusal::too_many:
            break;
    }
    return error_reply(429, "too_many");
}

/// Runs `work` with the owner and the id of the path; the same 404 for every stranger.
template <typename Work>
http::Reply with_upload(http::Request& request, Work work) {
    const auto token = token_of(request);
    const auto id = crypto::array_from_base64url<16>(request.arg("id"));
    if (!token || !id) return error_reply(404, "not_found");
    try {
        return work(app::upload_owner(*token), *id);
    } catch (const storage::Error&) {
        return error_reply(507, "storage");
    }
}

}  // namespace

http::Reply api_begin_upload(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    if (!token) return error_reply(400, "request");
    try {
        const auto id = desk.site.uploads.begin(app::upload_owner(*token));
        if (!id) return refused(id.error());
        return json_reply({{"id", http::b64(*id)}}, 201);
    } catch (const storage::Error&) {
        return error_reply(507, "storage");
    }
}

http::Reply api_upload_state(const Desk& desk, http::Request& request) {
    return with_upload(request, [&](const crypto::Hash& owner, const crypto::Id& id) {
        const auto state = desk.site.uploads.state(owner, id);
        if (!state) return error_reply(404, "not_found");
        return json_reply({{"next_index", state->next_index},
                           {"size", state->size},
                           {"is_complete", state->is_complete}});
    });
}

http::Reply api_put_piece(const Desk& desk, http::Request& request) {
    return with_upload(request, [&](const crypto::Hash& owner, const crypto::Id& id) {
        const auto index = http::read_number(request.arg("index"));
        if (!index) return error_reply(404, "not_found");
        crypto::Bytes piece;
        const auto end = request.read_body([&](crypto::ByteView bytes) {
            piece.insert(piece.end(), bytes.begin(), bytes.end());
            return true;
        });
        if (end == http::BodyEnd::too_large) return error_reply(413, "too_large");
        if (end != http::BodyEnd::complete) return error_reply(400, "cut_off");
        const auto stored = desk.site.uploads.add_piece(owner, id, *index, piece);
        return stored ? http::no_content() : refused(stored.error());
    });
}

http::Reply api_complete_upload(const Desk& desk, http::Request& request) {
    return with_upload(request, [&](const crypto::Hash& owner, const crypto::Id& id) {
        const auto body = http::read_json(request);
        if (!body) return error_reply(400, "request");
        crypto::FieldReader fields(*body);
        const auto size = fields.integer("stored_size");
        if (!fields.done()) return error_reply(400, "request");
        const bool is_complete = desk.site.uploads.complete(owner, id, size);
        return is_complete ? http::no_content() : error_reply(409, "incomplete");
    });
}

http::Reply api_drop_upload(const Desk& desk, http::Request& request) {
    return with_upload(request, [&](const crypto::Hash& owner, const crypto::Id& id) {
        desk.site.uploads.drop(owner, id);
        return http::no_content();
    });
}

}  // namespace tillit::portal

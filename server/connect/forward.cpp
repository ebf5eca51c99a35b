#include "server/connect/forward.h"

#include <array>
#include <memory>

#include "server/connect/rules.h"
#include "server/http/client.h"
#include "server/http/json.h"

namespace tillit::connect {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;

std::string_view name_of(http::Method method) {
    switch (method) {
        case http::Method::get:
            return "GET";
        case http::Method::post:
            return "POST";
        case http::Method::put:
            return "PUT";
        case http::Method::del:
            return "DELETE";
        case http::Method::head:
            break;
    }
    return {};
}

/// False breaks the transfer off: half an answer never looks like a whole one.
bool pour(http::ClientStream& from, const std::function<bool(crypto::ByteView)>& write) {
    std::vector<char> piece(kPieceBytes);
    for (;;) {
        const long count = from.read(piece.data(), piece.size());
        if (count <= 0) return count == 0;
        if (!write({reinterpret_cast<const std::uint8_t*>(piece.data()),
                    static_cast<std::size_t>(count)})) {
            return false;
        }
    }
}

http::Reply answer(std::shared_ptr<http::ClientStream> stream) {
    auto reduced = reduce(stream->status(), stream->headers());
    if (!reduced) return http::error_reply(502, "malformed");
    http::Reply reply;
    reply.status = reduced->status;
    reply.cookies = std::move(reduced->cookies);
    reply.content_type = reduced->content_type;
    if (reply.content_type.empty()) return reply;
    reply.stream_size = reduced->length;
    reply.stream = [from = std::move(stream)](const auto& write) { return pour(*from, write); };
    return reply;
}

http::Reply forward(http::Request& request, const std::string& origin) {
    const auto method = name_of(request.method);
    if (method.empty()) return http::error_reply(405, "method");
    const auto target = target_of(request);
    if (!target) return http::error_reply(404, "not_found");
    // The service asks for it too; a page elsewhere cannot set it, so its calls end here.
    if (request.method != http::Method::get && request.csrf.empty())
        return http::error_reply(403, "csrf");
    std::string body;
    const auto end = request.read_body([&](crypto::ByteView piece) {
        body.append(reinterpret_cast<const char*>(piece.data()), piece.size());
        return true;
    });
    if (end == http::BodyEnd::too_large) return http::error_reply(413, "too_large");
    if (end != http::BodyEnd::complete) return http::error_reply(400, "request");
    auto stream =
        http::Client(origin).open(std::string(method), *target, headers_for(request, origin), body);
    if (!stream) return http::error_reply(502, "offline");
    return answer(std::move(stream));
}

}  // namespace

std::vector<http::Route> api_routes(const std::string& origin) {
    using http::Method;
    std::vector<http::Route> routes;
    std::string pattern = "/api/v1";
    for (std::size_t n = 0; n < kMaxSegments; ++n) {
        pattern += "/:segment";
        for (const auto method : {Method::get, Method::post, Method::put, Method::del}) {
            const bool has_body = method == Method::post || method == Method::put;
            routes.push_back(
                {.method = method,
                 .pattern = pattern,
                 .max_body_bytes = has_body ? kMaxBodyBytes : 0,
                 .handler = [origin](http::Request& request) { return forward(request, origin); }});
        }
    }
    return routes;
}

}  // namespace tillit::connect

#include "server/http/json.h"

#include "server/http/headers.h"

namespace tillit::http {

Reply json_reply(const nlohmann::json& value, int status) {
    Reply reply;
    reply.status = status;
    reply.content_type = "application/json";
    reply.body = value.dump();
    return reply;
}

Reply error_reply(int status, std::string_view code) {
    return json_reply({{"error", std::string(code)}}, status);
}

Reply no_content() {
    Reply reply;
    reply.status = 204;
    return reply;
}

std::optional<nlohmann::json> read_json(Request& request) {
    if (!to_lower(request.content_type).starts_with("application/json")) return std::nullopt;
    crypto::SecretBytes body;
    const auto end = request.read_body([&](crypto::ByteView piece) {
        body.append(piece);
        return body.size() <= kMaxJsonBytes;
    });
    if (end != BodyEnd::complete) return std::nullopt;
    auto parsed = crypto::parse_strict_json(body.expose());
    if (!parsed) return std::nullopt;
    return std::move(*parsed);
}

crypto::Bytes read_bytes(crypto::FieldReader& fields, const char* name, std::size_t max_bytes) {
    const auto bytes = crypto::from_base64url(fields.text(name, max_bytes * 4 / 3 + 4));
    if (!bytes || bytes->empty() || bytes->size() > max_bytes) {
        fields.fail();
        return {};
    }
    return *bytes;
}

bool read_ids(crypto::FieldReader& fields, const char* name, std::size_t max_items,
              std::vector<crypto::Id>& ids) {
    for (const auto& item : fields.list(name, max_items)) {
        const auto id = item.is_string()
                            ? crypto::array_from_base64url<16>(item.get_ref<const std::string&>())
                            : std::nullopt;
        if (!id) return false;
        ids.push_back(*id);
    }
    return true;
}

std::optional<std::uint64_t> read_number(std::string_view text) { return parse_length(text); }

}  // namespace tillit::http

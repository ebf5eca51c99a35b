#include "crypto/act.h"

#include "crypto/json_writer.h"
#include "crypto/strict_json.h"

namespace tillit::crypto {
std::string encode_act(const Act& act) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("act");
    out.key("org").bytes(act.org);
    out.key("kind").text(act.kind);
    out.key("object").bytes(act.object);
    out.key("member").bytes(act.member);
    out.key("minute").integer(act.minute);
    out.end_object();
    return text;
}

std::optional<Act> decode_act(std::string_view text) {
    if (text.size() > kMaxActBytes) return std::nullopt;
    const auto object = parse_strict_json(view(text));
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != "act") read.fail();
    Act act;
    act.org = read.array<16>("org");
    act.kind = read.text("kind", kMaxEventKindBytes);
    act.object = read.array<32>("object");
    act.member = read.array<16>("member");
    act.minute = read.integer("minute");
    if (!read.done()) return std::nullopt;
    return act;
}

Signature sign_act(std::string_view statement, const SigningSeed& seed) {
    return sign_statement("act", view(statement), seed);
}

Result<Act, ActError> verify_act(std::string_view statement, const Signature& signature,
                                 const VerifyKey& key, const Act& expected) {
    auto act = decode_act(statement);
    if (!act) return unexpected(ActError::malformed);
    if (!verify_statement("act", view(statement), signature, key)) {
        return unexpected(ActError::bad_signature);
    }
    if (act->org != expected.org) return unexpected(ActError::wrong_org);
    const bool is_about_it = act->kind == expected.kind && act->object == expected.object &&
                             act->member == expected.member;
    if (!is_about_it) return unexpected(ActError::wrong_act);
    return std::move(*act);
}

}  // namespace tillit::crypto

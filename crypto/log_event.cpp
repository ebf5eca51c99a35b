#include "crypto/log_event.h"

#include <algorithm>

#include "crypto/json_writer.h"
#include "crypto/strict_json.h"

namespace tillit::crypto {
namespace {

std::string_view to_text(LogActor by) {
    switch (by) {
        case LogActor::reporter:
            return "reporter";
        case LogActor::member:
            return "member";
        case LogActor::operator_:
            break;
    }
    return "operator";
}

std::optional<LogActor> actor_from(std::string_view text) {
    for (const auto by : {LogActor::reporter, LogActor::member, LogActor::operator_}) {
        if (text == to_text(by)) return by;
    }
    return std::nullopt;
}

bool is_kind(std::string_view kind) {
    const auto is_of_a_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    return !kind.empty() && kind.size() <= kMaxEventKindBytes &&
           std::ranges::all_of(kind, is_of_a_word);
}

/// A reporter is never timed finer than a day, and only members are named and sign.
bool agrees(const LogEvent& event) {
    const bool is_member = event.by == LogActor::member;
    if (is_member != (event.member != Id{})) return false;
    if (event.by == LogActor::reporter && event.minute != 0) return false;
    if (event.act.empty() != (event.signature == Signature{})) return false;
    return is_member || event.act.empty();
}

}  // namespace

std::string encode_event(const LogEvent& event) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("event");
    out.key("kind").text(event.kind);
    out.key("by").text(to_text(event.by));
    out.key("member").bytes(event.member);
    out.key("case").bytes(event.case_reference);
    out.key("day").integer(event.day);
    out.key("minute").integer(event.minute);
    out.key("object").bytes(event.object);
    out.key("act").text(event.act);
    out.key("signature").bytes(event.signature);
    out.end_object();
    return text;
}

std::optional<LogEvent> decode_event(std::string_view text) {
    if (text.size() > kMaxEventBytes) return std::nullopt;
    const auto object = parse_strict_json(view(text));
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != "event") read.fail();
    LogEvent event;
    event.kind = read.text("kind", kMaxEventKindBytes);
    const auto by = actor_from(read.text("by", 16));
    event.member = read.array<16>("member");
    event.case_reference = read.array<16>("case");
    event.day = read.integer("day");
    event.minute = read.integer("minute");
    event.object = read.array<32>("object");
    event.act = read.text("act", kMaxActBytes);
    event.signature = read.array<64>("signature");
    if (!read.done() || !by || !is_kind(event.kind)) return std::nullopt;
    event.by = *by;
    if (!agrees(event)) return std::nullopt;
    return event;
}

Hash event_hash(const EventSalt& salt, std::string_view event) {
    constexpr std::uint8_t kLeaf = 0x00;
    Sha256 hash;
    hash.update({&kLeaf, 1});
    hash.update(salt);
    hash.update(view(event));
    return hash.finish();
}

}  // namespace tillit::crypto

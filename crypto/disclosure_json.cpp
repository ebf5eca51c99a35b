// The JSON of letters about the identity: docs/protocol.md §4.5 lists keys, order and limits.
#include <algorithm>

#include "crypto/disclosure.h"
#include "crypto/json_writer.h"
#include "crypto/strict_json.h"
#include "crypto/wiped.h"

namespace tillit::crypto::detail {
namespace {

std::string_view to_text(ReporterTold told) { return told == ReporterTold::yes ? "yes" : "exempt"; }

ReporterTold read_told(FieldReader& fields) {
    const std::string text = fields.text("reporter_told", 8);
    if (text != "yes" && text != "exempt") fields.fail();
    return text == "exempt" ? ReporterTold::exempt : ReporterTold::yes;
}

std::string read_ground(FieldReader& fields) {
    std::string ground = fields.text("ground", kMaxGroundBytes);
    const auto is_of_a_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    if (ground.empty() || !std::ranges::all_of(ground, is_of_a_word)) fields.fail();
    return ground;
}

std::string read_words(FieldReader& fields, const char* name, std::size_t max_bytes) {
    std::string text = fields.text(name, max_bytes);
    if (text.empty()) fields.fail();
    return text;
}

/// Begins every letter; `text` is reserved so that a share in it leaves no copies behind.
template <class Letter>
JsonWriter begin(std::string& text, const char* type, const Letter& letter) {
    text.reserve(kLetterPlainBytes);
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text(type);
    out.key("org").bytes(letter.org);
    out.key("case_id").bytes(letter.case_id);
    out.key("request").bytes(letter.request);
    out.key("from").bytes(letter.from);
    return out;
}

template <class Letter>
void read_beginning(FieldReader& fields, const char* type, Letter& letter) {
    if (fields.text("t", 16) != type) fields.fail();
    letter.org = fields.array<16>("org");
    letter.case_id = fields.array<32>("case_id");
    letter.request = fields.array<std::tuple_size_v<decltype(letter.request)>>("request");
    letter.from = fields.array<16>("from");
}

}  // namespace

std::string encode_letter(const IdentityRequest& letter) {
    std::string text;
    JsonWriter out = begin(text, "identity_request", letter);
    out.key("custodian").bytes(letter.custodian);
    out.key("ground").text(letter.ground);
    out.key("text").text(letter.text);
    out.key("reporter_told").text(to_text(letter.told));
    out.key("exemption").text(letter.exemption);
    out.key("notice").bytes(letter.notice);
    out.end_object();
    return text;
}

std::string encode_letter(const Disclosure& letter) {
    std::string text;
    JsonWriter out = begin(text, "disclosure", letter);
    out.key("to").bytes(letter.to);
    out.key("to_recipient_hash").bytes(letter.to_recipient_hash);
    out.key("ground").text(letter.ground);
    out.key("reporter_told").text(to_text(letter.told));
    out.key("identity_share").bytes(letter.share.expose());
    out.end_object();
    return text;
}

std::string encode_letter(const Refusal& letter) {
    std::string text;
    JsonWriter out = begin(text, "refusal", letter);
    out.key("reason").text(letter.reason);
    out.end_object();
    return text;
}

std::string encode_letter(const Opening& letter) {
    std::string text;
    JsonWriter out = begin(text, "opening", letter);
    out.key("disclosure").bytes(letter.disclosure);
    out.end_object();
    return text;
}

template <>
std::optional<IdentityRequest> decode_letter(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    IdentityRequest letter;
    read_beginning(read, "identity_request", letter);
    letter.custodian = read.array<16>("custodian");
    letter.ground = read_ground(read);
    letter.text = read_words(read, "text", kMaxRequestTextBytes);
    letter.told = read_told(read);
    letter.exemption = read.text("exemption", kMaxExemptionBytes);
    letter.notice = read.array<32>("notice");
    const bool is_exempt = letter.told == ReporterTold::exempt;
    const bool agrees =
        letter.exemption.empty() != is_exempt && (letter.notice == Hash{}) == is_exempt;
    if (!read.done() || !agrees) return std::nullopt;
    return letter;
}

template <>
std::optional<Disclosure> decode_letter(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    Disclosure letter{.share = IdentityShare::zeroed()};
    read_beginning(read, "disclosure", letter);
    letter.to = read.array<16>("to");
    letter.to_recipient_hash = read.array<32>("to_recipient_hash");
    letter.ground = read_ground(read);
    letter.told = read_told(read);
    Wiped<ByteArray<32>> share;
    share.value = read.array<32>("identity_share");
    letter.share = IdentityShare::copy_of(share.value);
    if (!read.done()) return std::nullopt;
    return letter;
}

template <>
std::optional<Refusal> decode_letter(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    Refusal letter;
    read_beginning(read, "refusal", letter);
    letter.reason = read_words(read, "reason", kMaxReasonBytes);
    if (!read.done()) return std::nullopt;
    return letter;
}

template <>
std::optional<Opening> decode_letter(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    Opening letter;
    read_beginning(read, "opening", letter);
    letter.disclosure = read.array<32>("disclosure");
    if (!read.done()) return std::nullopt;
    return letter;
}

}  // namespace tillit::crypto::detail

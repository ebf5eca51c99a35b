#include "crypto/strict_json.h"
#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    ensure(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

struct Sample {
    FixedWorld world;
    std::string report = encode_statement(world.report("Noen tok penger. أخذ أحدهم المال. 💰"));
    std::string message =
        encode_statement(world.message("Line 1\nLine 2\t\"quoted\" \\ \x01 \x7f"));
};

/// Refused by the JSON profile itself. Texts that no JSON file can carry are given in hex.
Json refused_by_profile() {
    Json all = Json::array();
    const auto add = [&](const char* comment, const std::string& text, const char* error) {
        Json entry = {{"comment", comment}, {"level", "json"}, {"error", error}};
        const bool is_plain = is_clean_utf8(view(text));
        entry[is_plain ? "text" : "hex"] = is_plain ? text : to_hex(view(text));
        all.push_back(entry);
    };
    add("nothing", "", "not_json");
    add("white space only", " \n", "not_json");
    add("a list", "[]", "not_an_object");
    add("a string", "\"a\"", "not_an_object");
    add("a number", "1", "not_an_object");
    add("true", "true", "not_an_object");
    add("null", "null", "not_json");
    add("null as a value", "{\"a\":null}", "not_json");
    add("two objects", "{}{}", "not_json");
    add("text after the object", "{} x", "not_json");
    add("cut off", "{\"a\":1", "not_json");
    add("trailing comma", "{\"a\":1,}", "not_json");
    add("trailing comma in a list", "{\"a\":[1,]}", "not_json");
    add("single quotes", "{'a':1}", "not_json");
    add("a bare key", "{a:1}", "not_json");
    add("a comment", "{\"a\":1/* */}", "not_json");
    add("byte order mark", "\xef\xbb\xbf{\"a\":1}", "not_json");
    add("form feed as white space", "{\f\"a\":1}", "not_json");
    add("raw line feed in a string", "{\"a\":\"\n\"}", "not_json");
    add("unknown escape", "{\"a\":\"\\x41\"}", "not_json");
    add("same key twice", "{\"a\":1,\"a\":1}", "duplicate_key");
    add("same key twice, once escaped", "{\"a\":1,\"\\u0061\":2}", "duplicate_key");
    add("same key twice, deeper", "{\"a\":[{\"b\":1,\"b\":2}]}", "duplicate_key");
    add("negative", "{\"a\":-1}", "bad_number");
    add("minus zero", "{\"a\":-0}", "bad_number");
    add("fraction", "{\"a\":1.0}", "bad_number");
    add("exponent", "{\"a\":1e3}", "bad_number");
    add("2^53", "{\"a\":9007199254740992}", "bad_number");
    add("2^53 + 1", "{\"a\":9007199254740993}", "bad_number");
    add("2^64", "{\"a\":18446744073709551616}", "bad_number");
    add("leading zero", "{\"a\":01}", "not_json");
    add("plus sign", "{\"a\":+1}", "not_json");
    add("NaN", "{\"a\":NaN}", "not_json");
    add("NUL as an escape", "{\"a\":\"\\u0000\"}", "nul");
    add("NUL in a key", "{\"\\u0000\":1}", "nul");
    add("raw NUL in a string", std::string("{\"a\":\"\0\"}", 9), "nul");
    add("raw NUL at the end", std::string("{\"a\":1}\0", 8), "nul");
    add("lone high surrogate", "{\"a\":\"\\ud83d\"}", "not_json");
    add("lone low surrogate", "{\"a\":\"\\ude00\"}", "not_json");
    add("surrogates the wrong way round", "{\"a\":\"\\ude00\\ud83d\"}", "not_json");
    add("surrogate in UTF-8", "{\"a\":\"\xed\xa0\xbd\"}", "not_utf8");
    add("overlong slash", "{\"a\":\"\xc0\xaf\"}", "not_utf8");
    add("overlong in three bytes", "{\"a\":\"\xe0\x80\xaf\"}", "not_utf8");
    add("beyond U+10FFFF", "{\"a\":\"\xf4\x90\x80\x80\"}", "not_utf8");
    add("cut UTF-8", "{\"a\":\"\xe2\x82\"}", "not_utf8");
    add("Latin-1", "{\"a\":\"bl\xe5\"}", "not_utf8");
    add("five levels", "{\"a\":[[[[]]]]}", "too_deep");
    add("a thousand levels", "{\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}",
        "too_deep");
    return all;
}

/// Good JSON, but no statement.
void refused_by_fields(Json& all, const Sample& sample) {
    const auto add = [&](const char* comment, const std::string& text) {
        all.push_back(
            {{"comment", comment}, {"level", "statement"}, {"error", "malformed"}, {"text", text}});
    };
    const auto change = [&](const char* comment, const std::string& what, const std::string& with) {
        add(comment, replaced(sample.message, what, with));
    };
    const auto in_report = [&](const char* comment, const std::string& what,
                               const std::string& with) {
        add(comment, replaced(sample.report, what, with));
    };
    const std::string org = to_base64url(sample.world.org);
    const std::string from = to_base64url(sample.world.ingrid.member);
    const std::string zeros = to_base64url(Hash{});
    const std::string head =
        sample.message.substr(sample.message.find("{\"author\""),
                              sample.message.find("}]") + 1 - sample.message.find("{\"author\""));

    change("an unknown key", "\"epoch\":0", "\"epoch\":0,\"extra\":1");
    change("a missing key", "\"epoch\":0,", "");
    change("another type of statement", "\"t\":\"envelope\"", "\"t\":\"grant\"");
    change("a number as text", "\"epoch\":0", "\"epoch\":\"0\"");
    change("text as a number", "\"state\":\"\"", "\"state\":0");
    change("an unknown kind", "\"kind\":\"message\"", "\"kind\":\"Message\"");
    change("an unknown sealer", "\"sealed_by\":\"server\"", "\"sealed_by\":\"nobody\"");
    change("base64url with padding", org, org + "==");
    change("base64url that is not canonical", org, org.substr(0, 21) + "B");
    change("an id too short", org, org.substr(0, 20));
    change("an id of 17 bytes", org, org + "A");
    change("standard base64", from, "+" + from.substr(1));
    change("seq zero", "\"seq\":1", "\"seq\":0");
    change("a first envelope with a predecessor", zeros, to_base64url(fixed_bytes("x")));
    change("a second envelope without predecessor", "\"seq\":1", "\"seq\":2");
    change("a head twice", head, head + "," + head);
    change("a state in a message", "\"state\":\"\"", "\"state\":\"open\"");
    change("a status without state", "\"kind\":\"message\"", "\"kind\":\"status\"");
    change("a message with a manifest", "\"attachments\":[]",
           "\"attachments\":[],\"manifest\":{\"grants\":[]}");
    change("an ack by the reporter", "\"kind\":\"message\",\"from\":\"" + from,
           "\"kind\":\"ack\",\"from\":\"" + to_base64url(kReporter));
    change("a notice by the reporter", "\"kind\":\"message\",\"from\":\"" + from,
           "\"kind\":\"identity_notice\",\"from\":\"" + to_base64url(kReporter));
    const std::string notice =
        replaced(sample.message, "\"kind\":\"message\"", "\"kind\":\"identity_notice\"");
    add("a notice without words", notice.substr(0, notice.find("\"body\"")) +
                                      "\"body\":\"\",\"state\":\"\",\"attachments\":[]}");
    in_report("a report without manifest",
              sample.report.substr(sample.report.find(",\"manifest\"")), "}");
    in_report("a report by a member", to_base64url(kReporter), from);
    in_report("an unknown key in the manifest", "\"identity_given\"",
              "\"more\":1,\"identity_given\"");
    in_report("an exclusion without name", "\"name\":\"Odd Hansen\"", "\"name\":\"\"");
    in_report("a line feed in a name", "\"name\":\"Odd Hansen\"", "\"name\":\"Odd\\nHansen\"");
    in_report("a name of 97 bytes", "Odd Hansen", std::string(97, 'a'));
}

}  // namespace

Json statement_accept_vectors() {
    const Sample sample;
    Json all = Json::array();
    const auto add = [&](const char* comment, const std::string& text, bool is_canonical) {
        const auto statement = decode_statement(view(text));
        ensure(statement.has_value());
        all.push_back({{"comment", comment},
                       {"text", text},
                       {"re_encodes_the_same", is_canonical},
                       {"body", statement->body},
                       {"seq", statement->seq}});
    };
    add("a report", sample.report, true);
    add("a message with escapes", sample.message, true);
    Statement status = sample.world.message("");
    status.kind = Kind::status;
    status.state = "investigating";
    status.seq = (1ULL << 53) - 1;
    status.prev = fixed_bytes("previous");
    add("a status, the highest seq", encode_statement(status), true);
    Statement ack = sample.world.message("");
    ack.kind = Kind::ack;
    ack.sealed_by = SealedBy::cli;
    add("an ack", encode_statement(ack), true);
    Statement notice = sample.world.message("We ask the custodian for your name.");
    notice.kind = Kind::identity_notice;
    add("a notice that the identity is asked for", encode_statement(notice), true);
    add("white space between", replaced(sample.message, "{\"t\":", " {\n\t\"t\" : "), false);
    add("keys in another order",
        "{\"epoch\":0," + replaced(sample.message, "\"epoch\":0,", "").substr(1), false);
    add("escapes for plain letters and a pair of surrogates",
        replaced(sample.message, "Line 1", "\\u004cine \\ud83d\\ude00\\/"), false);
    return {{"spec", "§5.2"}, {"accept", all}};
}

Json statement_reject_vectors() {
    const Sample sample;
    Json all = refused_by_profile();
    refused_by_fields(all, sample);
    return {{"spec", "§5.1, §5.2"}, {"reject", all}};
}

}  // namespace tillit::test

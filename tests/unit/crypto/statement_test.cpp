#include <catch2/catch_test_macros.hpp>

#include "crypto/strict_json.h"
#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

TEST_CASE("the reject corpus is refused, each for its reason", "[crypto][statement]") {
    const auto vectors = test::read_vectors("statement_reject");  // outlives the loop
    for (const auto& v : vectors.at("reject")) {
        INFO(v["comment"]);
        const bool is_text = v.contains("text");
        const std::string text = is_text ? v["text"].get<std::string>() : "";
        const Bytes bytes = is_text ? Bytes(text.begin(), text.end())
                                    : from_hex(v["hex"].get<std::string>()).value();
        const auto parsed = parse_strict_json(bytes);
        if (v["level"] == "json") {
            CHECK(test::verdict(parsed) == v["error"]);
        } else {
            CHECK(parsed.has_value());
        }
        CHECK(test::verdict(decode_statement(bytes)) == "malformed");
    }
}

TEST_CASE("the accept corpus is read, and what we wrote re-encodes to the same bytes",
          "[crypto][statement]") {
    const auto vectors = test::read_vectors("statement_accept");  // outlives the loop
    for (const auto& v : vectors.at("accept")) {
        INFO(v["comment"]);
        const auto text = v["text"].get<std::string>();
        const auto statement = decode_statement(view(text));
        REQUIRE(statement);
        CHECK(statement->body == v["body"].get<std::string>());
        CHECK(statement->seq == v["seq"].get<std::uint64_t>());
        CHECK((encode_statement(*statement) == text) == v["re_encodes_the_same"].get<bool>());
    }
}

TEST_CASE("any text survives a statement", "[crypto][statement]") {
    const test::FixedWorld world;
    std::string every_character;
    for (int c = 1; c < 128; ++c) every_character += static_cast<char>(c);
    for (const std::string& body :
         {std::string(), every_character, std::string("\u2028 \ufffe \U0010ffff 💰 أخذ"),
          std::string(100000, '\\')}) {
        const Statement statement = world.message(body);
        const auto read = decode_statement(view(encode_statement(statement)));
        REQUIRE(read);
        CHECK(read->body == body);
        CHECK(encode_statement(*read) == encode_statement(statement));
    }
}

TEST_CASE("a statement cut anywhere is refused", "[crypto][statement]") {
    const std::string text = encode_statement(test::FixedWorld().report("x"));
    for (std::size_t n = 0; n < text.size(); ++n) {
        REQUIRE_FALSE(decode_statement(view(std::string_view(text).substr(0, n))));
    }
}

TEST_CASE("clean text is well-formed UTF-8 without NUL", "[crypto][statement]") {
    CHECK(is_clean_utf8(view("")));
    CHECK(is_clean_utf8(view("blå 💰")));
    CHECK_FALSE(is_clean_utf8(view(std::string_view("a\0b", 3))));
    CHECK_FALSE(is_clean_utf8(view("\x80")));
    CHECK_FALSE(is_clean_utf8(view("\xed\xbf\xbf")));
}

#include "server/portal/mentions.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/primitives.h"
#include "tests/support/vectors.h"

namespace {

using namespace tillit;

/// Up to U+FFFF, which the vectors stay below.
void append_utf8(std::string& text, unsigned c) {
    const auto put = [&](unsigned byte) { text.push_back(static_cast<char>(byte)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xC0 | c >> 6);
    } else {
        put(0xE0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3F));
    }
    put(0x80 | (c & 0x3F));
}

}  // namespace

TEST_CASE("mentions.json: who seems to be mentioned", "[portal][mentions]") {
    const auto vectors = test::read_vectors("mentions.json");
    CHECK(vectors.at("cases").size() > 40);
    for (const auto& one : vectors.at("cases")) {
        INFO(one.at("comment").get<std::string>());
        const auto words = portal::words_of(one.at("text").get<std::string>());
        CHECK(portal::mentions(words, one.at("name").get<std::string>(),
                               one.at("office").get<std::string>()) ==
              one.at("expect").get<bool>());
    }
}

TEST_CASE("mentions.json: what is a word, and how it is lowered", "[portal][mentions]") {
    const auto vectors = test::read_vectors("mentions.json");
    const auto& characters = vectors.at("characters");
    std::string text;
    for (unsigned c = 1; c <= characters.at("last").get<unsigned>(); ++c) {
        append_utf8(text, c);
        text.push_back(' ');
    }
    const auto hash = crypto::sha256(portal::words_of(text).expose());
    CHECK(crypto::to_hex(hash) == characters.at("sha256").get<std::string>());
}

#include "crypto/case_key.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_adapters.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <set>
#include <sstream>

#include "crypto/wordlist.h"
#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;
using test::fixed_secret;

TEST_CASE("a case key derives what the vectors say", "[crypto][case_key]") {
    const auto vectors = test::read_vectors("case_key");  // outlives the loop
    for (const auto& v : vectors.at("derived")) {
        INFO(v["entropy"]);
        const auto key = test::secret_of<CaseKey>(v["entropy"]);
        const auto org = test::array_of<16>(v["org"]);
        const auto hex = [](const auto& secret) { return to_hex(secret.expose()); };
        CHECK(case_key_words(key).expose_text() == v["words"].get<std::string>());
        CHECK(case_key_numbers(key).expose_text() == v["numbers"].get<std::string>());
        CHECK(hex(lookup_token(key, org)) == v["lookup_token"]);
        CHECK(to_hex(lookup_hash(lookup_token(key, org))) == v["lookup_hash"]);
        CHECK(hex(reporter_identity(key, org)) == v["reporter_identity"]);
        CHECK(hex(case_identity(key, org)) == v["case_identity"]);
        CHECK(hex(identity_share_a(key, org)) == v["identity_share_a"]);
        CHECK(hex(identity_share_b(key, org)) == v["identity_share_b"]);
        CHECK(hex(identity_envelope_seed(identity_share_a(key, org), identity_share_b(key, org))) ==
              v["identity_envelope_seed"]);
        CHECK(hex(reporter_signing_seed(key, org)) == v["reporter_signing_seed"]);
        const auto to_case = hybrid_recipient(case_identity(key, org));
        const auto to_reporter = hybrid_recipient(reporter_identity(key, org));
        const auto id =
            case_id(org, to_case, to_reporter, verify_key(reporter_signing_seed(key, org)));
        CHECK(to_hex(sha256(to_case)) == v["case_recipient_sha256"]);
        CHECK(to_hex(sha256(to_reporter)) == v["reporter_recipient_sha256"]);
        CHECK(to_hex(id) == v["case_id"]);
        CHECK(short_case_id(id) == v["short_case_id"]);
    }
}

TEST_CASE("a key is read however people write it, and slips are refused", "[crypto][case_key]") {
    const auto vectors = test::read_vectors("case_key");
    for (const auto& v : vectors["accept"]) {
        INFO(v["comment"]);
        const auto key = parse_case_key(view(v["text"].get<std::string>()));
        REQUIRE(key);
        CHECK(to_hex(key->expose()) == v["entropy"]);
    }
    for (const auto& v : vectors["reject"]) {
        INFO(v["comment"]);
        CHECK(test::verdict(parse_case_key(view(v["text"].get<std::string>()))) == v["error"]);
    }
}

TEST_CASE("what a key is written as reads back as the key", "[crypto][case_key]") {
    const int i = GENERATE(Catch::Generators::range(0, 200));
    const auto key = fixed_secret<CaseKey>("round trip " + std::to_string(i));
    CHECK(parse_case_key(case_key_words(key).expose()).value() == key);
    CHECK(parse_case_key(case_key_numbers(key).expose()).value() == key);
}

TEST_CASE("fifteen of sixteen wrong last words are caught", "[crypto][case_key]") {
    const std::string stem =
        "legal winner thank year wave sausage worth useful legal winner thank ";
    int accepted = 0;
    for (const auto word : kWords) {
        if (parse_case_key(view(stem + std::string(word)))) ++accepted;
    }
    CHECK(accepted == 128);  // 2^7: the seven bits of the key that the last word carries
}

TEST_CASE("the word list is sorted and told apart by four letters", "[crypto][case_key]") {
    CHECK(std::is_sorted(kWords.begin(), kWords.end()));
    std::set<std::string_view> prefixes;
    for (std::uint16_t i = 0; i < kWordCount; ++i) {
        CHECK(word_index(kWords[i]) == i);
        CHECK(word_index(kWords[i].substr(0, 4)) == i);
        prefixes.insert(kWords[i].substr(0, 4));
    }
    CHECK(prefixes.size() == kWordCount);
    CHECK_FALSE(word_index("aba"));
    CHECK_FALSE(word_index(""));
}

TEST_CASE("two organisations see two unrelated cases for one key", "[crypto][case_key]") {
    const auto key = fixed_secret<CaseKey>("one key");
    CHECK_FALSE(lookup_token(key, test::fixed_id("a")) == lookup_token(key, test::fixed_id("b")));
}

TEST_CASE("a generated passphrase is seven words of the list", "[crypto][case_key]") {
    std::set<std::string> seen;
    for (int i = 0; i < 50; ++i) {
        const auto phrase = generate_passphrase();
        std::istringstream words{std::string(phrase.expose_text())};
        int count = 0;
        for (std::string word; words >> word; ++count) CHECK(word_index(word).has_value());
        CHECK(count == 7);
        seen.insert(std::string(phrase.expose_text()));
    }
    CHECK(seen.size() == 50);
}

TEST_CASE("fingerprints read as the words of the vectors", "[crypto][case_key]") {
    const auto vectors = test::read_vectors("case_key");  // outlives the loop
    for (const auto& v : vectors.at("fingerprints")) {
        CHECK(fingerprint_words(test::array_of<32>(v["hash"])) == v["words"]);
    }
}

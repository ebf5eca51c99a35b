#include "crypto/directory.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

SignersNote first_note(const test::Json& file) {
    return verify_first_signers_note(file["signers_first"][0]["note"].get<std::string>()).value();
}

}  // namespace

TEST_CASE("every signers note gets its verdict", "[crypto][directory]") {
    const auto file = test::read_vectors("directory");
    for (const auto& v : file["signers_first"]) {
        INFO(v["comment"]);
        const auto note = v["note"].get<std::string>();
        CHECK(test::verdict(verify_first_signers_note(note)) == v["expect"]);
        CHECK(to_hex(note_hash(note)) == v["note_hash"]);
    }
    const SignersNote first = first_note(file);
    for (const auto& v : file["signers_next"]) {
        INFO(v["comment"]);
        CHECK(test::verdict(verify_next_signers_note(v["note"].get<std::string>(), first)) ==
              v["expect"]);
    }
}

TEST_CASE("a rotation of signers is followed, or refused where it was done wrongly",
          "[crypto][directory]") {
    const auto file = test::read_vectors("directory");
    for (const auto& v : file["chains"]) {
        INFO(v["comment"]);
        const auto chain = verify_signers_chain(v["notes"].get<std::vector<std::string>>());
        CHECK(test::verdict(chain) == v["expect"]);
        if (!chain || !v.contains("directory")) continue;
        const auto& under = v["directory"];
        CHECK(test::verdict(verify_directory(under["note"].get<std::string>(), chain->back(),
                                             under["today"])) == under["expect"]);
    }
}

TEST_CASE("the fingerprints of organisation and member are those of the vectors",
          "[crypto][directory]") {
    const auto file = test::read_vectors("directory");
    const auto& first = file["signers_first"][0];
    const Hash org = organisation_fingerprint(first["note"].get<std::string>());
    CHECK(to_hex(org) == first["organisation_fingerprint"]);
    CHECK(fingerprint_words(org) == first["words"]);
    const auto& m = file["member_fingerprint"];
    const Hash member = member_fingerprint(
        test::array_of<16>(m["org"]), test::array_of<16>(m["person"]),
        test::array_of<kHybridRecipientBytes>(m["recipient"]), test::array_of<32>(m["verify_key"]));
    CHECK(to_hex(member) == m["hash"]);
}

TEST_CASE("every directory gets its verdict", "[crypto][directory]") {
    const auto file = test::read_vectors("directory");
    const SignersNote signers = first_note(file);
    for (const auto& v : file["directories"]) {
        INFO(v["comment"]);
        CHECK(test::verdict(verify_directory(v["note"].get<std::string>(), signers, v["today"])) ==
              v["expect"]);
    }
}

TEST_CASE("a changed byte anywhere in a directory is refused", "[crypto][directory]") {
    const auto file = test::read_vectors("directory");
    const SignersNote signers = first_note(file);
    const auto note = file["directories"][0]["note"].get<std::string>();
    const std::uint64_t today = file["directories"][0]["today"];
    for (std::size_t i = 0; i < note.size(); i += 13) {
        std::string changed = note;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        INFO("byte " << i);
        CHECK_FALSE(verify_directory(changed, signers, today));
    }
}

TEST_CASE("only the successor of a directory follows it", "[crypto][directory]") {
    const auto file = test::read_vectors("directory");
    const SignersNote signers = first_note(file);
    const auto text = file["directories"][0]["note"].get<std::string>();
    const std::uint64_t today = file["directories"][0]["today"];
    const Directory first = verify_directory(text, signers, today).value();
    const auto anna = test::fixed_secret<SigningSeed>("anna");
    const auto chris = test::fixed_secret<SigningSeed>("chris");
    const auto verdict = [&](const Directory& next) {
        const auto note = sign_directory(next, {{"Anna Berg", &anna}, {"Chris Lund", &chris}});
        return test::verdict(verify_next_directory(note, signers, today, first, note_hash(text)));
    };
    Directory next = first;
    next.version = 2;
    next.previous = note_hash(text);
    CHECK(verdict(next) == "success");
    CHECK(verdict(first) == "wrong_order");
    next.version = 3;
    CHECK(verdict(next) == "wrong_order");
    next.version = 2;
    next.previous = test::fixed_bytes("another");
    CHECK(verdict(next) == "wrong_order");
}

TEST_CASE("the newest directory vouches for those before it by their hashes",
          "[crypto][directory]") {
    const auto file = test::read_vectors("directory");
    for (const auto& v : file["histories"]) {
        INFO(v["comment"]);
        const auto newest = unverified_directory(v["newest"].get<std::string>());
        REQUIRE(newest);
        std::vector<std::uint64_t> versions;
        for (const auto& one :
             earlier_directories(v["notes"].get<std::vector<std::string>>(), *newest)) {
            versions.push_back(one.version);
        }
        CHECK(versions == v["versions"].get<std::vector<std::uint64_t>>());
    }
}

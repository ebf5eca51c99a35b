#include "crypto/primitives.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

AgeSeed seed_of(const nlohmann::json& vector) {
    AgeSeed seed = AgeSeed::zeroed();
    test::fill_from_hex(seed, vector, "seed");
    return seed;
}

Bytes hex(std::string_view text) { return from_hex(text).value(); }

}  // namespace

TEST_CASE("hashes give the published values", "[primitives]") {
    CHECK(to_hex(sha256(view("abc"))) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    // RFC 4231, test case 2.
    CHECK(to_hex(hmac_sha256(view("Jefe"), view("what do ya want for nothing?"))) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // RFC 5869, A.1 (its first 32 bytes) and A.3 (empty salt and info).
    Bytes out(42);
    hkdf_sha256(Bytes(22, 0x0b), hex("000102030405060708090a0b0c"), hex("f0f1f2f3f4f5f6f7f8f9"),
                out);
    CHECK(to_hex(out) ==
          "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    hkdf_sha256(Bytes(22, 0x0b), {}, {}, out);
    CHECK(to_hex(out) ==
          "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST_CASE("a labelled hash is SHA-256 of label, zero byte and parts", "[primitives]") {
    const Bytes whole = {'l', 0, 'a', 'b', 'c'};
    CHECK(labelled_hash("l", {view("a"), view("bc")}) == sha256(whole));
    CHECK_FALSE(labelled_hash("la", {view("bc")}) == sha256(whole));
    Sha256 pieces;
    for (const std::uint8_t byte : whole) pieces.update({&byte, 1});
    CHECK(pieces.finish() == sha256(whole));
}

TEST_CASE("Ed25519 verification follows the strict rule", "[primitives][vectors]") {
    const auto vectors = test::read_vectors("ed25519.json");
    REQUIRE(vectors.size() >= 40);
    std::size_t valid = 0;
    for (const auto& v : vectors) {
        INFO(v.at("comment").get<std::string>());
        const bool expected = v.at("valid").get<bool>();
        CHECK(verify_raw(test::hex_field(v, "msg"), test::hex_array<64>(v, "sig"),
                         test::hex_array<32>(v, "pub")) == expected);
        valid += expected ? 1 : 0;
    }
    CHECK(valid >= 3);
}

TEST_CASE("a signature holds for its statement, type and key only", "[primitives]") {
    const auto seed = SigningSeed::random();
    const VerifyKey key = verify_key(seed);
    const Signature signature = sign_statement("envelope", view("text"), seed);
    CHECK(verify_statement("envelope", view("text"), signature, key));
    CHECK_FALSE(verify_statement("envelope", view("texu"), signature, key));
    CHECK_FALSE(verify_statement("grant", view("text"), signature, key));
    CHECK_FALSE(
        verify_statement("envelope", view("text"), signature, verify_key(SigningSeed::random())));
    for (std::size_t bit = 0; bit < 512; ++bit) {
        Signature damaged = signature;
        damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
        CHECK_FALSE(verify_statement("envelope", view("text"), damaged, key));
    }
}

TEST_CASE("X-Wing gives what the other twin gives, implicit rejection included",
          "[primitives][vectors]") {
    for (const auto& v : test::read_vectors("xwing.json")) {
        const AgeSeed seed = seed_of(v);
        const HybridRecipient recipient = hybrid_recipient(seed);
        CHECK(to_hex(recipient) == v.at("recipient").get<std::string>());
        EncapsulationSeed randomness;
        test::fill_from_hex(randomness, v, "randomness");
        const auto sent = encapsulate_with(randomness, recipient);
        REQUIRE(sent);
        CHECK(to_hex(sent->encapsulation) == v.at("encapsulation").get<std::string>());
        CHECK(to_hex(sent->shared.expose()) == v.at("shared").get<std::string>());
        const auto received = decapsulate(sent->encapsulation, seed);
        REQUIRE(received);
        CHECK(*received == sent->shared);
        for (const auto& damage : v.at("damaged")) {
            auto encapsulation = sent->encapsulation;
            encapsulation[damage.at("at").get<std::size_t>()] ^= 1;
            const auto rejected = decapsulate(encapsulation, seed);
            REQUIRE(rejected);
            CHECK(to_hex(rejected->expose()) == damage.at("shared").get<std::string>());
        }
    }
}

TEST_CASE("bytes that are no X-Wing key are refused", "[primitives]") {
    HybridRecipient recipient = hybrid_recipient(AgeSeed::random());
    CHECK(is_hybrid_recipient(recipient));
    SECTION("an X25519 part of low order") {
        std::fill(recipient.end() - 32, recipient.end(), std::uint8_t{0});
        CHECK_FALSE(is_hybrid_recipient(recipient));
    }
    SECTION("an ML-KEM part with coefficients out of range") {
        std::fill(recipient.begin(), recipient.begin() + 1152, std::uint8_t{0xff});
        CHECK_FALSE(is_hybrid_recipient(recipient));
    }
}

TEST_CASE("a sealed box opens with its key, its nonce and its companion only", "[primitives]") {
    const auto key = SymmetricKey::random();
    Bytes sealed = xchacha_seal(view("plain"), view("bound"), key);
    CHECK(sealed.size() == 24 + 5 + kTagBytes);
    CHECK(xchacha_open(sealed, view("bound"), key).value() == SecretBytes("plain"));
    CHECK_FALSE(xchacha_open(sealed, view("bounds"), key));
    CHECK_FALSE(xchacha_open(sealed, view("bound"), SymmetricKey::random()));
    CHECK_FALSE(xchacha_open(ByteView(sealed).first(39), view("bound"), key));
    CHECK(xchacha_open(xchacha_seal({}, {}, key), {}, key).value().empty());
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        sealed[bit / 8] = static_cast<std::uint8_t>(sealed[bit / 8] ^ (1U << (bit % 8)));
        CHECK_FALSE(xchacha_open(sealed, view("bound"), key));
        sealed[bit / 8] = static_cast<std::uint8_t>(sealed[bit / 8] ^ (1U << (bit % 8)));
    }
}

TEST_CASE("Argon2id and scrypt give the values of other implementations", "[primitives]") {
    // RFC 7914 §12, second vector.
    Bytes out(64);
    scrypt(out, view("password"), view("NaCl"), 10, 8, 16);
    CHECK(to_hex(out) ==
          "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff10927"
          "9d98"
          "30dac727afb94a83ee6d8360cbdfa2cc0640");
    const ByteArray<16> salt{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    CHECK(to_hex(argon2id(SecretBytes("correct horse"), salt).expose()) ==
          test::read_vectors("argon2id.json").at("out").get<std::string>());
}

TEST_CASE("random numbers below a limit stay below it and reach every value", "[primitives]") {
    bool seen[5] = {};
    for (int i = 0; i < 1000; ++i) {
        const std::uint32_t value = random_below(5);
        REQUIRE(value < 5);
        seen[value] = true;
    }
    for (const bool was_seen : seen) CHECK(was_seen);
}

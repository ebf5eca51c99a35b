#include "crypto/keyring.h"

#include <catch2/catch_test_macros.hpp>

#include "crypto/keyring_file.h"
#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

void check_keys(const LoginKeys& keys, const test::Json& v) {
    CHECK(to_hex(keys.auth.expose()) == v["auth_key"]);
    CHECK(to_hex(keys.wrap.expose()) == v["wrap_key"]);
    CHECK(to_hex(auth_hash(keys.auth)) == v["auth_hash"]);
}

}  // namespace

TEST_CASE("log-in keys and recovery code are those of the vectors", "[crypto][keyring]") {
    const auto file = test::read_vectors("keyring");
    for (const auto& v : file["logins"]) {
        INFO(v["comment"]);
        check_keys(login_keys(SecretBytes(v["passphrase"].get<std::string>()),
                              test::array_of<16>(v["org"]), v["login"].get<std::string>()),
                   v);
    }
    const auto& v = file["recovery"];
    const auto code = test::secret_of<RecoveryCode>(v["code"]);
    check_keys(recovery_keys(code, test::array_of<16>(v["org"])), v);
    CHECK(recovery_code_words(code).expose_text() == v["words"].get<std::string>());
    CHECK(recovery_code_numbers(code).expose_text() == v["numbers"].get<std::string>());
    CHECK(parse_recovery_code(view(v["words"].get<std::string>())).value() == code);
    CHECK(parse_recovery_code(view("legal")).error() == CaseKeyError::wrong_count);
}

TEST_CASE("wrapped keyrings of the vectors open", "[crypto][keyring]") {
    const auto vectors = test::read_vectors("keyring");  // outlives the loop
    for (const auto& v : vectors.at("wrapped")) {
        INFO(v["comment"]);
        const auto wrap = test::secret_of<SymmetricKey>(v["wrap_key"]);
        const auto keyring =
            unwrap_keyring(test::bytes_of(v["wrapped"]), wrap, test::array_of<16>(v["org"]),
                           test::array_of<16>(v["person"]), v["version"]);
        REQUIRE(keyring);
        CHECK(to_hex(keyring->identity.expose()) == v["identity"]);
        CHECK(to_hex(keyring->signing.expose()) == v["signing"]);
        CHECK(keyring->heads.expose_text() == v["heads"].get<std::string>());
    }
}

TEST_CASE("a keyring opens only for its key, person, organisation and version",
          "[crypto][keyring]") {
    const auto wrap = test::fixed_secret<SymmetricKey>("wrap");
    const Id org = test::fixed_id("org"), person = test::fixed_id("person");
    const Keyring keyring{test::fixed_secret<AgeSeed>("i"), test::fixed_secret<SigningSeed>("s")};
    const Bytes wrapped = wrap_keyring(keyring, wrap, org, person, 3);
    CHECK(unwrap_keyring(wrapped, wrap, org, person, 3)->identity == keyring.identity);
    CHECK_FALSE(unwrap_keyring(wrapped, test::fixed_secret<SymmetricKey>("x"), org, person, 3));
    CHECK_FALSE(unwrap_keyring(wrapped, wrap, person, person, 3));
    CHECK_FALSE(unwrap_keyring(wrapped, wrap, org, org, 3));
    CHECK_FALSE(unwrap_keyring(wrapped, wrap, org, person, 4));
    for (std::size_t i = 0; i < wrapped.size(); ++i) {
        Bytes changed = wrapped;
        changed[i] ^= 1;
        CHECK_FALSE(unwrap_keyring(changed, wrap, org, person, 3));
    }
    CHECK_FALSE(unwrap_keyring({}, wrap, org, person, 3));
    CHECK(wrap_keyring(keyring, wrap, org, person, 3) != wrapped);  // a fresh nonce each time
}

TEST_CASE("a keyring file is read to the letter, or not at all", "[crypto][keyring]") {
    const auto vectors = test::read_vectors("keyring");
    for (const auto& v : vectors.at("files")) {
        INFO(v["comment"]);
        const auto text = v["text"].get<std::string>();
        const auto file = parse_keyring_file(text);
        CHECK(file.has_value() == v["is_read"].get<bool>());
        if (!file) continue;
        CHECK(encode_keyring_file(*file) == text);
        CHECK(to_hex(file->member) == v["member"]);
        CHECK(file->login == v["login"]);
        CHECK(file->version == v["version"]);
        CHECK(file->signers_notes == v["signers_notes"].get<std::vector<std::string>>());
    }
}

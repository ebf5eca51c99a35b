#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

Json keys(const LoginKeys& made) {
    return {{"auth_key", to_hex(made.auth.expose())},
            {"wrap_key", to_hex(made.wrap.expose())},
            {"auth_hash", to_hex(auth_hash(made.auth))}};
}

Json login(const char* comment, const std::string& passphrase, const Id& org,
           const std::string& name) {
    Json entry = {
        {"comment", comment}, {"passphrase", passphrase}, {"org", to_hex(org)}, {"login", name}};
    entry.update(keys(login_keys(SecretBytes(passphrase), org, name)));
    return entry;
}

/// nonce ‖ box. wrap_keyring() draws a fresh nonce, so these bytes differ from run to run.
Json wrapped(const char* comment, const std::string& heads) {
    const Id org = fixed_id("org 1");
    const Id person = fixed_id("person 1");
    const auto identity = fixed_secret<AgeSeed>("keyring identity");
    const auto signing = fixed_secret<SigningSeed>("keyring signing");
    const auto wrap = fixed_secret<SymmetricKey>("wrap key");
    const Keyring keyring{identity.clone(), signing.clone(), SecretBytes(heads)};
    return {{"comment", comment},
            {"org", to_hex(org)},
            {"person", to_hex(person)},
            {"version", 7},
            {"wrap_key", to_hex(wrap.expose())},
            {"identity", to_hex(identity.expose())},
            {"signing", to_hex(signing.expose())},
            {"heads", heads},
            {"wrapped", to_base64url(wrap_keyring(keyring, wrap, org, person, 7))}};
}

}  // namespace

Json keyring_vectors() {
    const Id org = fixed_id("org 1");
    const std::string passphrase = "legal winner thank year wave sausage worth";
    Json logins = Json::array();
    logins.push_back(login("seven words", passphrase, org, "ingrid"));
    logins.push_back(login("typed with capitals and more space",
                           "  Legal winner\tthank year  wave SAUSAGE worth\r\n", org, "ingrid"));
    logins.push_back(login("another login", passphrase, org, "kari.æ"));

    const auto code = fixed_secret<RecoveryCode>("recovery");
    Json recovery = {{"code", to_hex(code.expose())},
                     {"words", recovery_code_words(code).expose_text()},
                     {"numbers", recovery_code_numbers(code).expose_text()},
                     {"org", to_hex(org)}};
    recovery.update(keys(recovery_keys(code, org)));
    return {{"spec", "§7"},
            {"logins", logins},
            {"recovery", recovery},
            {"wrapped", {wrapped("without heads", ""), wrapped("with heads", "{\"heads\":[]}")}}};
}

}  // namespace tillit::test

#include "crypto/keyring_file.h"
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

/// Sealed and signed parts are stand-ins here: reading the file judges none of them.
Json keyring_files() {
    const auto bytes = fixed_bytes("a wrapped keyring");
    const KeyringFile file{.org = fixed_id("org 1"),
                           .member = fixed_id("member 1"),
                           .person = fixed_id("person 1"),
                           .login = "kari.æ",
                           .version = 7,
                           .keyring = Bytes(bytes.begin(), bytes.end()),
                           .signers_notes = {"note 0\n", "note 1\n"},
                           .directory = "a \"directory\"\n"};
    const std::string good = encode_keyring_file(file);
    Json all = Json::array();
    const auto add = [&](const char* comment, bool is_read, const std::string& text) {
        all.push_back({{"comment", comment}, {"is_read", is_read}, {"text", text}});
    };
    const auto with = [&](const std::string& what, const std::string& instead) {
        std::string text = good;
        return text.replace(text.find(what), what.size(), instead);
    };
    add("as written", true, good);
    all.back()["org"] = to_hex(file.org);
    all.back()["member"] = to_hex(file.member);
    all.back()["person"] = to_hex(file.person);
    all.back()["login"] = file.login;
    all.back()["version"] = file.version;
    all.back()["keyring"] = to_hex(file.keyring);
    all.back()["signers_notes"] = file.signers_notes;
    all.back()["directory"] = file.directory;
    add("of another type", false, with("\"t\":\"keyring\"", "\"t\":\"signer\""));
    add("with one field more", false, with("\"login\"", "\"more\":1,\"login\""));
    add("a version of more than 32 bits", false, with("\"version\":7", "\"version\":4294967296"));
    add("a note that is no text", false, with("\"note 1\\n\"", "1"));
    add("a keyring that is no base64url", false, with("\"keyring\":\"", "\"keyring\":\"="));
    return all;
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
            {"files", keyring_files()},
            {"wrapped", {wrapped("without heads", ""), wrapped("with heads", "{\"heads\":[]}")}}};
}

}  // namespace tillit::test

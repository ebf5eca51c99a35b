#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

Json derived(const Hash& entropy_bytes, const Id& org) {
    const CaseKey key =
        CaseKey::copy_of(std::span<const std::uint8_t, 32>(entropy_bytes).first<16>());
    const AgeSeed case_seed = case_identity(key, org);
    const AgeSeed reporter_seed = reporter_identity(key, org);
    const HybridRecipient to_case = hybrid_recipient(case_seed);
    const HybridRecipient to_reporter = hybrid_recipient(reporter_seed);
    const IdentityShare a = identity_share_a(key, org);
    const IdentityShare b = identity_share_b(key, org);
    const SigningSeed signing = reporter_signing_seed(key, org);
    const LookupToken token = lookup_token(key, org);
    const Hash id = case_id(org, to_case, to_reporter, verify_key(signing));
    return {{"entropy", to_hex(key.expose())},
            {"org", to_hex(org)},
            {"words", case_key_words(key).expose_text()},
            {"numbers", case_key_numbers(key).expose_text()},
            {"lookup_token", to_hex(token.expose())},
            {"lookup_hash", to_hex(lookup_hash(token))},
            {"reporter_identity", to_hex(reporter_seed.expose())},
            {"case_identity", to_hex(case_seed.expose())},
            {"identity_share_a", to_hex(a.expose())},
            {"identity_share_b", to_hex(b.expose())},
            {"identity_envelope_seed", to_hex(identity_envelope_seed(a, b).expose())},
            {"reporter_signing_seed", to_hex(signing.expose())},
            {"verify_key", to_hex(verify_key(signing))},
            {"case_recipient_sha256", to_hex(sha256(to_case))},
            {"reporter_recipient_sha256", to_hex(sha256(to_reporter))},
            {"case_recipient_hash", to_hex(recipient_hash(to_case))},
            {"case_id", to_hex(id)},
            {"short_case_id", short_case_id(id)}};
}

Hash filled(std::uint8_t byte) {
    Hash bytes;
    bytes.fill(byte);
    return bytes;
}

// BIP39's own vectors for 128 bits: 7f7f…7f and 00…00.
const std::string kLegal =
    "legal winner thank year wave sausage worth useful legal winner thank yellow";
const std::string kZeros =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

Json accepted(const std::string& comment, const std::string& text, std::uint8_t byte) {
    const Hash bytes = filled(byte);
    return {{"comment", comment}, {"text", text}, {"entropy", to_hex(ByteView(bytes).first(16))}};
}

Json accept() {
    Json all = Json::array();
    const auto add = [&](const char* comment, const std::string& text, std::uint8_t byte = 0x7f) {
        all.push_back(accepted(comment, text, byte));
    };
    add("words", kLegal);
    add("all bits zero", kZeros, 0);
    add("capitals", "LEGAL Winner thank year wave sausage worth useful legal winner thank yellow");
    add("four-letter prefixes; year has only four",
        "lega winn than year wave saus wort usef lega winn than yell");
    add("longer prefixes", "legal winne thank year wave sausa worth usefu legal winne thank yello");
    add("commas, full stops, hyphens, line feeds, tabs",
        "legal, winner. thank-year\nwave\tsausage\r\nworth useful;legal winner:thank (yellow)");
    add("no-break, em and ideographic space, en dash, byte order mark",
        "\xef\xbb\xbflegal\xc2\xa0winner\xe2\x80\x83thank\xe3\x80\x80year\xe2\x80\x93wave sausage "
        "worth useful legal winner thank yellow");
    add("line numbers",
        "1. legal 2. winner 3. thank 4. year 5. wave 6. sausage 7. worth 8. useful 9. legal "
        "10. winner 11. thank 12. yellow");
    add("line numbers with brackets, padded",
        "01) legal 02) winner 03) thank 04) year 05) wave 06) sausage 07) worth 08) useful "
        "09) legal 10) winner 11) thank 12) yellow");
    add("some line numbers",
        "1 legal winner 3 thank year wave sausage worth useful legal winner "
        "thank 12 yellow");
    add("numbers", "1020 2016 1791 2040 1984 1534 2032 1920 1020 2016 1791 2041");
    add("numbers without leading zeros", "1 1 1 1 1 1 1 1 1 1 1 4", 0);
    add("numbers with leading zeros", "0001 0001 0001 0001 0001 0001 0001 0001 0001 0001 0001 0004",
        0);
    add("numbers with line numbers",
        "1. 1020 2. 2016 3. 1791 4. 2040 5. 1984 6. 1534 7. 2032 8. 1920 9. 1020 10. 2016 "
        "11. 1791 12. 2041");
    return all;
}

Json reject() {
    Json all = Json::array();
    const auto add = [&](const char* comment, const std::string& text, const char* error) {
        all.push_back({{"comment", comment}, {"text", text}, {"error", error}});
    };
    add("nothing", "", "wrong_count");
    add("only separators", " \n, - ", "wrong_count");
    add("eleven words", "legal winner thank year wave sausage worth useful legal winner thank",
        "wrong_count");
    add("thirteen words", kLegal + " legal", "wrong_count");
    add("thirty words", kLegal + " " + kLegal + " legal winner thank year wave sausage",
        "wrong_count");
    add("last word of another key",
        "legal winner thank year wave sausage worth useful legal winner thank thank",
        "wrong_checksum");
    add("two words swapped",
        "winner legal thank year wave sausage worth useful legal winner thank yellow",
        "wrong_checksum");
    add("a word of no list",
        "legal winner thank year wave sausage worth useful legal winner thank yellowish",
        "not_words");
    add("a three-letter prefix",
        "legal winner tha year wave sausage worth useful legal winner thank yellow", "not_words");
    add("a word with more behind it",
        "legals winner thank year wave sausage worth useful legal winner thank yellow",
        "not_words");
    add("a number among words that is no line number",
        "legal 2016 thank year wave sausage worth useful legal winner thank yellow", "not_words");
    add("a wrong line number",
        "2. legal winner thank year wave sausage worth useful legal winner thank yellow",
        "not_words");
    add("a letter with an accent",
        "l\xc3\xa9gal winner thank year wave sausage worth useful legal winner thank yellow",
        "not_words");
    add("number zero", "0000 2016 1791 2040 1984 1534 2032 1920 1020 2016 1791 2041", "not_words");
    add("number past the list", "2049 2016 1791 2040 1984 1534 2032 1920 1020 2016 1791 2041",
        "not_words");
    add("five digits", "01019 2016 1791 2040 1984 1534 2032 1920 1020 2016 1791 2041", "not_words");
    add("a last number of another key", "1020 2016 1791 2040 1984 1534 2032 1920 1020 2016 1791 1",
        "wrong_checksum");
    add("a stray character", kLegal + "!", "not_words");
    add("too long", std::string(1025, ' ') + kLegal, "not_words");
    return all;
}

}  // namespace

Json case_key_vectors() {
    Json derivations = Json::array();
    derivations.push_back(derived(filled(0), Id{}));
    derivations.push_back(derived(filled(0x7f), fixed_id("org 1")));
    derivations.push_back(derived(fixed_bytes("key 1"), fixed_id("org 1")));
    derivations.push_back(derived(fixed_bytes("key 1"), fixed_id("org 2")));
    Json fingerprints = Json::array();
    for (const char* name : {"fingerprint 1", "fingerprint 2"}) {
        const Hash hash = fixed_bytes(name);
        fingerprints.push_back({{"hash", to_hex(hash)}, {"words", fingerprint_words(hash, 8)}});
    }
    Json typed = Json::array();
    const Hash hash = fixed_bytes("fingerprint 1");
    const auto add = [&](const char* comment, const std::string& text, bool is_it) {
        typed.push_back(
            {{"comment", comment}, {"hash", to_hex(hash)}, {"typed", text}, {"is_it", is_it}});
    };
    const auto eight = fingerprint_words(hash, 8);
    std::string prefixes;
    std::string numbered;
    int line = 0;
    for (std::size_t at = 0, end = 0; at < eight.size(); at = end + 1) {
        end = std::min(eight.find(' ', at), eight.size());
        const auto word = eight.substr(at, end - at);
        prefixes += (prefixes.empty() ? "" : ", ") + word.substr(0, 4);
        numbered += std::to_string(++line) + ". " + word + "\n";
    }
    std::string capitals = eight;
    for (char& c : capitals) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    add("as shown", eight, true);
    add("in capitals", capitals, true);
    add("the first four letters, with commas", prefixes, true);
    add("with line numbers", numbered, true);
    add("of another organisation", fingerprint_words(fixed_bytes("fingerprint 2"), 8), false);
    add("seven words", eight.substr(0, eight.rfind(' ')), false);
    add("nine words", eight + " zoo", false);
    add("a word that is none", eight.substr(0, eight.rfind(' ')) + " zzzz", false);
    add("nothing", "", false);
    return {{"spec", "§2"},       {"typed_fingerprints", typed}, {"derived", derivations},
            {"accept", accept()}, {"reject", reject()},          {"fingerprints", fingerprints}};
}

}  // namespace tillit::test

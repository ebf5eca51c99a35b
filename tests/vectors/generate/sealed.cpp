#include "crypto/signed_plaintext.h"
#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

/// A sealed statement built by hand, so that each part can be wrong on its own.
struct Parts {
    std::string magic = "TILLITe1";
    std::string type = "envelope";
    std::string text;
    std::size_t size = 4096;
};

Bytes plain_of(const Parts& parts, const SigningSeed& signer) {
    const Signature signature = sign_statement(parts.type, view(parts.text), signer);
    const auto plain = detail::pack_signed(parts.magic, parts.text, signature, parts.size);
    const ByteView bytes = plain.expose();
    return {bytes.begin(), bytes.end()};
}

/// Statement text of a grant or identity that the product sealed.
std::string text_inside(ByteView sealed, const AgeSeed& identity, std::string_view magic) {
    const auto plain = age::open(sealed, identity);
    ensure(plain.has_value());
    const auto parts = detail::unpack_signed(magic, plain->expose());
    ensure(parts.has_value());
    return {parts->statement.begin(), parts->statement.end()};
}

Json entry(const char* comment, const char* expect, const Bytes& sealed) {
    return {{"comment", comment},
            {"expect", expect},
            {"sealed", to_base64url(sealed)},
            {"envelope_hash", to_hex(envelope_hash(sealed))}};
}

void add_broken_files(Json& all, const Bytes& good, const std::string& seal_name) {
    all.push_back(entry("two stanzas", "not_sealed", with_two_stanzas(seal_name, good)));
    all.push_back(entry("truncated", "not_sealed", Bytes(good.begin(), good.end() - 1)));
    all.push_back(entry("cut in the header", "not_sealed", Bytes(good.begin(), good.begin() + 99)));
    Bytes longer = good;
    longer.push_back(0);
    all.push_back(entry("a byte more", "not_sealed", longer));
    Bytes flipped = good;
    flipped[flipped.size() - 40] ^= 1;
    all.push_back(entry("a flipped bit", "not_sealed", flipped));
    all.push_back(entry("nothing", "not_sealed", {}));
}

void add_broken_layouts(Json& all, const Parts& good, const SigningSeed& signer,
                        const HybridRecipient& to) {
    const auto add = [&](const char* comment, const Bytes& plain) {
        all.push_back(entry(comment, "malformed", fixed_seal(comment, plain, to)));
    };
    Bytes plain = plain_of(good, signer);
    plain.back() = 1;
    add("padding that is not zero", plain);
    plain = plain_of(good, signer);
    plain[7] = '2';
    add("another magic", plain);
    plain = plain_of(good, signer);
    plain[8] = 0xff;
    add("a length past the end", plain);
    Parts other = good;
    other.text = "{\"t\":\"" + good.type + "\"}";
    add("a statement without fields", plain_of(other, signer));
}

}  // namespace

Json envelope_vectors() {
    const FixedWorld world;
    const FixedWorld other("other world");
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const Parts& parts,
                         const SigningSeed& signer) {
        all.push_back(entry(comment, expect,
                            fixed_seal(comment, plain_of(parts, signer), world.case_recipient)));
        if (std::string(expect) == "success") all.back()["statement"] = parts.text;
    };
    const Parts report{.text = encode_statement(world.report("Noen tok penger. 💰"))};
    add("a report", "success", report, world.reporter);
    const std::size_t room = 4096 - detail::kFrameBytes - encode_statement(world.report("")).size();
    add("the largest statement of 4 KiB", "success",
        {.text = encode_statement(world.report(std::string(room, 'a')))}, world.reporter);
    add("a report in 16 KiB", "success",
        {.text = encode_statement(world.report(std::string(9000, 'b'))), .size = 16384},
        world.reporter);
    add("a short report in a larger bucket", "success", {.text = report.text, .size = 16384},
        world.reporter);

    add("signed by another key", "bad_signature", report, world.ingrid.signing);
    add("signed for another type", "bad_signature", {.type = "grant", .text = report.text},
        world.reporter);
    Statement elsewhere = world.report("x");
    elsewhere.case_id = other.case_id;
    add("of another case", "wrong_case", {.text = encode_statement(elsewhere)}, world.reporter);
    elsewhere = world.report("x");
    elsewhere.org = other.org;
    add("of another organisation", "wrong_case", {.text = encode_statement(elsewhere)},
        world.reporter);
    elsewhere = world.report("x");
    elsewhere.epoch = 1;
    add("of another epoch", "wrong_case", {.text = encode_statement(elsewhere)}, world.reporter);
    add("a size that is no bucket", "malformed", {.text = report.text, .size = 5000},
        world.reporter);
    all.push_back(
        entry("sealed to another case", "not_sealed",
              fixed_seal("elsewhere", plain_of(report, world.reporter), other.case_recipient)));
    add_broken_layouts(all, report, world.reporter, world.case_recipient);
    const Bytes good = fixed_seal("good", plain_of(report, world.reporter), world.case_recipient);
    add_broken_files(all, good, "good");
    return {{"spec", "§5"},
            {"org", to_hex(world.org)},
            {"case_id", to_hex(world.case_id)},
            {"epoch", 0},
            {"case_identity", to_hex(world.case_identity.expose())},
            {"reporter_signing_seed", to_hex(world.reporter.expose())},
            {"verify_key", to_hex(world.reporter_key)},
            {"cases", all}};
}

Json grant_vectors() {
    const FixedWorld world;
    const FixedWorld other("other world");
    const HybridRecipient& to = world.ingrid.recipient;
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const Grant& grant,
                         const SigningSeed& signer) {
        const Bytes sealed = seal_grant(grant, signer, to);
        const Parts parts{.magic = "TILLITg1",
                          .type = "grant",
                          .text = text_inside(sealed, world.ingrid.identity, "TILLITg1")};
        all.push_back(entry(comment, expect, fixed_seal(comment, plain_of(parts, signer), to)));
        if (std::string(expect) == "success") all.back()["statement"] = parts.text;
        return parts;
    };
    const Parts good =
        add("for an investigator", "success", world.grant_for_investigator(), world.reporter);
    add("signed by another key", "bad_signature", world.grant_for_investigator(), other.reporter);
    add("made for somebody else", "not_for_me", world.grant_for_custodian(), world.reporter);
    Grant grant = world.grant_for_investigator();
    grant.secret = other.case_identity.clone();
    add("with another case's identity", "wrong_case", grant, world.reporter);
    grant = world.grant_for_investigator();
    grant.case_id = other.case_id;
    add("of another case", "wrong_case", grant, world.reporter);
    grant = world.grant_for_investigator();
    grant.verify_key = other.reporter_key;
    add("with another reporter's key, signed by it", "wrong_case", grant, other.reporter);
    grant = world.grant_for_investigator();
    grant.reporter_recipient_hash = recipient_hash(other.reporter_recipient);
    add("with another reporter's recipient", "wrong_case", grant, world.reporter);
    add_broken_layouts(all, good, world.reporter, to);

    Parts no_secret = good;
    const std::size_t at = good.text.find("\"secret\"");
    no_secret.text.erase(at, good.text.find("\"identity_share\"") - at);
    all.push_back(entry("an investigator's without case identity", "malformed",
                        fixed_seal("no secret", plain_of(no_secret, world.reporter), to)));
    add_broken_files(all, fixed_seal("good", plain_of(good, world.reporter), to), "good");
    return {{"spec", "§4.2"},
            {"org", to_hex(world.org)},
            {"case_id", to_hex(world.case_id)},
            {"member_identity", to_hex(world.ingrid.identity.expose())},
            {"member_recipient_hash", to_hex(recipient_hash(to))},
            {"case_identity", to_hex(world.case_identity.expose())},
            {"reporter_identity", to_hex(world.reporter_identity.expose())},
            {"reporter_signing_seed", to_hex(world.reporter.expose())},
            {"cases", all}};
}

Json identity_vectors() {
    const FixedWorld world;
    const FixedWorld other("other world");
    const AgeSeed seed = identity_envelope_seed(world.share_a, world.share_b);
    const HybridRecipient to = hybrid_recipient(seed);
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const Identity& identity,
                         const SigningSeed& signer) {
        const auto sealed = seal_identity(identity, signer, world.share_a, world.share_b);
        ensure(sealed.has_value());
        const Parts parts{.magic = "TILLITi1",
                          .type = "identity",
                          .text = text_inside(*sealed, seed, "TILLITi1")};
        all.push_back(entry(comment, expect, fixed_seal(comment, plain_of(parts, signer), to)));
        if (std::string(expect) == "success") all.back()["statement"] = parts.text;
        return parts;
    };
    Identity identity{world.org, world.case_id, true, "Åse Nordmann", "post@example.org"};
    const Parts good = add("given", "success", identity, world.reporter);
    add("not given", "success", {world.org, world.case_id, false, "", ""}, world.reporter);
    add("signed by another key", "bad_signature", identity, world.ingrid.signing);
    identity.case_id = other.case_id;
    add("of another case", "wrong_case", identity, world.reporter);
    add_broken_layouts(all, good, world.reporter, to);
    Parts odd = good;
    odd.text.replace(odd.text.find("true"), 4, "false");
    all.push_back(entry("not given, with a name", "malformed",
                        fixed_seal("odd", plain_of(odd, world.reporter), to)));
    add_broken_files(all, fixed_seal("good", plain_of(good, world.reporter), to), "good");
    return {{"spec", "§4.4"},
            {"org", to_hex(world.org)},
            {"case_id", to_hex(world.case_id)},
            {"share_a", to_hex(world.share_a.expose())},
            {"share_b", to_hex(world.share_b.expose())},
            {"verify_key", to_hex(world.reporter_key)},
            {"cases", all}};
}

}  // namespace tillit::test

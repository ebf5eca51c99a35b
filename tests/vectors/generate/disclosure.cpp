#include "crypto/disclosure.h"

#include "crypto/signed_plaintext.h"
#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

/// A letter built by hand, so that each part can be wrong on its own.
struct Parts {
    std::string text;
    std::string type;
    std::string magic = "TILLITl1";
    std::size_t size = kLetterPlainBytes;
};

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    ensure(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

/// One case and the people around it: Ingrid asks, Kari guards, Jonas is a colleague.
struct Office {
    FixedWorld world;
    FixedMember jonas{"jonas"}, odd{"odd"}, wenche{"wenche"}, audit{"audit"}, twin{"twin"};
    std::vector<DirectoryMember> directory = {listed(world.ingrid, Role::investigator),
                                              listed(world.kari, Role::custodian),
                                              listed(jonas, Role::investigator),
                                              listed(odd, Role::alternate),
                                              listed(wenche, Role::custodian),
                                              listed(audit, Role::auditor),
                                              listed(twin, Role::custodian, world.ingrid.person)};

    static DirectoryMember listed(const FixedMember& m, Role role, std::optional<Id> person = {}) {
        return {.member = m.member,
                .person = person.value_or(m.person),
                .name = "name",
                .office = "office",
                .role = role,
                .recipient = m.recipient,
                .verify_key = verify_key(m.signing)};
    }
    [[nodiscard]] IdentityRequest request() const {
        return {.org = world.org,
                .case_id = world.case_id,
                .request = fixed_id("request"),
                .from = world.ingrid.member,
                .custodian = world.kari.member,
                .ground = "legal_duty",
                .text = "Politiet ber om navnet, sak 4711. 💼",
                .told = ReporterTold::yes,
                .exemption = {},
                .notice = fixed_bytes("notice")};
    }
    [[nodiscard]] Hash hash_of(const IdentityRequest& letter) const {
        return labelled_hash("tillit/v1/letter", {view(detail::encode_letter(letter))});
    }
    [[nodiscard]] Disclosure disclosure() const {
        return {.org = world.org,
                .case_id = world.case_id,
                .request = hash_of(request()),
                .from = world.kari.member,
                .to = world.ingrid.member,
                .to_recipient_hash = recipient_hash(world.ingrid.recipient),
                .ground = "legal_duty",
                .told = ReporterTold::yes,
                .share = world.share_a.clone()};
    }
    [[nodiscard]] Refusal refusal() const {
        return {.org = world.org,
                .case_id = world.case_id,
                .request = hash_of(request()),
                .from = world.kari.member,
                .reason = "The order names another case."};
    }
    [[nodiscard]] Opening opening() const {
        return {.org = world.org,
                .case_id = world.case_id,
                .request = hash_of(request()),
                .from = world.ingrid.member,
                .disclosure =
                    labelled_hash("tillit/v1/letter", {view(detail::encode_letter(disclosure()))})};
    }
};

class Letters {
  public:
    explicit Letters(const Office& office) : office_(office) {}

    void add(const char* comment, const char* letter, const char* expect, const Parts& parts,
             const FixedMember& signer, const char* reader) {
        add_sealed(comment, letter, expect, seal(comment, parts, signer, member(reader)), reader);
        if (std::string(expect) == "success") {
            all_.back()["statement"] = parts.text;
            all_.back()["hash"] = to_hex(labelled_hash("tillit/v1/letter", {view(parts.text)}));
        }
    }
    void add_sealed(const char* comment, const char* letter, const char* expect,
                    const Bytes& sealed, const char* reader) {
        all_.push_back({{"comment", comment},
                        {"letter", letter},
                        {"reader", reader},
                        {"expect", expect},
                        {"sealed", to_base64url(sealed)}});
    }
    [[nodiscard]] static Bytes seal(const std::string& name, const Parts& parts,
                                    const FixedMember& signer, const FixedMember& to) {
        const Signature signature = sign_statement(parts.type, view(parts.text), signer.signing);
        const auto plain =
            crypto::detail::pack_signed(parts.magic, parts.text, signature, parts.size);
        return fixed_seal("letter " + name, plain.expose(), to.recipient);
    }
    [[nodiscard]] const FixedMember& member(const std::string& name) const {
        if (name == "ingrid") return office_.world.ingrid;
        if (name == "kari") return office_.world.kari;
        ensure(name == "jonas");
        return office_.jonas;
    }
    Json take() { return std::move(all_); }

  private:
    const Office& office_;
    Json all_ = Json::array();
};

template <class Letter>
Parts of(const Letter& letter, const char* type) {
    return {.text = crypto::detail::encode_letter(letter), .type = type};
}
Parts of(const IdentityRequest& letter) { return of(letter, "identity_request"); }
Parts of(const Disclosure& letter) { return of(letter, "disclosure"); }
Parts of(const Refusal& letter) { return of(letter, "refusal"); }
Parts of(const Opening& letter) { return of(letter, "opening"); }

void requests(Letters& letters, const Office& office) {
    const auto& ingrid = office.world.ingrid;
    const auto add = [&](const char* comment, const char* expect, const Parts& parts,
                         const FixedMember& signer, const char* reader = "kari") {
        letters.add(comment, "request", expect, parts, signer, reader);
    };
    const Parts good = of(office.request());
    add("to the custodian", "success", good, ingrid);
    add("a colleague's copy", "success", good, ingrid, "jonas");
    IdentityRequest request = office.request();
    request.told = ReporterTold::exempt;
    request.exemption = "Telling now would warn those who are looked into.";
    request.notice = {};
    const Parts exempt = of(request);
    add("with an exemption", "success", exempt, ingrid);

    add("signed by another key", "bad_signature", good, office.jonas);
    Parts other = good;
    other.type = "refusal";
    add("signed for another type", "bad_signature", other, ingrid);
    const auto change = [&](const char* comment, const char* expect, auto act,
                            const FixedMember& signer) {
        IdentityRequest changed = office.request();
        act(changed);
        add(comment, expect, of(changed), signer);
    };
    change(
        "of another case", "wrong_case", [](auto& r) { r.case_id = fixed_bytes("other"); }, ingrid);
    change(
        "of another organisation", "wrong_case", [](auto& r) { r.org = fixed_id("other"); },
        ingrid);
    change(
        "by nobody who is listed", "unknown_author", [](auto& r) { r.from = fixed_id("nobody"); },
        ingrid);
    change(
        "by an auditor", "wrong_role", [&](auto& r) { r.from = office.audit.member; },
        office.audit);
    change(
        "by a custodian", "wrong_role", [&](auto& r) { r.from = office.wenche.member; },
        office.wenche);
    change(
        "by a person whom the reporter excluded", "excluded",
        [&](auto& r) { r.from = office.odd.member; }, office.odd);
    change(
        "to the other office of the one who asks", "same_person",
        [&](auto& r) { r.custodian = office.twin.member; }, ingrid);
    change(
        "to another custodian", "not_for_me", [&](auto& r) { r.custodian = office.wenche.member; },
        ingrid);
    letters.add_sealed("sealed to somebody else", "request", "not_sealed",
                       Letters::seal("elsewhere", good, ingrid, office.jonas), "kari");
    other = good;
    other.size = 16384;
    add("a larger plaintext", "not_sealed", other, ingrid);
    other = good;
    other.magic = "TILLITg1";
    add("another magic", "malformed", other, ingrid);

    const auto malformed = [&](const char* comment, const Parts& parts, const std::string& what,
                               const std::string& with) {
        Parts changed = parts;
        changed.text = replaced(parts.text, what, with);
        add(comment, "malformed", changed, ingrid);
    };
    const std::string words = office.request().text;
    malformed("an unknown key", good, "\"ground\"", "\"more\":1,\"ground\"");
    malformed("a missing key", good, "\"ground\":\"legal_duty\",", "");
    malformed("another letter", good, "\"t\":\"identity_request\"", "\"t\":\"refusal\"");
    malformed("no ground", good, "legal_duty", "");
    malformed("a ground with a capital", good, "legal_duty", "Legal");
    malformed("a ground of 33 letters", good, "legal_duty", std::string(33, 'a'));
    malformed("no words", good, words, "");
    malformed("1,201 bytes of words", good, words, std::string(1201, 'a'));
    malformed("told or not: another word", good, "\"yes\"", "\"no\"");
    malformed("told, with an exemption", good, "\"exemption\":\"\"", "\"exemption\":\"x\"");
    malformed("told, without a notice", good, to_base64url(fixed_bytes("notice")),
              to_base64url(Hash{}));
    malformed("exempt without a reason", exempt, request.exemption, "");
    malformed("exempt with a notice", exempt, to_base64url(Hash{}),
              to_base64url(fixed_bytes("notice")));
    malformed("an exemption of 601 bytes", exempt, request.exemption, std::string(601, 'a'));
}

void disclosures(Letters& letters, const Office& office) {
    const auto& kari = office.world.kari;
    const auto add = [&](const char* comment, const char* expect, const Parts& parts,
                         const FixedMember& signer) {
        letters.add(comment, "disclosure", expect, parts, signer, "ingrid");
    };
    const Parts good = of(office.disclosure());
    add("a share, to the one who asked", "success", good, kari);
    add("forged by the one who asked", "bad_signature", good, office.world.ingrid);
    const auto change = [&](const char* comment, const char* expect, auto act,
                            const FixedMember& signer) {
        Disclosure changed = office.disclosure();
        act(changed);
        add(comment, expect, of(changed), signer);
    };
    change(
        "by the one who asked, in her own name", "wrong_role",
        [&](auto& d) { d.from = office.world.ingrid.member; }, office.world.ingrid);
    change(
        "by nobody who is listed", "unknown_author", [](auto& d) { d.from = fixed_id("nobody"); },
        kari);
    change(
        "of another case", "wrong_case", [](auto& d) { d.case_id = fixed_bytes("other"); }, kari);
    change(
        "by the other office of the one who asked", "same_person",
        [&](auto& d) { d.from = office.twin.member; }, office.twin);
    change(
        "made for a colleague", "not_for_me", [&](auto& d) { d.to = office.jonas.member; }, kari);
    change(
        "made for another key", "not_for_me",
        [](auto& d) { d.to_recipient_hash = fixed_bytes("other"); }, kari);
    change(
        "answers an older request", "wrong_request",
        [](auto& d) { d.request = fixed_bytes("older"); }, kari);
    change(
        "by a custodian who was not asked", "wrong_request",
        [&](auto& d) { d.from = office.wenche.member; }, office.wenche);
    change(
        "on another ground", "wrong_request", [](auto& d) { d.ground = "consent"; }, kari);
    change(
        "says otherwise whether the reporter was told", "wrong_request",
        [](auto& d) { d.told = ReporterTold::exempt; }, kari);
    Parts odd = good;
    odd.text = replaced(good.text, to_base64url(office.world.share_a.expose()), "AAAA");
    add("a share of three bytes", "malformed", odd, kari);
    letters.add("a refusal in its place", "disclosure", "malformed", of(office.refusal()), kari,
                "ingrid");
}

void refusals_and_openings(Letters& letters, const Office& office) {
    const auto& ingrid = office.world.ingrid;
    const auto& kari = office.world.kari;
    for (const char* reader : {"ingrid", "jonas", "kari"}) {
        letters.add("a refusal", "refusal", "success", of(office.refusal()), kari, reader);
        letters.add("an opening", "opening", "success", of(office.opening()), ingrid, reader);
    }
    Refusal refusal = office.refusal();
    refusal.from = ingrid.member;
    letters.add("a refusal by an investigator", "refusal", "wrong_role", of(refusal), ingrid,
                "jonas");
    refusal = office.refusal();
    refusal.request = fixed_bytes("older");
    letters.add("a refusal of another request", "refusal", "wrong_request", of(refusal), kari,
                "ingrid");
    refusal = office.refusal();
    refusal.reason.clear();
    letters.add("a refusal without a reason", "refusal", "malformed", of(refusal), kari, "ingrid");
    Opening opening = office.opening();
    opening.from = office.jonas.member;
    letters.add("an opening by somebody who did not ask", "opening", "wrong_request", of(opening),
                office.jonas, "kari");
    opening.from = kari.member;
    letters.add("an opening by a custodian", "opening", "wrong_role", of(opening), kari, "jonas");
    opening = office.opening();
    opening.request = fixed_bytes("older");
    letters.add("an opening of another request", "opening", "wrong_request", of(opening), ingrid,
                "jonas");
}

}  // namespace

Json disclosure_vectors() {
    const Office office;
    Letters letters(office);
    requests(letters, office);
    disclosures(letters, office);
    refusals_and_openings(letters, office);

    Json directory = Json::array();
    for (const auto& m : office.directory) {
        directory.push_back({{"member", to_hex(m.member)},
                             {"person", to_hex(m.person)},
                             {"role", std::string(to_text(m.role))},
                             {"verify_key", to_hex(m.verify_key)}});
    }
    Json readers = Json::object();
    for (const char* name : {"ingrid", "kari", "jonas"}) {
        const auto& m = letters.member(name);
        const auto answered = Letters::seal(std::string("answered ") + name, of(office.request()),
                                            office.world.ingrid, m);
        readers[name] = {{"member", to_hex(m.member)},
                         {"identity", to_hex(m.identity.expose())},
                         {"answered", to_base64url(answered)}};
    }
    return {{"spec", "§4.5"},
            {"org", to_hex(office.world.org)},
            {"case_id", to_hex(office.world.case_id)},
            {"excluded", Json::array({to_hex(office.odd.person)})},
            {"share_a", to_hex(office.world.share_a.expose())},
            {"directory", directory},
            {"readers", readers},
            {"cases", letters.take()}};
}

}  // namespace tillit::test

#include "crypto/disclosure.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

/// The people of tests/vectors/disclosure.json.
struct VectorOffice {
    test::Json file = test::read_vectors("disclosure");
    std::vector<DirectoryMember> directory;
    std::vector<Exclusion> excluded;

    VectorOffice() {
        for (const auto& m : file["directory"]) {
            DirectoryMember member;
            member.member = test::array_of<16>(m["member"]);
            member.person = test::array_of<16>(m["person"]);
            member.role = role_from_text(m["role"].get<std::string>()).value();
            member.verify_key = test::array_of<32>(m["verify_key"]);
            directory.push_back(member);
        }
        for (const auto& person : file["excluded"]) {
            excluded.push_back({test::array_of<16>(person), "Odd Hansen"});
        }
    }
};

std::string judged(const VectorOffice& office, const test::Json& v) {
    const auto& who = office.file["readers"][v["reader"].get<std::string>()];
    const auto identity = test::secret_of<AgeSeed>(who["identity"]);
    const LetterReader me{.identity = identity,
                          .member = test::array_of<16>(who["member"]),
                          .org = test::array_of<16>(office.file["org"]),
                          .case_id = test::array_of<32>(office.file["case_id"]),
                          .directory = office.directory,
                          .excluded_by_reporter = office.excluded};
    const Bytes sealed = test::bytes_of(v["sealed"]);
    const auto check_hash = [&](const auto& opened) {
        if (opened) CHECK(to_hex(opened->hash) == v.value("hash", ""));
        return test::verdict(opened);
    };
    if (v["letter"] == "request") return check_hash(open_request(sealed, me));
    const auto answered = open_request(test::bytes_of(who["answered"]), me);
    REQUIRE(answered);
    if (v["letter"] == "refusal") return check_hash(open_refusal(sealed, me, *answered));
    if (v["letter"] == "opening") return check_hash(open_opening(sealed, me, *answered));
    REQUIRE(v["letter"] == "disclosure");
    const auto disclosure = open_disclosure(sealed, me, *answered);
    if (disclosure) {
        const auto share = test::secret_of<IdentityShare>(office.file["share_a"]);
        CHECK(disclosure->letter.share == share);
    }
    return check_hash(disclosure);
}

IdentityRequest some_request(const test::FixedWorld& world) {
    return {.org = world.org,
            .case_id = world.case_id,
            .request = test::fixed_id("request"),
            .from = world.ingrid.member,
            .custodian = world.kari.member,
            .ground = "consent",
            .text = "She agreed on the telephone.",
            .told = ReporterTold::yes,
            .exemption = {},
            .notice = test::fixed_bytes("notice")};
}

}  // namespace

TEST_CASE("every letter vector gets its verdict", "[crypto][disclosure]") {
    const VectorOffice office;
    for (const auto& v : office.file["cases"]) {
        INFO(v["letter"] << ": " << v["comment"] << ", read by " << v["reader"]);
        CHECK(judged(office, v) == v["expect"]);
    }
}

TEST_CASE("all letters have one length, and too much to say is refused", "[crypto][disclosure]") {
    const test::FixedWorld world;
    const auto& to = world.kari.recipient;
    IdentityRequest request = some_request(world);
    const auto length = age::sealed_size(kLetterPlainBytes);
    CHECK(seal_letter(request, world.ingrid.signing, to).value().size() == length);
    const Refusal refusal{world.org, world.case_id, Hash{}, world.kari.member, "No."};
    CHECK(seal_letter(refusal, world.kari.signing, to).value().size() == length);
    const Opening opening{world.org, world.case_id, Hash{}, world.ingrid.member, Hash{}};
    CHECK(seal_letter(opening, world.ingrid.signing, to).value().size() == length);

    request.text = std::string(kMaxRequestTextBytes, 'a');
    request.told = ReporterTold::exempt;
    request.notice = {};
    request.exemption = std::string(kMaxExemptionBytes, 'b');
    CHECK(seal_letter(request, world.ingrid.signing, to).value().size() == length);
    request.text += 'a';
    CHECK(test::verdict(seal_letter(request, world.ingrid.signing, to)) == "malformed");
    request.text = std::string(kMaxRequestTextBytes, '\x01');  // six bytes each once escaped
    CHECK(test::verdict(seal_letter(request, world.ingrid.signing, to)) == "too_large");
    request.text.clear();
    CHECK(test::verdict(seal_letter(request, world.ingrid.signing, to)) == "malformed");
}

TEST_CASE("the share in a disclosure and the share of the one who asked open the identity",
          "[crypto][disclosure]") {
    const test::FixedWorld world;
    const auto listed = [](const test::FixedMember& m, Role role) {
        DirectoryMember member;
        member.member = m.member;
        member.person = m.person;
        member.role = role;
        member.verify_key = verify_key(m.signing);
        return member;
    };
    const std::vector<DirectoryMember> directory = {listed(world.ingrid, Role::investigator),
                                                    listed(world.kari, Role::custodian)};
    const auto reader = [&](const test::FixedMember& m) {
        return LetterReader{.identity = m.identity,
                            .member = m.member,
                            .org = world.org,
                            .case_id = world.case_id,
                            .directory = directory,
                            .excluded_by_reporter = {}};
    };
    const Identity given{world.org, world.case_id, true, "Åse", ""};
    const auto sealed = seal_identity(given, world.reporter, world.share_a, world.share_b).value();

    const auto request = some_request(world);
    const auto asked =
        open_request(seal_letter(request, world.ingrid.signing, world.kari.recipient).value(),
                     reader(world.kari));
    REQUIRE(asked);
    const Disclosure answer{.org = world.org,
                            .case_id = world.case_id,
                            .request = asked->hash,
                            .from = world.kari.member,
                            .to = world.ingrid.member,
                            .to_recipient_hash = recipient_hash(world.ingrid.recipient),
                            .ground = asked->letter.ground,
                            .told = asked->letter.told,
                            .share = world.share_a.clone()};
    const auto letter = seal_letter(answer, world.kari.signing, world.ingrid.recipient).value();
    const auto own_copy =
        open_request(seal_letter(request, world.ingrid.signing, world.ingrid.recipient).value(),
                     reader(world.ingrid));
    REQUIRE(own_copy);
    const auto told = open_disclosure(letter, reader(world.ingrid), *own_copy);
    REQUIRE(told);
    const auto identity = open_identity(sealed, told->letter.share, world.share_b,
                                        world.reporter_key, world.org, world.case_id);
    CHECK(identity.value().name == "Åse");

    // The same letter does not answer what is asked next.
    IdentityRequest next = some_request(world);
    next.request = test::fixed_id("the next request");
    const auto asked_again =
        open_request(seal_letter(next, world.ingrid.signing, world.ingrid.recipient).value(),
                     reader(world.ingrid));
    REQUIRE(asked_again);
    CHECK(test::verdict(open_disclosure(letter, reader(world.ingrid), *asked_again)) ==
          "wrong_request");
}

#include "crypto/grant.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

TEST_CASE("every grant vector gets its verdict", "[crypto][grant]") {
    const auto file = test::read_vectors("grant");
    const auto member = test::secret_of<AgeSeed>(file["member_identity"]);
    const auto to_case = hybrid_recipient(test::secret_of<AgeSeed>(file["case_identity"]));
    const auto to_reporter = hybrid_recipient(test::secret_of<AgeSeed>(file["reporter_identity"]));
    for (const auto& v : file["cases"]) {
        INFO(v["comment"]);
        const auto grant =
            open_grant(test::bytes_of(v["sealed"]), member, test::array_of<16>(file["org"]),
                       test::array_of<32>(file["case_id"]), to_case, to_reporter);
        CHECK(test::verdict(grant) == v["expect"]);
    }
}

TEST_CASE("every identity vector gets its verdict", "[crypto][identity]") {
    const auto file = test::read_vectors("identity");
    const auto a = test::secret_of<IdentityShare>(file["share_a"]);
    const auto b = test::secret_of<IdentityShare>(file["share_b"]);
    for (const auto& v : file["cases"]) {
        INFO(v["comment"]);
        const auto identity =
            open_identity(test::bytes_of(v["sealed"]), a, b, test::array_of<32>(file["verify_key"]),
                          test::array_of<16>(file["org"]), test::array_of<32>(file["case_id"]));
        CHECK(test::verdict(identity) == v["expect"]);
    }
}

TEST_CASE("a grant gives its member the case and nothing to others", "[crypto][grant]") {
    const test::FixedWorld world;
    const auto open = [&](const Bytes& sealed, const test::FixedMember& by) {
        return open_grant(sealed, by.identity, world.org, world.case_id, world.case_recipient,
                          world.reporter_recipient);
    };
    const Bytes sealed =
        seal_grant(world.grant_for_investigator(), world.reporter, world.ingrid.recipient);
    const auto grant = open(sealed, world.ingrid);
    REQUIRE(grant);
    CHECK(grant->secret.value() == world.case_identity);
    CHECK(grant->share.value() == world.share_b);
    CHECK(grant->excluded.at(0).name == "Odd Hansen");
    CHECK(open(sealed, world.kari).error() == GrantError::not_sealed);

    const Bytes custodian =
        seal_grant(world.grant_for_custodian(), world.reporter, world.kari.recipient);
    const auto kept = open(custodian, world.kari);
    REQUIRE(kept);
    CHECK_FALSE(kept->secret);
    CHECK(kept->share.value() == world.share_a);
    CHECK(custodian.size() == sealed.size());
}

TEST_CASE("the largest list of exclusions still fits a grant", "[crypto][grant]") {
    const test::FixedWorld world;
    Grant grant = world.grant_for_investigator();
    grant.epoch = grant.dir_version = (1ULL << 53) - 1;
    grant.excluded.assign(kMaxExcluded, {test::fixed_id("p"), std::string(96, '"')});
    const Bytes sealed = seal_grant(grant, world.reporter, world.ingrid.recipient);
    CHECK(sealed.size() == age::sealed_size(kGrantPlainBytes));
}

TEST_CASE("an identity opens only with both shares", "[crypto][identity]") {
    const test::FixedWorld world;
    const Identity given{world.org, world.case_id, true, "Åse", "+47 123"};
    const auto seal = [&](const Identity& identity) {
        return seal_identity(identity, world.reporter, world.share_a, world.share_b);
    };
    const Bytes sealed = seal(given).value();
    const auto open = [&](const IdentityShare& a, const IdentityShare& b) {
        return open_identity(sealed, a, b, world.reporter_key, world.org, world.case_id);
    };
    CHECK(open(world.share_a, world.share_b).value().name == "Åse");
    CHECK(open(world.share_a, world.share_a).error() == EnvelopeError::not_sealed);
    CHECK(open(world.share_b, world.share_b).error() == EnvelopeError::not_sealed);
    CHECK(open(IdentityShare::zeroed(), world.share_b).error() == EnvelopeError::not_sealed);

    CHECK(seal({world.org, world.case_id, false, "", ""}).value().size() == sealed.size());
    CHECK(test::verdict(seal({world.org, world.case_id, false, "x", ""})) == "malformed");
    CHECK(test::verdict(seal({world.org, world.case_id, true, "", ""})) == "malformed");
    CHECK(test::verdict(seal({world.org, world.case_id, true, std::string(4000, 'x'), ""})) ==
          "too_large");
}

TEST_CASE("roles are read by exactly their names", "[crypto][grant]") {
    for (const Role role : {Role::investigator, Role::custodian, Role::alternate,
                            Role::administrator, Role::auditor}) {
        CHECK(role_from_text(to_text(role)) == role);
    }
    CHECK_FALSE(role_from_text("Investigator"));
    CHECK_FALSE(role_from_text(""));
}

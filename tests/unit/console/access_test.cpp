#include <catch2/catch_test_macros.hpp>

#include "storage/members.h"
#include "tests/support/full_disk.h"
#include "tests/unit/console/support.h"

using namespace tillit;
using namespace tillit::console;
using namespace tillit::console::test;

namespace {

Answer wrong(Browser& browser, const std::string& login) {
    browser.csrf = "1";
    return browser.post("/api/v1/login",
                        {{"login", login}, {"auth", crypto::to_base64url(crypto::Hash{})}});
}

}  // namespace

TEST_CASE("log-in gives the keyring, a session and a known device", "[console][access]") {
    World world;
    Browser browser(world);
    const auto in = browser.log_in("ingrid");
    REQUIRE(in.status == 200);
    CHECK(in.json.at("keyring") == crypto::to_base64url(crypto::Bytes(104, 2)));
    CHECK(in.json.at("keyring_version") == 2);
    CHECK(browser.cookies.contains(kSessionCookie));
    CHECK(browser.cookies.contains(kDeviceCookie));
    const auto me = browser.get("/api/v1/me");
    CHECK(me.status == 200);
    CHECK(me.json.at("login") == "ingrid");
    CHECK(me.json.at("csrf") == in.json.at("csrf"));
    Browser recovery(world);
    CHECK(recovery.log_in("ingrid", true).json.at("keyring") ==
          crypto::to_base64url(crypto::Bytes(104, 3)));
}

TEST_CASE("an unknown login answers as a wrong key does, limits included", "[console][access]") {
    World world;
    Browser one(world);
    Browser two(world);
    for (int i = 0; i < 8; ++i) {
        const auto known = wrong(one, "ingrid");
        const auto unknown = wrong(two, "nobody");
        INFO(i);
        CHECK(known.status == (i < 5 ? 401 : 429));
        CHECK(unknown.status == known.status);
        CHECK(unknown.reply.body == known.reply.body);
        CHECK(unknown.reply.cookies.empty());
    }
}

TEST_CASE("guessing from elsewhere keeps the person out of nothing of her own",
          "[console][access]") {
    World world;
    Browser own(world);
    REQUIRE(own.log_in("ingrid").status == 200);
    Browser attacker(world);
    for (int i = 0; i < 10'000; ++i) (void)wrong(attacker, "ingrid");
    CHECK(attacker.log_in("ingrid").status == 429);
    CHECK(own.log_in("ingrid").status == 200);
    Browser recovery(world);
    CHECK(recovery.log_in("ingrid", true).status == 200);
    world.org.advance_seconds(5);
    Browser fresh(world);
    CHECK(fresh.log_in("ingrid").status == 200);
}

TEST_CASE("a device cookie is good for its member only and cannot be made up",
          "[console][access]") {
    World world;
    Browser jonas(world);
    REQUIRE(jonas.log_in("jonas").status == 200);
    Browser attacker(world);
    for (int i = 0; i < 5; ++i) (void)wrong(attacker, "ingrid");
    attacker.cookies[kDeviceCookie] = jonas.cookies[kDeviceCookie];
    CHECK(wrong(attacker, "ingrid").status == 429);
    attacker.cookies[kDeviceCookie] = crypto::to_base64url(crypto::Bytes(48, 1));
    CHECK(wrong(attacker, "ingrid").status == 429);
    // A stolen cookie has a bucket of its own, not an endless one.
    attacker.cookies[kDeviceCookie] = jonas.cookies[kDeviceCookie];
    int tries = 0;
    while (wrong(attacker, "jonas").status == 401) ++tries;
    CHECK(tries <= 10);
}

TEST_CASE("a session ends by log-out, idling, its longest time and a closed account",
          "[console][access]") {
    World world;
    Browser browser(world);
    REQUIRE(browser.log_in("ingrid").status == 200);
    const auto old = browser.cookies[kSessionCookie];
    SECTION("log-out, whoever kept the cookie") {
        const auto out = browser.post("/api/v1/logout", nlohmann::json::object());
        CHECK(out.status == 204);
        CHECK(out.reply.clear_site_data);
        CHECK(browser.cookies.contains(kDeviceCookie));
        browser.cookies[kSessionCookie] = old;
        CHECK(browser.get("/api/v1/me").status == 401);
    }
    SECTION("30 minutes without an act") {
        world.org.advance_seconds(29 * 60);
        CHECK(browser.get("/api/v1/me").status == 200);
        world.org.advance_seconds(29 * 60);
        CHECK(browser.get("/api/v1/me").status == 200);
        world.org.advance_seconds(31 * 60);
        CHECK(browser.get("/api/v1/me").status == 401);
    }
    SECTION("but not by a full disk") {
        world.org.advance_seconds(29 * 60);
        const tillit::test::FullDisk full;
        CHECK(browser.get("/api/v1/me").status == 200);
    }
    SECTION("12 hours at most") {
        for (int i = 0; i < 35; ++i) {
            world.org.advance_seconds(20 * 60);
            REQUIRE(browser.get("/api/v1/me").status == 200);
        }
        world.org.advance_seconds(25 * 60);
        CHECK(browser.get("/api/v1/me").status == 401);
    }
    SECTION("a closed account") {
        world.org.store().write([&](storage::Database& db) {
            storage::Members(db).set_status(world.org.person("Ingrid").listed.member,
                                            storage::MemberStatus::closed);
        });
        CHECK(browser.get("/api/v1/me").status == 401);
        Browser again(world);
        CHECK(again.log_in("ingrid").status == 401);
    }
}

TEST_CASE("a new passphrase needs the newest version and ends the other sessions",
          "[console][access]") {
    World world;
    Browser one(world);
    Browser two(world);
    REQUIRE(one.log_in("ingrid").status == 200);
    REQUIRE(two.log_in("ingrid").status == 200);
    nlohmann::json change = {{"keyring_version", 1},
                             {"auth", crypto::to_base64url(crypto::Hash{7})},
                             {"keyring", crypto::to_base64url(crypto::Bytes(104, 9))}};
    CHECK(one.post("/api/v1/passphrase", change).status == 409);
    change["keyring_version"] = 2;
    const auto changed = one.post("/api/v1/passphrase", change);
    CHECK(changed.status == 200);
    CHECK(changed.json.at("keyring_version") == 3);
    CHECK(one.get("/api/v1/me").status == 200);
    CHECK(two.get("/api/v1/me").status == 401);
    CHECK(two.log_in("ingrid").status == 401);  // the old passphrase
}

TEST_CASE("a keyring that remembers more under the same passphrase ends no session",
          "[console][access]") {
    World world;
    Browser one(world);
    Browser two(world);
    REQUIRE(one.log_in("ingrid").status == 200);
    REQUIRE(two.log_in("ingrid").status == 200);
    const auto kept =
        one.post("/api/v1/passphrase",
                 {{"keyring_version", 2},
                  {"auth", crypto::to_base64url(World::auth_of("ingrid", false).expose())},
                  {"keyring", crypto::to_base64url(crypto::Bytes(104, 9))}});
    CHECK(kept.status == 200);
    CHECK(one.get("/api/v1/me").status == 200);
    CHECK(two.get("/api/v1/me").status == 200);
    Browser three(world);
    CHECK(three.log_in("ingrid").json.at("keyring") == crypto::to_base64url(crypto::Bytes(104, 9)));
}

TEST_CASE("an invitation works once and for 72 hours, and takes only real keys",
          "[console][access]") {
    World world;
    const std::string token = "token-from-a-link";
    const storage::Member row{.member_id = crypto::random_array<16>(),
                              .person_id = crypto::random_array<16>(),
                              .login = "ola",
                              .name = "Ola",
                              .office = "Office",
                              .role = "investigator",
                              .recipient = {},
                              .verify_key = {}};
    world.org.store().write([&](storage::Database& db) {
        storage::Members(db).invite(row, app::ConsoleAccess::token_hash(token),
                                    world.org.clock().unix_seconds() + 72 * 3600);
    });
    Browser browser(world);
    const auto b64 = [](const auto& bytes) { return crypto::to_base64url(bytes); };
    nlohmann::json keys = {{"token", token},
                           {"recipient", b64(crypto::hybrid_recipient(crypto::AgeSeed::random()))},
                           {"verify_key", b64(crypto::verify_key(crypto::SigningSeed::random()))},
                           {"auth", b64(World::auth_of("ola").expose())},
                           {"keyring", b64(crypto::Bytes(104, 1))},
                           {"recovery_auth", b64(World::auth_of("ola", true).expose())},
                           {"recovery_keyring", b64(crypto::Bytes(104, 1))}};
    CHECK(browser.post("/api/v1/enrolment/look", {{"token", token}}).json.at("name") == "Ola");
    CHECK(browser.post("/api/v1/enrolment/look", {{"token", "other"}}).status == 404);
    SECTION("once") {
        CHECK(browser.post("/api/v1/enrolment", keys).status == 204);
        CHECK(browser.post("/api/v1/enrolment", keys).status == 404);
        CHECK(browser.log_in("ola").status == 200);
    }
    SECTION("not after three days") {
        world.org.advance_seconds(72 * 3600 + 1);
        CHECK(browser.post("/api/v1/enrolment/look", {{"token", token}}).status == 404);
        CHECK(browser.post("/api/v1/enrolment", keys).status == 404);
    }
    SECTION("a recipient that is too short") {
        keys["recipient"] = b64(crypto::Bytes(100, 1));
        CHECK(browser.post("/api/v1/enrolment", keys).status == 404);
        CHECK(browser.post("/api/v1/enrolment/look", {{"token", token}}).status == 200);
    }
    SECTION("a field too many or too few") {
        keys["more"] = 1;
        CHECK(browser.post("/api/v1/enrolment", keys).status == 400);
        keys.erase("more");
        keys.erase("auth");
        CHECK(browser.post("/api/v1/enrolment", keys).status == 400);
    }
}

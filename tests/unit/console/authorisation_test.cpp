#include "server/console/authorisation.h"

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/unit/console/support.h"

using namespace tillit;
using namespace tillit::console;
using namespace tillit::console::test;

namespace {

/// A path for the pattern, with this case.
std::string path_of(std::string_view pattern, const crypto::Hash& case_id) {
    std::string path(pattern);
    const auto fill = [&](const std::string& name, const std::string& value) {
        if (const auto at = path.find(name); at != std::string::npos) {
            path.replace(at, name.size(), value);
        }
    };
    fill(":case", crypto::to_base64url(case_id));
    fill(":id", crypto::to_base64url(crypto::Id{}));
    fill(":index", "0");
    fill(":name", "none.css");
    return path;
}

bool is_refused_for_who_asks(const Answer& answer) {
    const auto error = answer.json.is_object() ? answer.json.value("error", "") : "";
    return (answer.status == 401 && error == "session") ||
           (answer.status == 403 && (error == "forbidden" || error == "csrf"));
}

}  // namespace

TEST_CASE("every route has one row in the table and every row a route",
          "[console][authorisation]") {
    World world;
    std::set<std::pair<http::Method, std::string>> routes;
    for (const auto& route : world.console().routes()) {
        CHECK(rule_for(route.method, route.pattern) != nullptr);
        CHECK(routes.emplace(route.method, route.pattern).second);
    }
    for (const auto& rule : rules()) {
        INFO(rule.pattern);
        CHECK(routes.contains({rule.method, std::string(rule.pattern)}));
    }
    CHECK(routes.size() == rules().size());
    CHECK(rule_for(http::Method::get, "/api/v1/new-route") == nullptr);
}

TEST_CASE("each role reaches exactly what its row says, on the real handlers",
          "[console][authorisation]") {
    World world;
    world.add_member("admin", "administrator");
    world.add_member("audit", "auditor");
    const auto case_id = world.submit_case();
    const std::pair<const char*, crypto::Role> people[] = {{"ingrid", crypto::Role::investigator},
                                                           {"liv", crypto::Role::alternate},
                                                           {"kari", crypto::Role::custodian},
                                                           {"admin", crypto::Role::administrator},
                                                           {"audit", crypto::Role::auditor}};
    for (const auto& rule : rules()) {
        for (const auto& [login, role] : people) {
            INFO(rule.pattern << " as " << login);
            Browser browser(world);
            REQUIRE(browser.log_in(login).status == 200);
            world.org.advance_seconds(60);  // past the log-in limits
            const auto answer = browser.call(rule.method, path_of(rule.pattern, case_id), "{}");
            CHECK(is_refused_for_who_asks(answer) == !allows(rule.who, role));
        }
    }
}

TEST_CASE("without a session only what anyone may have is answered", "[console][authorisation]") {
    World world;
    const auto case_id = world.submit_case();
    for (const auto& rule : rules()) {
        INFO(rule.pattern);
        Browser stranger(world);
        const auto answer = stranger.call(rule.method, path_of(rule.pattern, case_id), "{}");
        CHECK((answer.status == 401) == (rule.who != Who::anyone));
        Browser forger(world);
        forger.cookies[kSessionCookie] = crypto::to_base64url(crypto::random_array<32>());
        const auto forged = forger.call(rule.method, path_of(rule.pattern, case_id), "{}");
        CHECK((forged.status == 401) == (rule.who != Who::anyone));
    }
}

TEST_CASE("what changes something needs the session's own token", "[console][authorisation]") {
    World world;
    const auto case_id = world.submit_case();
    for (const auto& rule : rules()) {
        INFO(rule.pattern);
        CHECK((rule.csrf == Csrf::none) == (rule.method == http::Method::get));
        CHECK((rule.csrf == Csrf::any) ==
              (rule.method != http::Method::get && rule.who == Who::anyone));
        if (rule.csrf == Csrf::none) continue;
        Browser browser(world);
        REQUIRE(browser.log_in(rule.who == Who::custodians ? "kari" : "ingrid").status == 200);
        world.org.advance_seconds(60);
        browser.csrf = rule.csrf == Csrf::any ? "" : "1";
        const auto answer = browser.call(rule.method, path_of(rule.pattern, case_id), "{}");
        CHECK(answer.status == 403);
        CHECK(answer.json.at("error") == "csrf");
    }
}

TEST_CASE("a case without a grant and no case at all give the same answer on every route",
          "[console][authorisation]") {
    World world;
    const auto granted = world.submit_case();
    world.add_member("wenche", "custodian");  // holds no share of it
    Browser jonas(world);                     // excluded: unticked in submit_case
    Browser wenche(world);
    REQUIRE(jonas.log_in("jonas").status == 200);
    REQUIRE(wenche.log_in("wenche").status == 200);
    for (const auto& rule : rules()) {
        if (rule.object != Object::granted_case) continue;
        INFO(rule.pattern);
        auto& who = rule.who == Who::custodians ? wenche : jonas;
        const auto there = who.call(rule.method, path_of(rule.pattern, granted), "{}");
        const auto not_there =
            who.call(rule.method, path_of(rule.pattern, crypto::random_array<32>()), "{}");
        CHECK(there.status == 404);
        CHECK(not_there.status == 404);
        CHECK(there.reply.body == not_there.reply.body);
    }
    CHECK(jonas.get("/api/v1/cases").json.at("total") == 0);
}

TEST_CASE("an unknown host reaches no organisation", "[console][authorisation]") {
    World world;
    Browser browser(world);
    browser.host = "other.test";
    CHECK(browser.get("/api/v1/organisation").status == 421);
}

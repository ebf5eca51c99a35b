#include "server/config/config.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

using namespace tillit::config;

TEST_CASE("the settings that init writes are free of problems", "[config]") {
    const auto read = parse_config(first_config("default"));
    CHECK(read.problems.empty());
    REQUIRE(read.config.organisations.size() == 1);
    CHECK(read.config.organisations[0].slug == "default");
    CHECK(read.config.portal.text() == "127.0.0.1:8080");
    CHECK(read.config.console.text() == "localhost:8081");
}

TEST_CASE("each mistake is told with its line", "[config]") {
    const std::string organisation = "[[organisation]]\nslug = \"a\"\n";
    struct Case {
        std::string text;
        unsigned line;
    };
    const Case cases[] = {
        {"portal = 8080\n" + organisation, 1},
        {"portal = \"8080\"\n" + organisation, 1},
        {"\nconsole = \"host:99999\"\n" + organisation, 2},
        {"\n\ncolour = \"red\"\n" + organisation, 3},
        {"threads = 1\n" + organisation, 1},
        {"exit_url = \"javascript:alert(1)\"\n" + organisation, 1},
        {"exit_url = \n" + organisation, 1},
        {"[[organisation]]\nslug = \"A b\"\n", 1},
        {organisation + "portal_hosts = \"x\"\n", 3},
        {organisation + "portal_hosts = [\"https://x\"]\n", 3},
        {organisation + organisation, 4},
        {"[mail]\nserver = \"https://x\"\nfrom = \"a@b\"\nwitness = \"c@d\"\n" + organisation, 1},
        {"[mail]\nserver = \"smtp://x\"\nfrom = \"a@b\"\nwitness = \"c\"\n" + organisation, 1},
        {"[mail]\nserver = \"smtp://x\"\nfrom = \"a\\r\\nBcc: e@f\"\nwitness = \"c@d\"\n" +
             organisation,
         1},
        {"[mail]\nserver = \"smtp://x\"\nfrom = \"a@b\"\nwitness = \"c@d\"\nuser = \"u\"\n" +
             organisation,
         1},
        {"[mail]\ncolour = \"red\"\nserver = \"smtp://x\"\nfrom = \"a@b\"\nwitness = \"c@d\"\n" +
             organisation,
         2},
        {"", 0},
        {"[organisation]\nslug = \"a\"\n", 0},
    };
    for (const auto& c : cases) {
        INFO(c.text);
        const auto read = parse_config(c.text);
        REQUIRE_FALSE(read.problems.empty());
        CHECK(std::any_of(read.problems.begin(), read.problems.end(),
                          [&](const Problem& problem) { return problem.line == c.line; }));
        CHECK(read.problems.front().text.size() > 10);
    }
    CHECK(parse_config("threads = 1\nportal = 5\n" + organisation).problems.size() == 2);
}

TEST_CASE("portal and console on one host name are refused: cookies know no ports", "[config]") {
    const auto read = parse_config(
        "portal = \"localhost:1\"\nconsole = \"localhost:2\"\n[[organisation]]\nslug = \"a\"\n");
    CHECK(read.problems.size() == 1);
}

TEST_CASE("a host name is of one door of one organisation, whatever the port", "[config]") {
    const auto problems = [](const std::string& portal_a, const std::string& console_a,
                             const std::string& portal_b, const std::string& console_b) {
        return parse_config("[[organisation]]\nslug = \"a\"\nportal_hosts = [" + portal_a +
                            "]\nconsole_hosts = [" + console_a +
                            "]\n[[organisation]]\nslug = \"b\"\nportal_hosts = [" + portal_b +
                            "]\nconsole_hosts = [" + console_b + "]\n")
            .problems.size();
    };
    CHECK(problems(R"("p.a")", R"("c.a")", R"("p.b")", R"("c.b")") == 0);
    CHECK(problems(R"("p.a", "p.a:81")", R"("[::1]:82")", R"("p.b")", R"("[::2]:82")") == 0);
    CHECK(problems(R"("x.a:81")", R"("X.A:82")", R"("p.b")", R"("c.b")") == 1);  // within one
    CHECK(problems(R"("p.a:81")", R"("c.a")", R"("p.a:82")", R"("c.b")") == 1);  // two portals
    CHECK(problems(R"("p.a")", R"("c.a")", R"("p.b")", R"("p.a:82")") == 1);     // across
    CHECK(problems(R"("[::1]:81")", R"("[::1]")", R"("p.b")", R"("c.b")") == 1);
    const auto alone = [](const std::string& hosts) {
        return parse_config("[[organisation]]\nslug = \"a\"\n" + hosts + "\n").problems.size();
    };
    CHECK(alone("portal_hosts = [\"p.a\"]") == 0);  // the console answers at its own address
    CHECK(alone("portal_hosts = [\"localhost:80\"]") == 1);
}

TEST_CASE("addresses are host and port or a socket", "[config]") {
    CHECK(parse_address("unix:/run/x.sock")->is_unix());
    CHECK(parse_address("127.0.0.1:80")->text() == "127.0.0.1");
    for (const auto* bad :
         {"", ":80", "host", "host:", "host:x", "host:-1", "http://host:80", "unix:x"}) {
        CHECK_FALSE(parse_address(bad));
    }
}

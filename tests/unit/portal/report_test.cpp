#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <thread>

#include "tests/unit/portal/portal_fixture.h"

namespace {

using namespace tillit;
using Catch::Matchers::ContainsSubstring;
using test::Fields;
using test::World;

const std::string kText = "Faktura æøå, وثيقة, 🙂 \"quoted\" & <b>";

Fields without(Fields fields, const std::string& name) {
    std::erase_if(fields, [&](const auto& field) { return field.first == name; });
    return fields;
}
Fields with(Fields fields, const std::string& name, const std::string& value) {
    fields.emplace_back(name, value);
    return fields;
}

/// The hidden fields of the check page's first form, as its buttons send them.
Fields carried(const std::string& html) {
    const std::string kStart = "<input type=\"hidden\" name=\"";
    const auto form = html.find("<form id=\"change\"");
    REQUIRE(form != std::string::npos);
    const auto end = html.find("</form>", form);
    Fields fields;
    for (auto at = html.find(kStart, form); at < end; at = html.find(kStart, at + 1)) {
        const auto name = at + kStart.size();
        const auto name_end = html.find("\" value=\"", name);
        const auto value = name_end + 9;
        fields.emplace_back(html.substr(name, name_end - name),
                            html.substr(value, html.find('"', value) - value));
    }
    return fields;
}

/// The value of the nth button that leaves somebody out; "" if there is none.
std::string leave_button(const std::string& html, std::size_t n = 0) {
    const std::string kStart = "name=\"leave\" value=\"";
    auto at = html.find(kStart);
    for (; n > 0 && at != std::string::npos; --n) at = html.find(kStart, at + 1);
    if (at == std::string::npos) return {};
    at += kStart.size();
    return html.substr(at, html.find('"', at) - at);
}

}  // namespace

TEST_CASE("who is mentioned and would get a key can be left out on the check page",
          "[portal][report][mentions]") {
    World world;
    const auto check = [&](const Fields& fields) {
        return world.browser.post("/report/check", fields);
    };
    const auto page = check(world.report("Ingrid signed it.\nJonas did not."));
    REQUIRE(page.status == 200);
    CHECK_THAT(page.body, ContainsSubstring("seems to mention Ingrid"));
    CHECK_THAT(page.body, ContainsSubstring("Leave Jonas out"));
    CHECK_THAT(page.body, !ContainsSubstring("seems to mention Kari"));
    CHECK(world.cases_of() == 0);
    const auto without_ingrid = check(with(carried(page.body), "leave", leave_button(page.body)));
    REQUIRE(without_ingrid.status == 200);
    CHECK_THAT(without_ingrid.body, !ContainsSubstring("seems to mention Ingrid"));
    CHECK_THAT(without_ingrid.body, ContainsSubstring("Ingrid signed it.\nJonas did not."));
    CHECK_THAT(without_ingrid.body, ContainsSubstring("<dd>Ingrid</dd>"));
    SECTION("and nothing else changes") {
        world.hand_in(carried(without_ingrid.body));
        CHECK(world.cases_of("Ingrid") == 0);
        CHECK(world.cases_of("Jonas") == 1);
    }
    SECTION("where nobody is left, it goes to the alternate, who can be mentioned, too") {
        const auto nobody =
            check(with(carried(without_ingrid.body), "leave", leave_button(without_ingrid.body)));
        REQUIRE(nobody.status == 200);
        CHECK_THAT(nobody.body, ContainsSubstring("so it goes to the alternate"));
        CHECK(leave_button(nobody.body).empty());
        world.hand_in(carried(nobody.body));
        CHECK(world.cases_of("Jonas") == 0);
        CHECK(world.cases_of("Liv") == 1);
    }
    SECTION("the form then has it as chosen there") {
        const auto form = world.browser.post("/report/edit", carried(without_ingrid.body));
        CHECK_THAT(form.body, ContainsSubstring("Ingrid signed it."));
        const auto box = form.body.find("value=\"" + leave_button(page.body) + "\"");
        REQUIRE(box != std::string::npos);
        CHECK_THAT(form.body.substr(box, form.body.find('>', box) - box),
                   !ContainsSubstring("checked"));
    }
    SECTION("somebody who is not listed cannot be left out") {
        const auto other = check(with(carried(page.body), "leave", crypto::to_base64url({})));
        CHECK(other.status == 422);
        CHECK_THAT(other.body, ContainsSubstring("have changed"));
    }
}

TEST_CASE("a custodian who is mentioned is said to be one", "[portal][report][mentions]") {
    World world;
    const auto named = with(with(world.report("Kari knows."), "name", "Ola"), "contact", "");
    const auto page = world.browser.post("/report/check", named);
    CHECK_THAT(page.body, ContainsSubstring("Kari (Records), who would guard half of the key"));
    const auto left = world.browser.post(
        "/report/check", with(carried(page.body), "leave", leave_button(page.body)));
    CHECK(left.status == 422);  // a name that nobody could ever open
    CHECK_THAT(left.body, ContainsSubstring("Nobody is left who could guard your name"));
    CHECK_THAT(left.body, ContainsSubstring("Kari knows.</textarea>"));
}

TEST_CASE("the field for a name is searched, and a report without a mention is not bothered",
          "[portal][report][mentions]") {
    World world;
    CHECK(leave_button(world.browser.post("/report/check", world.report()).body).empty());
    const auto named = with(with(world.report(), "name", "Ingrid"), "contact", "");
    CHECK_FALSE(leave_button(world.browser.post("/report/check", named).body).empty());
}

TEST_CASE("a report is handed in and the key that is shown opens it", "[portal][report]") {
    World world;
    const auto fields = world.report(kText + "\r\nsecond line");
    const auto check = world.browser.post("/report/check", fields);
    REQUIRE(check.status == 200);
    CHECK_THAT(check.body, ContainsSubstring("Ingrid"));
    CHECK(test::input_value(check.body, "token") == fields[0].second);
    CHECK(world.cases_of() == 0);
    const auto words = world.hand_in(fields);
    CHECK(world.cases_of() == 1);
    auto later = world.another_browser();
    world.come_back(later, words);
    const auto thread = later.get("/case");
    CHECK(thread.status == 200);
    CHECK_THAT(
        thread.body,
        ContainsSubstring(
            "Faktura æøå, وثيقة, 🙂 &quot;quoted&quot; &amp; &lt;b&gt;\nsecond line"));
}

TEST_CASE("the blank form may be kept by the browser, everything with content may not",
          "[portal][report]") {
    World world;
    CHECK(world.browser.get("/report").caching == http::Caching::private_form);
    const auto fields = world.report();
    CHECK(world.browser.post("/report/check", fields).caching == http::Caching::no_store);
    CHECK(world.browser.post("/report", fields).caching == http::Caching::no_store);
}

TEST_CASE("the same form sent again makes one case and shows the same key", "[portal][report]") {
    World world;
    const auto fields = world.report();
    const auto first = world.hand_in(fields);
    CHECK(world.hand_in(fields) == first);
    CHECK(world.hand_in(fields, {{"file1", "a.txt", "late"}}) == first);
    CHECK(world.cases_of() == 1);
    SECTION("until it is written down: then there is nothing to show and nothing is stored") {
        CHECK(world.browser.post("/key/done", {{"token", fields[0].second}}).status == 200);
        const auto again = world.browser.post("/report", fields);
        CHECK(test::key_words(again.body).empty());
        CHECK(world.cases_of() == 1);
    }
    SECTION("or until the page is left in a hurry") {
        CHECK(world.browser.post("/exit", {{"token", fields[0].second}}).status == 303);
        CHECK(test::key_words(world.browser.post("/report", fields).body).empty());
        CHECK(world.cases_of() == 1);
    }
}

TEST_CASE("a double click makes one case and both clicks see its key", "[portal][report]") {
    World world;
    const auto fields = world.report();
    const std::vector<test::FormFile> files = {{"file1", "a.bin", std::string(3 << 20, 'x')}};
    auto other = world.another_browser();
    std::string words_of_other;
    std::thread second(
        [&] { words_of_other = test::key_words(other.post("/report", fields, files).body); });
    const auto words = test::key_words(world.browser.post("/report", fields, files).body);
    second.join();
    CHECK_FALSE(words.empty());
    CHECK(words == words_of_other);
    CHECK(world.cases_of() == 1);
}

TEST_CASE("a connection cut before the end stores nothing, and the form can be sent again",
          "[portal][report]") {
    World world;
    const auto fields = world.report();
    const std::vector<test::FormFile> files = {{"file1", "a.bin", std::string(200'000, 'x')}};
    CHECK(world.browser.post_cut("/report", fields, files, 150'000).status == 400);
    CHECK(world.cases_of() == 0);
    world.hand_in(fields, files);
    CHECK(world.cases_of() == 1);
}

TEST_CASE("a file that is too large costs the file, not the report", "[portal][report]") {
    World world({.max_report_bytes = 1 << 20});
    const auto reply = world.browser.post(
        "/report", world.report(),
        {{"file1", "small.txt", "small"}, {"file2", "large <1>.mov", std::string(2 << 20, 'x')}});
    REQUIRE(reply.status == 200);
    CHECK_THAT(reply.body, ContainsSubstring("large &lt;1&gt;.mov"));
    CHECK_THAT(reply.body, !ContainsSubstring("small.txt"));
    auto later = world.another_browser();
    world.come_back(later, test::key_words(reply.body));
    const auto thread = later.get("/case").body;
    CHECK_THAT(thread, ContainsSubstring("small.txt"));
    CHECK_THAT(thread, !ContainsSubstring("large &lt;1&gt;.mov"));
}

TEST_CASE("a body far beyond the limit still keeps the report", "[portal][report]") {
    World world({.max_report_bytes = 1 << 20});
    const auto reply = world.browser.post("/report", world.report(),
                                          {{"file1", "huge.mov", std::string(9 << 20, 'x')}});
    CHECK_FALSE(test::key_words(reply.body).empty());
    CHECK_THAT(reply.body, ContainsSubstring("huge.mov"));
}

TEST_CASE("whoever is unticked or named gets no key", "[portal][report]") {
    World world;
    auto fields = without(world.report(), "to");
    const auto ingrid = crypto::to_base64url(world.org.person("Ingrid").listed.member);
    SECTION("unticked") {
        const auto kept =
            with(fields, "to", crypto::to_base64url(world.org.person("Jonas").listed.member));
        CHECK_THAT(world.browser.post("/report/check", kept).body, ContainsSubstring("Ingrid"));
        world.hand_in(kept);
        CHECK(world.cases_of("Ingrid") == 0);
        CHECK(world.cases_of("Jonas") == 1);
    }
    SECTION("nobody ticked: the alternate") {
        world.hand_in(fields);
        CHECK(world.cases_of("Liv") == 1);
        CHECK(world.cases_of("Jonas") == 0);
    }
    SECTION("nobody at all: the form comes back with the text") {
        const auto reply = world.browser.post(
            "/report",
            with(fields, "not", crypto::to_base64url(world.org.person("Liv").listed.member)));
        CHECK(reply.status == 422);
        CHECK_THAT(reply.body, ContainsSubstring("The report"));
        CHECK(world.cases_of("Liv") == 0);
    }
    SECTION("somebody who is not in the directory: nothing is guessed") {
        const auto reply =
            world.browser.post("/report", with(fields, "to", "AAAAAAAAAAAAAAAAAAAAAA"));
        CHECK(reply.status == 422);
        CHECK(world.cases_of("Liv") == 0);
    }
}

TEST_CASE("a wrong form comes back filled, with the message beside the field", "[portal][report]") {
    World world;
    const auto post = [&](const Fields& fields) {
        return world.browser.post("/report/check", fields);
    };
    SECTION("no text") {
        const auto reply = post(world.report(" \r\n "));
        CHECK(reply.status == 422);
        CHECK_THAT(reply.body, ContainsSubstring("id=\"text-problem\""));
    }
    SECTION("a text that is too long is not lost") {
        const auto reply = post(world.report(std::string(200'001, 'q')));
        CHECK(reply.status == 422);
        CHECK_THAT(reply.body, ContainsSubstring(std::string(200'001, 'q')));
    }
    SECTION("the longest text that is promised is taken") {
        world.hand_in(world.report(std::string(200'000, 'q')));
    }
    SECTION("a name that is too long") {
        const auto reply = post(with(world.report(), "name", std::string(501, 'n')));
        CHECK(reply.status == 422);
        CHECK_THAT(reply.body, ContainsSubstring("The report"));
        CHECK_THAT(reply.body, ContainsSubstring(std::string(501, 'n')));
    }
    SECTION("a text that is no text") {
        CHECK(post(world.report(std::string("a\0b", 3))).status == 422);
        CHECK(post(world.report("\xff\xfe")).status == 422);
    }
    SECTION("a form without a token gets one, and can be handed in") {
        const auto reply = world.browser.post("/report", without(world.report(), "token"));
        CHECK(reply.status == 422);
        const auto token = test::input_value(reply.body, "token");
        world.hand_in(with(without(world.report(), "token"), "token", token));
        CHECK(world.cases_of() == 1);
    }
    SECTION("urlencoded is refused plainly") {
        const auto reply = world.browser.post_raw("/report", "application/x-www-form-urlencoded",
                                                  "text=The+report");
        CHECK(reply.status == 415);
        CHECK(world.cases_of() == 0);
    }
}

TEST_CASE("the name is asked for only when wanted, and can be taken back", "[portal][report]") {
    World world;
    const std::string field = "name=\"contact\"";
    CHECK_THAT(world.browser.get("/report").body, !ContainsSubstring(field));
    CHECK_THAT(world.browser.get("/report?name=1").body, ContainsSubstring(field));
    const auto named = with(world.report(), "name", "Ola Nordmann");
    const auto asked = world.browser.post("/report/edit?name=1", world.report());
    CHECK_THAT(asked.body, ContainsSubstring(field));
    CHECK_THAT(asked.body, ContainsSubstring("The report"));
    CHECK_THAT(world.browser.post("/report/edit", named).body, ContainsSubstring("Ola Nordmann"));
    const auto removed = world.browser.post("/report/edit?name=0", named);
    CHECK_THAT(removed.body, !ContainsSubstring("Ola Nordmann"));
    CHECK_THAT(removed.body, ContainsSubstring("The report"));
}

TEST_CASE("a portal without two receivers or an alternate shows other ways and takes nothing",
          "[portal][report]") {
    World world(GENERATE(test::OrganisationSetup{.investigators = 1},
                         test::OrganisationSetup{.with_alternate = false}));
    for (const char* path : {"/", "/report"}) {
        const auto page = world.browser.get(path);
        CHECK(page.status == 503);
        CHECK_THAT(page.body, !ContainsSubstring("<textarea"));
    }
    Fields fields = {{"token", app::SubmissionTokens::make()},
                     {"text", "A finished text"},
                     {"to", crypto::to_base64url(world.org.person("Ingrid").listed.member)}};
    const auto reply = world.browser.post("/report", fields, {{"file1", "a", "b"}});
    CHECK(reply.status == 422);
    CHECK_THAT(reply.body, ContainsSubstring("A finished text"));
    CHECK(world.cases_of() == 0);
}

TEST_CASE("a host that is not ours gets nothing", "[portal][report]") {
    World world;
    test::Browser stranger(world.portal, "elsewhere.test");
    CHECK(stranger.get("/").status == 421);
}

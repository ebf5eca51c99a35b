#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <future>

#include "server/app/day_closer.h"
#include "server/app/receipt.h"
#include "storage/cases.h"
#include "tests/support/full_disk.h"
#include "tests/unit/portal/portal_fixture.h"

namespace {

using namespace tillit;
using Catch::Matchers::ContainsSubstring;
using test::World;

std::string form_token(test::Browser& browser) {
    return test::input_value(browser.get("/case").body, "form_token");
}

/// The href of the nth attachment of a thread page.
std::string file_link(const std::string& html) {
    const auto at = html.find("href=\"/case/file/");
    REQUIRE(at != std::string::npos);
    return html.substr(at + 6, html.find('"', at + 6) - at - 6);
}

}  // namespace

TEST_CASE("a mistyped key and an unknown one get the same page, status and size",
          "[portal][case]") {
    World world;
    world.hand_in(world.report());
    const std::string zeros =
        "abandon abandon abandon abandon abandon abandon abandon abandon "
        "abandon abandon abandon about";
    const std::string mistyped =
        "abandon abandon abandon abandon abandon abandon abandon abandon "
        "abandon abandon abandon abort";
    const auto unknown = world.browser.post("/return", {{"key", zeros}});
    const auto wrong = world.browser.post("/return", {{"key", mistyped}});
    CHECK(unknown.status == 422);
    CHECK(wrong.status == unknown.status);
    CHECK(wrong.body.size() == unknown.body.size());
    CHECK(wrong.cookies.empty());
    CHECK(unknown.cookies.empty());
    CHECK_THAT(wrong.body, ContainsSubstring(mistyped));  // so that the slip can be mended
}

TEST_CASE("a reply with files reaches the thread, and the files come back as sent",
          "[portal][case]") {
    World world;
    const auto words = world.hand_in(world.report());
    world.come_back(world.browser, words);
    const std::string content(300'000, '\x01');
    const auto sent = world.browser.post(
        "/case/reply", {{"form_token", form_token(world.browser)}, {"text", "More"}},
        {{"file1", "bilde æ.jpg", content}});
    REQUIRE(sent.status == 303);
    CHECK(sent.location == "/case#sent");
    const auto thread = world.browser.get("/case").body;
    CHECK_THAT(thread, ContainsSubstring("More"));
    CHECK_THAT(thread, ContainsSubstring("bilde æ.jpg"));
    const auto file = world.browser.get(file_link(thread));
    CHECK(file.content_type == "application/octet-stream");
    CHECK(test::download(file) == content);
    SECTION("while a slow line takes one the session answers its other requests") {
        std::future<http::Reply> other;
        bool is_answered = false;
        const bool is_whole = file.stream([&](crypto::ByteView) {
            if (other.valid()) return true;
            other = std::async(std::launch::async, [&] { return world.browser.get("/case"); });
            is_answered = other.wait_for(std::chrono::seconds(10)) == std::future_status::ready;
            return true;
        });
        CHECK(is_whole);
        CHECK(is_answered);
        CHECK(other.get().status == 200);
    }
    SECTION("and to nobody without the session") {
        auto stranger = world.another_browser();
        CHECK(stranger.get(file_link(thread)).status == 403);
    }
}

TEST_CASE("a proof is given from the day after, on demand, for a session's own token only",
          "[portal][case]") {
    World world;
    const auto words = world.hand_in(world.report());
    world.come_back(world.browser, words);
    const auto ask = [&] {
        return world.browser.post("/case/proof", {{"form_token", form_token(world.browser)}});
    };
    const auto early = ask();
    CHECK(early.status == 200);
    CHECK_THAT(early.body, ContainsSubstring("from tomorrow on"));
    CHECK(early.download_name.empty());
    world.org.advance_days(1);
    world.come_back(world.browser, words);
    CHECK(app::close_finished_days(world.org.store(), world.org.clock(), world.org.log_key).days >
          0);
    {
        const std::lock_guard another(world.org.organisation().proof_turn());
        const auto busy = ask();
        CHECK(busy.status == 503);
        CHECK_THAT(busy.body, ContainsSubstring("Wait a minute"));
        CHECK(busy.download_name.empty());
    }
    const auto proof = ask();
    CHECK(proof.download_name == "proof.json");
    const auto receipt = app::decode_receipt(proof.body);
    REQUIRE(receipt);
    CHECK(app::verify_receipt(*receipt).problems.empty());
    CHECK(world.browser.post("/case/proof", {{"form_token", "another"}}).status == 400);
    auto stranger = world.another_browser();
    CHECK(stranger.post("/case/proof", {{"form_token", "x"}}).download_name.empty());
}

namespace {

/// A case of yesterday, its proof, and the words.
struct Proven : World {
    std::string words = hand_in(report());
    std::string proof;
    Proven() {
        org.advance_days(1);
        (void)app::close_finished_days(org.store(), org.clock(), org.log_key);
        come_back(browser, words);
        proof = browser.post("/case/proof", {{"form_token", form_token(browser)}}).body;
        REQUIRE(app::decode_receipt(proof));
    }
    http::Reply compare(const std::string& file) {
        return browser.post("/case/proof/compare", {{"form_token", form_token(browser)}},
                            {{"proof", "proof.json", file}});
    }
};

}  // namespace

TEST_CASE("a session gives no proof once the words were changed or the door was closed elsewhere",
          "[portal][case]") {
    Proven world;
    auto elsewhere = world.another_browser();
    world.come_back(elsewhere, world.words);
    const auto token = form_token(world.browser);
    const auto change = [&](const char* path, const test::Fields& more = {}) {
        test::Fields fields = {{"form_token", form_token(elsewhere)}};
        fields.insert(fields.end(), more.begin(), more.end());
        return elsewhere.post(path, fields).status;
    };
    SECTION("new words") {
        REQUIRE(change("/case/words/new") == 200);
        REQUIRE(change("/case/words/use") == 303);
    }
    SECTION("closed") { REQUIRE(change("/case/words/close", {{"sure", "1"}}) == 200); }
    const auto asked = world.browser.post("/case/proof", {{"form_token", token}});
    CHECK(asked.status == 403);
    CHECK(asked.download_name.empty());
}

TEST_CASE("without scripts the server compares a saved proof with the case", "[portal][case]") {
    Proven world;
    const auto here = world.compare(world.proof);
    CHECK(here.status == 200);
    CHECK_THAT(here.body, ContainsSubstring("still here (messages and notices: 1, the newest of"));
    CHECK_THAT(here.body, ContainsSubstring("could lie about this, too"));
    SECTION("something is missing") {
        world.browser.post("/case/reply",
                           {{"form_token", form_token(world.browser)}, {"text", "More"}});
        world.org.advance_days(1);
        (void)app::close_finished_days(world.org.store(), world.org.clock(), world.org.log_key);
        world.come_back(world.browser, world.words);
        const auto newer =
            world.browser.post("/case/proof", {{"form_token", form_token(world.browser)}});
        world.org.store().write(
            [](storage::Database& db) { db.execute("DELETE FROM envelope WHERE position = 2"); });
        CHECK_THAT(world.browser.get("/case").body, !ContainsSubstring("Something is wrong"));
        const auto found = world.compare(newer.body);
        CHECK(found.status == 200);
        CHECK_THAT(found.body, ContainsSubstring("holds it (1 of 2 messages and notices):"));
        CHECK_THAT(found.body, ContainsSubstring("<bdi>You, "));
        CHECK_THAT(found.body, ContainsSubstring("Keep the file, and show it"));
    }
    SECTION("another case") {
        world.come_back(world.browser, world.hand_in(world.report("Another")));
        const auto found = world.compare(world.proof);
        CHECK(found.status == 422);
        CHECK_THAT(found.body, ContainsSubstring("is of another case"));
    }
    SECTION("no proof") {
        for (const auto& file : {std::string("{}"), world.proof + "\n", std::string("\0\xff", 2),
                                 std::string(app::kMaxReceiptBytes + 1, ' ')}) {
            const auto found = world.compare(file);
            CHECK(found.status == 422);
            CHECK_THAT(found.body, ContainsSubstring("is no proof of a report"));
        }
    }
    SECTION("no file") {
        const auto found =
            world.browser.post("/case/proof/compare", {{"form_token", form_token(world.browser)}});
        CHECK(found.status == 422);
        CHECK_THAT(found.body, ContainsSubstring("No file was sent"));
    }
    SECTION("while another one is made or compared") {
        const std::lock_guard another(world.org.organisation().proof_turn());
        CHECK(world.compare(world.proof).status == 503);
    }
    SECTION("for a session's own token only") {
        const test::FormFile file{"proof", "proof.json", world.proof};
        CHECK(world.browser.post("/case/proof/compare", {{"form_token", "x"}}, {file}).status ==
              400);
        auto stranger = world.another_browser();
        CHECK(stranger.post("/case/proof/compare", {{"form_token", "x"}}, {file}).status == 403);
    }
}

TEST_CASE("an answer is shown with its author, and that there is nothing new is said",
          "[portal][case]") {
    World world;
    const auto words = world.hand_in(world.report());
    world.come_back(world.browser, words);
    CHECK_THAT(world.browser.get("/case").body,
               ContainsSubstring("We have not written to you yet"));
}

TEST_CASE("a notice that the name is asked for stands in the thread under words of its own",
          "[portal][case]") {
    World world;
    const auto words = world.hand_in(world.report());
    const auto& ingrid = world.org.person("Ingrid");
    const auto rows = world.org.store().read(
        [&](storage::Database& db) { return storage::Cases(db).inbox(ingrid.listed.member, {}); });
    const auto write = [&](const char* body, crypto::Kind kind) {
        return test::answer_as(world.org, ingrid, rows.at(0).case_id, body, kind);
    };
    REQUIRE(write("Thank you.", crypto::Kind::message) == storage::AppendResult::stored);
    world.come_back(world.browser, words);
    const auto own_words = ContainsSubstring("asked the custodian to open the name you gave");
    CHECK_THAT(world.browser.get("/case").body, !own_words);
    REQUIRE(write("The police ask, case 4711.", crypto::Kind::identity_notice) ==
            storage::AppendResult::stored);
    const auto page = world.browser.get("/case").body;
    CHECK_THAT(page, own_words);
    CHECK_THAT(page, ContainsSubstring("The police ask, case 4711."));
}

TEST_CASE("a reply is never lost", "[portal][case]") {
    World world;
    const auto words = world.hand_in(world.report());
    world.come_back(world.browser, words);
    SECTION("a session that ended asks for the key and keeps the text") {
        const auto token = form_token(world.browser);
        world.org.advance_seconds(20 * 60 + 1);
        const auto ended = world.browser.post(
            "/case/reply", {{"form_token", token}, {"text", "A finished \"reply\""}},
            {{"file1", "a.bin", std::string(100'000, 'x')}});
        CHECK(ended.status == 403);
        CHECK(test::input_value(ended.body, "kept_text") == "A finished &quot;reply&quot;");
        const auto refused =
            world.browser.post("/return", {{"key", "wrong"}, {"kept_text", "A finished reply"}});
        CHECK(test::input_value(refused.body, "kept_text") == "A finished reply");
        const auto back =
            world.browser.post("/return", {{"key", words}, {"kept_text", "A finished reply"}});
        CHECK(back.status == 200);
        CHECK_THAT(back.body, ContainsSubstring("\nA finished reply</textarea>"));
        CHECK_FALSE(world.browser.cookie().empty());
        CHECK(world.browser
                  .post("/case/reply", {{"form_token", test::input_value(back.body, "form_token")},
                                        {"text", "A finished reply"}})
                  .status == 303);
    }
    SECTION("a wrong form token") {
        const auto reply = world.browser.post(
            "/case/reply", {{"form_token", "other"}, {"text", "A finished reply"}});
        CHECK(reply.status == 403);
        CHECK(test::input_value(reply.body, "kept_text") == "A finished reply");
    }
    SECTION("a text that is too long") {
        const auto reply = world.browser.post(
            "/case/reply",
            {{"form_token", form_token(world.browser)}, {"text", std::string(200'001, 'q')}});
        CHECK(reply.status == 422);
        CHECK_THAT(reply.body, ContainsSubstring(std::string(200'001, 'q')));
    }
    SECTION("nothing at all") {
        const auto reply =
            world.browser.post("/case/reply", {{"form_token", form_token(world.browser)}});
        CHECK(reply.status == 422);
    }
}

TEST_CASE("a full disk keeps no reporter from reading, and loses no text", "[portal][case]") {
    World world;
    const auto words = world.hand_in(world.report());
    const test::FullDisk full;
    const auto back = world.browser.post("/return", {{"key", words}, {"kept_text", "Kept"}});
    CHECK(back.status == 200);
    CHECK_THAT(back.body, ContainsSubstring("\nKept</textarea>"));
    CHECK_THAT(world.browser.get("/case").body, ContainsSubstring("The report"));
}

TEST_CASE("what was written in one case is not offered in another one", "[portal][case]") {
    World world;
    const auto first = world.hand_in(world.report("The first"));
    const auto second = world.hand_in(world.report("The second"));
    world.come_back(world.browser, first);
    const auto token_of_first = form_token(world.browser);
    world.come_back(world.browser, second);  // in another tab: one cookie for both
    const auto sent = world.browser.post(
        "/case/reply", {{"form_token", token_of_first}, {"text", "For the readers of the first"}});
    CHECK(sent.status == 403);
    CHECK_THAT(sent.body, !ContainsSubstring("/case/reply"));
    CHECK(test::input_value(sent.body, "kept_text") == "For the readers of the first");
    CHECK_THAT(world.browser.get("/case").body, !ContainsSubstring("For the readers"));
}

TEST_CASE("a page of another site opens no case here", "[portal][case]") {
    World world;
    const auto words = world.hand_in(world.report());
    world.browser.is_elsewhere = true;
    const auto reply = world.browser.post("/return", {{"key", words}, {"kept_text", "Not hers"}});
    CHECK(reply.status == 403);
    CHECK(world.browser.cookie().empty());
    CHECK_THAT(reply.body, !ContainsSubstring("Not hers"));
}

TEST_CASE("a file that fails stops a reply, and the text stays", "[portal][case]") {
    World world({.max_report_bytes = 1 << 20});
    world.come_back(world.browser, world.hand_in(world.report()));
    const auto reply = world.browser.post(
        "/case/reply", {{"form_token", form_token(world.browser)}, {"text", "See the film"}},
        {{"file1", "film.mov", std::string(2 << 20, 'x')}});
    CHECK(reply.status == 422);
    CHECK_THAT(reply.body, ContainsSubstring("film.mov did not get through"));
    CHECK_THAT(reply.body, ContainsSubstring("\nSee the film</textarea>"));
}

TEST_CASE("a long file name is cut, and refuses neither a report nor a reply", "[portal][case]") {
    World world;
    std::string name;
    for (int i = 0; i < 200; ++i) name += "証";
    const std::string kept = name.substr(0, std::string("証").size() * 120);
    world.come_back(world.browser,
                    world.hand_in(world.report(), {{"file1", name + ".pdf", "one"}}));
    const auto sent = world.browser.post(
        "/case/reply", {{"form_token", form_token(world.browser)}, {"text", "More"}},
        {{"file1", name, "two"}, {"file2", std::string(119, 'a') + "æ.pdf", "three"}});
    CHECK(sent.status == 303);
    const auto thread = world.browser.get("/case").body;
    CHECK_THAT(thread, ContainsSubstring(kept));
    CHECK_THAT(thread, !ContainsSubstring(kept + "証"));
    CHECK_THAT(thread, ContainsSubstring(std::string(119, 'a') + "æ"));
}

TEST_CASE("leaving ends the session in the same click", "[portal][case]") {
    World world;
    world.come_back(world.browser, world.hand_in(world.report()));
    const auto cookie = world.browser.cookie();
    const std::string path = GENERATE("/leave", "/exit");
    const auto reply = world.browser.post(path, {});
    CHECK(reply.clear_site_data);
    CHECK(world.browser.cookie().empty());
    if (path == "/exit") CHECK(reply.location == "/bye");
    world.browser.set_cookie(cookie);
    CHECK(world.browser.get("/case").status == 403);
}

TEST_CASE("a cookie of one organisation opens nothing at another", "[portal][case]") {
    World world;
    test::DemoOrganisation other;
    world.portal.add_site({"other.test"}, other.organisation());
    world.come_back(world.browser, world.hand_in(world.report()));
    test::Browser elsewhere(world.portal, "other.test");
    elsewhere.set_cookie(world.browser.cookie());
    CHECK(elsewhere.get("/case").status == 403);
}

TEST_CASE("the exit may go where the operator says, and only there", "[portal][case]") {
    test::DemoOrganisation org;
    portal::Portal portal({.assets = TILLIT_TEST_ASSETS, .exit_url = "https://weather.test/today"});
    portal.add_site({"portal.test"}, org.organisation());
    test::Browser browser(portal, "portal.test");
    CHECK(browser.post("/exit", {}).location == "https://weather.test/today");
    CHECK_THAT(portal.content_security_policy(),
               ContainsSubstring("form-action 'self' https://weather.test;"));
}

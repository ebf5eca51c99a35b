#include <catch2/catch_test_macros.hpp>

#include "crypto/envelope.h"
#include "tests/unit/console/support.h"

using namespace tillit;
using namespace tillit::console;
using namespace tillit::console::test;

namespace {

std::string path(const crypto::Hash& case_id, const std::string& rest = {}) {
    return "/api/v1/cases/" + crypto::to_base64url(case_id) + rest;
}

crypto::HybridRecipient recipient_of(const Answer& file) {
    const auto bytes = crypto::array_from_base64url<crypto::kHybridRecipientBytes>(
        file.json.at("case").at("case_recipient").get<std::string>());
    return bytes.value();
}

/// The next envelope of Ingrid, as her browser would sign it.
nlohmann::json next_message(World& world, const crypto::Hash& case_id, Browser& browser,
                            std::uint64_t seq, const crypto::Hash& prev) {
    const auto& ingrid = world.org.person("Ingrid");
    const auto file = browser.get(path(case_id));
    crypto::Statement statement{.org = world.org.organisation().settings().org_id,
                                .case_id = case_id,
                                .kind = crypto::Kind::message,
                                .from = ingrid.listed.member,
                                .seq = seq,
                                .prev = prev,
                                .heads = {},
                                .sealed_by = crypto::SealedBy::browser,
                                .body = "an answer",
                                .state = {},
                                .attachments = {},
                                .manifest = std::nullopt};
    const auto sealed = crypto::seal_envelope(statement, ingrid.signing, recipient_of(file));
    return {{"epoch", 0},
            {"seq", seq},
            {"prev", crypto::to_base64url(prev)},
            {"sealed", crypto::to_base64url(sealed.value())},
            {"attachments", nlohmann::json::array()},
            {"state", ""},
            {"feedback", false}};
}

}  // namespace

TEST_CASE("an inbox pages through every case once, newest first", "[console][api]") {
    World world;
    for (int i = 0; i < 7; ++i) {
        (void)world.submit_case();
        if (i % 3 == 0) world.org.advance_days(1);
    }
    Browser browser(world);
    REQUIRE(browser.log_in("ingrid").status == 200);
    std::vector<std::string> seen;
    storage::Day last = 1'000'000;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
        const auto page =
            browser.get("/api/v1/cases?limit=3" + (cursor.empty() ? "" : "&after=" + cursor));
        REQUIRE(page.status == 200);
        CHECK(page.json.at("total") == 7);
        for (const auto& row : page.json.at("cases")) {
            seen.push_back(row.at("case_id"));
            CHECK(row.at("received_day") <= last);
            CHECK(row.at("unread") == true);
            last = row.at("received_day");
        }
        if (page.json.at("next").is_null()) break;
        cursor = page.json.at("next");
    }
    CHECK(seen.size() == 7);
    for (const auto* bad : {"?limit=0", "?limit=101", "?limit=x", "?after=x", "?state=lost"}) {
        CHECK(browser.get(std::string("/api/v1/cases") + bad).status == 400);
    }
    CHECK(browser.get("/api/v1/cases?state=closed").json.at("cases").empty());
}

TEST_CASE("a message is taken as the successor of its author's last one", "[console][api]") {
    World world;
    const auto case_id = world.submit_case();
    Browser browser(world);
    REQUIRE(browser.log_in("ingrid").status == 200);
    const auto first = next_message(world, case_id, browser, 1, {});
    const auto stored = browser.post(path(case_id, "/envelopes"), first);
    REQUIRE(stored.status == 201);
    CHECK(stored.json.at("position") == 2);
    const auto again = browser.post(path(case_id, "/envelopes"), first);
    CHECK(again.status == 409);
    CHECK(again.json.at("error") == "not_successor");
    CHECK(again.json.at("head").at("seq") == 1);
    CHECK(again.json.at("head").at("hash") == stored.json.at("hash"));
    const auto thread = browser.get(path(case_id, "/envelopes?after=1"));
    REQUIRE(thread.json.at("envelopes").size() == 1);
    CHECK(thread.json.at("envelopes")[0].at("sealed") == first.at("sealed"));
    CHECK(browser.get(path(case_id)).json.at("case").at("unread") == false);
}

TEST_CASE("state and feedback are set with the message that says so", "[console][api]") {
    World world;
    const auto case_id = world.submit_case();
    Browser browser(world);
    REQUIRE(browser.log_in("ingrid").status == 200);
    auto message = next_message(world, case_id, browser, 1, {});
    message["state"] = "acknowledged";
    message["feedback"] = true;
    const auto stored = browser.post(path(case_id, "/envelopes"), message);
    REQUIRE(stored.status == 201);
    const auto file = browser.get(path(case_id));
    CHECK(file.json.at("case").at("state") == "acknowledged");
    CHECK(file.json.at("case").at("acknowledged_day") == world.org.today());
    CHECK(file.json.at("case").at("feedback_day") == world.org.today());

    const auto hash = crypto::array_from_base64url<32>(stored.json.at("hash").get<std::string>());
    auto closing = next_message(world, case_id, browser, 2, *hash);
    closing["state"] = "closed";
    const auto closed = browser.post(path(case_id, "/envelopes"), closing);
    REQUIRE(closed.status == 201);
    const auto head = crypto::array_from_base64url<32>(closed.json.at("hash").get<std::string>());
    auto late = next_message(world, case_id, browser, 3, *head);
    CHECK(browser.post(path(case_id, "/envelopes"), late).json.at("error") == "closed");
    late["state"] = "investigating";
    CHECK(browser.post(path(case_id, "/envelopes"), late).status == 201);
    late["state"] = "lost";
    CHECK(browser.post(path(case_id, "/envelopes"), late).status == 400);
}

TEST_CASE("only sealed bytes of a bucket's length are taken for an envelope", "[console][api]") {
    World world;
    const auto case_id = world.submit_case();
    Browser browser(world);
    REQUIRE(browser.log_in("ingrid").status == 200);
    auto message = next_message(world, case_id, browser, 1, {});
    auto sealed = *crypto::from_base64url(message["sealed"].get<std::string>());
    const auto say = [&](const crypto::Bytes& bytes) {
        message["sealed"] = crypto::to_base64url(bytes);
        return browser.post(path(case_id, "/envelopes"), message).status;
    };
    CHECK(say(crypto::Bytes(sealed.size(), 'x')) == 422);
    auto shorter = sealed;
    shorter.pop_back();
    CHECK(say(shorter) == 422);
    CHECK(say(sealed) == 201);
}

TEST_CASE("a custodian sees grant and identity, no envelopes", "[console][api]") {
    World world;
    const auto case_id = world.submit_case();
    Browser kari(world);
    REQUIRE(kari.log_in("kari").status == 200);
    const auto file = kari.get(path(case_id));
    REQUIRE(file.status == 200);
    CHECK(file.json.at("envelopes").empty());
    CHECK_FALSE(file.json.at("grant").get<std::string>().empty());
    CHECK_FALSE(file.json.at("identity").get<std::string>().empty());
    CHECK(kari.get(path(case_id, "/envelopes?after=0")).status == 403);
}

TEST_CASE("a file goes up in pieces, is bound by its message and comes down whole",
          "[console][api]") {
    World world;
    const auto case_id = world.submit_case();
    Browser browser(world);
    REQUIRE(browser.log_in("ingrid").status == 200);
    const std::string piece(1 << 20, 'a');
    const std::string last(1000, 'b');
    const auto begun = browser.post(path(case_id, "/uploads"), nlohmann::json::object());
    REQUIRE(begun.status == 201);
    const std::string id = begun.json.at("id");
    const auto upload = path(case_id, "/uploads/" + id);
    CHECK(browser.put(upload + "/1", piece).status == 409);  // out of order
    CHECK(browser.put(upload + "/0", "").status == 422);
    CHECK(browser.put(upload + "/0", piece).status == 204);
    CHECK(browser.put(upload + "/0", piece).status == 409);
    CHECK(browser.put(upload + "/1", last).status == 204);
    CHECK(browser.put(upload + "/2", last).status == 409);  // after a short one

    auto message = next_message(world, case_id, browser, 1, {});
    message["attachments"] = {id};
    CHECK(browser.post(path(case_id, "/envelopes"), message).status == 422);  // not complete yet
    CHECK(browser.post(upload + "/complete", {{"stored_size", 5}}).status == 409);
    CHECK(
        browser.post(upload + "/complete", {{"stored_size", piece.size() + last.size()}}).status ==
        204);
    CHECK(browser.get(path(case_id, "/attachments/" + id)).status == 404);  // not bound yet
    CHECK(browser.post(path(case_id, "/envelopes"), message).status == 201);

    const auto down = browser.get(path(case_id, "/attachments/" + id));
    REQUIRE(down.status == 200);
    CHECK(down.reply.stream_size == piece.size() + last.size());
    std::string content;
    CHECK(down.reply.stream([&](crypto::ByteView bytes) {
        content.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return true;
    }));
    CHECK(content == piece + last);
}

TEST_CASE("one member's upload is nothing to another, nor in another case", "[console][api]") {
    World world;
    const auto one = world.submit_case();
    const auto two = world.submit_case();
    Browser browser(world);
    REQUIRE(browser.log_in("ingrid").status == 200);
    const std::string id =
        browser.post(path(one, "/uploads"), nlohmann::json::object()).json.at("id");
    CHECK(browser.put(path(two, "/uploads/" + id + "/0"), "x").status == 404);
    CHECK(browser.put(path(one, "/uploads/AAAAAAAAAAAAAAAAAAAAAA/0"), "x").status == 404);
}

TEST_CASE("bodies that are no JSON object of the API are refused alike", "[console][api]") {
    World world;
    Browser browser(world);
    for (const auto* body : {"", "{", "[]", "null", "{\"login\":\"a\"}", "{\"login\":1,\"auth\":2}",
                             "{\"login\":\"a\",\"login\":\"b\",\"auth\":\"\"}", "\xFF"}) {
        const auto answer = browser.call(http::Method::post, "/api/v1/login", body);
        INFO(body);
        CHECK(answer.status == 400);
        CHECK(answer.json.at("error") == "request");
    }
    CHECK(browser.call(http::Method::post, "/api/v1/login", "{}", "text/plain").status == 400);
}

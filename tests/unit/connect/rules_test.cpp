#include "server/connect/rules.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

using namespace tillit;
using namespace tillit::connect;

namespace {

http::Request call(std::string path) {
    http::Request request;
    request.path = std::move(path);
    return request;
}

std::string value_of(const http::HeaderList& headers, std::string_view name) {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return "-";
}

const http::HeaderList kJson = {{"content-type", "application/json"}, {"content-length", "2"}};

http::HeaderList with(http::HeaderList headers, std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
    return headers;
}

}  // namespace

TEST_CASE("an address is scheme, host and port and nothing more", "[connect]") {
    CHECK(parse_origin("https://Console.Example/") == "https://console.example");
    CHECK(parse_origin("http://localhost:8081") == "http://localhost:8081");
    CHECK(parse_origin("http://[::1]:80") == "http://[::1]:80");
    const auto* const bad =
        GENERATE("", "https://", "console.example", "ftp://a", "https://a/b", "https://a/enrol#x",
                 "https://u:p@a", "https://a:0", "https://a:99999", "https://a:", "https://a b",
                 "https://a?b", "https://a\r\nX: y", "https://a:b:80", "https://::1");
    CAPTURE(bad);
    CHECK_FALSE(parse_origin(bad));
}

TEST_CASE("only TLS, an onion and this machine count as a private line", "[connect]") {
    CHECK(is_private_line("https://console.example"));
    CHECK(is_private_line("http://abc.onion"));
    CHECK(is_private_line("http://localhost:8081"));
    CHECK(is_private_line("http://[::1]:8081"));
    CHECK_FALSE(is_private_line("http://console.example"));
    CHECK_FALSE(is_private_line("http://localhost.example:80"));
    CHECK_FALSE(is_private_line("http://192.168.1.2"));
}

TEST_CASE("a call is passed on only under /api/v1/ and with plain segments", "[connect]") {
    CHECK(target_of(call("/api/v1/me")) == "/api/v1/me");
    CHECK(target_of(call("/api/v1/cases/aB-_9/uploads/x/0")) == "/api/v1/cases/aB-_9/uploads/x/0");
    const auto* const bad = GENERATE(
        "/", "/api/v1", "/api/v1/", "/api/v2/me", "/assets/console.js", "/api/v1/..",
        "/api/v1/../x", "/api/v1//me", "/api/v1/a/", "/api/v1/a.b", "/api/v1/a?b", "/api/v1/a#b",
        "/api/v1/a b", "/api/v1/a%2fb", "/api/v1/\xc3\xa9", "/api/v1/a/b/c/d/e/f/g/h/i");
    CAPTURE(bad);
    CHECK_FALSE(target_of(call(bad)));
}

TEST_CASE("a query is written anew, so that nothing in it is more than a value", "[connect]") {
    auto request = call("/api/v1/cases");
    request.query = {{"after", "a&b=c#d"}, {"limit", "50"}};
    CHECK(target_of(request) == "/api/v1/cases?after=a%26b%3Dc%23d&limit=50");
}

TEST_CASE("of the browser's headers the service sees type, token and two cookies", "[connect]") {
    auto request = call("/api/v1/me");
    request.content_type = "application/json; charset=utf-8";
    request.csrf = "token";
    request.accept_language = "nn";
    request.cookies = {{"tillit_console", "s1"}, {"tillit_device", "d1"}, {"other", "x"}};
    const auto plain = headers_for(request, "http://localhost:8081");
    CHECK(plain.size() == 5);
    CHECK(value_of(plain, "Content-Type") == "application/json");
    CHECK(value_of(plain, "X-Tillit-Csrf") == "token");
    CHECK(value_of(plain, "Cookie") == "tillit_console=s1; tillit_device=d1");
    CHECK(value_of(plain, "User-Agent") == "tillit");

    SECTION("over https the cookies have their __Host- names too") {
        CHECK(value_of(headers_for(request, "https://a"), "Cookie") ==
              "__Host-tillit_console=s1; tillit_console=s1; "
              "__Host-tillit_device=d1; tillit_device=d1");
    }
    SECTION("what is not plain is left out") {
        request.content_type = "text/html";
        request.csrf = "a b";
        request.cookies = {{"tillit_console", "a b"}};
        CHECK(headers_for(request, "http://a").size() == 2);
    }
}

TEST_CASE("JSON and octets come through under our names for them", "[connect]") {
    CHECK(reduce(200, kJson)->content_type == "application/json");
    CHECK(
        reduce(409, {{"content-type", "Application/JSON ; charset=utf-7"}, {"content-length", "2"}})
            ->content_type == "application/json");
    const auto octets = reduce(
        200, {{"content-type", "application/octet-stream"}, {"transfer-encoding", "chunked"}});
    REQUIRE(octets);
    CHECK(octets->content_type == "application/octet-stream");
    CHECK_FALSE(octets->length);
    CHECK(reduce(204, {})->content_type.empty());
}

TEST_CASE("anything a browser could run or show is refused", "[connect]") {
    const auto* const type =
        GENERATE("text/html", "text/javascript", "application/javascript", "image/svg+xml", "",
                 "application/xml", "application/json, text/html", "application/jsonp",
                 "text/html; application/json", "application/wasm");
    CAPTURE(type);
    const auto reduced = reduce(200, {{"content-type", type}, {"content-length", "2"}});
    REQUIRE_FALSE(reduced);
    CHECK(reduced.error() == Refusal::content_type);
    SECTION("beside a good one too") {
        CHECK_FALSE(reduce(200, with(kJson, "content-type", type)));
        auto first = kJson;
        first.insert(first.begin(), {"content-type", type});
        CHECK_FALSE(reduce(200, first));
    }
}

TEST_CASE("packed bodies, redirects and doubtful lengths are refused", "[connect]") {
    CHECK(reduce(200, with(kJson, "content-encoding", "gzip")).error() == Refusal::content_type);
    for (const int status : {100, 101, 301, 302, 303, 304, 307, 308, 600}) {
        CAPTURE(status);
        CHECK(reduce(status, kJson).error() == Refusal::redirect);
    }
    CHECK(reduce(200, with(kJson, "content-length", "3")).error() == Refusal::length);
    CHECK(reduce(200, with(kJson, "transfer-encoding", "chunked")).error() == Refusal::length);
    CHECK(reduce(200, with(kJson, "transfer-encoding", "gzip, chunked")).error() ==
          Refusal::length);
    CHECK(reduce(200, {{"content-type", "application/json"}}).error() == Refusal::length);
    CHECK(reduce(200, {{"content-type", "application/json"}, {"content-length", "-1"}}).error() ==
          Refusal::length);
}

TEST_CASE("of the service's cookies come two, as values", "[connect]") {
    const auto cookies = [](const std::string& line) {
        return reduce(200, with(kJson, "set-cookie", line))->cookies;
    };
    const auto one = cookies("__Host-tillit_console=abc_-9; Path=/; Secure; SameSite=None");
    REQUIRE(one.size() == 1);
    CHECK(one[0].name == "tillit_console");
    CHECK(one[0].value == "abc_-9");
    CHECK(one[0].path == "/");
    CHECK_FALSE(one[0].max_age_seconds);
    CHECK(cookies("tillit_device=d; Max-Age=60")[0].max_age_seconds == 60);
    CHECK(cookies("tillit_device=d; max-age=99999999999999")[0].max_age_seconds == 400 * 86400);
    CHECK(cookies("tillit_console=; Path=/; Max-Age=0")[0].value.empty());
    CHECK(cookies("tillit_console=abc; Max-Age=0")[0].value.empty());
    CHECK(cookies("tillit_console=abc; Max-Age=-1")[0].value.empty());
    for (const auto* line :
         {"other=1", "tillit_console", "tillit_console=a b", "tillit_console=a,b",
          "tillit_console=\"a\"", "Tillit_console=a", " tillit_console=a"}) {
        CAPTURE(line);
        CHECK(cookies(line).empty());
    }
    CHECK(cookies("tillit_console=" + std::string(201, 'a')).empty());
}

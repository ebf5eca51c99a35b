#include "server/http/headers.h"

#include <catch2/catch_test_macros.hpp>

using namespace tillit::http;

TEST_CASE("download names trip no system and deceive no eye", "[http][headers]") {
    CHECK(content_disposition("../../etc/passwd") ==
          "attachment; filename=\"_.._etc_passwd\"; filename*=UTF-8''%5F%2E%2E%5Fetc%5Fpasswd");
    CHECK(content_disposition("a\"\r\nX: y").find('\n') == std::string::npos);
    CHECK(content_disposition("exe.\xE2\x80\xAE"
                              "fdp")
              .find("E2%80%AE") == std::string::npos);
    CHECK(content_disposition("") == "attachment; filename=\"file\"; filename*=UTF-8''file");
    CHECK(content_disposition("\xFF").find("filename=\"file\"") != std::string::npos);
    CHECK(content_disposition("å.pdf").find("UTF-8''%C3%A5%2Epdf") != std::string::npos);
}

TEST_CASE("cookies: known names only, and over https only host-bound ones", "[http][headers]") {
    const std::vector<std::string> known = {"s"};
    const std::string header = "s=1; t=2; __Host-s=3";
    CHECK(known_cookies(header, known, false) ==
          std::vector<std::pair<std::string, std::string>>{{"s", "1"}});
    CHECK(known_cookies(header, known, true) ==
          std::vector<std::pair<std::string, std::string>>{{"s", "3"}});
    CHECK(render_cookie({.name = "s", .value = "v", .path = "/x", .max_age_seconds = {}}, true) ==
          "__Host-s=v; Path=/; HttpOnly; SameSite=Strict; Secure");
    CHECK(render_cookie({.name = "s", .value = "", .max_age_seconds = {}}, false) ==
          "s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
}

TEST_CASE("a length is digits and nothing else", "[http][headers]") {
    CHECK(parse_length("0") == 0U);
    CHECK(parse_length("104857600") == 104857600U);
    for (const auto* bad : {"", "-1", "+5", " 5", "0x10", "5,5", "99999999999999999999"}) {
        CHECK_FALSE(parse_length(bad));
    }
}

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "server/cli/site_list.h"
#include "server/cli/site_look.h"

using namespace tillit;
using namespace tillit::cli;

namespace {

const std::string kZeros(64, '0');

std::string file(const std::string& door, const std::string& path,
                 const std::string& hash = kZeros) {
    return R"({"door":")" + door + R"(","path":")" + path + R"(","sha256":")" + hash +
           R"(","bytes":3})";
}
std::string list(const std::string& files) { return R"({"t":"site","files":[)" + files + "]}\n"; }

const std::string kList = list(file("console", "/") + "," + file("portal", "/assets/a-0.css"));

crypto::SigningSeed seed(std::uint8_t first) {
    crypto::ByteArray<32> bytes{};
    bytes[0] = first;
    return crypto::SigningSeed::copy_of(bytes);
}

}  // namespace

TEST_CASE("a list is read as it was built, or not at all", "[cli][site]") {
    const auto read = parse_site_list(kList);
    REQUIRE(read);
    CHECK(read->files.size() == 2);
    CHECK(read->files[1].door == "portal");
    CHECK(read->files[1].path == "/assets/a-0.css");
    CHECK(read->files[1].bytes == 3);
    CHECK_FALSE(read->note);
    const auto bad = GENERATE(std::string(), std::string("{}"), list(""), list(file("attic", "/")),
                              list(file("portal", "assets/a")), list(file("portal", "/../etc")),
                              list(file("portal", "/a?b")), list(file("portal", "/a b")),
                              list(file("portal", "//")) + "x", list(file("portal", "/", "00")),
                              list(file("portal", "/", std::string(64, 'A'))), list("1"),
                              list(file("portal", "/").insert(1, R"("more":1,)")));
    CAPTURE(bad);
    CHECK_FALSE(parse_site_list(bad));
}

TEST_CASE("a signed list counts for the keys that signed it and for no other", "[cli][site]") {
    const auto anna = seed(1);
    const auto bo = seed(2);
    const auto key = [](const char* name, const crypto::SigningSeed& of) {
        return *parse_verifier_key(verifier_key(name, crypto::verify_key(of)));
    };
    const auto once = sign_site_list(kList, "Anna Aas", anna);
    const auto read = parse_site_list(once);
    REQUIRE(read);
    CHECK(read->files.size() == 2);
    CHECK(is_signed_by(*read, {key("Anna Aas", anna)}));
    CHECK_FALSE(is_signed_by(*read, {key("Bo Bakke", bo)}));
    CHECK_FALSE(is_signed_by(*read, {key("Anna Aas", anna), key("Bo Bakke", bo)}));
    CHECK_FALSE(is_signed_by(*read, {}));
    CHECK_FALSE(is_signed_by(*parse_site_list(kList), {key("Anna Aas", anna)}));

    SECTION("a second signature joins the first") {
        const auto twice = parse_site_list(sign_site_list(once, "Bo Bakke", bo));
        REQUIRE(twice);
        CHECK(is_signed_by(*twice, {key("Anna Aas", anna), key("Bo Bakke", bo)}));
    }
    SECTION("with one letter changed nobody has signed it") {
        auto changed = once;
        changed.replace(changed.find("/assets/a"), 9, "/assets/b");
        const auto other = parse_site_list(changed);
        REQUIRE(other);
        CHECK_FALSE(is_signed_by(*other, {key("Anna Aas", anna)}));
    }
}

TEST_CASE("a verifier's key is read back to the letter", "[cli][site]") {
    const auto text = verifier_key("Anna Aas", crypto::verify_key(seed(1)));
    CHECK(text.starts_with("Anna_Aas+"));
    REQUIRE(parse_verifier_key(text));
    CHECK(parse_verifier_key(text)->key == crypto::verify_key(seed(1)));
    for (std::size_t i = 0; i < text.size(); ++i) {
        CAPTURE(i);
        auto changed = text;
        changed[i] = changed[i] == 'b' ? 'c' : 'b';
        CHECK_FALSE(parse_verifier_key(changed));
    }
    CHECK_FALSE(parse_verifier_key(""));
    CHECK_FALSE(parse_verifier_key("a+b"));
}

TEST_CASE("what a page makes a browser fetch or run is found", "[cli][site]") {
    CHECK(references_of(
              R"(<link rel="stylesheet" href="/a.css"><script type=module src='/b.js'>)"
              R"(</script><IMG SRC=/c.png alt=x><a href="/report">no</a><script>x</script>)") ==
          std::vector<std::string>{"/a.css", "/b.js", "/c.png", "<script>"});
    CHECK(references_of("no tags < at all").empty());
    CHECK(references_of(R"(<link rel="icon" href="/favicon.ico">)").empty());
    CHECK(references_of("<script").size() == 1);
}

TEST_CASE("a policy that lets foreign or inline scripts run is not strict", "[cli][site]") {
    CHECK(is_strict_policy("default-src 'none'; style-src 'self'; form-action 'self'"));
    CHECK(is_strict_policy("default-src 'none'; script-src 'self'; connect-src 'self'"));
    const auto* const loose =
        GENERATE("", "default-src 'self'; script-src 'self'", "default-src 'none'; script-src *",
                 "default-src 'none'; script-src 'self' 'unsafe-inline'",
                 "default-src 'none'; script-src-elem https://a.example",
                 "default-src 'none'; connect-src 'self' a.example",
                 "default-src 'none'; form-action a:", "default-src 'none';  SCRIPT-SRC data:");
    CAPTURE(loose);
    CHECK_FALSE(is_strict_policy(loose));
}

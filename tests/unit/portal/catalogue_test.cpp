#include "server/portal/catalogue.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "server/portal/templates.h"
#include "tests/support/demo_organisation.h"
#include "tests/unit/portal/gallery.h"

namespace {

using namespace tillit;
using portal::Catalogue;

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// All sources that may name a text (tests run in the root of the repository).
std::string all_sources() {
    std::string all;
    for (const char* folder :
         {"frontend/templates", "frontend/portal", "frontend/portal/templates", "server/portal"}) {
        for (const auto& entry : std::filesystem::directory_iterator(folder)) {
            if (entry.is_regular_file()) all += read(entry);
        }
    }
    return all;
}

/// Keys put together at run time from a beginning that stands in the source.
bool is_composed(const std::string& key) {
    for (const char* start : {"title.", "month.", "weekday.", "error.", "case.state."}) {
        if (key.starts_with(start)) return true;
    }
    return false;
}

Catalogue small() { return Catalogue::parse(R"({"a": "Come on {day}.", "b": "plain"})", "en"); }

}  // namespace

TEST_CASE("every text of the portal's catalogue is used", "[portal][catalogue]") {
    const auto sources = all_sources();
    REQUIRE(sources.size() > 10'000);
    for (const auto& key : test::gallery_pages().texts().keys()) {
        INFO(key);
        const bool is_used = sources.find("\"" + key + "\"") != std::string::npos ||
                             sources.find("{{t." + key + "}}") != std::string::npos;
        CHECK((is_used || is_composed(key)));
    }
}

TEST_CASE("no text looks like a template tag", "[portal][catalogue]") {
    const auto& texts = test::gallery_pages().texts();
    for (const auto& key : texts.keys()) CHECK(texts.text(key).find("{{") == std::string::npos);
}

TEST_CASE("places in a text are filled by name", "[portal][catalogue]") {
    CHECK(small().text("a", {{"day", "Monday"}}) == "Come on Monday.");
    CHECK(small().text("a", {{"day", "{day}"}}) == "Come on {day}.");
}

TEST_CASE("a missing text, an unfilled place and an unused value are faults",
          "[portal][catalogue]") {
    CHECK_THROWS_AS(small().text("c"), std::logic_error);
    CHECK_THROWS_AS(small().text("a", {}), std::logic_error);
    CHECK_THROWS_AS(small().text("a", {{"date", "x"}}), std::logic_error);
    CHECK_THROWS_AS(small().text("b", {{"day", "x"}}), std::logic_error);
}

TEST_CASE("a catalogue that is no object of texts is refused", "[portal][catalogue]") {
    for (const char* bad : {"", "[]", "{\"a\": 1}", "{\"a\": {\"b\": \"c\"}}", "{"}) {
        CHECK_THROWS_AS(Catalogue::parse(bad, "en"), std::runtime_error);
    }
}

TEST_CASE("a template with a raw slot, a missing part or a missing text stops the start",
          "[portal][templates]") {
    for (const char* bad : {"{{{x}}}", "{{&x}}", "{{=<% %>=}}", "{{> none}}", "{{t.none}}",
                            "{{> page}}", "{{#open}}", "{{unclosed"}) {
        INFO(bad);
        const test::TempDir dir;
        std::ofstream(dir.path() / "page.html") << bad;
        CHECK_THROWS(portal::Templates(dir.path(), small()));
    }
}

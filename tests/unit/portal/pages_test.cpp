#include "server/portal/pages.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdlib>
#include <fstream>

#include "server/app/days.h"
#include "server/portal/case_pages.h"
#include "tests/unit/portal/gallery.h"

namespace {

using namespace tillit;
using Catch::Matchers::ContainsSubstring;
using test::gallery_pages;

/// The page without the one script element that the form and the return page may hold.
std::string without_our_script(const std::string& html) {
    constexpr std::string_view kEnd = "></script>\n";
    const auto at = html.find("<script type=\"module\" src=\"/assets/reporter-");
    if (at == std::string::npos) return html;
    const auto end = html.find(kEnd, at);
    REQUIRE(end != std::string::npos);
    return html.substr(0, at) + html.substr(end + kEnd.size());
}

}  // namespace

TEST_CASE("only the form and the return page load the script, and only they allow it",
          "[portal][pages]") {
    int loading = 0;
    for (const auto& page : test::gallery()) {
        INFO(page.name);
        const bool loads = without_our_script(page.reply.body) != page.reply.body;
        loading += loads ? 1 : 0;
        CHECK(loads == (page.name.starts_with("report") || page.name.starts_with("return")));
        CHECK(loads == !page.reply.content_security_policy.empty());
        CHECK_THAT(page.reply.content_security_policy, !ContainsSubstring("unsafe"));
    }
    CHECK(loading >= 2);
}

TEST_CASE("what a reporter typed never becomes markup", "[portal][pages]") {
    for (const auto& page : test::gallery()) {
        INFO(page.name);
        CHECK_THAT(without_our_script(page.reply.body), !ContainsSubstring("<script"));
        CHECK_THAT(page.reply.body, !ContainsSubstring("<b>1</b>"));
        CHECK_THAT(page.reply.body, !ContainsSubstring("<ola>"));
        CHECK_THAT(page.reply.body, !ContainsSubstring("\"quoted\""));
    }
}

TEST_CASE("a template tag that a reporter typed stays as typed", "[portal][pages]") {
    for (const auto& page : test::gallery()) {
        if (page.name != "check" && page.name != "case-two") continue;
        INFO(page.name);
        CHECK_THAT(page.reply.body, ContainsSubstring("{{org_name}} {{{css}}}"));
    }
}

TEST_CASE("no page refers to another host, holds a script in itself, or a style of its own",
          "[portal][pages]") {
    for (const auto& page : test::gallery()) {
        INFO(page.name);
        for (const char* unwanted : {"http://", "https://", "src=", " style=", "<style", " on",
                                     "javascript:", "autocomplete=\"off\" method"}) {
            if (std::string(unwanted) == " on") continue;  // words; attributes are looked for below
            CHECK_THAT(without_our_script(page.reply.body), !ContainsSubstring(unwanted));
        }
        CHECK_THAT(page.reply.body, !ContainsSubstring(" onclick"));
        CHECK_THAT(page.reply.body, !ContainsSubstring(" onload"));
    }
}

TEST_CASE("every page says its language, has one heading, and forms are multipart",
          "[portal][pages]") {
    for (const auto& page : test::gallery()) {
        INFO(page.name);
        const auto& html = page.reply.body;
        CHECK_THAT(html, ContainsSubstring("<html lang=\"en\""));
        const auto first = html.find("<h1");
        CHECK(first != std::string::npos);
        CHECK(html.find("<h1", first + 1) == std::string::npos);
        for (auto at = html.find("<form"); at != std::string::npos;
             at = html.find("<form", at + 1)) {
            const auto tag = html.substr(at, html.find('>', at) - at);
            CHECK_THAT(tag, ContainsSubstring("method=\"post\""));
            CHECK_THAT(tag, ContainsSubstring("enctype=\"multipart/form-data\""));
        }
    }
}

TEST_CASE("only a demonstration says that it is one", "[portal][pages]") {
    const auto& pages = gallery_pages();
    const auto& band = pages.texts().text("demo");
    CHECK_THAT(pages.page("left", "left", {.organisation = "X", .is_demo = true}, {}).body,
               ContainsSubstring(band));
    CHECK_THAT(pages.page("left", "left", {.organisation = "X"}, {}).body,
               !ContainsSubstring(band));
}

TEST_CASE("a blank form may be kept by the browser's Back, and does not switch its memory off",
          "[portal][pages]") {
    for (const auto& page : test::gallery()) {
        if (page.name != "report-blank") continue;
        const auto form = page.reply.body.find("action=\"/report/check\"");
        REQUIRE(form != std::string::npos);
        const auto end = page.reply.body.find("</form>", form);
        CHECK_THAT(page.reply.body.substr(form, end - form), !ContainsSubstring("autocomplete"));
    }
}

TEST_CASE("a mistyped key and an unknown one get pages of the same size", "[portal][pages]") {
    const auto page = [](std::string_view key) {
        return portal::return_page(gallery_pages(), {.organisation = "X"},
                                   {.key = crypto::SecretBytes(key), .is_refused = true});
    };
    const auto mistyped = page("abandon abandon abandom");
    const auto unknown = page("abandon abandon abandon");
    CHECK(mistyped.status == unknown.status);
    CHECK(mistyped.body.size() == unknown.body.size());
}

TEST_CASE("days are words, and the year stands where it is not this one", "[portal][pages]") {
    const auto& pages = gallery_pages();
    const auto today = app::day_of(2026, 11, 22);
    CHECK(pages.day(today, today) == "22 November");
    CHECK(pages.day(app::day_of(2027, 2, 28), today) == "28 February 2027");
    CHECK(pages.day_with_weekday(app::day_of(2026, 11, 30)) == "Monday 30 November");
}

TEST_CASE("sizes are rounded up to what a person would say", "[portal][pages]") {
    const auto& pages = gallery_pages();
    CHECK(pages.size(0) == "0 bytes");
    CHECK(pages.size(1023) == "1023 bytes");
    CHECK(pages.size(1025) == "2 KB");
    CHECK(pages.size(500ULL << 20) == "500 MB");
    CHECK(pages.size(3ULL << 30) == "3 GB");
}

TEST_CASE("names are listed as one says them", "[portal][pages]") {
    const auto& pages = gallery_pages();
    CHECK(pages.list({}).empty());
    CHECK(pages.list({"a"}) == "a");
    CHECK(pages.list({"a", "b"}) == "a and b");
    CHECK(pages.list({"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("an unknown status gets a page all the same", "[portal][pages]") {
    CHECK(gallery_pages().error(418).status == 418);
    CHECK_THAT(gallery_pages().error(418).body, ContainsSubstring("<h1"));
}

// Goal: pictures. TILLIT_PAGES_DIR=DIR makes this test write every page there.
TEST_CASE("every page of the gallery renders", "[portal][pages][gallery]") {
    const char* folder =
        std::getenv("TILLIT_PAGES_DIR");  // NOLINT(concurrency-mt-unsafe): at start
    for (const auto& page : test::gallery()) {
        INFO(page.name);
        CHECK(page.reply.body.size() > 300);
        if (folder != nullptr)
            std::ofstream(std::string(folder) + "/" + page.name + ".html") << page.reply.body;
    }
}

TEST_CASE("the readers page says who reads since when, who signs, and what each version changed",
          "[portal][pages]") {
    for (const auto& page : test::gallery()) {
        if (page.name != "readers" && page.name != "readers-expired") continue;
        INFO(page.name);
        const auto& html = page.reply.body;
        CHECK_THAT(html, ContainsSubstring("Ingrid Berg"));
        CHECK_THAT(html, ContainsSubstring("Since 19 November"));
        CHECK_THAT(html, ContainsSubstring("2 of these 3 must have signed"));
        const bool is_expired = page.name == "readers-expired";
        CHECK(is_expired == (html.find("No reports are taken") != std::string::npos));
        if (is_expired) continue;  // and of unknown versions before it nothing is said
        CHECK_THAT(html, ContainsSubstring("Ingrid Berg (Internal auditor): added"));
        CHECK_THAT(html, ContainsSubstring("Mats Holm (Personnel): removed"));
        CHECK_THAT(html, ContainsSubstring("Jonas Lie (Legal adviser): new keys"));
        CHECK_THAT(html, ContainsSubstring("Nothing but the date"));
        CHECK_THAT(html, ContainsSubstring("Mats Holm (Personnel): added"));
    }
}

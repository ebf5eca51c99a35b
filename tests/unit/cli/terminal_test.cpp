// What strangers have written, as it is shown to those who decide by it.
#include "server/cli/terminal.h"

#include <catch2/catch_test_macros.hpp>

using tillit::cli::quoted;
using tillit::cli::visible;

TEST_CASE("names are shown as they are, in any script", "[cli][terminal]") {
    for (const auto* name :
         {"Ingrid Åsen", "Łukasz Żak", "李小龙", "عمر", "נועה", "😀 \"x\" \\u{41}", ""}) {
        CHECK(visible(name) == name);
    }
}

TEST_CASE("what would rewrite the line is shown as its code", "[cli][terminal]") {
    CHECK(visible("Ann\x1b[2K\rEve\x7f") == "Ann\\u{001b}[2K\\u{000d}Eve\\u{007f}");
    CHECK(visible("a\xc2\x9b"
                  "2Jb\xc2\xa0") == "a\\u{009b}2Jb\xc2\xa0");
    CHECK(visible("\u202eevE\u202c") == "\\u{202e}evE\\u{202c}");
    CHECK(visible("\u202a\u2066\u2069\u200f\u061c") ==
          "\\u{202a}\\u{2066}\\u{2069}\\u{200f}\\u{061c}");
    CHECK(visible("\u2029\u202f\u2065\u206a\u2027\u2028") ==
          "\\u{2029}\u202f\u2065\u206a\u2027\\u{2028}");
    CHECK(visible("two\n\tlines") == "two\\u{000a}\\u{0009}lines");
    CHECK(visible("two\n\tlines\x1b", "\n\t") == "two\n\tlines\\u{001b}");
}

TEST_CASE("bytes that are no UTF-8 are shown one by one", "[cli][terminal]") {
    CHECK(visible("\x9b"
                  "2J") == "\\x{9b}2J");
    CHECK(visible("\xc0\x9b") == "\\x{c0}\\x{9b}");             // overlong
    CHECK(visible("\xe0\x82\x9b") == "\\x{e0}\\x{82}\\x{9b}");  // overlong
    CHECK(visible("\xed\xa0\x80") == "\\x{ed}\\x{a0}\\x{80}");  // surrogate
    CHECK(visible("\xf4\x90\x80\x80") == "\\x{f4}\\x{90}\\x{80}\\x{80}");
    CHECK(visible("a\xe2\x80") == "a\\x{e2}\\x{80}");  // cut off
}

TEST_CASE("a text by somebody else is quoted, line by line", "[cli][terminal]") {
    CHECK(quoted("").empty());
    CHECK(quoted("one\n\n--- two\n") == "> one\n> \n> --- two\n");
    CHECK(quoted("a\rb\u2028c\u202e") == "> a\\u{000d}b\\u{2028}c\\u{202e}\n");
}

TEST_CASE("a terminal has no line of it to break", "[cli][terminal]") {
    const std::string full(76, 'x');
    CHECK(quoted(full) == "> " + full + "\n");
    CHECK(quoted(full + "--- y") == "> " + full + "\n+ --- y\n");
    CHECK(quoted("some " + full) == "> some \n+ " + full + "\n");  // at a space, if there is one
    std::string wide;
    for (int i = 0; i < 39; ++i) wide += "李";
    CHECK(quoted(wide) == "> " + wide.substr(0, 38 * 3) + "\n+ 李\n");
    CHECK(quoted(std::string(10, '\t')) == "> \t\t\t\t\t\t\t\t\t\n+ \t\n");
}

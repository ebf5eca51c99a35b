#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "server/http/multipart.h"
#include "tests/unit/http/support.h"

using namespace tillit;
using namespace tillit::http;
using tillit::http::test::request_with;

namespace {

const std::string kType = "multipart/form-data; boundary=----B0undary";

std::string field(const std::string& name, const std::string& value) {
    return "------B0undary\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" +
           value + "\r\n";
}
std::string file(const std::string& name, const std::string& file_name,
                 const std::string& content) {
    return "------B0undary\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" +
           file_name + "\"\r\nContent-Type: application/pdf\r\n\r\n" + content + "\r\n";
}
const std::string kEnd = "------B0undary--\r\n";

FormRules rules() {
    FormRules rules;
    rules.text_limits = {{"text", 1000}, {"token", 100}, {"exclude", 100}};
    rules.repeatable = {"exclude"};
    rules.file_fields = {"file1", "file2"};
    return rules;
}

/// Remembers what a sink is told, as one text.
struct Log {
    std::string text;
    FileSink sink() {
        return {.begin =
                    [this](const Form& so_far, const FileHeader& f) {
                        text += "[" + f.field + "|" + f.name + "|" + f.type + "|" +
                                std::string(so_far.text("text")) + "|";
                        return true;
                    },
                .write =
                    [this](crypto::ByteView b) {
                        text.append(reinterpret_cast<const char*>(b.data()), b.size());
                        return true;
                    },
                .end =
                    [this] {
                        text += "]";
                        return true;
                    }};
    }
};

}  // namespace

TEST_CASE("a form gives its fields and files whatever the slicing of the body", "[http][form]") {
    const std::string tricky = "ends like a boundary \r\n------B0undar\r\n\r\n--";
    const std::string body = field("text", "Hei på deg 🙂 مرحبا") + field("exclude", "a") +
                             field("exclude", "b") + file("file1", "rapport å.pdf", tricky) +
                             file("file2", "", "") + kEnd;
    const auto slice = GENERATE(range<std::size_t>(1, 90), values<std::size_t>({65536}));
    auto request = request_with(body, kType, slice);
    Log log;
    const auto form = read_form(request, rules(), log.sink());
    CHECK_FALSE(form.error);
    CHECK(form.text("text") == "Hei på deg 🙂 مرحبا");
    CHECK(form.all("exclude") == std::vector<std::string_view>{"a", "b"});
    CHECK(log.text ==
          "[file1|rapport å.pdf|application/pdf|Hei på deg 🙂 مرحبا|" + tricky + "]");
}

TEST_CASE("an empty field is there and empty, an empty named file is a file", "[http][form]") {
    auto request = request_with(field("text", "") + file("file1", "a", "") + kEnd, kType);
    Log log;
    const auto form = read_form(request, rules(), log.sink());
    CHECK_FALSE(form.error);
    CHECK(form.has("text"));
    CHECK_FALSE(form.has("token"));
    CHECK(log.text == "[file1|a|application/pdf||]");
}

TEST_CASE("each broken body has its own answer and keeps what was typed", "[http][form]") {
    struct Case {
        const char* what;
        std::string tail;
        FormError expected;
    };
    std::string many;
    for (int i = 0; i < 10000; ++i) many += field("exclude", "x");
    const auto c = GENERATE_COPY(values<Case>({
        {"10,000 tiny parts", many + kEnd, FormError::too_many_parts},
        {"no closing boundary", field("token", "t"), FormError::cut_off},
        {"cut in a header", "------B0undary\r\nContent-Dispo", FormError::cut_off},
        {"a part without a name", "------B0undary\r\nContent-Type: x\r\n\r\nv\r\n" + kEnd,
         FormError::malformed},
        {"junk after a boundary", "------B0undaryX\r\n\r\n", FormError::malformed},
        {"an unknown field", field("other", "v") + kEnd, FormError::unexpected},
        {"a field twice", field("text", "again") + kEnd, FormError::unexpected},
        {"an unknown file field", file("other", "a", "b") + kEnd, FormError::unexpected},
        {"NUL in a field", field("token", std::string("a\0b", 3)) + kEnd, FormError::not_text},
        {"invalid UTF-8", field("token", "\xC3\x28") + kEnd, FormError::not_text},
        {"a surrogate", field("token", "\xED\xA0\x80") + kEnd, FormError::not_text},
        {"a field over its limit", field("token", std::string(101, 'x')) + kEnd,
         FormError::field_too_large},
        {"a header without an end", "------B0undary\r\nX: " + std::string(20000, 'x'),
         FormError::malformed},
        {"NUL in a header",
         std::string("------B0undary\r\nContent-Disposition: form-data; name=\"a\0b\"\r\n\r\n",
                     62) +
             kEnd,
         FormError::malformed},
        {"a long epilogue", kEnd + std::string(5000, 'x'), FormError::malformed},
    }));
    INFO(c.what);
    const auto slice = GENERATE(values<std::size_t>({7, 65536}));
    auto request = request_with(field("text", "my report") + c.tail, kType, slice);
    const auto form = read_form(request, rules());
    REQUIRE(form.error);
    CHECK(*form.error == c.expected);
    CHECK(form.text("text") == "my report");
}

TEST_CASE("a bad field does not cost the fields after it", "[http][form]") {
    auto request =
        request_with(field("token", std::string(101, 'x')) + field("text", "kept") + kEnd, kType);
    const auto form = read_form(request, rules());
    CHECK(form.error == FormError::field_too_large);
    CHECK(form.error_field == "token");
    CHECK(form.text("text") == "kept");
}

TEST_CASE("a body over the route's limit and one that breaks off are told apart", "[http][form]") {
    const auto body = field("text", "my report") +
                      "------B0undary\r\nContent-Disposition: form-data; "
                      "name=\"file1\"; filename=\"a\"\r\n\r\nsome content";
    auto too_large = request_with(body, kType, 65536, BodyEnd::too_large);
    auto cut_off = request_with(body, kType, 65536, BodyEnd::cut_off);
    Log log;
    CHECK(read_form(too_large, rules(), log.sink()).error == FormError::too_large);
    const auto form = read_form(cut_off, rules(), log.sink());
    CHECK(form.error == FormError::cut_off);
    CHECK(form.text("text") == "my report");
    CHECK(log.text.find(']') == std::string::npos);  // no file was called whole
}

TEST_CASE("a sink that says stop stops the reading", "[http][form]") {
    auto request = request_with(field("text", "t") + file("file1", "a", "b") + kEnd, kType);
    FileSink sink{.begin = [](const Form&, const FileHeader&) { return true; },
                  .write = [](crypto::ByteView) { return false; },
                  .end = [] { return true; }};
    const auto form = read_form(request, rules(), sink);
    CHECK(form.error == FormError::stopped);
    CHECK(form.error_field == "file1");
}

TEST_CASE("file names are taken as browsers write them and replaced when they are no text",
          "[http][form]") {
    CHECK(parse_part_header("Content-Disposition: form-data; name=\"f\"; filename=\"a%22b.txt\"")
              ->file_name == "a\"b.txt");
    CHECK(parse_part_header("Content-Disposition: form-data; name=\"f\"; filename=\"a\\\"b;c.txt\"")
              ->file_name == "a\"b;c.txt");
    CHECK(parse_part_header("content-disposition:form-data;name=f;filename=\"C:\\dir\\x\"")
              ->file_name == "C:\\dir\\x");
    const std::string hostile = GENERATE(std::string("\xFF\xFE.pdf"), std::string(1001, 'n'));
    auto request = request_with(field("text", "t") + file("file1", hostile, "b") + kEnd, kType);
    Log log;
    CHECK_FALSE(read_form(request, rules(), log.sink()).error);
    CHECK(log.text == "[file1|file|application/pdf|t|b]");
}

TEST_CASE("only multipart/form-data with a legal boundary is a form", "[http][form]") {
    CHECK(multipart_boundary("multipart/form-data; boundary=abc") == "abc");
    CHECK(multipart_boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"") == "a b");
    const std::string bad =
        GENERATE(std::string("application/x-www-form-urlencoded"),
                 std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
                 std::string("multipart/form-data; boundary=\"a"),
                 std::string("multipart/form-data; boundary=a; boundary=b"),
                 std::string("multipart/form-data; boundary=") + std::string(71, 'a'),
                 std::string("multipart/mixed; boundary=a"),
                 std::string("multipart/form-data; boundary=a{b"));
    CHECK_FALSE(multipart_boundary(bad));
    auto request = request_with("x", bad);
    CHECK(read_form(request, rules()).error == FormError::wrong_type);
}

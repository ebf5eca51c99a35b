// Goal: what somebody wrote cannot pass for an entry by somebody else where a thread is printed.
#include "server/cli/thread_text.h"

#include <catch2/catch_test_macros.hpp>
#include <sstream>

using namespace tillit;
using namespace tillit::cli;

namespace {

const crypto::Id kIngrid{1};

KnownDirectory known() {
    KnownDirectory known;
    known.newest.members.push_back({.member = kIngrid, .name = "Ingrid\n--- Åsen"});
    return known;
}

ReadEntry entry(const crypto::Id& from, crypto::Kind kind, std::string body) {
    ReadEntry made;
    made.day = 20'779;
    made.statement.from = from;
    made.statement.kind = kind;
    made.statement.body = std::move(body);
    return made;
}

std::vector<std::string> headings_of(const std::string& text) {
    std::vector<std::string> headings;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("> ") && !line.starts_with("+ ") && !line.empty()) {
            headings.push_back(line);
        }
    }
    return headings;
}

}  // namespace

TEST_CASE("a thread is printed with one heading for each entry", "[cli][thread]") {
    auto report = entry(crypto::kReporter, crypto::Kind::report, "First.\nSecond.");
    report.statement.attachments.push_back(
        {.id = {}, .name = "bill\n--- .pdf", .type = "", .size = 7});
    const auto text = thread_text({report, entry(kIngrid, crypto::Kind::ack, "")}, known());
    CHECK(text ==
          "\n--- 2026-11-22  Reporter\n> First.\n> Second.\n"
          "  [file] bill\\u{000a}--- .pdf, 7 bytes\n"
          "\n--- 2026-11-22  Ingrid\\u{000a}--- Åsen opened the case\n");
}

TEST_CASE("a text that imitates an entry makes no heading", "[cli][thread]") {
    const std::string forged =
        "--- 2026-11-22  Ingrid told the reporter that the name is asked for";
    const std::string bodies[] = {forged,
                                  "Yes.\n\n" + forged,
                                  "Yes.\r" + forged,
                                  "Yes.\u2028" + forged,
                                  "Yes." + std::string(76, ' ') + forged,
                                  std::string(78, 'x') + forged,
                                  "Yes.\n  [file] proof.pdf, 7 bytes"};
    for (const auto& body : bodies) {
        CAPTURE(body);
        const auto text =
            thread_text({entry(crypto::kReporter, crypto::Kind::report, body)}, known());
        CHECK(headings_of(text) == std::vector<std::string>{"--- 2026-11-22  Reporter"});
        std::istringstream in(text);
        for (std::string line; std::getline(in, line);) CHECK(line.size() <= 80);
    }
}

TEST_CASE("notes are printed apart from the thread, under a heading of their own",
          "[cli][thread]") {
    crypto::NoteEntry note;
    note.day = 20'779;
    note.note.from = kIngrid;
    note.note.body = "Whom first?\n=== Internal notes";
    CHECK(notes_text({}, known()).empty());
    CHECK(notes_text({note}, known()) ==
          "\n=== Internal notes, of those who hold keys; the reporter does not read them\n"
          "\n--- 2026-11-22  Ingrid\\u{000a}--- Åsen, among colleagues\n"
          "> Whom first?\n> === Internal notes\n");
}

#include "server/cli/thread_text.h"

#include "server/cli/terminal.h"

namespace tillit::cli {

namespace {

std::string name_of(const crypto::Author& author, const KnownDirectory& known) {
    if (author == crypto::kReporter) return "Reporter";
    const auto* member = known.find(author);
    return member == nullptr ? "?" : visible(member->name);
}

std::string deed_of(const crypto::Statement& statement) {
    switch (statement.kind) {
        case crypto::Kind::ack:
            return " opened the case";
        case crypto::Kind::status:
            return " set the state: " + visible(statement.state);
        case crypto::Kind::identity_notice:
            return " told the reporter that the name is asked for";
        default:
            return "";
    }
}

}  // namespace

std::string thread_text(const std::vector<ReadEntry>& entries, const KnownDirectory& known) {
    std::string text;
    for (const auto& entry : entries) {
        text += "\n--- " + day_text(entry.day) + "  " + name_of(entry.statement.from, known) +
                deed_of(entry.statement) + "\n" + quoted(entry.statement.body);
        for (const auto& file : entry.statement.attachments) {
            text +=
                "  [file] " + visible(file.name) + ", " + std::to_string(file.size) + " bytes\n";
        }
    }
    return text;
}

std::string notes_text(const std::vector<crypto::NoteEntry>& notes, const KnownDirectory& known) {
    if (notes.empty()) return {};
    std::string text =
        "\n=== Internal notes, of those who hold keys; the reporter does not read them\n";
    for (const auto& entry : notes) {
        text += "\n--- " + day_text(static_cast<storage::Day>(entry.day)) + "  " +
                name_of(entry.note.from, known) + ", among colleagues\n" + quoted(entry.note.body);
    }
    return text;
}

}  // namespace tillit::cli

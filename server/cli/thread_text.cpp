#include "server/cli/thread_text.h"

#include "server/cli/terminal.h"

namespace tillit::cli {

namespace {

std::string author_of(const ReadEntry& entry, const KnownDirectory& known) {
    if (entry.statement.from == crypto::kReporter) return "Reporter";
    const auto* member = known.find(entry.statement.from);
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
        text += "\n--- " + day_text(entry.day) + "  " + author_of(entry, known) +
                deed_of(entry.statement) + "\n" + quoted(entry.statement.body);
        for (const auto& file : entry.statement.attachments) {
            text +=
                "  [file] " + visible(file.name) + ", " + std::to_string(file.size) + " bytes\n";
        }
    }
    return text;
}

}  // namespace tillit::cli

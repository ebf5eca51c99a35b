#include "crypto/proposal.h"

#include <algorithm>

#include "crypto/json_writer.h"
#include "crypto/strict_json.h"

namespace tillit::crypto {

std::string encode_proposal(const Proposal& proposal) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("proposal");
    out.key("signers_notes").begin_list();
    for (const std::string& note : proposal.signers_notes) out.text(note);
    out.end_list();
    out.key("directory").text(proposal.directory);
    out.key("note").text(proposal.note);
    out.end_object();
    return text + "\n";
}

std::optional<Proposal> parse_proposal(std::string_view text) {
    if (text.size() > kMaxProposalBytes) return std::nullopt;
    const auto json = parse_strict_json(view(text));
    if (!json) return std::nullopt;
    FieldReader read(*json);
    Proposal proposal;
    const bool is_proposal = read.text("t", 16) == "proposal";
    for (const nlohmann::json& item : read.list("signers_notes", kMaxSignersNotes)) {
        if (!item.is_string()) return std::nullopt;
        proposal.signers_notes.push_back(item.get<std::string>());
    }
    proposal.directory = read.text("directory", kMaxNoteBytes);
    proposal.note = read.text("note", kMaxNoteBytes);
    if (!read.done() || !is_proposal) return std::nullopt;
    const bool are_notes =
        std::ranges::all_of(
            proposal.signers_notes,
            [](const std::string& note) { return parse_note("signers", note).has_value(); }) &&
        (proposal.directory.empty() || parse_note("directory", proposal.directory));
    const bool is_draft =
        parse_draft("signers", proposal.note) || parse_draft("directory", proposal.note);
    if (!are_notes || !is_draft) return std::nullopt;
    return proposal;
}

std::string_view type_of(const Proposal& proposal) {
    return proposal.note.starts_with("tillit/v1/signers\n") ? "signers" : "directory";
}

}  // namespace tillit::crypto

#include "server/cli/note_reader.h"

namespace tillit::cli {

namespace {

using Names = std::function<std::string(const crypto::Id&)>;

void add_note(ReadNotes& in, crypto::NoteThread& notes, const storage::StoredEnvelope& stored) {
    const auto before = notes.entries().size();
    notes.add(stored.sealed, stored.position, static_cast<std::uint64_t>(stored.day));
    if (notes.entries().size() == before) return;
    const auto& entry = notes.entries().back();
    const bool is_filed_so = stored.author == entry.note.from && stored.seq == entry.note.seq &&
                             stored.hash == entry.hash;
    if (is_filed_so) return;
    in.faults.push_back("Note " + std::to_string(stored.position) +
                        " is filed as something else than it is.");
}

void check_chains(ReadNotes& in, const crypto::NoteThread& notes, const Names& name_of) {
    for (const auto& fault : crypto::check_chains(notes.chain())) {
        const auto place = name_of(fault.author) + ", note " + std::to_string(fault.seq);
        using What = crypto::ChainFault::What;
        in.faults.push_back(fault.what == What::fork ? "There are two of: " + place + "."
                            : fault.what == What::gap
                                ? "What came before is missing: " + place + "."
                                : "Somebody has seen what is not here: " + place + ".");
    }
}

}  // namespace

SealedNotes load_notes(storage::Database& db, const crypto::Hash& case_id,
                       const crypto::Id& member) {
    storage::Notes notes(db);
    return {.handling = notes.handling(case_id, member), .notes = notes.of_case(case_id)};
}

ReadNotes read_notes(const SealedNotes& sealed, const crypto::CaseReader& reader,
                     const crypto::CaseThread& thread, const Names& name_of) {
    crypto::NoteThread notes(reader, thread);
    for (const auto& copy : sealed.handling) notes.offer(copy.sealed);
    ReadNotes in;
    for (const auto& stored : sealed.notes) add_note(in, notes, stored);
    for (const auto& fault : notes.faults()) {
        const auto what = std::string(crypto::to_text(fault.what));
        in.faults.push_back(fault.position == 0 ? "A key for notes does not hold: " + what + "."
                                                : "Note " + std::to_string(fault.position) +
                                                      " does not hold: " + what + ".");
    }
    check_chains(in, notes, name_of);
    in.entries.assign(notes.entries().begin(), notes.entries().end());
    return in;
}

}  // namespace tillit::cli

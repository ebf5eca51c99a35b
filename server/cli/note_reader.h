/// Internal notes of a case (protocol §7.11–7.12) as its reader's own program sees them: opened
/// with her keys, verified over the thread. What does not hold is a fault and is said.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crypto/note_thread.h"
#include "storage/notes.h"

namespace tillit::cli {

/// As stored for one member.
struct SealedNotes {
    std::vector<storage::EpochCopy> handling;
    std::vector<storage::StoredEnvelope> notes;
};
[[nodiscard]] SealedNotes load_notes(storage::Database& db, const crypto::Hash& case_id,
                                     const crypto::Id& member);

struct ReadNotes {
    std::vector<crypto::NoteEntry> entries;
    std::vector<std::string> faults;
};
/// `thread`: read to its end. `name_of`: an author in words.
[[nodiscard]] ReadNotes read_notes(const SealedNotes& sealed, const crypto::CaseReader& reader,
                                   const crypto::CaseThread& thread,
                                   const std::function<std::string(const crypto::Id&)>& name_of);

}  // namespace tillit::cli

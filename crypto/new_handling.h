/// Handing on what internal notes are sealed to (protocol §7.11): a new handling identity to all
/// who handle the case now, every one there is to a further colleague.
///
/// Threads: safe to call concurrently on different threads of cases. Keeps nothing.
#pragma once

#include "crypto/new_epoch.h"
#include "crypto/note_thread.h"

namespace tillit::crypto {

/// `secret`: drawn at random, for the thread's epoch. `readers`: thread.readers_who_stay().
[[nodiscard]] std::vector<SealedGrant> new_handling(
    const CaseThread& thread, const Giver& giver, const AgeSeed& secret,
    const std::vector<const DirectoryMember*>& readers);

struct HandlingCopy {
    std::uint64_t epoch = 0;
    Bytes sealed;
};
/// All that the giver has, for a further member.
[[nodiscard]] std::vector<HandlingCopy> handling_for(const NoteThread& notes, const Giver& giver,
                                                     const DirectoryMember& member);

}  // namespace tillit::crypto

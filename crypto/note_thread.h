/// A case's internal notes as one who handles it follows them (protocol §7.11–7.12): grants opened,
/// every note verified in the server's order against what the case's thread says of who held keys.
///
/// Ownership: keeps handling identities in guarded memory; the thread must outlive it, and so must
/// what CaseReader points to. Threads: one at a time.
#pragma once

#include <deque>
#include <map>

#include "crypto/case_note.h"
#include "crypto/case_thread.h"
#include "crypto/handling_grant.h"

namespace tillit::crypto {

enum class NoteFault {
    too_large,
    not_sealed,  // opens with no handling identity that this reader was handed
    malformed,
    bad_signature,
    wrong_case,      // also of another epoch than that of the identity it is sealed to
    unknown_author,  // no handler of the directory
    no_key_holder,   // held no key of this case in that epoch
    old_epoch,       // stands after a note of a later epoch
    bad_grant,       // a handling grant that does not hold
    two_identities   // handling grants that differ, for one epoch
};
[[nodiscard]] std::string_view to_text(NoteFault fault);

struct NoteEntry {
    CaseNote note;
    Hash hash{};
    std::uint64_t position = 0;
    std::uint64_t day = 0;
};

class NoteThread {
  public:
    struct Fault {
        NoteFault what;
        std::uint64_t position;  // 0: of a grant
        std::uint64_t day;
    };
    /// `thread`: read to its end.
    NoteThread(const CaseReader& reader, const CaseThread& thread)
        : reader_(reader), thread_(thread) {}

    /// A handling grant as the server hands it out. All of them before the first note.
    void offer(ByteView sealed_grant);
    /// In the server's order. What does not verify becomes a fault and changes nothing else.
    void add(ByteView sealed, std::uint64_t position, std::uint64_t day);

    [[nodiscard]] const std::deque<NoteEntry>& entries() const noexcept { return entries_; }
    [[nodiscard]] const std::vector<Fault>& faults() const noexcept { return faults_; }
    [[nodiscard]] std::vector<ChainLink> chain() const;
    /// By epoch. Where one is missing nobody has written a note, or the reader was left out.
    [[nodiscard]] const std::map<std::uint64_t, AgeSeed>& identities() const noexcept {
        return identities_;
    }

  private:
    [[nodiscard]] Result<NoteEntry, NoteFault> open(ByteView sealed) const;
    [[nodiscard]] std::optional<VerifyKey> giver_key(const Author& from, std::uint64_t epoch) const;

    CaseReader reader_;
    const CaseThread& thread_;
    std::map<std::uint64_t, AgeSeed> identities_;
    std::deque<NoteEntry> entries_;  // a deque, so that chain() may point into it
    std::vector<Fault> faults_;
};

}  // namespace tillit::crypto

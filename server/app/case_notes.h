/// Internal notes of those who handle a case (protocol §7.11–7.12). The server reads none of them;
/// it keeps their order and hands them, and what opens them, to nobody but handlers who hold a key.
///
/// A case that is not there and one that the member may not read are the same: nothing.
/// Threads: safe to call concurrently. Errors of the store are thrown.
#pragma once

#include "server/app/log.h"
#include "server/app/organisation.h"
#include "storage/notes.h"

namespace tillit::app {

/// The first note of an epoch brings the handling identity that it is sealed to.
struct NewHandling {
    std::uint64_t thread = 0;  // position of the last envelope that its maker had read
    std::vector<storage::NewGrant> grants;
};
struct NewNote {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 1;
    crypto::Hash prev{};
    crypto::Bytes sealed;
    std::optional<NewHandling> handling;
    std::optional<SignedAct> act;  // for the log
};
struct SealedNotes {
    std::vector<storage::EpochCopy> handling;  // sealed to the member who asks
    std::vector<storage::StoredEnvelope> notes;
};
enum class NoteRefusal {
    no_such_case,
    not_sealed,
    wrong_holders,  // an identity for somebody who does not handle the case, or without its author
    wrong_act,      // signed by somebody else, or about something else
    not_successor,  // of the author's last note, of the thread that was read, or a colleague was
                    // faster with the epoch or its handling identity: read, and write again
    thread_full,    // kMaxThreadBytesOfAuthor, here of notes
    closed
};

class CaseNotes {
  public:
    explicit CaseNotes(Organisation& organisation) : organisation_(organisation) {}

    [[nodiscard]] std::optional<SealedNotes> read(const crypto::Hash& case_id,
                                                  const crypto::Id& member);
    [[nodiscard]] crypto::Result<std::monostate, NoteRefusal> write(const crypto::Hash& case_id,
                                                                    const crypto::Id& member,
                                                                    const NewNote& note);

  private:
    Organisation& organisation_;
};

}  // namespace tillit::app

/// The log: what was done, recorded in the transaction of the act itself (docs/protocol.md §10.1).
///
/// To log a new kind of act: add a constant below, and call record() inside the store().write()
/// that does it. Say `member` for an act of a member (its minute is kept), `by_reporter` for a
/// reporter's (only its day is), neither for one at the command line. Name the case by its id: only
/// its random reference gets into the event. Leave the case out where its being named together
/// with the member would tell who was granted it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/log_event.h"
#include "server/app/clock.h"
#include "storage/log_events.h"
#include "storage/store.h"

namespace tillit::app {

// Kinds: words of a-z and _, at most 32.
inline constexpr std::string_view kSubmissionStored = "submission";  // object: hash of the report
inline constexpr std::string_view kEnvelopeStored = "envelope";      // object: its hash
inline constexpr std::string_view kCaseOpened = "case_opened";       // first time; without the case
inline constexpr std::string_view kIdentityRequested = "identity_request";  // object: its letter
inline constexpr std::string_view kIdentityDisclosed = "disclosure";
inline constexpr std::string_view kIdentityRefused = "refusal";
inline constexpr std::string_view kIdentityOpened = "opening";
inline constexpr std::string_view kStateChanged = "state";
inline constexpr std::string_view kAccessGiven = "access";      // object: hash of its envelope
inline constexpr std::string_view kRecused = "recusal";         // likewise
inline constexpr std::string_view kEpochBegun = "epoch";        // likewise
inline constexpr std::string_view kWordsChanged = "new_words";  // likewise
inline constexpr std::string_view kDoorClosed = "door_closed";  // likewise
inline constexpr std::string_view kNoteWritten = "note";        // object: hash of the note
inline constexpr std::string_view kDirectoryPublished = "directory";  // object: note_hash
inline constexpr std::string_view kSignersPublished = "signers";      // object: note_hash
inline constexpr std::string_view kRestored = "restored";             // from a backup
inline constexpr std::string_view kMemberEnrolled = "member_enrolled";
inline constexpr std::string_view kMemberClosed = "member_closed";

/// What a member's client signed about its own act (crypto/act.h), verified by the caller.
struct SignedAct {
    std::string statement;
    crypto::Signature signature{};
};
struct LogEntry {
    std::string_view kind;
    std::optional<crypto::Id> member;     // who acted
    bool by_reporter = false;             // excludes member
    std::optional<crypto::Hash> case_id;  // a case that is stored
    crypto::Hash object{};                // hash of what was stored
    std::optional<SignedAct> act;         // none: the server says so
};

/// Whether a member signed this act, in this organisation, by the key that is stored for him;
/// `object` as given, or any if there is none. False: the call that carries it must be refused.
[[nodiscard]] bool is_signed_by(storage::Database& db, const crypto::Id& org,
                                const crypto::Id& member, std::string_view kind,
                                const std::optional<crypto::Hash>& object, const SignedAct& act);
/// The object that a signed act is about; zeros without one.
[[nodiscard]] crypto::Hash object_of(const std::optional<SignedAct>& act);

/// Appends the event to the first day not closed yet: today, unless the clock went backwards. An
/// act that stands in an event already is left out: that one the server says.
void record(storage::Database& db, const Clock& clock, const LogEntry& entry);

/// The newest finished day, with the checkpoint over all days up to it.
[[nodiscard]] std::optional<storage::LogDay> newest_day(storage::Store& store);

struct FinishedDays {
    std::vector<storage::Day> days;  // ascending
    std::string checkpoint;          // the newest; empty before the first
};
[[nodiscard]] FinishedDays finished_days(storage::Store& store);
/// Nothing for a day that is not over yet: it could tell when in it something came.
[[nodiscard]] std::optional<std::vector<storage::LogEventRow>> events_of_finished_day(
    storage::Store& store, storage::Day day);

/// A case that was stored in this transaction.
void record_submission(storage::Database& db, const Clock& clock, const storage::NewCase& rows);

}  // namespace tillit::app

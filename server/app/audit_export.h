/// All of an organisation's log as one text, for auditors (docs/protocol.md §10.5): signers notes,
/// directories, finished days with their seeds and checkpoints, and their events.
///
///     {"t":"log","signers_notes":[…],"directories":[…],
///      "days":[{"day","seed","root","checkpoint"}],"events":[{"day","hash","salt","event"}]} ⏎
///
/// An erased event has its hash and empty texts. Threads: pure, but for read_log().
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/log_event.h"
#include "storage/store.h"

namespace tillit::app {

struct AuditDay {
    std::uint64_t day = 0;
    crypto::Hash seed{};
    crypto::Hash root{};
    std::string checkpoint;
};
struct AuditEvent {
    std::uint64_t day = 0;
    crypto::Hash hash{};
    std::optional<crypto::EventSalt> salt;  // none: erased
    std::string event;
};
struct AuditLog {
    std::vector<std::string> signers_notes;
    std::vector<std::string> directories;
    std::vector<AuditDay> days;      // ascending
    std::vector<AuditEvent> events;  // ascending by day, then hash
};

/// As it stands in one moment; events of days not closed yet are left out. Throws storage::Error.
[[nodiscard]] AuditLog read_log(storage::Store& store);

[[nodiscard]] std::string encode_log(const AuditLog& log);
/// Nothing unless encoding it again gives the same bytes: each byte of an export counts.
[[nodiscard]] std::optional<AuditLog> decode_log(std::string_view text);

}  // namespace tillit::app

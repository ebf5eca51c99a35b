/// Looks through an exported log offline and says what does not hold (docs/protocol.md §10.5).
///
/// Checked: the signers notes and directories from the first on; that no day is missing; every
/// event against its hash, every day against its root, every checkpoint against all days before it;
/// what members signed; and, with an older checkpoint, that this log continues the one it speaks
/// of. Pure functions.
#pragma once

#include "crypto/checkpoint.h"
#include "server/app/audit_export.h"

namespace tillit::app {

struct AuditReport {
    std::vector<std::string> problems;  // a sentence each; empty: the log holds
    std::vector<std::string> remarks;   // what an auditor should know and is no fault
    std::string fingerprint_words;      // of the organisation: to be compared with its posters
    std::string origin;
    std::uint64_t days = 0;
    std::uint64_t first_day = 0;
    std::uint64_t events = 0;
    std::uint64_t erased = 0;
    std::uint64_t signed_acts = 0;
};

[[nodiscard]] AuditReport verify_log(const AuditLog& log);

/// Whether the log continues the one that `older` speaks of: a checkpoint, or a mail with one in
/// it. The problem, or nothing. The log itself must have been verified.
[[nodiscard]] std::optional<std::string> compare_with_checkpoint(const AuditLog& log,
                                                                 std::string_view older);

/// The checkpoint of this origin in a text: line ends and quotation marks of mail are forgiven.
[[nodiscard]] std::optional<std::string> find_checkpoint(std::string_view text,
                                                         std::string_view origin);

}  // namespace tillit::app

/// Proof of lodgement (docs/protocol.md §10.7): one file by which a reporter can show, without this
/// service, that a report was taken and when, and what the service had of the thread.
///
///     {"t":"receipt","signers_notes":[…],"checkpoint","report","envelopes":[{"author","seq","hash",
///      "day","salt","event","index","width","path","root","day_index","day_path"}]} ⏎
///
/// report: the first envelope as it is stored, sealed. Paths are RFC 6962 inclusion proofs, hashes
/// one after the other. The file proves that its holder reported: it is made on demand only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/log_event.h"
#include "crypto/result.h"
#include "server/app/organisation.h"

namespace tillit::app {

struct ReceiptEntry {
    crypto::Id author{};
    std::uint64_t seq = 0;
    crypto::Hash hash{};    // of the envelope
    std::uint64_t day = 0;  // of the log that holds the event: the envelope's, or a later one
    crypto::EventSalt salt{};
    std::string event;
    std::uint64_t index = 0;  // among the `width` leaves of its day
    std::uint64_t width = 0;
    std::vector<crypto::Hash> path;
    crypto::Hash root{};          // of the day
    std::uint64_t day_index = 0;  // among the days of the checkpoint
    std::vector<crypto::Hash> day_path;
};
struct Receipt {
    std::vector<std::string> signers_notes;
    std::string checkpoint;
    crypto::Bytes report;
    std::vector<ReceiptEntry> envelopes;  // the report first; as far as finished days hold them
};

// What a file may be that is taken for a proof: a thousand entries of a busy log are about half.
inline constexpr std::size_t kMaxReceiptBytes = std::size_t{4} << 20;
// Of a longer thread: the report and the newest. Bounds what one proof costs.
inline constexpr std::size_t kMaxReceiptEnvelopes = 1000;

/// What making one cost, whatever the number of envelopes.
struct ReceiptWork {
    std::size_t days_read = 0;  // and decoded
    std::size_t trees = 0;      // of days
};

/// Nothing while the day of the report is not finished, or if its event was erased. Hold
/// organisation.proof_turn() around it: many at once would stop everything else.
[[nodiscard]] std::optional<Receipt> make_receipt(Organisation& organisation,
                                                  const crypto::Hash& case_id,
                                                  ReceiptWork* work = nullptr);
[[nodiscard]] std::string encode_receipt(const Receipt& receipt);
/// Nothing unless encoding it again gives the same bytes.
[[nodiscard]] std::optional<Receipt> decode_receipt(std::string_view text);

/// Whether its first entry is of the report in it: what everything else about a proof builds on.
[[nodiscard]] bool begins_with_its_report(const Receipt& receipt);

struct ReceiptReport {
    std::vector<std::string> problems;  // empty: it proves what it says
    std::string fingerprint_words;
    std::uint64_t day = 0;   // on which the report was taken
    std::uint64_t days = 0;  // that its checkpoint stands for
};
/// Offline; pure.
[[nodiscard]] ReceiptReport verify_receipt(const Receipt& receipt);

/// What a checkpoint of the same log, kept or seen elsewhere, says of a proof that verified.
enum class Compared {
    equal,         // the same days with the same content
    other,         // as many days, and not the same: the log was shown in two ways, or rewritten
    other_length,  // another number of days: these two alone cannot tell whether one continues the
                   // other
    not_of_log     // no checkpoint that the log of these signers signed
};
/// `seen`: a checkpoint, or a mail with one in it. Pure.
[[nodiscard]] Compared compare_with_checkpoint(const Receipt& receipt, std::string_view seen);

}  // namespace tillit::app

#include "server/app/receipt.h"

#include <algorithm>
#include <map>

#include "crypto/case_key.h"
#include "crypto/checkpoint.h"
#include "crypto/envelope.h"
#include "crypto/log_day.h"
#include "storage/directories.h"
#include "storage/envelopes.h"
#include "storage/log_events.h"

namespace tillit::app {
namespace {

using crypto::Hash;

/// One finished day with what it takes to show where an event stands.
struct Day {
    std::uint64_t index = 0;
    Hash root{};
    std::vector<Hash> leaves;
    std::vector<storage::LogEventRow> rows;
};

Day read_day(storage::LogEvents& log, const storage::LogDay& stored, std::size_t index) {
    Day day{.index = index, .root = stored.root, .leaves = {}, .rows = log.of_day(stored.day)};
    std::vector<Hash> hashes;
    for (const auto& row : day.rows) hashes.push_back(row.hash);
    day.leaves = crypto::day_leaves(hashes, stored.seed);
    return day;
}

/// The event that speaks of this envelope, and its way to the root of its day.
std::optional<ReceiptEntry> find_entry(const storage::StoredEnvelope& envelope, const Day& day) {
    for (const auto& row : day.rows) {
        const auto event = row.salt ? crypto::decode_event(row.event) : std::nullopt;
        if (!event || event->object != envelope.hash) continue;
        const auto place = std::ranges::lower_bound(day.leaves, row.hash) - day.leaves.begin();
        const auto index = static_cast<std::size_t>(place);
        return ReceiptEntry{.author = envelope.author,
                            .seq = envelope.seq,
                            .hash = envelope.hash,
                            .day = event->day,
                            .salt = *row.salt,
                            .event = row.event,
                            .index = index,
                            .width = day.leaves.size(),
                            .path = crypto::inclusion_proof(day.leaves, index),
                            .root = day.root,
                            .day_index = day.index,
                            .day_path = {}};
    }
    return std::nullopt;
}

std::optional<Receipt> read_receipt(storage::Database& db, const Hash& case_id) {
    storage::LogEvents log(db);
    const auto days = log.days();
    const auto thread = storage::Envelopes(db).thread(case_id);
    if (days.empty() || thread.empty()) return std::nullopt;
    std::vector<Hash> outer;
    for (const auto& day : days) {
        outer.push_back(crypto::day_leaf(static_cast<std::uint64_t>(day.day), day.root));
    }
    Receipt receipt{.signers_notes = storage::Directories(db).signers_notes(),
                    .checkpoint = days.back().checkpoint,
                    .report = thread.front().sealed,
                    .envelopes = {}};
    std::map<storage::Day, Day> known;
    for (const auto& envelope : thread) {
        const auto place = envelope.day - days.front().day;
        if (place < 0 || place >= static_cast<storage::Day>(days.size())) continue;
        const auto index = static_cast<std::size_t>(place);
        if (!known.contains(envelope.day)) {
            known.emplace(envelope.day, read_day(log, days[index], index));
        }
        auto entry = find_entry(envelope, known.at(envelope.day));
        if (!entry) continue;
        entry->day_path = crypto::inclusion_proof(outer, index);
        receipt.envelopes.push_back(std::move(*entry));
    }
    const bool has_report =
        !receipt.envelopes.empty() && receipt.envelopes.front().hash == thread.front().hash;
    if (!has_report) return std::nullopt;
    return receipt;
}

/// Whether the log of this checkpoint holds the event, and the event is about this envelope.
const char* fault_of(const ReceiptEntry& entry, const crypto::Checkpoint& checkpoint) {
    const auto event = crypto::decode_event(entry.event);
    if (!event || event->object != entry.hash || event->day != entry.day) {
        return "its event is about something else";
    }
    const bool is_reporters = entry.author == crypto::kReporter;
    if (is_reporters != (event->by == crypto::LogActor::reporter)) {
        return "its event is by somebody else";
    }
    const auto leaf = crypto::event_hash(entry.salt, entry.event);
    if (!crypto::verify_inclusion(leaf, entry.index, entry.width, entry.path, entry.root)) {
        return "it does not stand in its day";
    }
    const auto day = crypto::day_leaf(entry.day, entry.root);
    if (!crypto::verify_inclusion(day, entry.day_index, checkpoint.size, entry.day_path,
                                  checkpoint.root)) {
        return "its day does not stand in the log";
    }
    return nullptr;
}

}  // namespace

std::optional<Receipt> make_receipt(Organisation& organisation, const Hash& case_id) {
    return organisation.store().read(
        [&](storage::Database& db) { return read_receipt(db, case_id); });
}

ReceiptReport verify_receipt(const Receipt& receipt) {
    ReceiptReport report;
    const auto signers = crypto::verify_signers_chain(receipt.signers_notes);
    if (!signers) {
        report.problems.emplace_back("the signers notes are not signed as they must be");
        return report;
    }
    const auto fingerprint = crypto::organisation_fingerprint(receipt.signers_notes.front());
    report.fingerprint_words = crypto::fingerprint_words(fingerprint);
    const auto origin = crypto::checkpoint_origin(fingerprint);
    std::vector<crypto::VerifyKey> keys;
    for (const auto& note : *signers) keys.push_back(note.log_key);
    const auto checkpoint = crypto::verify_checkpoint(receipt.checkpoint, origin, origin, keys);
    if (!checkpoint) {
        report.problems.emplace_back("its checkpoint is not signed by the log of these signers");
        return report;
    }
    report.days = checkpoint->size;
    const auto is_first = [&] {
        const auto& first = receipt.envelopes.front();
        return first.author == crypto::kReporter && first.seq == 1 &&
               first.hash == crypto::envelope_hash(receipt.report);
    };
    if (receipt.envelopes.empty() || !is_first()) {
        report.problems.emplace_back("the report in it is not the one that its first proof is of");
        return report;
    }
    report.day = receipt.envelopes.front().day;
    for (std::size_t i = 0; i < receipt.envelopes.size(); ++i) {
        if (const auto* fault = fault_of(receipt.envelopes[i], *checkpoint)) {
            report.problems.push_back("the proof of message " + std::to_string(i + 1) +
                                      " does not hold: " + fault);
        }
    }
    return report;
}

}  // namespace tillit::app

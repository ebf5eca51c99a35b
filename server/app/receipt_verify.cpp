// Whether a proof of lodgement proves what it says (docs/protocol.md §10.7.2).
#include <map>
#include <set>

#include "crypto/case_key.h"
#include "crypto/checkpoint.h"
#include "crypto/envelope.h"
#include "crypto/log_day.h"
#include "server/app/log.h"
#include "server/app/receipt.h"

namespace tillit::app {
namespace {

using crypto::Hash;

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

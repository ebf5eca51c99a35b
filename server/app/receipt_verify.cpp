// Whether a proof of lodgement proves what it says (docs/protocol.md §10.7.2).
#include <map>
#include <set>

#include "crypto/case_key.h"
#include "crypto/checkpoint.h"
#include "crypto/envelope.h"
#include "crypto/log_day.h"
#include "server/app/audit_verify.h"
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
    const auto by = is_reporters ? crypto::LogActor::reporter : crypto::LogActor::member;
    if (event->by != by || event->member != entry.author) return "its event is by somebody else";
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

/// What the entries must be among themselves: one thread, each message of it once.
class Thread {
  public:
    const char* fault_of_next(const ReceiptEntry& entry) {
        const auto event = crypto::decode_event(entry.event);
        if (!event) return nullptr;  // said already
        const bool is_first = hashes_.empty();
        if (is_first) case_ = event->case_reference;
        if (is_first && event->kind != kSubmissionStored) return "its event is no submission";
        if (event->case_reference != case_ || case_ == crypto::Id{}) {
            return "its event is of another case";
        }
        auto& last = last_seq_[entry.author];
        if (entry.seq <= last || !hashes_.insert(entry.hash).second) {
            return "it stands twice or in the wrong place";
        }
        last = entry.seq;
        return nullptr;
    }

  private:
    crypto::Id case_{};
    std::set<Hash> hashes_;
    std::map<crypto::Id, std::uint64_t> last_seq_;  // of each author
};

/// Whose log it is: by what name, and with which keys, its checkpoints are signed.
struct Log {
    Hash fingerprint{};
    std::string origin;
    std::vector<crypto::VerifyKey> keys;

    [[nodiscard]] auto verify(std::string_view checkpoint) const {
        return crypto::verify_checkpoint(checkpoint, origin, origin, keys);
    }
};

/// Nothing if the notes do not verify.
std::optional<Log> log_of(const std::vector<std::string>& signers_notes) {
    const auto signers = crypto::verify_signers_chain(signers_notes);
    if (!signers) return std::nullopt;
    Log log;
    log.fingerprint = crypto::organisation_fingerprint(signers_notes.front());
    log.origin = crypto::checkpoint_origin(log.fingerprint);
    log.keys.reserve(signers->size());
    for (const auto& note : *signers) log.keys.push_back(note.log_key);
    return log;
}

}  // namespace

Compared compare_with_checkpoint(const Receipt& receipt, std::string_view seen) {
    const auto log = log_of(receipt.signers_notes);
    if (!log) return Compared::not_of_log;
    const auto text = find_checkpoint(seen, log->origin);
    const auto other = log->verify(text.value_or(""));
    const auto mine = log->verify(receipt.checkpoint);
    if (!other || !mine) return Compared::not_of_log;
    if (other->size != mine->size) return Compared::other_length;
    return other->root == mine->root ? Compared::equal : Compared::other;
}

bool begins_with_its_report(const Receipt& receipt) {
    if (receipt.envelopes.empty()) return false;
    const auto& first = receipt.envelopes.front();
    return first.author == crypto::kReporter && first.seq == 1 &&
           first.hash == crypto::envelope_hash(receipt.report);
}

ReceiptReport verify_receipt(const Receipt& receipt) {
    ReceiptReport report;
    const auto log = log_of(receipt.signers_notes);
    if (!log) {
        report.problems.emplace_back("the signers notes are not signed as they must be");
        return report;
    }
    report.fingerprint_words = crypto::fingerprint_words(log->fingerprint);
    const auto checkpoint = log->verify(receipt.checkpoint);
    if (!checkpoint) {
        report.problems.emplace_back("its checkpoint is not signed by the log of these signers");
        return report;
    }
    report.days = checkpoint->size;
    if (!begins_with_its_report(receipt)) {
        report.problems.emplace_back("the report in it is not the one that its first proof is of");
        return report;
    }
    report.day = receipt.envelopes.front().day;
    Thread thread;
    for (std::size_t i = 0; i < receipt.envelopes.size(); ++i) {
        const auto& entry = receipt.envelopes[i];
        const auto* fault = fault_of(entry, *checkpoint);
        const auto* misplaced = thread.fault_of_next(entry);
        if (fault == nullptr) fault = misplaced;
        if (fault != nullptr) {
            report.problems.push_back("the proof of message " + std::to_string(i + 1) +
                                      " does not hold: " + fault);
        }
    }
    return report;
}

}  // namespace tillit::app

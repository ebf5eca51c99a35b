#include "server/app/audit_verify.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "crypto/act.h"
#include "crypto/case_key.h"
#include "crypto/directory.h"
#include "crypto/log_day.h"
#include "server/app/days.h"
#include "server/app/log.h"

namespace tillit::app {
namespace {

using crypto::Hash;

std::string day_text(std::uint64_t day) {
    const auto date = date_of(static_cast<storage::Day>(day));
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(date.year) + "-" + two(date.month) + "-" + two(date.day);
}

std::string short_hash(const Hash& hash) { return crypto::to_hex(hash).substr(0, 16); }

const char* describe(crypto::DirectoryError error) {
    switch (error) {
        case crypto::DirectoryError::malformed:
            return "is not written as it must be";
        case crypto::DirectoryError::bad_signature:
            return "was changed after it was signed";
        case crypto::DirectoryError::below_threshold:
            return "is signed by too few";
        case crypto::DirectoryError::expired:
            return "has expired";
        case crypto::DirectoryError::wrong_org:
            return "is of another organisation";
        case crypto::DirectoryError::wrong_order:
            break;
    }
    return "does not follow the one before";
}

const char* describe(crypto::CheckpointError error) {
    switch (error) {
        case crypto::CheckpointError::malformed:
            return "is not written as it must be";
        case crypto::CheckpointError::wrong_log:
            return "is of another log";
        case crypto::CheckpointError::not_signed:
            return "is not signed with the log's key";
        case crypto::CheckpointError::bad_signature:
            break;
    }
    return "was changed after it was signed";
}

const char* describe(crypto::ActError error) {
    switch (error) {
        case crypto::ActError::malformed:
            return "is not written as it must be";
        case crypto::ActError::bad_signature:
            return "is not signed by that member";
        case crypto::ActError::wrong_org:
            return "is of another organisation";
        case crypto::ActError::wrong_act:
            break;
    }
    return "is about something else than its event says";
}

// What a member's client signs (10.4).
constexpr std::array kSignedKinds = {kEnvelopeStored,    kNoteWritten,     kIdentityRequested,
                                     kIdentityDisclosed, kIdentityRefused, kIdentityOpened,
                                     kAccessGiven,       kRecused,         kEpochBegun};

/// The signers notes, as far as they hold.
struct Signers {
    std::vector<crypto::SignersNote> notes;
    std::string origin;
    [[nodiscard]] std::vector<crypto::VerifyKey> log_keys() const {
        std::vector<crypto::VerifyKey> keys;
        for (const auto& note : notes) keys.push_back(note.log_key);
        return keys;
    }
};

Signers read_signers(const std::vector<std::string>& texts, std::vector<std::string>& problems) {
    Signers signers;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        auto note = i == 0 ? crypto::verify_first_signers_note(texts[0])
                           : crypto::verify_next_signers_note(texts[i], signers.notes.back());
        if (!note) {
            problems.push_back("signers note " + std::to_string(i) + " " + describe(note.error()));
            break;
        }
        signers.notes.push_back(std::move(*note));
    }
    if (texts.empty()) problems.emplace_back("there is no signers note");
    if (!signers.notes.empty()) {
        signers.origin = crypto::checkpoint_origin(crypto::organisation_fingerprint(texts.front()));
    }
    return signers;
}

class Verification {
  public:
    explicit Verification(const AuditLog& log) : log_(log) {}

    AuditReport run() {
        signers_ = read_signers(log_.signers_notes, report_.problems);
        if (signers_.notes.empty()) return std::move(report_);
        report_.origin = signers_.origin;
        report_.fingerprint_words =
            crypto::fingerprint_words(crypto::organisation_fingerprint(log_.signers_notes.front()));
        read_directories();
        check_order();
        check_days();
        check_published();
        remark_on_acts();
        return std::move(report_);
    }

  private:
    void problem(std::string text) { report_.problems.push_back(std::move(text)); }

    void read_directories() {
        Hash before{};
        for (std::size_t i = 0; i < log_.directories.size(); ++i) {
            const auto& text = log_.directories[i];
            const std::string name = "directory version " + std::to_string(i + 1);
            auto directory = verified_by_any(text);
            if (!directory) {
                problem(name + " " + describe(directory.error()));
            } else if (directory->version != i + 1 || directory->previous != before) {
                problem(name + " does not follow the one before");
            } else {
                for (const auto& member : directory->members) {
                    keys_[member.member].insert(member.verify_key);
                }
            }
            before = crypto::note_hash(text);
        }
    }

    /// A directory is signed by whoever the signers were then.
    crypto::Result<crypto::Directory, crypto::DirectoryError> verified_by_any(
        const std::string& text) const {
        crypto::Result<crypto::Directory, crypto::DirectoryError> verdict =
            crypto::unexpected(crypto::DirectoryError::below_threshold);
        for (auto note = signers_.notes.rbegin(); note != signers_.notes.rend(); ++note) {
            verdict = crypto::verify_directory(text, *note, /*today=*/0);
            if (verdict) break;
        }
        return verdict;
    }

    void check_order() {
        for (std::size_t i = 1; i < log_.days.size(); ++i) {
            if (log_.days[i].day != log_.days[i - 1].day + 1) {
                problem("the day after " + day_text(log_.days[i - 1].day) + " is missing");
            }
        }
        for (std::size_t i = 1; i < log_.events.size(); ++i) {
            const auto& [a, b] = std::pair(log_.events[i - 1], log_.events[i]);
            if (std::pair(a.day, a.hash) >= std::pair(b.day, b.hash)) {
                problem("event " + short_hash(b.hash) + " of " + day_text(b.day) +
                        " stands twice or in the wrong place");
            }
        }
        std::set<std::uint64_t> days;
        for (const auto& day : log_.days) days.insert(day.day);
        for (const auto& event : log_.events) {
            if (!days.contains(event.day)) {
                problem("an event names " + day_text(event.day) + ", which is no day of the log");
            }
        }
    }

    void check_days() {
        const auto keys = signers_.log_keys();
        crypto::GrowingTree tree;
        for (const auto& day : log_.days) {
            std::vector<Hash> hashes;
            auto event = std::ranges::lower_bound(log_.events, day.day, {}, &AuditEvent::day);
            for (; event != log_.events.end() && event->day == day.day; ++event) {
                hashes.push_back(event->hash);
                check_event(*event);
            }
            if (crypto::merkle_root(crypto::day_leaves(hashes, day.seed)) != day.root) {
                problem("the events of " + day_text(day.day) +
                        " are not those that its root was made of: one was removed, added or "
                        "changed");
            }
            tree.add(crypto::day_leaf(day.day, day.root));
            check_checkpoint(day, tree, keys);
        }
        report_.days = log_.days.size();
        if (!log_.days.empty()) report_.first_day = log_.days.front().day;
    }

    void check_checkpoint(const AuditDay& day, const crypto::GrowingTree& tree,
                          const std::vector<crypto::VerifyKey>& keys) {
        const std::string name = "the checkpoint of " + day_text(day.day) + " ";
        const auto checkpoint =
            crypto::verify_checkpoint(day.checkpoint, signers_.origin, signers_.origin, keys);
        if (!checkpoint) {
            problem(name + describe(checkpoint.error()));
        } else if (checkpoint->size != tree.size() || checkpoint->root != tree.root()) {
            problem(name + "is not over the days up to it");
        }
    }

    void check_event(const AuditEvent& row) {
        ++report_.events;
        if (!row.salt) {
            ++report_.erased;
            return;
        }
        const std::string name = "event " + short_hash(row.hash) + " of " + day_text(row.day) + " ";
        if (crypto::event_hash(*row.salt, row.event) != row.hash) {
            problem(name + "is not what its hash was made of");
            return;
        }
        const auto event = crypto::decode_event(row.event);
        if (!event || event->day != row.day) {
            problem(name + "is not written as it must be");
            return;
        }
        if (event->kind == "directory" || event->kind == "signers")
            published_.insert(event->object);
        if (!event->act.empty()) check_act(*event, name);
        const bool is_members = event->by == crypto::LogActor::member;
        if (is_members && event->act.empty() && std::ranges::count(kSignedKinds, event->kind) > 0) {
            ++unsigned_acts_;
        }
    }

    void check_act(const crypto::LogEvent& event, const std::string& name) {
        ++report_.signed_acts;
        const auto known = keys_.find(event.member);
        if (known == keys_.end()) {
            problem(name + "is signed by somebody who stands in no directory");
            return;
        }
        const crypto::Act expected{.org = signers_.notes.front().org,
                                   .kind = event.kind,
                                   .object = event.object,
                                   .member = event.member,
                                   .minute = 0};
        auto error = crypto::ActError::bad_signature;
        for (const auto& key : known->second) {
            const auto act = crypto::verify_act(event.act, event.signature, key, expected);
            if (act) {
                check_use(*act, event, name);
                return;
            }
            error = act.error();
        }
        problem(name + describe(error));
    }

    /// A member signs each act once, on the day it stands in or close to it.
    void check_use(const crypto::Act& act, const crypto::LogEvent& event, const std::string& name) {
        if (!acts_.insert(event.act).second) {
            problem(name + "has an act that another event has already");
        }
        const auto day = act.minute / 1440;
        if (day + 1 < event.day || day > event.day + 1) ++far_acts_;
    }

    void remark_on_acts() {
        if (far_acts_ > 0) {
            report_.remarks.push_back(
                std::to_string(far_acts_) +
                " acts were signed more than a day before or after the day they stand in: a clock "
                "was wrong, or they were kept back");
        }
        if (unsigned_acts_ > 0) {
            report_.remarks.push_back(std::to_string(unsigned_acts_) +
                                      " events are of acts that members sign, without a "
                                      "signature: for them there is only the server's word");
        }
    }

    /// Each publication in the log is here; one without an event may be older than the log.
    void check_published() {
        std::set<Hash> here;
        for (const auto& notes : {log_.signers_notes, log_.directories}) {
            for (const auto& note : notes) here.insert(crypto::note_hash(note));
        }
        for (const auto& hash : published_) {
            if (!here.contains(hash)) {
                problem("a signers note or directory that the log names is missing: " +
                        short_hash(hash));
            }
        }
        const auto unnamed = std::ranges::count_if(
            here, [&](const Hash& hash) { return !published_.contains(hash); });
        if (unnamed > 0) {
            report_.remarks.push_back(
                std::to_string(unnamed) +
                " signers notes or directories are named by no event: published after the newest "
                "day here, before the log began, or their events were erased");
        }
    }

    const AuditLog& log_;
    AuditReport report_;
    Signers signers_;
    std::map<crypto::Id, std::set<crypto::VerifyKey>> keys_;  // of every directory
    std::set<Hash> published_;                                // by events
    std::set<std::string> acts_;                              // signed statements
    std::size_t far_acts_ = 0;
    std::size_t unsigned_acts_ = 0;
};

/// Without the carriage return, indentation and "> " that mail may have added.
std::string_view bare(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    while (!line.empty() && (line.front() == '>' || line.front() == ' ')) line.remove_prefix(1);
    return line;
}

std::vector<std::string_view> bare_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(bare(text.substr(0, end)));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

}  // namespace

AuditReport verify_log(const AuditLog& log) { return Verification(log).run(); }

std::optional<std::string> find_checkpoint(std::string_view text, std::string_view origin) {
    const auto lines = bare_lines(text);
    const auto start = std::ranges::find(lines, origin);
    if (lines.end() - start < 5) return std::nullopt;
    std::string found;
    auto line = start;
    for (int i = 0; i < 4; ++i) found += std::string(*line++) + "\n";
    for (; line != lines.end() && line->starts_with("\xe2\x80\x94 "); ++line) {
        found += std::string(*line) + "\n";
    }
    return found;
}

std::optional<std::string> compare_with_checkpoint(const AuditLog& log, std::string_view older) {
    std::vector<std::string> problems;
    const auto signers = read_signers(log.signers_notes, problems);
    if (signers.notes.empty()) return "the log has no signers to compare by";
    const auto text = find_checkpoint(older, signers.origin);
    if (!text) return "the older text holds no checkpoint of this log (" + signers.origin + ")";
    const auto keys = signers.log_keys();
    const auto checkpoint = crypto::verify_checkpoint(*text, signers.origin, signers.origin, keys);
    if (!checkpoint) {
        return std::string("the older checkpoint ") + describe(checkpoint.error());
    }
    if (checkpoint->size > log.days.size()) {
        return "the log is shorter than the older checkpoint: days were removed at its end";
    }
    crypto::GrowingTree tree;
    for (std::size_t i = 0; i < checkpoint->size; ++i) {
        tree.add(crypto::day_leaf(log.days[i].day, log.days[i].root));
    }
    if (tree.root() != checkpoint->root) {
        return "the log is not a continuation of the older checkpoint: its past was rewritten";
    }
    return std::nullopt;
}

}  // namespace tillit::app

#include "server/app/day_closer.h"

#include <algorithm>

#include "crypto/checkpoint.h"
#include "crypto/directory.h"
#include "crypto/log_day.h"
#include "storage/directories.h"
#include "storage/log_events.h"

namespace tillit::app {
namespace {

// A service that was down for a year catches up in steps, and lets others write in between.
constexpr int kDaysInOneTransaction = 32;

using Trouble = Closing::Trouble;

struct Log {
    std::string origin;
    crypto::VerifyKey key{};  // of the newest signers note
};

crypto::Result<Log, Trouble> find_log(storage::Database& db) {
    const auto notes = storage::Directories(db).signers_notes();
    if (notes.empty()) return crypto::unexpected(Trouble::no_signers);
    auto note = crypto::verify_first_signers_note(notes.front());
    for (std::size_t i = 1; note && i < notes.size(); ++i) {
        note = crypto::verify_next_signers_note(notes[i], *note);
    }
    if (!note) return crypto::unexpected(Trouble::broken_signers);
    return Log{.origin = crypto::checkpoint_origin(crypto::organisation_fingerprint(notes.front())),
               .key = note->log_key};
}

std::vector<crypto::Hash> hashes_of(const std::vector<storage::LogEventRow>& rows) {
    std::vector<crypto::Hash> hashes;
    hashes.reserve(rows.size());
    for (const auto& row : rows) hashes.push_back(row.hash);
    return hashes;
}

/// The day to close next if the log were closed up to now.
storage::Day next_day(storage::LogEvents& log, storage::Day today) {
    if (const auto last = log.last_closed_day()) return *last + 1;
    return std::min(log.first_event_day().value_or(today), today - 1);
}

crypto::GrowingTree tree_so_far(storage::LogEvents& log) {
    crypto::GrowingTree tree;
    for (const auto& day : log.days()) {
        tree.add(crypto::day_leaf(static_cast<std::uint64_t>(day.day), day.root));
    }
    return tree;
}

std::size_t close_some(storage::Database& db, storage::Day today, const std::string& origin,
                       const crypto::SigningSeed& log_key) {
    storage::LogEvents log(db);
    auto day = next_day(log, today);
    if (day >= today) return 0;
    auto tree = tree_so_far(log);
    std::size_t closed = 0;
    for (; day < today && closed < kDaysInOneTransaction; ++day, ++closed) {
        const auto seed = crypto::random_array<32>();
        const auto root = crypto::merkle_root(crypto::day_leaves(hashes_of(log.of_day(day)), seed));
        tree.add(crypto::day_leaf(static_cast<std::uint64_t>(day), root));
        const crypto::Checkpoint checkpoint{
            .origin = origin, .size = tree.size(), .root = tree.root()};
        log.put_day({.day = day,
                     .seed = seed,
                     .root = root,
                     .checkpoint = crypto::sign_checkpoint(checkpoint, log_key)});
    }
    return closed;
}

}  // namespace

storage::Day days_due(storage::Store& store, const Clock& clock) {
    const auto today = clock.today();
    const auto next = store.read([&](storage::Database& db) {
        storage::LogEvents log(db);
        return next_day(log, today);
    });
    return std::max<storage::Day>(0, today - next);
}

Closing close_finished_days(storage::Store& store, const Clock& clock,
                            const crypto::SigningSeed& log_key, bool is_attended) {
    const auto today = clock.today();
    const auto trouble = store.read([&](storage::Database& db) {
        storage::LogEvents log(db);
        const auto last = log.last_closed_day();
        if (last && *last >= today) return Trouble::ahead;
        const bool is_far = last && today - 1 - *last > kMostDaysUnattended;
        return is_far && !is_attended ? Trouble::too_many : Trouble::none;
    });
    Closing closing{.days = 0, .trouble = trouble};
    if (trouble != Trouble::none || days_due(store, clock) == 0) return closing;
    const auto found = store.read([](storage::Database& db) { return find_log(db); });
    if (!found || found->key != crypto::verify_key(log_key)) {
        closing.trouble = found ? Trouble::other_key : found.error();
        return closing;
    }
    for (std::size_t closed = 1; closed > 0; closing.days += closed) {
        closed = store.write(
            [&](storage::Database& db) { return close_some(db, today, found->origin, log_key); });
    }
    return closing;
}

}  // namespace tillit::app

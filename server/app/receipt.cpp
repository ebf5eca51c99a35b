#include "server/app/receipt.h"

#include <algorithm>
#include <map>
#include <set>

#include "crypto/log_day.h"
#include "storage/directories.h"
#include "storage/envelopes.h"
#include "storage/log_events.h"

namespace tillit::app {
namespace {

using crypto::Hash;

// The event of an envelope stands in its day, or in a later one if midnight or a step of the clock
// came between (10.2.3). More than the days that are closed without anybody asking.
constexpr storage::Day kMostDaysLater = 64;

/// What of the store a proof begins with. The finished days themselves never change: each is read
/// for itself, so that no reader is held while there is hashing to do.
struct Source {
    std::vector<std::string> signers_notes;
    std::vector<storage::LogDay> days;
    std::vector<storage::EnvelopePlace> thread;
    crypto::Bytes report;
};

std::optional<Source> read_source(storage::Database& db, const Hash& case_id) {
    storage::Envelopes envelopes(db);
    Source source{.signers_notes = storage::Directories(db).signers_notes(),
                  .days = storage::LogEvents(db).days(),
                  .thread = envelopes.places(case_id),
                  .report = envelopes.first_sealed(case_id)};
    auto& thread = source.thread;
    if (source.days.empty() || thread.empty()) return std::nullopt;
    if (thread.size() > kMaxReceiptEnvelopes) {
        thread.erase(thread.begin() + 1,
                     thread.end() - static_cast<std::ptrdiff_t>(kMaxReceiptEnvelopes - 1));
    }
    return source;
}

/// A finished day, read, decoded and hashed once: where in it stands what events are about.
struct Day {
    using Author = std::pair<Hash, crypto::Id>;  // of what, by whom; a reporter is zeros
    std::vector<Hash> hashes;
    std::map<Author, storage::LogEventRow> events;  // only those about the thread
    std::optional<crypto::MerkleTree> tree;         // once one of them is asked for
};

class Prover {
  public:
    Prover(storage::Store& store, const Source& source, ReceiptWork& work)
        : store_(store), source_(source), work_(work), outer_(outer_tree(source)) {
        for (const auto& envelope : source.thread) wanted_.insert(envelope.hash);
    }

    std::optional<ReceiptEntry> prove(const storage::EnvelopePlace& envelope) {
        const auto& days = source_.days;
        const auto last = std::min(days.back().day, envelope.day + kMostDaysLater);
        for (auto day = std::max(days.front().day, envelope.day); day <= last; ++day) {
            const auto index = static_cast<std::size_t>(day - days.front().day);
            auto& known = day_at(index);
            const auto found = known.events.find({envelope.hash, envelope.author});
            if (found != known.events.end()) return entry(envelope, index, known, found->second);
        }
        return std::nullopt;
    }

  private:
    static crypto::MerkleTree outer_tree(const Source& source) {
        std::vector<Hash> leaves;
        leaves.reserve(source.days.size());
        for (const auto& day : source.days) {
            leaves.push_back(crypto::day_leaf(static_cast<std::uint64_t>(day.day), day.root));
        }
        return crypto::MerkleTree(std::move(leaves));
    }

    Day& day_at(std::size_t index) {
        const auto [place, is_new] = days_.try_emplace(index);
        auto& day = place->second;
        if (!is_new) return day;
        ++work_.days_read;
        auto rows = store_.read([&](storage::Database& db) {
            return storage::LogEvents(db).of_day(source_.days[index].day);
        });
        day.hashes.reserve(rows.size());
        for (auto& row : rows) {
            day.hashes.push_back(row.hash);
            const auto event = row.salt ? crypto::decode_event(row.event) : std::nullopt;
            if (!event || event->by == crypto::LogActor::operator_) continue;
            if (!wanted_.contains(event->object)) continue;
            day.events.try_emplace({event->object, event->member}, std::move(row));
        }
        return day;
    }

    ReceiptEntry entry(const storage::EnvelopePlace& envelope, std::size_t index, Day& day,
                       const storage::LogEventRow& row) {
        const auto& stored = source_.days[index];
        if (!day.tree) {
            ++work_.trees;
            day.tree.emplace(crypto::day_leaves(day.hashes, stored.seed));
        }
        const auto& leaves = day.tree->leaves();
        const auto place =
            static_cast<std::size_t>(std::ranges::lower_bound(leaves, row.hash) - leaves.begin());
        return {.author = envelope.author,
                .seq = envelope.seq,
                .hash = envelope.hash,
                .day = static_cast<std::uint64_t>(stored.day),
                .salt = *row.salt,
                .event = row.event,
                .index = place,
                .width = leaves.size(),
                .path = day.tree->path(place),
                .root = stored.root,
                .day_index = index,
                .day_path = outer_.path(index)};
    }

    storage::Store& store_;
    const Source& source_;
    ReceiptWork& work_;
    crypto::MerkleTree outer_;
    std::set<Hash> wanted_;
    std::map<std::size_t, Day> days_;
};

}  // namespace

std::optional<Receipt> make_receipt(Organisation& organisation, const Hash& case_id,
                                    ReceiptWork* work) {
    auto& store = organisation.store();
    auto source = store.read([&](storage::Database& db) { return read_source(db, case_id); });
    if (!source) return std::nullopt;
    ReceiptWork uncounted;
    Prover prover(store, *source, work != nullptr ? *work : uncounted);
    auto first = prover.prove(source->thread.front());
    if (!first) return std::nullopt;
    Receipt receipt{.signers_notes = std::move(source->signers_notes),
                    .checkpoint = source->days.back().checkpoint,
                    .report = std::move(source->report),
                    .envelopes = {}};
    receipt.envelopes.push_back(std::move(*first));
    for (std::size_t i = 1; i < source->thread.size(); ++i) {
        if (auto entry = prover.prove(source->thread[i])) {
            receipt.envelopes.push_back(std::move(*entry));
        }
    }
    return receipt;
}

}  // namespace tillit::app

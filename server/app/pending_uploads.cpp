#include "server/app/pending_uploads.h"

#include <algorithm>
#include <tuple>

#include "storage/attachments.h"

namespace tillit::app {

namespace {

constexpr std::int64_t kIdleSeconds = 30 * 60;
constexpr std::size_t kMaxOfOneOwner = 16;
constexpr std::size_t kMaxOfAll = 1000;
constexpr std::int64_t kIdlestSeconds = 60;
// Padding and age's tags add less than the content itself (protocol §6).
constexpr std::uint64_t kSealedExcess = 2;
// What all senders together may have waiting, in largest reports: a flood must not fill the disk.
// Reports without files are taken all the same.
constexpr std::uint64_t kWaitingReports = 16;

}  // namespace

PendingUploads::PendingUploads(Organisation& organisation) : organisation_(organisation) {}

PendingUploads::Entry* PendingUploads::find(const crypto::Hash& owner, const crypto::Id& upload) {
    const auto found = entries_.find(upload);
    if (found == entries_.end() || found->second.owner != owner) return nullptr;
    return &found->second;
}

void PendingUploads::refresh(const crypto::Hash& owner) {
    const auto now = organisation_.clock().unix_seconds();
    for (auto& [id, entry] : entries_) {
        if (entry.owner == owner) entry.seen_unix = now;
    }
}

std::uint64_t PendingUploads::total_bytes(const crypto::Hash* owner) const {
    std::uint64_t total = 0;
    for (const auto& [id, entry] : entries_) {
        if (owner == nullptr || entry.owner == *owner) total += entry.state.size;
    }
    return total;
}

crypto::Result<crypto::Id, PendingUploads::Refusal> PendingUploads::begin(
    const crypto::Hash& owner) {
    const auto id = crypto::random_array<16>();
    const auto begun = begin(owner, id);
    if (!begun) return crypto::unexpected(begun.error());
    return id;
}

crypto::Result<std::monostate, PendingUploads::Refusal> PendingUploads::begin(
    const crypto::Hash& owner, const crypto::Id& id) {
    std::optional<crypto::Id> given_up;
    {
        const std::lock_guard lock(mutex_);
        if (entries_.contains(id)) return crypto::unexpected(Refusal::taken);
        const auto mine = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
            return entry.second.owner == owner;
        });
        if (static_cast<std::size_t>(mine) >= kMaxOfOneOwner) {
            return crypto::unexpected(Refusal::too_many);
        }
        if (entries_.size() >= kMaxOfAll) {
            given_up = give_up_idlest(owner);
            if (!given_up) return crypto::unexpected(Refusal::too_many);
        }
        entries_[id] = {
            .owner = owner, .state = {}, .seen_unix = organisation_.clock().unix_seconds()};
    }
    try {
        if (given_up) drop_rows({*given_up});
        organisation_.store().write_relaxed([&](storage::Database& db) {
            storage::Attachments(db).begin(id, organisation_.clock().today());
        });
    } catch (const storage::Error& error) {
        forget({id});
        if (error.code() == storage::Error::exists) return crypto::unexpected(Refusal::taken);
        throw;
    } catch (...) {
        forget({id});
        throw;
    }
    return std::monostate{};
}

std::optional<crypto::Id> PendingUploads::give_up_idlest(const crypto::Hash& coming) {
    const auto idlest = std::ranges::min_element(entries_, {}, [&](const auto& entry) {
        const auto& [id, waiting] = entry;
        return std::tuple(waiting.owner == coming, waiting.is_busy, waiting.seen_unix);
    });
    if (idlest == entries_.end()) return std::nullopt;
    const auto& waiting = idlest->second;
    const auto idle_seconds = organisation_.clock().unix_seconds() - waiting.seen_unix;
    if (waiting.owner == coming || waiting.is_busy || idle_seconds < kIdlestSeconds) {
        return std::nullopt;
    }
    const auto id = idlest->first;
    entries_.erase(idlest);
    return id;
}

bool PendingUploads::make_room(const crypto::Hash& coming, std::uint64_t bytes,
                               std::vector<crypto::Id>& given_up) {
    const auto limit = kWaitingReports * kSealedExcess * organisation_.settings().max_report_bytes;
    while (total_bytes(nullptr) + bytes > limit) {
        const auto id = give_up_idlest(coming);
        if (!id) return false;
        given_up.push_back(*id);
    }
    return true;
}

std::optional<PendingUploads::State> PendingUploads::state(const crypto::Hash& owner,
                                                           const crypto::Id& upload) {
    const std::lock_guard lock(mutex_);
    auto* entry = find(owner, upload);
    if (entry == nullptr) return std::nullopt;
    return entry->state;
}

crypto::Result<std::monostate, PendingUploads::Refusal> PendingUploads::add_piece(
    const crypto::Hash& owner, const crypto::Id& upload, std::uint64_t index,
    crypto::ByteView piece) {
    using crypto::unexpected;
    if (piece.empty() || piece.size() > storage::kPieceBytes) {
        return unexpected(Refusal::wrong_size);
    }
    std::vector<crypto::Id> given_up;
    bool has_room = false;
    {
        const std::lock_guard lock(mutex_);
        auto* entry = find(owner, upload);
        if (entry == nullptr || entry->state.is_complete) {
            return unexpected(Refusal::no_such_upload);
        }
        if (entry->is_busy || index != entry->state.next_index) {
            return unexpected(Refusal::wrong_order);
        }
        if (entry->state.size % storage::kPieceBytes != 0) return unexpected(Refusal::wrong_size);
        const auto limit = kSealedExcess * organisation_.settings().max_report_bytes;
        if (total_bytes(&owner) + piece.size() > limit) return unexpected(Refusal::too_large);
        has_room = make_room(owner, piece.size(), given_up);
        if (has_room) {
            entry->is_busy = true;
            entry->state.size += piece.size();  // counted at once: two can't pass one limit
        }
    }
    if (!has_room) {
        drop_rows(given_up);
        return unexpected(Refusal::full);
    }
    bool is_stored = false;
    const auto settle = [&] {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(upload);
        if (found == entries_.end()) return;
        auto& entry = found->second;
        entry.is_busy = false;
        if (is_stored) {
            ++entry.state.next_index;
            refresh(owner);
        } else {
            entry.state.size -= piece.size();
        }
    };
    try {
        drop_rows(given_up);
        organisation_.store().write_relaxed([&](storage::Database& db) {
            storage::Attachments(db).add_piece(upload, index, piece);
        });
        is_stored = true;
    } catch (...) {
        settle();
        throw;
    }
    settle();
    return std::monostate{};
}

bool PendingUploads::complete(const crypto::Hash& owner, const crypto::Id& upload,
                              std::uint64_t stored_size) {
    {
        const std::lock_guard lock(mutex_);
        auto* entry = find(owner, upload);
        if (entry == nullptr || entry->is_busy || entry->state.size != stored_size) return false;
        if (entry->state.is_complete) return true;
        entry->is_busy = true;
    }
    bool is_sealed = false;
    const auto settle = [&] {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(upload);
        if (found == entries_.end()) return;
        found->second.is_busy = false;
        found->second.state.is_complete = is_sealed;
        if (is_sealed) refresh(owner);
    };
    try {
        is_sealed = organisation_.store().write([&](storage::Database& db) {
            return storage::Attachments(db).seal(upload, stored_size);
        });
    } catch (...) {
        settle();
        throw;
    }
    settle();
    return is_sealed;
}

bool PendingUploads::owns_complete(const crypto::Hash& owner,
                                   const std::vector<crypto::Id>& uploads) {
    const std::lock_guard lock(mutex_);
    return std::all_of(uploads.begin(), uploads.end(), [&](const crypto::Id& id) {
        const auto* entry = find(owner, id);
        return entry != nullptr && entry->state.is_complete;
    });
}

void PendingUploads::forget(const std::vector<crypto::Id>& uploads) {
    const std::lock_guard lock(mutex_);
    for (const auto& id : uploads) entries_.erase(id);
}

void PendingUploads::drop(const crypto::Hash& owner, const crypto::Id& upload) {
    {
        const std::lock_guard lock(mutex_);
        const auto* entry = find(owner, upload);
        if (entry == nullptr || entry->is_busy) return;
        entries_.erase(upload);
    }
    drop_rows({upload});
}

void PendingUploads::remove_expired() {
    std::vector<crypto::Id> expired;
    {
        const auto now = organisation_.clock().unix_seconds();
        const std::lock_guard lock(mutex_);
        for (auto entry = entries_.begin(); entry != entries_.end();) {
            const bool is_over =
                !entry->second.is_busy && now - entry->second.seen_unix > kIdleSeconds;
            if (is_over) expired.push_back(entry->first);
            entry = is_over ? entries_.erase(entry) : std::next(entry);
        }
    }
    drop_rows(expired);
}

/// A few pieces at a time: deleting overwrites, and others want their turn at the writer.
void PendingUploads::drop_rows(const std::vector<crypto::Id>& uploads) {
    constexpr std::uint64_t kPiecesAtATime = 16;
    for (const auto& id : uploads) {
        bool is_gone = false;
        while (!is_gone) {
            is_gone = organisation_.store().write_relaxed([&](storage::Database& db) {
                return storage::Attachments(db).drop(id, kPiecesAtATime);
            });
        }
    }
}

}  // namespace tillit::app

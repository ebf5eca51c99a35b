#include "crypto/note_thread.h"

#include <array>

namespace tillit::crypto {
namespace {

constexpr std::array<std::string_view, 10> kFaults = {
    "too_large",      "not_sealed",    "malformed", "bad_signature", "wrong_case",
    "unknown_author", "no_key_holder", "old_epoch", "bad_grant",     "two_identities"};
static_assert(static_cast<int>(NoteFault::two_identities) == 9);

NoteFault to_fault(EnvelopeError error) {
    switch (error) {
        case EnvelopeError::too_large:
            return NoteFault::too_large;
        case EnvelopeError::not_sealed:
            return NoteFault::not_sealed;
        case EnvelopeError::malformed:
            return NoteFault::malformed;
        case EnvelopeError::bad_signature:
            return NoteFault::bad_signature;
        case EnvelopeError::wrong_case:
            return NoteFault::wrong_case;
    }
    ensure(false);
    return NoteFault::malformed;
}

NoteFault to_fault(ThreadFault why) {
    return why == ThreadFault::unknown_author ? NoteFault::unknown_author
                                              : NoteFault::no_key_holder;
}

}  // namespace

std::string_view to_text(NoteFault fault) { return kFaults.at(static_cast<std::size_t>(fault)); }

/// Whoever held a key in that epoch may have made the identity; whoever holds one later may have
/// been handed it, and hand it on.
std::optional<VerifyKey> NoteThread::giver_key(const Author& from, std::uint64_t epoch) const {
    for (; epoch <= thread_.epoch(); ++epoch) {
        if (const auto key = thread_.handler_key(from, epoch)) return *key;
    }
    return std::nullopt;
}

void NoteThread::offer(ByteView sealed_grant) {
    const auto author_key = [this](const Author& from, std::uint64_t epoch) {
        return giver_key(from, epoch);
    };
    auto grant = open_handling_grant(sealed_grant, reader_.identity, reader_.me, reader_.org,
                                     reader_.case_id, author_key);
    if (!grant) {
        // What was sealed to an earlier key of this member tells nothing.
        const bool is_for_me = grant.error() != GrantError::not_sealed;
        if (is_for_me) faults_.push_back({NoteFault::bad_grant, 0, 0});
        return;
    }
    const auto known = identities_.find(grant->epoch);
    if (known == identities_.end()) {
        identities_.emplace(grant->epoch, std::move(grant->secret));
    } else if (known->second != grant->secret) {
        faults_.push_back({NoteFault::two_identities, 0, 0});
    }
}

void NoteThread::add(ByteView sealed, std::uint64_t position, std::uint64_t day) {
    auto entry = open(sealed);
    if (!entry) {
        faults_.push_back({entry.error(), position, day});
        return;
    }
    entry->position = position;
    entry->day = day;
    entries_.push_back(std::move(*entry));
}

Result<NoteEntry, NoteFault> NoteThread::open(ByteView sealed) const {
    for (const auto& [epoch, identity] : identities_) {
        auto opened = open_case_note(sealed, identity);
        if (!opened && opened.error() == EnvelopeError::not_sealed) continue;
        if (!opened) return unexpected(to_fault(opened.error()));
        const auto key = thread_.handler_key(opened->claimed_author(), opened->claimed_epoch());
        if (!key) return unexpected(to_fault(key.error()));
        auto note = std::move(*opened).verify(*key, reader_.org, reader_.case_id);
        if (!note) return unexpected(to_fault(note.error()));
        if (note->epoch != epoch) return unexpected(NoteFault::wrong_case);
        const bool is_late = !entries_.empty() && note->epoch < entries_.back().note.epoch;
        if (is_late) return unexpected(NoteFault::old_epoch);
        return NoteEntry{.note = std::move(*note), .hash = case_note_hash(sealed)};
    }
    return unexpected(NoteFault::not_sealed);
}

std::vector<ChainLink> NoteThread::chain() const {
    std::vector<ChainLink> links;
    links.reserve(entries_.size());
    for (const auto& [note, hash, position, day] : entries_) {
        links.push_back({hash, note.from, note.seq, note.prev, note.heads});
    }
    return links;
}

}  // namespace tillit::crypto

/// Internal notes of a case and the grants of what they are sealed to, opaque (protocol
/// §7.11–7.12). Errors: storage::Error.
#pragma once

#include "storage/database.h"
#include "storage/epochs.h"
#include "storage/types.h"

namespace tillit::storage {

class Notes {
  public:
    explicit Notes(Database& db) : db_(db) {}

    /// Takes the note only as the successor of its author's head among notes and in the case's
    /// epoch, as Envelopes::append. Call it in a write().
    [[nodiscard]] AppendResult append(const Hash& case_id, const NewEnvelope& note, Day today);
    [[nodiscard]] std::vector<StoredEnvelope> of_case(const Hash& case_id);  // by position
    /// Sealed bytes of one author's notes in this case.
    [[nodiscard]] std::uint64_t bytes_of(const Hash& case_id, const Id& author);

    /// Whether somebody was handed a handling identity of that epoch.
    [[nodiscard]] bool has_handling(const Hash& case_id, std::uint64_t epoch);
    /// What the holder may fetch, by epoch.
    [[nodiscard]] std::vector<EpochCopy> handling(const Hash& case_id, const Id& holder);
    void add_handling(const Hash& case_id, std::uint64_t epoch, const NewGrant& grant);

  private:
    [[nodiscard]] EnvelopeHead head(const Hash& case_id, const Id& author);
    Database& db_;
};

}  // namespace tillit::storage

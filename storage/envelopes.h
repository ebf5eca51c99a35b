/// Messages of a case, opaque, in its one order (protocol §5). Errors: storage::Error.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

class Envelopes {
  public:
    explicit Envelopes(Database& db) : db_(db) {}

    /// Takes the envelope only as the successor of its author's head (seq + 1, prev = its hash;
    /// the first: 1 and zeros) and in the case's epoch, gives it the case's next position and binds
    /// its uploads.
    /// Call it in a write(): order and check are one transaction.
    /// Throws Error::not_found if an upload isn't there to be bound.
    [[nodiscard]] AppendResult append(const Hash& case_id, const NewEnvelope& envelope, Day today,
                                      const std::vector<Id>& attachments_to_bind = {});
    [[nodiscard]] std::vector<StoredEnvelope> thread(const Hash& case_id,
                                                     std::uint64_t after_position = 0);
    [[nodiscard]] std::vector<EnvelopePlace> places(const Hash& case_id);  // by position
    /// The case's first envelope; empty if there is no such case.
    [[nodiscard]] Bytes first_sealed(const Hash& case_id);
    /// Of one author; seq 0 and zeros before the first.
    [[nodiscard]] EnvelopeHead head(const Hash& case_id, const Id& author);
    /// Sealed bytes of one author in this case.
    [[nodiscard]] std::uint64_t bytes_of(const Hash& case_id, const Id& author);
    [[nodiscard]] std::vector<EnvelopeHead> heads(const Hash& case_id);  // one per author

  private:
    friend class Cases;  // stores a case's first envelope
    void insert(const Hash& case_id, std::uint64_t position, const NewEnvelope& envelope, Day today,
                const std::vector<Id>& attachments_to_bind);

    Database& db_;
};

}  // namespace tillit::storage

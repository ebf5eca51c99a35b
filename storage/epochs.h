/// Who holds keys of a case after it was handed in: later epochs, further members, new words, a
/// closed door (protocol §7.7–7.10). All keys are sealed. Errors: storage::Error.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

/// One epoch's key as sealed to one holder.
struct EpochCopy {
    std::uint64_t epoch = 0;
    Bytes sealed;
};

class Epochs {
  public:
    explicit Epochs(Database& db) : db_(db) {}

    [[nodiscard]] std::uint64_t current(const Hash& case_id);
    /// What the holder (zeros: the reporter) may fetch, oldest first.
    [[nodiscard]] std::vector<EpochCopy> copies(const Hash& case_id, const Id& holder);
    /// The epoch after current(). `leaving` lose the case.
    void begin(const Hash& case_id, const std::vector<NewGrant>& grants, const Bytes& reporter_copy,
               const std::vector<Id>& leaving);

    /// A further holder. False if the member holds a grant already.
    [[nodiscard]] bool add_holder(const Hash& case_id, const NewGrant& grant);
    /// Without a grant nothing is handed out any more; what was sealed to the member is kept.
    void remove_holder(const Hash& case_id, const Id& member);

    /// The reporter's newest key, of acts that need a signature.
    [[nodiscard]] crypto::ByteArray<32> reporter_key(const Hash& case_id);
    /// The words are others from now on: call after begin(), whose copy is then the only one, and
    /// Cases::exists_lookup(), since a look-up hash that another case has is thrown.
    void change_words(const Hash& case_id, const Hash& lookup_hash, ByteView verify_key);
    /// The words open nothing any more, and nothing that was sealed for the reporter is left.
    void close_door(const Hash& case_id);
    [[nodiscard]] bool is_door_closed(const Hash& case_id);

  private:
    void insert_copy(const Hash& case_id, std::uint64_t epoch, const Id& holder,
                     const Bytes& sealed);
    void set_lookup_hash(const Hash& case_id, const Hash& lookup_hash);
    Database& db_;
};

}  // namespace tillit::storage

/// Files that arrive sealed, in pieces, before the report or the message that names them.
///
/// An owner is the hash of a secret that only the sender's browser has, so nobody else can add to
/// an upload, learn of it or name it. A connection may break and come back: `state` says which
/// piece comes next. Thirty minutes without a new
/// piece by its owner and it is dropped; a restart drops all (protocol §6).
///
/// Threads: safe to call concurrently. Errors of the machine: storage::Error.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "crypto/result.h"
#include "server/app/organisation.h"

namespace tillit::app {

class PendingUploads {
  public:
    enum class Refusal {
        no_such_upload,
        wrong_size,   // not 1…1 MiB, or after a piece that was the last
        wrong_order,  // not the next one: ask for the state
        too_large,    // more than this sender may have waiting
        full,         // more than all together may have waiting: later
        too_many,     // of this sender, or of all and none of them idle
        taken,        // an upload or an attachment has this id
    };
    struct State {
        std::uint64_t next_index = 0;
        std::uint64_t size = 0;  // sealed bytes stored so far
        bool is_complete = false;
    };

    explicit PendingUploads(Organisation& organisation);

    [[nodiscard]] crypto::Result<crypto::Id, Refusal> begin(const crypto::Hash& owner);
    /// Under an id that the sender chose (a submission file names its own). `taken`: it is there.
    [[nodiscard]] crypto::Result<std::monostate, Refusal> begin(const crypto::Hash& owner,
                                                                const crypto::Id& id);
    [[nodiscard]] std::optional<State> state(const crypto::Hash& owner, const crypto::Id& upload);
    [[nodiscard]] crypto::Result<std::monostate, Refusal> add_piece(const crypto::Hash& owner,
                                                                    const crypto::Id& upload,
                                                                    std::uint64_t index,
                                                                    crypto::ByteView piece);
    /// Durable on return. Once more for the same size: true again, for an answer that was lost.
    [[nodiscard]] bool complete(const crypto::Hash& owner, const crypto::Id& upload,
                                std::uint64_t stored_size);
    /// All of them are this owner's and complete.
    [[nodiscard]] bool owns_complete(const crypto::Hash& owner,
                                     const std::vector<crypto::Id>& uploads);
    /// They belong to a case now.
    void forget(const std::vector<crypto::Id>& uploads);
    /// Gives up one that is not complete, or not wanted any more. Does nothing for another's.
    void drop(const crypto::Hash& owner, const crypto::Id& upload);
    void remove_expired();

  private:
    struct Entry {
        crypto::Hash owner{};
        State state;
        std::int64_t seen_unix = 0;
        bool is_busy = false;
    };
    /// The owner's, not busy; null otherwise. Under the lock.
    /// Only new bytes count as activity, and for everything the owner has waiting. Under the lock.
    void refresh(const crypto::Hash& owner);
    Entry* find(const crypto::Hash& owner, const crypto::Id& upload);
    [[nodiscard]] std::uint64_t total_bytes(const crypto::Hash* owner) const;  // null: of all
    /// Gives up the one that has been idle longest, if for a minute, for somebody else's.
    [[nodiscard]] std::optional<crypto::Id> give_up_idlest(const crypto::Hash& coming);
    /// Gives up idle ones until so many bytes more may wait. False: they may not. The rows of those
    /// given up are the caller's to drop.
    [[nodiscard]] bool make_room(const crypto::Hash& coming, std::uint64_t bytes,
                                 std::vector<crypto::Id>& given_up);
    void drop_rows(const std::vector<crypto::Id>& uploads);

    Organisation& organisation_;
    std::mutex mutex_;
    std::map<crypto::Id, Entry> entries_;  // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

/// Sealed files in pieces. An upload is begun, filled, sealed and then bound to a case by the
/// report or the message that names it; what is never bound is dropped.
///
/// Bytes    opaque. Pieces of 1…kPieceBytes, numbered from 0; all but the last are equally long.
/// Writing  pieces of an unbound upload may go through Store::write_relaxed: the write() that binds
///          them makes them durable.
/// Errors   storage::Error: `exists` for an id or a piece that is there, `refused` for a piece of
///          another size than it may have or of an upload that isn't open.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

/// One row. Larger rows cost less per byte to write (measured in tests/bench/storage_bench.cpp)
/// and this is also the piece of stored_hash (protocol §6).
inline constexpr std::size_t kPieceBytes = 1 << 20;

class Attachments {
  public:
    explicit Attachments(Database& db) : db_(db) {}

    void begin(const Id& upload, Day started_day);
    void add_piece(const Id& upload, std::uint64_t index, ByteView sealed);
    /// Complete, still unbound. False if the pieces don't add up to stored_size.
    [[nodiscard]] bool seal(const Id& upload, std::uint64_t stored_size);
    /// From now on it belongs to the case. False if there is no such sealed, unbound upload.
    [[nodiscard]] bool bind(const Id& upload, const Hash& case_id);

    /// Only what is bound to this case.
    [[nodiscard]] std::optional<AttachmentInfo> find(const Hash& case_id, const Id& attachment);
    /// Error::not_found if there is none; call find() first, in the same read().
    [[nodiscard]] Bytes piece(const Id& attachment, std::uint64_t index);

    /// Drops at most `max_pieces` of an unbound upload; true once it is gone. (Deleting overwrites,
    /// so a large upload is dropped in several writes, between which others get their turn.)
    bool drop(const Id& upload, std::uint64_t max_pieces = 1 << 20);
    std::vector<Id> unbound_before(Day day);
    /// Whole, in this transaction; how many uploads.
    std::uint64_t drop_unbound_before(Day day);
    std::uint64_t drop_all_unbound();  // at start: no upload outlives the process

  private:
    Database& db_;
};

}  // namespace tillit::storage

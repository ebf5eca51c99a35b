/// A backup of one organisation as one file: an age file to the recovery key, in it a line of
/// strict JSON and the database under a key of its own, which stands in that line.
///
///     {"t":"backup","org","slug","day","database_key","log_key","bytes"} ⏎ bytes of the database
///
/// Any age program opens it with the recovery key; the rest is an ordinary SQLCipher 4 file. Who
/// has only the file, or the file and the server, opens nothing. Nothing says who made it: compare
/// the organisation's fingerprint after restoring.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "crypto/age/age.h"
#include "crypto/result.h"
#include "storage/database.h"
#include "storage/types.h"

namespace tillit::app {

struct BackupHead {
    crypto::Id org{};
    std::string slug;
    storage::Day day = 0;  // on which it was made
    storage::DatabaseKey database_key = storage::DatabaseKey::zeroed();
    crypto::SigningSeed log_key = crypto::SigningSeed::zeroed();
    std::uint64_t database_bytes = 0;
};

/// One line, its end included.
[[nodiscard]] crypto::SecretBytes encode_backup_head(const BackupHead& head);
/// Without the line's end. Nothing unless it is such a head; the slug is not looked at.
[[nodiscard]] std::optional<BackupHead> decode_backup_head(crypto::ByteView line);

/// Seals one: the head first, then exactly head.database_bytes through write(), then finish().
class BackupSealer {
  public:
    BackupSealer(const BackupHead& head, const crypto::HybridRecipient& to, crypto::age::Sink sink);
    void write(crypto::ByteView database);
    void finish();

  private:
    crypto::age::Sealer sealer_;
};

enum class BackupError {
    not_opened,  // another recovery key, or no backup at all
    damaged,     // cut off or changed
    malformed    // opened, and what is in it is no backup
};

/// Opens one as it is read. The database's bytes go to `database` as they come; they count only
/// when finish() returned no error.
class BackupOpener {
  public:
    BackupOpener(crypto::AgeSeed identity, crypto::age::Sink database);
    [[nodiscard]] crypto::Result<std::monostate, BackupError> write(crypto::ByteView sealed);
    [[nodiscard]] crypto::Result<BackupHead, BackupError> finish();

  private:
    void take(crypto::ByteView plain);

    crypto::age::Sink database_;
    crypto::SecretBytes line_;  // until the head is read
    std::optional<BackupHead> head_;
    std::uint64_t database_bytes_ = 0;
    bool is_malformed_ = false;
    crypto::age::Opener opener_;
};

}  // namespace tillit::app

/// Console sessions, found by the hash of their cookie. (A reporter's session holds secrets and is
/// never stored.) Times are Unix seconds and arguments. Errors: storage::Error.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

struct ConsoleSession {
    Id member_id{};
    std::int64_t created_unix = 0;
    std::int64_t seen_unix = 0;
    Hash csrf_hash{};
};

/// How long a session lives: without an act, and at most.
struct SessionLimits {
    std::int64_t idle_seconds = 0;
    std::int64_t max_seconds = 0;
};

class Sessions {
  public:
    explicit Sessions(Database& db) : db_(db) {}

    void put(const Hash& session_hash, const ConsoleSession& session);
    /// Nothing when there is none or it is past a limit.
    [[nodiscard]] std::optional<ConsoleSession> find(const Hash& session_hash,
                                                     std::int64_t now_unix, SessionLimits limits);
    void touch(const Hash& session_hash, std::int64_t now_unix);  // never moves back
    void remove(const Hash& session_hash);
    void remove_all(const Id& member);
    void remove_everybodys();
    void remove_expired(std::int64_t now_unix, SessionLimits limits);

  private:
    Database& db_;
};

}  // namespace tillit::storage

#include "storage/sessions.h"

#include "storage/statement.h"

namespace tillit::storage {

void Sessions::put(const Hash& session_hash, const ConsoleSession& session) {
    Statement(db_,
              "INSERT INTO console_session (session_hash, member_id, created_unix, seen_unix,"
              " csrf_hash) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(session_hash)
        .bind(session.member_id)
        .bind(session.created_unix)
        .bind(session.seen_unix)
        .bind(session.csrf_hash)
        .run();
}

std::optional<ConsoleSession> Sessions::find(const Hash& session_hash, std::int64_t now_unix,
                                             SessionLimits limits) {
    Statement s(db_,
                "SELECT member_id, created_unix, seen_unix, csrf_hash FROM console_session"
                " WHERE session_hash = ?1 AND seen_unix > ?2 AND created_unix > ?3");
    s.bind(session_hash).bind(now_unix - limits.idle_seconds).bind(now_unix - limits.max_seconds);
    if (!s.step()) return std::nullopt;
    return ConsoleSession{.member_id = s.id(0),
                          .created_unix = s.integer(1),
                          .seen_unix = s.integer(2),
                          .csrf_hash = s.hash(3)};
}

void Sessions::touch(const Hash& session_hash, std::int64_t now_unix) {
    Statement(db_,
              "UPDATE console_session SET seen_unix = ?2 WHERE session_hash = ?1"
              " AND seen_unix < ?2")
        .bind(session_hash)
        .bind(now_unix)
        .run();
}

void Sessions::remove(const Hash& session_hash) {
    Statement(db_, "DELETE FROM console_session WHERE session_hash = ?1").bind(session_hash).run();
}

void Sessions::remove_all(const Id& member) {
    Statement(db_, "DELETE FROM console_session WHERE member_id = ?1").bind(member).run();
}

void Sessions::remove_everybodys() { Statement(db_, "DELETE FROM console_session").run(); }

void Sessions::remove_expired(std::int64_t now_unix, SessionLimits limits) {
    Statement(db_, "DELETE FROM console_session WHERE seen_unix <= ?1 OR created_unix <= ?2")
        .bind(now_unix - limits.idle_seconds)
        .bind(now_unix - limits.max_seconds)
        .run();
}

}  // namespace tillit::storage

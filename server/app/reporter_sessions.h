/// Reporters' sessions, in guarded memory only: gone at a restart.
///
/// 20 idle minutes, 2 hours at most (protocol §8); an upload in progress counts as activity.
/// Whoever has a key can open it over and over: of one case the oldest session goes, of all the
/// idlest.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "server/app/clock.h"
#include "server/app/mailbox.h"

namespace tillit::app {

struct ReporterSession {
    std::unique_ptr<Mailbox> mailbox;
    std::string form_token;  // stands in each form of the session
    std::mutex use;          // one request at a time: Mailbox is not shared by threads
};

class ReporterSessions {
  public:
    explicit ReporterSessions(Clock clock);
    /// Returns the session's id for the cookie (base64url of 32 random bytes); the table keeps its
    /// hash, so that a look at the table gives no cookie.
    [[nodiscard]] std::string start(std::unique_ptr<Mailbox> mailbox);
    /// Null: unknown or over. Counts as activity.
    [[nodiscard]] std::shared_ptr<ReporterSession> find(std::string_view id);
    void end(std::string_view id);
    /// Ends what is over. Called once a minute and by find().
    void remove_expired();
    [[nodiscard]] std::size_t size();

  private:
    struct Entry {
        std::shared_ptr<ReporterSession> session;
        std::int64_t started_unix = 0;
        std::int64_t seen_unix = 0;
    };
    /// Ends one where there are too many.
    void make_room(const ReporterSession& coming);
    [[nodiscard]] bool is_over(const Entry& entry, std::int64_t now) const;

    Clock clock_;
    std::mutex mutex_;
    std::map<crypto::Hash, Entry> entries_;  // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

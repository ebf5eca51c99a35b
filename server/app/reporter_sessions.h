/// Reporters' sessions and finished submissions, in guarded memory only: gone at a restart.
///
/// A session: 20 idle minutes, 2 hours at most (protocol §8). A finished submission: its case key
/// for 20 minutes, so that the same form sent twice stores once and shows the same key.
#pragma once

#include <condition_variable>
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
    std::mutex use;          // one request at a time
};

class ReporterSessions {
public:
    explicit ReporterSessions(Clock clock);
    /// Returns the session's id for the cookie (base64url of 32 random bytes); the table keeps its hash.
    [[nodiscard]] std::string start(std::unique_ptr<Mailbox> mailbox);
    [[nodiscard]] std::shared_ptr<ReporterSession> find(std::string_view id);  // counts as activity
    void end(std::string_view id);
    void remove_expired();
    [[nodiscard]] std::size_t size();

private:
    struct Entry;
    Clock clock_;
    std::mutex mutex_;
    std::map<crypto::Hash, Entry> entries_;  // GUARDED_BY(mutex_)
};

/// Submission tokens (protocol §8, issue "Double click, reload, Back and send again").
class SubmissionTokens {
public:
    explicit SubmissionTokens(Clock clock);
    /// Random token for a new form.
    [[nodiscard]] static std::string make();
    enum class Begin { fresh, in_progress, done };
    /// Claims the token. `in_progress`: the same form is being read right now; wait with `wait`.
    [[nodiscard]] Begin begin(std::string_view token);
    /// Waits until a request that holds the token is done or has failed, at most `seconds`.
    void wait(std::string_view token, int seconds);
    void finish(std::string_view token, const crypto::CaseKey& key, std::vector<std::string> missing_files);
    void fail(std::string_view token);
    struct Done {
        crypto::CaseKey key;
        std::vector<std::string> missing_files;
    };
    [[nodiscard]] std::optional<Done> key_of(std::string_view token);
    void forget(std::string_view token);  // "I have written it down"
    void remove_expired();

private:
    struct Entry;
    Clock clock_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<crypto::Hash, Entry> entries_;  // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

/// One form, one case: the same form sent twice within 20 minutes stores once and shows the same
/// key. Kept in guarded memory; gone at a restart, or when the reporter says "I have written it
/// down".
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/case_key.h"
#include "server/app/clock.h"

namespace tillit::app {

class SubmissionTokens {
  public:
    struct Done {
        crypto::CaseKey key;
        std::vector<std::string> missing_files;  // names to send again
        std::vector<std::string> reader_names;   // who can open it
        bool fell_to_alternate = false;
    };
    /// forgotten: stored, and its key is gone from here: nothing to show, nothing to store again.
    enum class Begin { fresh, in_progress, done, forgotten, malformed };

    explicit SubmissionTokens(Clock clock);
    /// A random token for a new form.
    [[nodiscard]] static std::string make();
    /// Claims the token for this request. `in_progress`: the same form is being read right now.
    [[nodiscard]] Begin begin(std::string_view token);
    /// Waits until the request that holds the token has finished or failed, at most `seconds`.
    void wait(std::string_view token, int seconds);
    void finish(std::string_view token, Done done);
    void fail(std::string_view token);
    [[nodiscard]] std::optional<Done> find_done(std::string_view token);
    /// Wipes the key; the token itself is remembered for its twenty minutes, so that the same form
    /// sent once more makes no second case.
    void forget(std::string_view token);
    void remove_expired();

  private:
    struct Entry {
        std::optional<Done> done;  // none: in progress, or forgotten
        bool is_forgotten = false;
        std::int64_t changed_unix = 0;
    };
    Clock clock_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<crypto::Hash, Entry> entries_;  // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

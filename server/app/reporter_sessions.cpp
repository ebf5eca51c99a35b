#include "server/app/reporter_sessions.h"

#include <algorithm>

namespace tillit::app {

namespace {

constexpr std::int64_t kIdleSeconds = 20 * 60;
constexpr std::int64_t kLongestSeconds = 2 * 60 * 60;
constexpr std::size_t kMaxOfOneCase = 4;  // a few devices
// Each locks some memory for its keys. More people than this do not read at one moment.
constexpr std::size_t kMaxOfAll = 1000;

crypto::Hash table_key(std::string_view id) {
    return crypto::labelled_hash("tillit/v1/reporter-session", {crypto::view(id)});
}

}  // namespace

ReporterSessions::ReporterSessions(Clock clock) : clock_(std::move(clock)) {}

std::string ReporterSessions::start(std::unique_ptr<Mailbox> mailbox) {
    auto id = crypto::to_base64url(crypto::random_array<32>());
    auto session = std::make_shared<ReporterSession>();
    session->mailbox = std::move(mailbox);
    session->form_token = crypto::to_base64url(crypto::random_array<16>());
    const auto now = clock_.unix_seconds();
    const std::lock_guard lock(mutex_);
    make_room(*session);
    entries_[table_key(id)] = {
        .session = std::move(session), .started_unix = now, .seen_unix = now};
    return id;
}

void ReporterSessions::make_room(const ReporterSession& coming) {
    std::size_t of_case = 0;
    auto oldest = entries_.end();
    for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
        const auto& mailbox = entry->second.session->mailbox;
        if (!mailbox || !coming.mailbox || mailbox->case_id() != coming.mailbox->case_id()) {
            continue;
        }
        ++of_case;
        if (oldest == entries_.end() || entry->second.started_unix < oldest->second.started_unix) {
            oldest = entry;
        }
    }
    if (of_case >= kMaxOfOneCase) entries_.erase(oldest);
    if (entries_.size() >= kMaxOfAll) {
        entries_.erase(std::ranges::min_element(entries_, {}, [](const auto& entry) {
            const bool is_in_use = entry.second.session.use_count() > 1;
            return std::pair(is_in_use, entry.second.seen_unix);
        }));
    }
}

bool ReporterSessions::is_over(const Entry& entry, std::int64_t now) const {
    if (now - entry.started_unix > kLongestSeconds) return true;
    // A request that holds the session (an upload, say) is activity.
    const bool is_in_use = entry.session.use_count() > 1;
    return !is_in_use && now - entry.seen_unix > kIdleSeconds;
}

std::shared_ptr<ReporterSession> ReporterSessions::find(std::string_view id) {
    if (id.empty()) return nullptr;
    const auto now = clock_.unix_seconds();
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(table_key(id));
    if (found == entries_.end()) return nullptr;
    if (is_over(found->second, now)) {
        entries_.erase(found);
        return nullptr;
    }
    found->second.seen_unix = now;
    return found->second.session;
}

void ReporterSessions::end(std::string_view id) {
    const std::lock_guard lock(mutex_);
    entries_.erase(table_key(id));
}

void ReporterSessions::remove_expired() {
    const auto now = clock_.unix_seconds();
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const auto& entry) { return is_over(entry.second, now); });
}

std::size_t ReporterSessions::size() {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

}  // namespace tillit::app

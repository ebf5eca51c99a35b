#include "server/app/submission_tokens.h"

#include <chrono>

namespace tillit::app {

namespace {

constexpr std::int64_t kKeepSeconds = 20 * 60;
constexpr std::size_t kTokenBytes = 16;

crypto::Hash table_key(std::string_view token) {
    return crypto::labelled_hash("tillit/v1/submission-token", {crypto::view(token)});
}

}  // namespace

SubmissionTokens::SubmissionTokens(Clock clock) : clock_(std::move(clock)) {}

std::string SubmissionTokens::make() {
    return crypto::to_base64url(crypto::random_array<kTokenBytes>());
}

SubmissionTokens::Begin SubmissionTokens::begin(std::string_view token) {
    // Only the size is checked: a made-up token harms nobody but its maker.
    if (!crypto::array_from_base64url<kTokenBytes>(token)) return Begin::malformed;
    remove_expired();
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = entries_.try_emplace(table_key(token));
    if (!is_new) {
        if (entry->second.is_forgotten) return Begin::forgotten;
        return entry->second.done ? Begin::done : Begin::in_progress;
    }
    entry->second.changed_unix = clock_.unix_seconds();
    return Begin::fresh;
}

void SubmissionTokens::wait(std::string_view token, int seconds) {
    const auto key = table_key(token);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(seconds), [&] {
        const auto found = entries_.find(key);
        return found == entries_.end() || found->second.done || found->second.is_forgotten;
    });
}

void SubmissionTokens::finish(std::string_view token, Done done) {
    {
        const std::lock_guard lock(mutex_);
        auto& entry = entries_[table_key(token)];
        entry.done = std::move(done);
        entry.changed_unix = clock_.unix_seconds();
    }
    changed_.notify_all();
}

void SubmissionTokens::fail(std::string_view token) {
    {
        const std::lock_guard lock(mutex_);
        entries_.erase(table_key(token));
    }
    changed_.notify_all();
}

std::optional<SubmissionTokens::Done> SubmissionTokens::find_done(std::string_view token) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(table_key(token));
    if (found == entries_.end() || !found->second.done) return std::nullopt;
    const Done& done = *found->second.done;
    return Done{.key = done.key.clone(),
                .missing_files = done.missing_files,
                .reader_names = done.reader_names,
                .fell_to_alternate = done.fell_to_alternate};
}

void SubmissionTokens::forget(std::string_view token) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(table_key(token));
    if (found == entries_.end() || !found->second.done) return;
    found->second.done.reset();
    found->second.is_forgotten = true;
}

void SubmissionTokens::remove_expired() {
    const auto now = clock_.unix_seconds();
    const std::lock_guard lock(mutex_);
    std::erase_if(entries_, [&](const auto& entry) {
        const bool is_over = entry.second.done || entry.second.is_forgotten;
        return is_over && now - entry.second.changed_unix > kKeepSeconds;
    });
}

}  // namespace tillit::app

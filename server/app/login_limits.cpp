#include "server/app/login_limits.h"

#include <algorithm>

namespace tillit::app {

std::int64_t LoginLimits::take(const std::string& bucket, BucketSize size) {
    const auto now = clock_.unix_seconds();
    const std::lock_guard lock(mutex_);
    forget_refilled(now);
    // One number holds a bucket: each try moves the moment it is full again by seconds_per_try. A
    // clock set back must not lock anybody out, hence the upper bound.
    const auto longest = size.tries * size.seconds_per_try;
    auto& full_at = full_at_.try_emplace(bucket, now).first->second;
    full_at = std::clamp(full_at, now, now + longest);
    const auto wait = full_at + size.seconds_per_try - now - longest;
    if (wait > 0) return wait;
    full_at += size.seconds_per_try;
    return 0;
}

std::size_t LoginLimits::size() {
    const std::lock_guard lock(mutex_);
    return full_at_.size();
}

void LoginLimits::forget_refilled(std::int64_t now) {
    if (now == swept_unix_) return;
    swept_unix_ = now;
    std::erase_if(full_at_, [&](const auto& bucket) { return bucket.second <= now; });
}

}  // namespace tillit::app

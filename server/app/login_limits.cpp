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
    const auto found = full_at_.find(bucket);
    const auto full_at =
        found == full_at_.end() ? now : std::clamp(found->second, now, now + longest);
    if (full_at + size.seconds_per_try > now + longest)
        return full_at + size.seconds_per_try - now - longest;
    full_at_[bucket] = full_at + size.seconds_per_try;
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

/// How often log-in may be tried (SECURITY.md, "Guessing"): token buckets by name.
///
///   a known device   ten tries at once, then one each ten seconds; its own bucket, so nobody
///   else's
///                    guessing touches it
///   elsewhere        five for an account, then one each five seconds, shared by all devices that
///                    never logged in; known or unknown account alike
///   recovery code    128 random bits need no limit; this one only bounds work
/// A bucket that has refilled is the same as none, so memory follows the rate of tries.
/// Threads: safe to call concurrently. In memory only: a restart refills.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "server/app/clock.h"

namespace tillit::app {

struct BucketSize {
    std::int64_t tries;
    std::int64_t seconds_per_try;
};
inline constexpr BucketSize kKnownDevice{.tries = 10, .seconds_per_try = 10};
inline constexpr BucketSize kElsewhere{.tries = 5, .seconds_per_try = 5};
inline constexpr BucketSize kRecoveryCode{.tries = 20, .seconds_per_try = 1};

class LoginLimits {
  public:
    explicit LoginLimits(Clock clock) : clock_(std::move(clock)) {}
    /// 0: go on (one try is used up). Else the seconds until there is one again; nothing is used
    /// up.
    [[nodiscard]] std::int64_t take(const std::string& bucket, BucketSize size);
    [[nodiscard]] std::size_t size();

  private:
    void forget_refilled(std::int64_t now);
    Clock clock_;
    std::mutex mutex_;
    std::map<std::string, std::int64_t>
        full_at_;                  // when the bucket is full again; GUARDED_BY(mutex_)
    std::int64_t swept_unix_ = 0;  // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

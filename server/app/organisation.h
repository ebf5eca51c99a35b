/// One organisation as a running service sees it: its store, its verified directory, its settings.
///
/// Threads: safe to call concurrently. Lifetime: lives as long as the process.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "crypto/directory.h"
#include "server/app/clock.h"
#include "storage/store.h"
#include "storage/types.h"

namespace tillit::app {

/// Why the portal takes no reports (then it shows other ways).
enum class IntakeState { open, no_directory, directory_expired, too_few_readers, no_alternate, no_custodian };

/// The verified directory with everything a submission needs, immutable once made.
struct Readers {
    crypto::SignersNote signers;
    crypto::Directory directory;
    crypto::Hash directory_hash{};
    std::string fingerprint_words;  // of the organisation
};

class Organisation {
public:
    Organisation(std::unique_ptr<storage::Store> store, Clock clock);
    [[nodiscard]] storage::Store& store() noexcept { return *store_; }
    [[nodiscard]] const storage::Organisation& settings() const noexcept { return settings_; }
    [[nodiscard]] const Clock& clock() const noexcept { return clock_; }
    /// The newest directory if it verifies today, else null. Reloaded when a newer one was stored.
    [[nodiscard]] std::shared_ptr<const Readers> readers();
    [[nodiscard]] IntakeState intake_state();
    void reload_directory();

private:
    std::unique_ptr<storage::Store> store_;
    Clock clock_;
    storage::Organisation settings_;
    std::mutex mutex_;
    std::shared_ptr<const Readers> readers_;  // GUARDED_BY(mutex_)
    storage::Day verified_day_ = -1;          // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

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
enum class IntakeState { open, no_directory, directory_expired, too_few_readers, no_alternate };

/// The verified directory with everything a submission needs, immutable once made.
struct Readers {
    crypto::SignersNote signers;
    crypto::Directory directory;                 // members: those who may get a grant today
    std::vector<crypto::DirectoryMember> known;  // also those whose account is closed by now
    crypto::Hash directory_hash{};
    std::string fingerprint_words;           // of the organisation
    std::vector<std::string> signers_notes;  // as signed, for clients that verify themselves
    std::string directory_note;
    IntakeState state = IntakeState::open;

    /// The member of that id, also a former one, or null. The pointer lives as long as this object.
    [[nodiscard]] const crypto::DirectoryMember* find(const crypto::Id& member) const;
    [[nodiscard]] bool has_custodian() const;
};

class Organisation {
  public:
    Organisation(std::unique_ptr<storage::Store> store, Clock clock);
    [[nodiscard]] storage::Store& store() noexcept { return *store_; }
    [[nodiscard]] const storage::Organisation& settings() const noexcept { return settings_; }
    [[nodiscard]] const Clock& clock() const noexcept { return clock_; }
    /// The newest directory if its signatures verify, else null; `state` says whether reports may
    /// be taken today. Members whose account is closed are left out. At most a few seconds old, so
    /// that a directory published or an account closed by another process is seen.
    [[nodiscard]] std::shared_ptr<const Readers> readers();
    [[nodiscard]] IntakeState intake_state();
    /// Held while a proof of lodgement is made: asking for many must not stop everybody else.
    [[nodiscard]] std::mutex& proof_turn() noexcept { return proof_turn_; }
    /// The versions before that of `readers`, newest first, vouched for by it.
    /// All versions as signed, for clients that verify themselves.
    [[nodiscard]] std::vector<std::string> directory_notes();
    [[nodiscard]] std::shared_ptr<const std::vector<crypto::Directory>> earlier_directories(
        const Readers& readers);

  private:
    std::unique_ptr<storage::Store> store_;
    Clock clock_;
    storage::Organisation settings_;
    std::mutex proof_turn_;
    std::mutex mutex_;
    std::shared_ptr<const Readers> readers_;                         // GUARDED_BY(mutex_)
    std::int64_t loaded_unix_ = -1;                                  // GUARDED_BY(mutex_)
    std::shared_ptr<const std::vector<crypto::Directory>> earlier_;  // GUARDED_BY(mutex_)
    crypto::Hash earlier_than_{};                                    // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

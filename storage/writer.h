/// The one thread that writes: what is waiting becomes one transaction (group commit).
///
/// While one group is being synced to disk the next one gathers, so the fsync, which costs most,
/// is shared without anybody waiting for company.
///
/// run(job, kind)  returns when the job's transaction is committed; throws what the job threw (its
///                 own changes are then undone, the group's are not) or storage::Error when the
///                 group could not be committed (nothing of it is then visible).
///   durable  synced before run() returns.
///   relaxed  may be synced later, see Writer::set_synced().
///   alone    runs outside a transaction (checkpoint, checks).
/// Threads  run() is safe to call concurrently, but not from a job.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/database.h"

namespace tillit::storage {

class Writer {
  public:
    enum class Kind { durable, relaxed, alone };
    explicit Writer(std::unique_ptr<Database> db);
    ~Writer();  // finishes what is waiting
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    void run(std::function<void(Database&)> job, Kind kind);
    [[nodiscard]] std::uint64_t commits() const noexcept { return commits_.load(); }

  private:
    struct Job {
        std::function<void(Database&)> run;
        Kind kind;
        std::exception_ptr failure;
        bool is_done = false;
        std::condition_variable done;
    };
    using Group = std::vector<Job*>;

    void loop();
    [[nodiscard]] Group next_group();
    void commit_group(const Group& group);
    void run_in_savepoint(Job& job);
    void run_alone(Job& job);
    void set_synced(bool synced);
    void answer(const Group& group);
    void checkpoint_if_due() noexcept;

    std::unique_ptr<Database> db_;
    bool is_synced_ = true;
    int wal_pages_ = 0;
    std::atomic<std::uint64_t> commits_{0};

    std::mutex mutex_;
    std::condition_variable waiting_;
    std::deque<Job*> queue_;
    bool is_stopping_ = false;
    std::thread thread_;  // last: it uses everything above
};

}  // namespace tillit::storage

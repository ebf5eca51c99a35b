/// A fixed number of threads and a bounded queue: what comes beyond both is refused at once, since
/// a queue that grows without end only makes everybody wait.
///
/// `waiting()` lets connections that idle between requests give way to those that have work.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace tillit::http {

class WorkerPool {
  public:
    WorkerPool(std::size_t threads, std::size_t max_waiting);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;
    [[nodiscard]] bool enqueue(std::function<void()> job);  // false: full or shut down
    void shut_down();                                       // finishes what is queued
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

  private:
    void work();
    void count_waiting();  // REQUIRES(mutex_)
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;  // GUARDED_BY(mutex_)
    bool is_shut_down_ = false;               // GUARDED_BY(mutex_)
    std::size_t idle_ = 0;                    // GUARDED_BY(mutex_)
    std::atomic<std::size_t> waiting_ = 0;    // jobs that no thread is free for
    std::size_t max_waiting_;
    std::vector<std::thread> threads_;
};

}  // namespace tillit::http

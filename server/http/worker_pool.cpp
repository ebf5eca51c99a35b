#include "server/http/worker_pool.h"

namespace tillit::http {

WorkerPool::WorkerPool(std::size_t threads, std::size_t max_waiting) : max_waiting_(max_waiting) {
    threads_.reserve(threads);
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() { shut_down(); }

bool WorkerPool::enqueue(std::function<void()> job) {
    {
        const std::lock_guard lock(mutex_);
        if (is_shut_down_ || jobs_.size() >= max_waiting_) return false;
        jobs_.push_back(std::move(job));
        count_waiting();
    }
    changed_.notify_one();
    return true;
}

void WorkerPool::count_waiting() {
    // A job that an idle thread is about to take waits for nobody.
    waiting_ = jobs_.size() > idle_ ? jobs_.size() - idle_ : 0;
}

void WorkerPool::shut_down() {
    {
        const std::lock_guard lock(mutex_);
        is_shut_down_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_) {
        if (thread.joinable()) thread.join();
    }
}

void WorkerPool::work() {
    for (;;) {
        std::function<void()> job;
        {
            std::unique_lock lock(mutex_);
            ++idle_;
            changed_.wait(lock, [this] { return is_shut_down_ || !jobs_.empty(); });
            --idle_;
            if (jobs_.empty()) return;
            job = std::move(jobs_.front());
            jobs_.pop_front();
            count_waiting();
        }
        job();
    }
}

}  // namespace tillit::http

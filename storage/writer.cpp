#include "storage/writer.h"

#include <sqlcipher/sqlite3.h>

#include <utility>

#include "crypto/result.h"
#include "storage/statement.h"

namespace tillit::storage {
namespace {

constexpr std::size_t kMaxGroup = 64;
// After so much WAL it is copied into the database. More makes the copying rarer (a page written
// often is copied once) and the file, and a start after a crash, longer.
constexpr int kCheckpointPages = (32 << 20) / kPageBytes;

}  // namespace

Writer::Writer(std::unique_ptr<Database> db) : db_(std::move(db)) {
    // We checkpoint ourselves, after the callers have their answer. (Setting the hook also turns
    // automatic checkpoints off.)
    sqlite3_wal_hook(
        db_->handle(),
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Writer*>(self)->wal_pages_ = pages;
            return SQLITE_OK;
        },
        this);
    thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        is_stopping_ = true;
    }
    waiting_.notify_one();
    thread_.join();
}

void Writer::run(std::function<void(Database&)> work, Kind kind) {
    Job job;
    job.run = std::move(work);
    job.kind = kind;
    std::unique_lock lock(mutex_);
    queue_.push_back(&job);
    waiting_.notify_one();
    job.done.wait(lock, [&] { return job.is_done; });
    lock.unlock();
    if (job.failure) std::rethrow_exception(job.failure);
}

void Writer::loop() {
    for (;;) {
        const Group group = next_group();
        if (group.empty()) return;
        if (group.front()->kind == Kind::alone) {
            run_alone(*group.front());
        } else {
            commit_group(group);
        }
        answer(group);
        checkpoint_if_due();
    }
}

/// Everything waiting, up to kMaxGroup; a job that must be alone makes a group of its own.
Writer::Group Writer::next_group() {
    std::unique_lock lock(mutex_);
    waiting_.wait(lock, [&] { return !queue_.empty() || is_stopping_; });
    Group group;
    while (!queue_.empty() && group.size() < kMaxGroup) {
        Job* job = queue_.front();
        if (job->kind == Kind::alone && !group.empty()) break;
        queue_.pop_front();
        group.push_back(job);
        if (job->kind == Kind::alone) break;
    }
    return group;
}

void Writer::commit_group(const Group& group) {
    try {
        bool any_durable = false;
        for (const Job* job : group) any_durable |= job->kind == Kind::durable;
        set_synced(any_durable);
        Transaction transaction(*db_);
        for (Job* job : group) run_in_savepoint(*job);
        transaction.commit();
        ++commits_;
    } catch (...) {
        // Nothing of the group is kept. Who failed on his own keeps his own reason.
        for (Job* job : group) {
            if (!job->failure) job->failure = std::current_exception();
        }
    }
}

/// Throws only if the transaction as a whole is lost.
void Writer::run_in_savepoint(Job& job) {
    Statement(*db_, "SAVEPOINT job").run();
    try {
        job.run(*db_);
        Statement(*db_, "RELEASE job").run();
    } catch (...) {
        job.failure = std::current_exception();
        // The engine itself rolls everything back when the disk is full or the memory is out: then
        // the others' changes are gone too and they must hear of it.
        if (!db_->in_transaction()) throw;
        Statement(*db_, "ROLLBACK TO job").run();
        Statement(*db_, "RELEASE job").run();
    }
}

void Writer::run_alone(Job& job) {
    try {
        set_synced(true);
        job.run(*db_);
    } catch (...) {
        job.failure = std::current_exception();
    }
}

/// synchronous can't change within a transaction, so a group with one durable job is durable.
/// Why relaxed groups are safe: in WAL mode NORMAL leaves out only the fsync of the WAL at commit.
/// The next FULL commit appends to the same file and fsyncs all of it, earlier frames included, and
/// a checkpoint fsyncs the WAL before it copies a page, also under NORMAL. So what is durable is
/// always a prefix of the commits: a durable commit brings every relaxed one before it along, and
/// power loss takes a relaxed one only together with all after it. A killed process loses neither.
/// (sqlite.org: pragma.html "synchronous", wal.html "Performance Considerations".)
void Writer::set_synced(bool synced) {
    if (synced == is_synced_) return;
    db_->execute(synced ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    is_synced_ = synced;
}

void Writer::answer(const Group& group) {
    // Under the lock: a caller that sees is_done returns and takes its Job with it.
    const std::lock_guard lock(mutex_);
    for (Job* job : group) {
        job->is_done = true;
        job->done.notify_one();
    }
}

void Writer::checkpoint_if_due() noexcept {
    if (wal_pages_ < kCheckpointPages) return;
    // It copies what readers don't hold back, and never fails a commit: if it can't, the WAL stays
    // longer and the next group tries again.
    int left = 0;
    int copied = 0;
    const int status = sqlite3_wal_checkpoint_v2(db_->handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                                 &left, &copied);
    if (status == SQLITE_OK && left == copied) wal_pages_ = 0;
}

}  // namespace tillit::storage

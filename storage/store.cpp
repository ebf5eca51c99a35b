#include "storage/store.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "storage/migrate.h"
#include "storage/statement.h"
#include "storage/writer.h"

namespace tillit::storage {
namespace {

// Guards against a store call inside a store call, which could wait for itself.
thread_local bool inside_store = false;

class Inside {
  public:
    Inside() {
        crypto::ensure(!inside_store);
        inside_store = true;
    }
    ~Inside() { inside_store = false; }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
};

/// Read connections: any free one, or wait for it.
class Readers {
  public:
    Readers(const StoreOptions& options, const DatabaseKey& key) {
        crypto::ensure(options.readers > 0);
        for (std::size_t i = 0; i < options.readers; ++i) {
            all_.push_back(std::make_unique<Database>(options.path, key, Access::read_only));
            free_.push_back(all_.back().get());
        }
    }
    Database& take() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !free_.empty(); });
        Database& db = *free_.back();  // the last one used has the warmest cache
        free_.pop_back();
        return db;
    }
    void give_back(Database& db) noexcept {
        {
            const std::lock_guard lock(mutex_);
            free_.push_back(&db);
        }
        changed_.notify_one();
    }

  private:
    std::vector<std::unique_ptr<Database>> all_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<Database*> free_;
};

std::string problems_of(Database& db) {
    // The page check reads the file itself, so it must hold everything and not move meanwhile.
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    auto problems = db.query_text("PRAGMA cipher_integrity_check");
    const auto engine = db.query_text("PRAGMA integrity_check");
    if (engine != "ok") problems.append("; ").append(engine);
    const auto orphan = db.query_text("PRAGMA foreign_key_check");
    if (!orphan.empty()) problems.append("; a row points nowhere in ").append(orphan);
    return problems;
}

}  // namespace

struct Store::Impl {
    Impl(const StoreOptions& options, const DatabaseKey& key)
        : writer(open_for_writing(options, key)), readers(options, key) {}

    static std::unique_ptr<Database> open_for_writing(const StoreOptions& options,
                                                      const DatabaseKey& key) {
        auto db = std::make_unique<Database>(options.path, key,
                                             options.create ? Access::create : Access::read_write);
        migrate(*db);
        return db;
    }

    Writer writer;
    Readers readers;
};

Store::Store(const StoreOptions& options, const DatabaseKey& key)
    : impl_(std::make_unique<Impl>(options, key)) {}
Store::~Store() = default;

void Store::with_reader(const std::function<void(Database&)>& f) {
    const Inside inside;
    Database& db = impl_->readers.take();
    struct GiveBack {
        Readers& readers;
        Database& db;
        ~GiveBack() { readers.give_back(db); }
    } give_back{impl_->readers, db};
    // One transaction, so that everything f reads is of one moment.
    Transaction transaction(db, Transaction::reading);
    f(db);
    transaction.commit();
}

void Store::with_writer(const std::function<void(Database&)>& f, bool relaxed) {
    crypto::ensure(!inside_store);
    impl_->writer.run(
        [&](Database& db) {
            const Inside inside;
            f(db);
        },
        relaxed ? Writer::Kind::relaxed : Writer::Kind::durable);
}

void Store::checkpoint() {
    impl_->writer.run(
        [](Database& db) {
            if (db.query_integer("PRAGMA wal_checkpoint(TRUNCATE)") != 0) {
                throw Error(Error::busy, "the WAL is in use");
            }
        },
        Writer::Kind::alone);
}

std::string Store::integrity_problems() {
    std::string problems;
    impl_->writer.run(
        [&](Database& db) {
            try {
                problems = problems_of(db);
            } catch (const Error& error) {
                // Bytes too broken for the check itself are its finding.
                if (error.code() != Error::corrupt) throw;
                problems = error.what();
            }
        },
        Writer::Kind::alone);
    return problems;
}

std::uint64_t Store::commits() const noexcept { return impl_->writer.commits(); }

}  // namespace tillit::storage

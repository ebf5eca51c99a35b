#include "storage/store.h"

#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <barrier>
#include <csignal>
#include <latch>
#include <map>
#include <thread>

#include "storage/attachments.h"
#include "storage/statement.h"
#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

std::int64_t rows(Store& store, const char* table) {
    return store.read([&](Database& db) {
        return db.query_integer((std::string("SELECT count(*) FROM ") + table).c_str());
    });
}

/// Writes reports of a MiB until it fails; returns how many were confirmed and why it ended.
std::pair<int, Error::Code> fill(Store& store) {
    for (int n = 0; n < 200; ++n) {
        try {
            store.write([&](Database& db) {
                const auto upload = crypto::random_array<16>();
                Attachments(db).begin(upload, 1);
                Attachments(db).add_piece(upload, 0, Bytes(kPieceBytes, 7));
            });
        } catch (const Error& error) {
            return {n, error.code()};
        }
    }
    return {200, Error::exists};
}

}  // namespace

TEST_CASE("what write() confirmed is there after the store is opened again", "[storage][store]") {
    Fixture f;
    f.insert(new_case(1, {id(1), id(2)}));
    f.reopen();
    CHECK(f.thread(hash(1)).size() == 1);
    CHECK(f.store->integrity_problems().empty());
}

TEST_CASE("a job that throws undoes only itself, and its caller gets what it threw", "[storage]") {
    Fixture f;
    constexpr int kThreads = 8;
    std::barrier start(kThreads);
    std::atomic<int> caught{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            for (int j = 0; j < 20; ++j) {
                const auto n = static_cast<std::uint8_t>(10 + i);
                try {
                    f.store->write([&](Database& db) {
                        Attachments(db).begin(crypto::random_array<16>(), n);
                        if (j % 2 == 1) throw std::domain_error("mine");
                    });
                } catch (const std::domain_error&) {
                    ++caught;
                }
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(caught == kThreads * 10);
    CHECK(rows(*f.store, "attachment") == kThreads * 10);
}

TEST_CASE("writes that wait together share a commit", "[storage][store]") {
    Fixture f;
    const auto before = f.store->commits();
    constexpr int kThreads = 8;
    constexpr int kEach = 10;
    // The first job holds the writer until all the others have queued up.
    std::latch holding(1);
    std::latch go(1);
    std::thread first([&] {
        f.store->write([&](Database&) {
            holding.count_down();
            go.wait();
        });
    });
    holding.wait();
    std::vector<std::thread> threads;
    std::atomic<int> started{0};
    for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&] {
            ++started;
            for (int j = 0; j < kEach; ++j) {
                f.store->write(
                    [&](Database& db) { Attachments(db).begin(crypto::random_array<16>(), 1); });
            }
        });
    }
    while (started < kThreads) std::this_thread::yield();
    go.count_down();
    first.join();
    for (auto& thread : threads) thread.join();
    CHECK(rows(*f.store, "attachment") == kThreads * kEach);
    CHECK(f.store->commits() - before < kThreads * kEach);
}

TEST_CASE("a relaxed write is seen at once and kept with the next durable one", "[storage]") {
    Fixture f;
    f.store->write_relaxed([](Database& db) { Attachments(db).begin(id(9), 1); });
    CHECK(rows(*f.store, "attachment") == 1);
    f.insert(new_case(1, {id(1)}));
    f.reopen();
    CHECK(rows(*f.store, "attachment") == 1);
}

TEST_CASE("a reader sees one moment", "[storage][store]") {
    Fixture f;
    f.store->read([&](Database& db) {
        CHECK_FALSE(Cases(db).exists_lookup(hash(101)));
        std::thread([&] { f.insert(new_case(1, {id(1)})); }).join();
        CHECK_FALSE(Cases(db).exists_lookup(hash(101)));
    });
    CHECK(f.store->read([](Database& db) { return Cases(db).exists_lookup(hash(101)); }));
}

TEST_CASE("more callers than read connections all get their turn", "[storage][store]") {
    Fixture f;
    std::atomic<int> answered{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
        threads.emplace_back([&] {
            for (int j = 0; j < 20; ++j) {
                answered +=
                    f.store->read([](Database& db) { return Members(db).all(); }).size() == 3;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(answered == 16 * 20);
}

TEST_CASE("three writers to one case at the same moment keep one order", "[storage][store]") {
    Fixture f;
    f.insert(new_case(1, {id(1), id(2)}));
    const auto first = f.thread(hash(1)).front();
    constexpr std::uint64_t kEach = 100;
    std::vector<std::thread> threads;
    std::atomic<int> refused{0};
    for (const std::uint8_t author : {std::uint8_t{0}, std::uint8_t{1}, std::uint8_t{2}}) {
        threads.emplace_back([&, author] {
            Hash head = author == 0 ? first.hash : Hash{};
            const std::uint64_t from = author == 0 ? 2 : 1;
            for (std::uint64_t seq = from; seq < from + kEach; ++seq) {
                const NewEnvelope envelope{.author = Id{author},
                                           .seq = seq,
                                           .prev = head,
                                           .hash = crypto::random_array<32>(),
                                           .sealed = Bytes(100, author)};
                refused += f.append(hash(1), envelope) != AppendResult::stored;
                head = envelope.hash;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(refused == 0);
    const auto thread = f.thread(hash(1));
    REQUIRE(thread.size() == 3 * kEach + 1);
    std::map<Id, StoredEnvelope> head;
    for (std::size_t i = 0; i < thread.size(); ++i) {
        const auto& envelope = thread[i];
        const auto& before = head[envelope.author];
        const bool follows = envelope.position == i + 1 && envelope.prev == before.hash &&
                             (envelope.seq == 1 || envelope.seq == before.seq + 1);
        REQUIRE(follows);
        head[envelope.author] = envelope;
    }
}

TEST_CASE("a full disk fails the write, keeps what was confirmed and heals", "[storage][store]") {
    Fixture f;
    f.insert(new_case(1, {id(1)}));
    rlimit old{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &old) == 0);
    const rlimit small{.rlim_cur = 8 << 20, .rlim_max = old.rlim_max};
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const auto [confirmed, why] = fill(*f.store);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &old) == 0);
    std::signal(SIGXFSZ, old_handler);

    CHECK(why == Error::full);
    CHECK(confirmed >= 1);
    CHECK(rows(*f.store, "attachment") == confirmed);
    CHECK(rows(*f.store, "attachment_piece") == confirmed);
    f.insert(new_case(2, {id(1)}));
    CHECK(f.store->integrity_problems().empty());
    f.reopen();
    CHECK(rows(*f.store, "attachment_piece") == confirmed);
    CHECK(f.thread(hash(2)).size() == 1);
}

TEST_CASE("a file system without space gives Error::full", "[storage][store]") {
    const Directory directory;
    const auto mount_point = directory.file("small");
    std::filesystem::create_directory(mount_point);
    if (::mount("tmpfs", mount_point.c_str(), "tmpfs", 0, "size=6m") != 0) {
        SKIP("mounting needs root");
    }
    {
        const auto key = DatabaseKey::random();
        Store store({.path = mount_point + "/one.db", .create = true}, key);
        const auto [confirmed, why] = fill(store);
        CHECK(why == Error::full);
        CHECK(confirmed >= 1);
        CHECK(rows(store, "attachment_piece") == confirmed);
    }
    ::umount(mount_point.c_str());
}

TEST_CASE("a full disk fails everybody in the group", "[storage][store]") {
    Fixture f;
    // The engine's own limit, a page above what is used now: the next growth fails with FULL.
    f.store->write([](Database& db) {
        const auto pages = db.query_integer("PRAGMA page_count");
        (void)db.query_text(("PRAGMA max_page_count = " + std::to_string(pages + 1)).c_str());
    });
    std::latch holding(1);
    std::latch go(1);
    std::atomic<int> queued{0};
    std::atomic<int> full{0};
    std::thread first([&] {
        f.store->write([&](Database&) {
            holding.count_down();
            go.wait();
        });
    });
    holding.wait();
    std::vector<std::thread> threads;
    for (std::uint8_t n = 1; n <= 4; ++n) {
        threads.emplace_back([&, n] {
            ++queued;
            try {
                f.store->write([&](Database& db) { (void)Cases(db).insert(new_case(n, {id(1)})); });
            } catch (const Error& error) {
                full += error.code() == Error::full;
            }
        });
    }
    while (queued < 4) std::this_thread::yield();
    go.count_down();
    first.join();
    for (auto& thread : threads) thread.join();
    CHECK(full == 4);
    CHECK(rows(*f.store, "\"case\"") == 0);
    CHECK(rows(*f.store, "case_key") == 0);
    CHECK(f.store->integrity_problems().empty());
}

}  // namespace tillit::storage::test

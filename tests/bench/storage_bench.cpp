// Durable submissions per second through storage/, against a bare SQLCipher loop and one commit
// each; bulk pieces; the inbox. Prints value, aim, met or missed. Usage: storage_bench [DIR]
// DIR must lie on the disk that is meant (default: here); numbers of a tmpfs say nothing.
//
// With TILLIT_BENCH_SYNC_MS=N each sync of the disk takes N ms longer: what a slower disk would
// show.
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "crypto/primitives.h"
#include "storage/attachments.h"
#include "storage/store.h"
#include "tests/bench/storage_rounds.h"

namespace {

int slow_sync(int file) {
    static const char* const text = std::getenv("TILLIT_BENCH_SYNC_MS");
    static const int more_ms = text == nullptr ? 0 : std::atoi(text);
    if (more_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(more_ms));
    return static_cast<int>(::syscall(SYS_fdatasync, file));
}

}  // namespace

/// In place of libc's for this program, SQLCipher's calls included.
extern "C" int fdatasync(int file) { return slow_sync(file); }

namespace tillit::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

void report(const char* what, double value, const char* unit, double aim, bool at_least) {
    const bool is_met = at_least ? value >= aim : value <= aim;
    std::printf("%-58s %9.2f %-7s aim %s %g: %s\n", what, value, unit, at_least ? ">=" : "<=", aim,
                is_met ? "met" : "MISSED");
}

std::string fresh(const std::string& directory, const char* name) {
    const auto path = directory + "/" + name;
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path + suffix);
    return path;
}

struct Through {
    double per_second;
    double group;  // writes per commit
};

Through through_store(const std::string& path, const std::vector<storage::NewCase>& cases,
                      std::size_t clients) {
    const auto key = storage::DatabaseKey::random();
    storage::Store store({.path = path, .create = true}, key);
    store.write(put_members);
    const auto before = store.commits();
    std::atomic<std::size_t> next{0};
    const double seconds = seconds_of([&] {
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < clients; ++i) {
            threads.emplace_back([&] {
                for (;;) {
                    const auto mine = next.fetch_add(1);
                    if (mine >= cases.size()) return;
                    crypto::ensure(store.write([&](storage::Database& db) {
                        return storage::Cases(db).insert(cases[mine]);
                    }));
                }
            });
        }
        for (auto& thread : threads) thread.join();
    });
    const auto n = static_cast<double>(cases.size());
    return {n / seconds, n / static_cast<double>(store.commits() - before)};
}

void submissions(const std::string& directory) {
    constexpr std::size_t kCases = 2000;
    constexpr std::size_t kClients = 16;
    const auto cases = make_cases(kCases);
    std::printf(
        "Submissions: %zu cases of 5 sealed rows of 5.8 kB (3 grants, report, identity) and keys;\n"
        "%zu clients in threads; 3 rounds in turn, medians; pages of %d bytes; WAL, FULL.\n",
        kCases, kClients, storage::kPageBytes);
    std::vector<double> rate, group, bare_rate, single_rate;
    for (int round = 0; round < 3; ++round) {
        const auto store = through_store(fresh(directory, "store.db"), cases, kClients);
        rate.push_back(store.per_second);
        group.push_back(store.group);
        const auto equal_group = static_cast<std::size_t>(store.group + 0.5);
        const auto path = fresh(directory, "bare.db");
        bare_rate.push_back(bare_loop(path, cases, std::max<std::size_t>(1, equal_group)));
        single_rate.push_back(bare_loop(fresh(directory, "single.db"), cases, 1));
    }
    std::printf(
        "through storage/ %.0f/s (group %.1f), bare loop of that group %.0f/s, "
        "one commit each %.0f/s\n",
        median(rate), median(group), median(bare_rate), median(single_rate));
    report("storage/ against a bare loop of equal group", median(rate) / median(bare_rate), "times",
           0.8, true);
    report("storage/ against one commit each", median(rate) / median(single_rate), "times", 3,
           true);
}

void pieces(const std::string& directory) {
    constexpr std::size_t kTotal = 200 << 20;
    for (const std::size_t piece_bytes :
         {std::size_t{64} << 10, std::size_t{256} << 10, std::size_t{1} << 20}) {
        const auto key = storage::DatabaseKey::random();
        storage::Store store({.path = fresh(directory, "pieces.db"), .create = true}, key);
        storage::Bytes piece(piece_bytes);
        crypto::fill_random(piece);
        // One upload a MiB of small rows would break the rule of equal pieces; so one each.
        const double seconds = seconds_of([&] {
            for (std::size_t done = 0; done < kTotal; done += piece_bytes) {
                store.write_relaxed([&](storage::Database& db) {
                    const auto upload = crypto::random_array<16>();
                    storage::Attachments(db).begin(upload, 1);
                    storage::Attachments(db).add_piece(upload, 0, piece);
                });
            }
            store.write([](storage::Database& db) {
                storage::Attachments(db).begin(crypto::random_array<16>(), 1);
            });
        });
        const auto name = "pieces of " + std::to_string(piece_bytes >> 10) + " KiB, one client";
        const double rate = (kTotal >> 20) / seconds;
        if (piece_bytes < storage::kPieceBytes) {  // for comparison: why a piece is a MiB
            std::printf("%-58s %9.2f MiB/s\n", name.c_str(), rate);
            continue;
        }
        report(name.c_str(), rate, "MiB/s", 60, true);
        const double drop = seconds_of([&] {
            store.write([](storage::Database& db) { storage::Attachments(db).drop_all_unbound(); });
        });
        std::printf("dropping those 200 MiB (overwritten) took %.2f s\n", drop);
    }
}

void inbox(const std::string& directory) {
    const auto key = storage::DatabaseKey::random();
    storage::Store store({.path = fresh(directory, "inbox.db"), .create = true}, key);
    store.write(put_members);
    for (int batch = 0; batch < 20; ++batch) {
        const auto cases = make_cases(500);
        store.write_relaxed([&](storage::Database& db) {
            for (const auto& one : cases) crypto::ensure(storage::Cases(db).insert(one));
        });
    }
    std::vector<double> first, filtered;
    for (int i = 0; i < 200; ++i) {
        const auto page = [&](std::optional<storage::CaseState> state) {
            return 1000 * seconds_of([&] {
                       store.read([&](storage::Database& db) {
                           (void)storage::Cases(db).inbox(
                               kMembers[0], {.after = {}, .limit = 50, .state = state});
                           (void)storage::Cases(db).inbox_count(kMembers[0]);
                       });
                   });
        };
        first.push_back(page(std::nullopt));
        filtered.push_back(page(storage::CaseState::closed));  // none: walks all 10,000
    }
    std::sort(first.begin(), first.end());
    std::sort(filtered.begin(), filtered.end());
    report("inbox of 10,000 cases, page of 50 and count, p95", first[190], "ms", 50, false);
    report("the same, filter that finds nothing, p95", filtered[190], "ms", 50, false);
}

}  // namespace
}  // namespace tillit::bench

int main(int argc, char** argv) {
    tillit::crypto::init();
    const std::string directory = (argc > 1 ? std::string(argv[1]) : ".") + "/storage-bench";
    std::filesystem::create_directories(directory);
    double load[1] = {0};
    (void)getloadavg(load, 1);
    std::printf("%u cores, load %.1f before the run\n", std::thread::hardware_concurrency(),
                load[0]);
    tillit::bench::submissions(directory);
    tillit::bench::pieces(directory);
    tillit::bench::inbox(directory);
    std::filesystem::remove_all(directory);
}

#include "tests/bench/storage_rounds.h"

#include <sqlcipher/sqlite3.h>

#include <chrono>
#include <memory>

#include "crypto/primitives.h"
#include "storage/members.h"
#include "storage/store.h"

namespace tillit::bench {
namespace {

constexpr std::size_t kSealedBytes = 5800;  // 4,096 padded, hybrid stanza, tag

storage::Bytes random_bytes(std::size_t size) {
    storage::Bytes bytes(size);
    crypto::fill_random(bytes);
    return bytes;
}

/// One INSERT of the bare loop; blobs and numbers in order.
class Insert {
  public:
    Insert(sqlite3* db, const char* sql) {
        crypto::ensure(sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) == SQLITE_OK);
    }
    ~Insert() { sqlite3_finalize(statement_); }
    Insert(const Insert&) = delete;
    Insert& operator=(const Insert&) = delete;
    Insert& blob(storage::ByteView bytes) {
        sqlite3_bind_blob(statement_, ++index_, bytes.data(), static_cast<int>(bytes.size()),
                          SQLITE_STATIC);
        return *this;
    }
    Insert& number(std::int64_t value) {
        sqlite3_bind_int64(statement_, ++index_, value);
        return *this;
    }
    void run() {
        crypto::ensure(sqlite3_step(statement_) == SQLITE_DONE);
        sqlite3_reset(statement_);
        index_ = 0;
    }

  private:
    sqlite3_stmt* statement_ = nullptr;
    int index_ = 0;
};

class BareCases {
  public:
    explicit BareCases(sqlite3* db)
        : case_(db,
                "INSERT INTO \"case\" (case_id, lookup_hash, state, received_day,"
                " acknowledge_due_day, feedback_due_day, last_position, opened_count)"
                " VALUES (?, ?, 'received', ?, ?, ?, 1, 0)"),
          key_(db, "INSERT INTO case_key VALUES (random(), ?, ?, ?, ?)"),
          grant_(db, "INSERT INTO case_grant VALUES (?, ?, ?, ?, ?)"),
          identity_(db, "INSERT INTO case_identity VALUES (random(), ?, ?)"),
          envelope_(db, "INSERT INTO envelope VALUES (random(), ?, 1, ?, 1, ?, ?, ?, ?)") {}

    void insert(const storage::NewCase& c) {
        case_.blob(c.case_id).blob(c.lookup_hash).number(c.received_day);
        case_.number(c.acknowledge_due_day).number(c.feedback_due_day).run();
        key_.blob(c.case_id).blob(c.case_recipient).blob(c.reporter_recipient);
        key_.blob(c.verify_key).run();
        std::int64_t row = 0;
        crypto::fill_random({reinterpret_cast<std::uint8_t*>(&row), sizeof row});
        row &= ~std::int64_t{0xff};
        for (const auto& grant : c.grants) {
            grant_.number(row++).blob(c.case_id).blob(grant.member_id).number(c.received_day);
            grant_.blob(grant.sealed).run();
        }
        identity_.blob(c.case_id).blob(c.identity).run();
        envelope_.blob(c.case_id).blob(c.report.author).blob(c.report.prev);
        envelope_.blob(c.report.hash).number(c.received_day).blob(c.report.sealed).run();
    }

  private:
    Insert case_, key_, grant_, identity_, envelope_;
};

}  // namespace

void put_members(storage::Database& db) {
    for (const auto& id : kMembers) {
        const std::string login = "member" + std::to_string(id[0]);
        const storage::Member member{.member_id = id,
                                     .person_id = id,
                                     .login = login,
                                     .name = login,
                                     .office = "",
                                     .role = "investigator",
                                     .recipient = {},
                                     .verify_key = {}};
        storage::Members(db).invite(member, crypto::random_array<32>(), 1);
    }
}

std::vector<storage::NewCase> make_cases(std::size_t count) {
    std::vector<storage::NewCase> cases(count);
    for (auto& c : cases) {
        c.case_id = crypto::random_array<32>();
        c.lookup_hash = crypto::random_array<32>();
        c.case_recipient = random_bytes(1216);
        c.reporter_recipient = random_bytes(1216);
        c.verify_key = random_bytes(32);
        c.received_day = 20'000 + crypto::random_below(700);
        c.acknowledge_due_day = c.received_day + 7;
        c.feedback_due_day = c.received_day + 90;
        for (const auto& id : kMembers) c.grants.push_back({id, random_bytes(kSealedBytes)});
        c.report.hash = crypto::random_array<32>();
        c.report.sealed = random_bytes(kSealedBytes);
        c.identity = random_bytes(kSealedBytes);
    }
    return cases;
}

double bare_loop(const std::string& path, const std::vector<storage::NewCase>& cases,
                 std::size_t group) {
    const auto key = storage::DatabaseKey::random();
    // The schema and the pragmas by our own hand, then nothing of ours in the loop.
    storage::Store({.path = path, .create = true}, key).write(put_members);
    storage::Database database(path, key, storage::Access::read_write);
    sqlite3* db = database.handle();
    const auto sql = [&](const char* text) {
        crypto::ensure(sqlite3_exec(db, text, nullptr, nullptr, nullptr) == SQLITE_OK);
    };
    const auto checkpoint =
        "PRAGMA wal_autocheckpoint = " + std::to_string((32 << 20) / storage::kPageBytes);
    sql(checkpoint.c_str());
    BareCases bare(db);
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < cases.size(); at += group) {
        sql("BEGIN IMMEDIATE");
        for (std::size_t i = at; i < std::min(at + group, cases.size()); ++i) bare.insert(cases[i]);
        sql("COMMIT");
    }
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    return static_cast<double>(cases.size()) / taken.count();
}

}  // namespace tillit::bench

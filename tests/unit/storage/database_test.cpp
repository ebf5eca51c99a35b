#include "storage/database.h"

#include <sys/stat.h>

#include "storage/migrate.h"
#include "storage/organisations.h"
#include "storage/statement.h"
#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

unsigned mode_of(const std::string& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

void check_pragmas(Database& db) {
    CHECK(db.query_integer("PRAGMA foreign_keys") == 1);
    CHECK(db.query_integer("PRAGMA secure_delete") == 1);
    CHECK(db.query_integer("PRAGMA temp_store") == 2);
    CHECK(db.query_integer("PRAGMA synchronous") == 2);
    CHECK(db.query_integer("PRAGMA trusted_schema") == 0);
    CHECK(db.query_integer("PRAGMA cell_size_check") == 1);
    CHECK(db.query_text("PRAGMA journal_mode") == "wal");
    CHECK(db.query_integer("PRAGMA cipher_page_size") == kPageBytes);
    CHECK(db.query_text("PRAGMA cipher_hmac_algorithm") == "HMAC_SHA512");
}

}  // namespace

TEST_CASE("every connection has the pragmas that protect the data", "[storage][database]") {
    Fixture f;
    f.store->write(check_pragmas);
    f.store->read([](Database& db) {
        check_pragmas(db);
        CHECK(db.query_integer("PRAGMA query_only") == 1);
    });
    f.reopen();
    f.store->read(check_pragmas);
    f.store->write_relaxed([](Database& db) { (void)db.query_integer("PRAGMA user_version"); });
    f.store->write(check_pragmas);  // synchronous is FULL again
}

TEST_CASE("a read connection cannot write", "[storage][database]") {
    Fixture f;
    CHECK_THROWS_AS(
        f.store->read([](Database& db) { Members(db).set_status(id(1), MemberStatus::closed); }),
        Error);
    CHECK(f.store->read([](Database& db) { return Members(db).by_id(id(1))->status; }) ==
          MemberStatus::invited);
}

TEST_CASE("a wrong key opens nothing and changes nothing", "[storage][database]") {
    Fixture f;
    f.insert(new_case(1, {id(1)}));
    f.store.reset();
    const auto before = contents(f.path);
    const auto wrong = DatabaseKey::random();
    CHECK(code_of([&] { Store({.path = f.path}, wrong); }) == Error::wrong_key);
    CHECK(contents(f.path) == before);
    f.reopen();
    CHECK(f.thread(hash(1)).size() == 1);
}

TEST_CASE("a file that is no database is refused like a wrong key", "[storage][database]") {
    const Directory directory;
    const auto path = directory.file("no.db");
    std::ofstream(path) << std::string(3 * kPageBytes, 'x');
    const auto key = DatabaseKey::random();
    CHECK(code_of([&] { Store({.path = path}, key); }) == Error::wrong_key);
}

TEST_CASE("a database of a newer version is refused and left as it was", "[storage][database]") {
    Fixture f;
    f.store->write([](Database& db) {
        db.execute(("PRAGMA user_version = " + std::to_string(newest_version() + 1)).c_str());
    });
    f.store.reset();
    const auto before = contents(f.path);
    CHECK(code_of([&] { f.reopen(); }) == Error::newer_version);
    CHECK(contents(f.path) == before);
}

TEST_CASE("opening what is not there and creating what is there are errors", "[storage]") {
    Fixture f;
    CHECK(code_of([&] { Store({.path = f.directory.file("none.db")}, f.key); }) ==
          Error::not_found);
    CHECK(code_of([&] { Store({.path = f.path, .create = true}, f.key); }) == Error::exists);
}

TEST_CASE("files are for their owner only", "[storage][database]") {
    const Directory directory;
    const auto key = DatabaseKey::random();
    const auto path = directory.file("deep/one.db");
    const mode_t old = ::umask(0);
    Store store({.path = path, .create = true}, key);
    store.write([](Database& db) { Members(db).invite(member(1), hash(1), 1); });
    ::umask(old);
    CHECK(mode_of(directory.file("deep")) == 0700);
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(path + "-wal") == 0600);
    CHECK(mode_of(path + "-shm") == 0600);
}

TEST_CASE("nothing written can be read in the files", "[storage][database]") {
    const std::string marker = "MARKER-of-a-plain-text-4711";
    const auto finds = [&](const std::string& path) {
        return contents(path).find(marker) != std::string::npos;
    };
    Fixture f;
    auto c = new_case(1, {id(1)});
    c.report.sealed.insert(c.report.sealed.end(), marker.begin(), marker.end());
    f.insert(c);
    CHECK(std::filesystem::file_size(f.path + "-wal") > 0);
    CHECK_FALSE(finds(f.path + "-wal"));
    f.store->checkpoint();
    CHECK_FALSE(finds(f.path));
    CHECK(contents(f.path).substr(0, 15) != "SQLite format 3");

    // The same scan finds it where the database is not encrypted.
    const auto plain = f.directory.file("plain.db");
    std::ofstream(plain).flush();
    Database db(f.path, f.key, Access::read_write);
    db.execute(("ATTACH '" + plain + "' AS plain KEY ''").c_str());
    db.execute("CREATE TABLE plain.t AS SELECT sealed FROM envelope");
    db.execute("DETACH plain");
    CHECK(finds(plain));
}

TEST_CASE("a flipped byte in the file is found", "[storage][database]") {
    Fixture f;
    for (std::uint8_t n = 1; n < 20; ++n) f.insert(new_case(n, {id(1), id(2)}));
    CHECK(f.store->integrity_problems().empty());
    f.store.reset();
    {
        std::fstream file(f.path, std::ios::in | std::ios::out | std::ios::binary);
        const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(f.path) / 2);
        file.seekg(middle);
        const char old = static_cast<char>(file.get());
        file.seekp(middle);
        file.put(static_cast<char>(old ^ 1));
    }
    f.reopen();
    CHECK_FALSE(f.store->integrity_problems().empty());
}

TEST_CASE("two organisations in two files do not see each other", "[storage]") {
    Fixture one;
    Fixture other;
    one.insert(new_case(1, {id(1)}));
    CHECK(one.thread(hash(1)).size() == 1);
    CHECK(other.thread(hash(1)).empty());
    CHECK_FALSE(other.store->read([](Database& db) { return Cases(db).find(hash(1)); }));
    const auto path = other.path;
    CHECK(code_of([&] { Store({.path = path}, one.key); }) == Error::wrong_key);
}

TEST_CASE("a statement used within itself does not disturb the outer one", "[storage]") {
    Fixture f;
    f.store->read([](Database& db) {
        const auto list = [&](auto&& inner) {
            Statement s(db, "SELECT member_id FROM member ORDER BY member_id");
            int rows = 0;
            while (s.step()) {
                ++rows;
                inner();
            }
            return rows;
        };
        int inner_rows = 0;
        CHECK(list([&] { inner_rows += list([] {}); }) == 3);
        CHECK(inner_rows == 9);
    });
}

TEST_CASE("empty bytes are stored as empty, not as nothing", "[storage]") {
    Fixture f;
    f.store->read([](Database& db) {
        const Bytes empty;
        Statement s(db, "SELECT ?1 IS NULL, length(?1), ?2 IS NULL");
        REQUIRE(s.bind(empty).bind(std::string_view()).step());
        CHECK(s.integer(0) == 0);
        CHECK(s.integer(1) == 0);
        CHECK(s.integer(2) == 0);
    });
}

}  // namespace tillit::storage::test

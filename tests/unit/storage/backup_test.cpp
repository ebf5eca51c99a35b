#include "storage/backup.h"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "tests/unit/storage/support.h"

namespace {

using namespace tillit::storage;
using namespace tillit::storage::test;

}  // namespace

TEST_CASE("a copy is whole, opens under its own key only, and its source goes on",
          "[storage][backup]") {
    Directory directory;
    const auto key = DatabaseKey::random();
    const auto copy_key = DatabaseKey::random();
    const auto copy = directory.file("copy.db");
    Store store({.path = directory.file("live.db"), .create = true, .readers = 2}, key);
    store.write([](Database& db) { db.execute("CREATE TABLE marker (text TEXT)"); });
    const auto insert = [&](const char* sql) {
        store.write([&](Database& db) { db.execute(sql); });
    };
    insert("INSERT INTO marker VALUES ('before the copy, in a WAL that nobody checkpointed')");
    store.read([&](Database& db) { copy_to_new_file(db, copy, copy_key); });
    insert("INSERT INTO marker VALUES ('after the copy')");

    struct stat info {};
    REQUIRE(::stat(copy.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(code_of([&] { Database(copy, key, Access::read_only); }) == Error::wrong_key);
    Store copied({.path = copy, .create = false, .readers = 1}, copy_key);
    CHECK(copied.integrity_problems().empty());
    const auto count = [](Store& of) {
        return of.read(
            [](Database& db) { return db.query_integer("SELECT count(*) FROM marker"); });
    };
    CHECK(count(copied) == 1);
    CHECK(count(store) == 2);
    CHECK(contents(copy).find("before the copy") == std::string::npos);
}

TEST_CASE("writers are not stopped while a copy is made", "[storage][backup]") {
    Directory directory;
    Store store({.path = directory.file("live.db"), .create = true, .readers = 2},
                DatabaseKey::random());
    store.write([](Database& db) {
        db.execute("CREATE TABLE number (n INTEGER)");
        db.execute("INSERT INTO number VALUES (1)");
    });
    const auto copy_key = DatabaseKey::random();
    store.read([&](Database& db) {
        REQUIRE(db.query_integer("SELECT count(*) FROM number") == 1);  // its view begins here
        std::thread([&] {
            store.write([](Database& other) { other.execute("INSERT INTO number VALUES (2)"); });
        }).join();
        copy_to_new_file(db, directory.file("copy.db"), copy_key);
    });
    Database copied(directory.file("copy.db"), copy_key, Access::read_only);
    CHECK(copied.query_integer("SELECT count(*) FROM number") == 1);
}

TEST_CASE("a copy is never made over a file that is there", "[storage][backup]") {
    Directory directory;
    Store store({.path = directory.file("live.db"), .create = true, .readers = 1},
                DatabaseKey::random());
    store.read([&](Database& db) {
        CHECK(code_of([&] {
                  copy_to_new_file(db, directory.file("live.db"), DatabaseKey::random());
              }) == Error::exists);
    });
}

// tillit backup, through its commands, with real files.
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "crypto/age/text_keys.h"
#include "server/app/backup_file.h"
#include "server/app/mailbox.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/database_key.h"
#include "server/cli/log_key.h"
#include "server/cli/new_file.h"
#include "server/cli/recovery_key.h"
#include "storage/organisations.h"

namespace {

using namespace tillit;
namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<fs::path> all_of(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) files.push_back(entry);
    return files;
}

/// An organisation "default" in live/, a recovery key, and room for what is made of them.
struct Fixture {
    cli::TemporaryFolder folder{fs::temp_directory_path()};
    std::string key = at("recovery.key");
    cli::DataDir live{at("live")};

    Fixture() {
        REQUIRE(cli::run_init({.data = at("live"), .name = "Lillevik kommune"}) == 0);
        REQUIRE(
            cli::run_user_add(
                {.data = at("live"), .login = "ingrid", .name = "Ingrid", .office = "Auditor"}) ==
            0);
        REQUIRE(cli::run_backup_key({.out = key}) == 0);
    }
    [[nodiscard]] std::string at(const std::string& name) const {
        return (folder.path() / name).string();
    }
    [[nodiscard]] std::string backup(const std::string& name = "backup.age") const {
        REQUIRE(cli::run_backup_create({.data = at("live"), .to = key + ".pub", .out = at(name)}) ==
                0);
        return at(name);
    }
};

std::string trouble_of(const std::function<void()>& act) {
    try {
        act();
    } catch (const std::exception& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST_CASE("what was backed up comes back under a new database key, and log keys stay",
          "[cli][backup]") {
    const Fixture f;
    const auto file = f.backup();
    struct stat info {};
    REQUIRE(::stat(file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
    CHECK(cli::run_backup_verify({.file = file, .key_file = f.key}) == 0);
    CHECK(cli::run_backup_restore({.file = file, .key_file = f.key, .data = f.at("restored")}) ==
          0);

    const cli::DataDir restored(f.at("restored"));
    CHECK(restored.choose("") == "default");
    const auto live = f.live.open("default");
    const auto store = restored.open("default");
    CHECK(store->integrity_problems().empty());
    CHECK(cli::settings_of(*store).org_id == cli::settings_of(*live).org_id);
    CHECK(cli::settings_of(*store).name == "Lillevik kommune");
    CHECK(cli::open_log_key(restored, "default") == cli::open_log_key(f.live, "default"));
    CHECK_FALSE(cli::open_database_key(restored, "default") ==
                cli::open_database_key(f.live, "default"));
    const auto count = [&](storage::Store& of, const char* sql) {
        return of.read([&](storage::Database& db) { return db.query_integer(sql); });
    };
    CHECK(count(*store, "SELECT count(*) FROM member") == 1);
    CHECK(count(*store, "SELECT count(*) FROM log_event") ==
          count(*live, "SELECT count(*) FROM log_event") + 1);  // that it was restored
    CHECK(trouble_of([&] {
              (void)cli::run_backup_restore(
                  {.file = file, .key_file = f.key, .data = f.at("restored")});
          }).find("nothing was restored") != std::string::npos);
}

TEST_CASE("sessions do not come back", "[cli][backup]") {
    const Fixture f;
    f.live.open("default")->write([](storage::Database& db) {
        db.execute(
            "INSERT INTO console_session SELECT randomblob(32), member_id, 1, 1,"
            " randomblob(32) FROM member");
    });
    const auto file = f.backup();
    REQUIRE(cli::run_backup_restore({.file = file, .key_file = f.key, .data = f.at("r")}) == 0);
    const auto store = cli::DataDir(f.at("r")).open("default");
    CHECK(store->read([](storage::Database& db) {
        return db.query_integer("SELECT count(*) FROM console_session");
    }) == 0);
}

TEST_CASE("another key, a cut file and any changed byte are refused, and nothing is left behind",
          "[cli][backup]") {
    const Fixture f;
    const auto file = f.backup();
    const auto other = f.at("other.key");
    REQUIRE(cli::run_backup_key({.out = other}) == 0);
    const auto good = contents(file);
    const auto before = all_of(f.folder.path()).size();
    const auto refused = [&](const std::string& bytes, const std::string& key) {
        { std::ofstream(f.at("bad.age"), std::ios::binary) << bytes; }
        const auto why = trouble_of([&] {
            (void)cli::run_backup_restore(
                {.file = f.at("bad.age"), .key_file = key, .data = f.at("none")});
        });
        CHECK(all_of(f.at("none")).empty());
        fs::remove(f.at("bad.age"));
        fs::remove(f.at("none"));
        return why;
    };
    CHECK(refused(good, other).find("another recovery key") != std::string::npos);
    CHECK(refused("", f.key).find("no backup") != std::string::npos);
    CHECK(refused(good.substr(0, good.size() - 1), f.key).find("damaged") != std::string::npos);
    CHECK(refused(good.substr(0, good.size() / 2), f.key).find("damaged") != std::string::npos);
    for (const std::size_t at : {good.size() / 3, good.size() / 2, good.size() - 1}) {
        auto bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        CHECK(refused(bad, f.key).find("damaged") != std::string::npos);
    }
    CHECK(all_of(f.folder.path()).size() == before);
}

TEST_CASE("a head that names a folder elsewhere restores nothing", "[cli][backup]") {
    const Fixture f;
    const auto seed = cli::load_recovery_key(f.key);
    for (const std::string slug : {"../elsewhere", "", "a/b"}) {
        {
            cli::NewFile out(f.at("hostile.age"));
            const auto copy = contents(f.live.database("default"));
            app::BackupSealer sealer({.org = {},
                                      .slug = slug,
                                      .database_key = cli::open_database_key(f.live, "default"),
                                      .database_bytes = copy.size()},
                                     crypto::hybrid_recipient(seed),
                                     [&](crypto::ByteView piece) { out.write(piece); });
            sealer.write(crypto::view(copy));
            sealer.finish();
            out.keep();
        }
        CHECK_FALSE(trouble_of([&] {
                        (void)cli::run_backup_restore(
                            {.file = f.at("hostile.age"), .key_file = f.key, .data = f.at("none")});
                    }).empty());
        CHECK(all_of(f.at("none")).empty());
        fs::remove(f.at("hostile.age"));
    }
}

TEST_CASE("neither backup nor server opens a backup: only the recovery key holds its key",
          "[cli][backup]") {
    const Fixture f;
    const auto file = f.backup();
    const auto bytes = contents(file);
    CHECK(bytes.find("Lillevik") == std::string::npos);
    CHECK(bytes.find("database_key") == std::string::npos);
    const auto seed = cli::load_recovery_key(f.key);
    const auto text = contents(f.key);
    CHECK(text.find("AGE-SECRET-KEY-PQ-1") != std::string::npos);
    for (const auto& path : all_of(f.at("live"))) {
        if (!fs::is_regular_file(path)) continue;
        CHECK(contents(path).find(std::string(reinterpret_cast<const char*>(seed.expose().data()),
                                              32)) == std::string::npos);
    }
    // Control: with the key it opens, and what it holds is the database.
    crypto::SecretBytes taken;
    app::BackupOpener opener(seed.clone(), [&](crypto::ByteView piece) { taken.append(piece); });
    REQUIRE(opener.write(crypto::view(bytes)));
    const auto head = opener.finish();
    REQUIRE(head);
    CHECK(head->slug == "default");
    CHECK(taken.size() == head->database_bytes);
}

TEST_CASE("a recovery key that others can read, and text that is no key, are refused",
          "[cli][backup]") {
    const Fixture f;
    const auto file = f.backup();
    ::chmod(f.key.c_str(), 0644);
    CHECK_FALSE(trouble_of([&] {
                    (void)cli::run_backup_verify({.file = file, .key_file = f.key});
                }).empty());
    for (const auto& to :
         {std::string("age1pq1qqqq"), std::string("age1qqqq"), f.at("nothing.pub")}) {
        CHECK_FALSE(trouble_of([&] {
                        (void)cli::run_backup_create(
                            {.data = f.at("live"), .to = to, .out = f.at("x.age")});
                    }).empty());
    }
    CHECK_FALSE(fs::exists(f.at("x.age")));
    CHECK(trouble_of([&] {
              (void)cli::run_backup_create(
                  {.data = f.at("live"), .to = f.key + ".pub", .out = file});
          }).find("exists") != std::string::npos);
}

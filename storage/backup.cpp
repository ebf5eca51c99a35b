#include "storage/backup.h"

#include <sqlcipher/sqlite3.h>

#include <memory>

namespace tillit::storage {

namespace {

struct Finish {
    void operator()(sqlite3_backup* backup) const noexcept { sqlite3_backup_finish(backup); }
};

}  // namespace

void copy_to_new_file(Database& from, const std::string& path, const DatabaseKey& key) {
    Database to(path, key, Access::create);
    const std::unique_ptr<sqlite3_backup, Finish> backup(
        sqlite3_backup_init(to.handle(), "main", from.handle(), "main"));
    if (!backup) detail::throw_engine_error(to.handle(), sqlite3_errcode(to.handle()), "copying");
    // All pages in one step: it holds one snapshot, which in WAL mode stops no writer, and never
    // begins again because somebody wrote.
    const int status = sqlite3_backup_step(backup.get(), -1);
    if (status != SQLITE_DONE) detail::throw_engine_error(to.handle(), status, "copying");
}

}  // namespace tillit::storage

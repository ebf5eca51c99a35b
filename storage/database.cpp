#include "storage/database.h"

#include <fcntl.h>
#include <sqlcipher/sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "storage/migrate.h"
#include "storage/statement.h"

namespace tillit::storage {
namespace {

constexpr int kBusyTimeoutMs = 10'000;
// The WAL is cut back to this after a burst; it is overwritten, not deleted, in normal running.
constexpr const char* kJournalSizeLimit = "67108864";

struct Pragma {
    const char* name;
    const char* value;      // as it is set
    const char* read_back;  // as it reads when it took
};
constexpr Pragma kPragmas[] = {
    {"foreign_keys", "ON", "1"},
    {"secure_delete", "ON", "1"},
    {"temp_store", "MEMORY", "2"},
    {"synchronous", "FULL", "2"},
    {"trusted_schema", "OFF", "0"},
    {"cell_size_check", "ON", "1"},
    {"journal_mode", "WAL", "wal"},
    {"journal_size_limit", kJournalSizeLimit, kJournalSizeLimit},
    // Pages hold what is sealed already; wiping every freed one costs more than it hides.
    // SQLCipher wipes its own key material either way.
    {"cipher_memory_security", "OFF", "0"},
};

/// x'…' around 64 hexadecimal digits: SQLCipher takes the key as it is, without its own KDF.
crypto::SecretBytes raw_key_literal(const DatabaseKey& key) {
    static constexpr char kDigits[] = "0123456789abcdef";
    crypto::SecretBytes literal(std::string_view("x'"));
    for (const std::uint8_t byte : key.expose()) {
        literal.push_back(static_cast<std::uint8_t>(kDigits[byte >> 4]));
        literal.push_back(static_cast<std::uint8_t>(kDigits[byte & 15]));
    }
    literal.push_back('\'');
    return literal;
}

void create_file(const std::string& path) {
    const auto directory = std::filesystem::path(path).parent_path();
    if (!directory.empty() && ::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
        detail::throw_file_error("making the directory", directory.string());
    }
    // Made here and not by the engine, so that the mode is ours from the first moment; the engine
    // gives its WAL the same mode.
    const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (fd < 0) detail::throw_file_error("creating", path);
    ::close(fd);
}

}  // namespace

void Database::Close::operator()(sqlite3* db) const noexcept { sqlite3_close_v2(db); }
void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

Database::Database(const std::string& path, const DatabaseKey& key, Access access) {
    open(path, access);
    apply_key(key);
    prove_key_and_version();
    set_pragmas(access);
}

Database::~Database() = default;

void Database::open(const std::string& path, Access access) {
    if (access == Access::create) create_file(path);
    if (::access(path.c_str(), F_OK) != 0) detail::throw_file_error("opening", path);
    sqlite3* raw = nullptr;
    // A WAL database can't be read without writing its -shm, so readers open read-write too and
    // are held by query_only. NOMUTEX: one thread at a time is our rule already.
    const int status = sqlite3_open_v2(
        path.c_str(), &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
        nullptr);
    db_.reset(raw);
    if (status != SQLITE_OK) detail::throw_engine_error(raw, status, "opening");
    sqlite3_busy_timeout(raw, kBusyTimeoutMs);
    // Until key and version are known to be right, closing must not write what a WAL holds.
    sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

void Database::apply_key(const DatabaseKey& key) {
    // What goes wrong is thrown, not written to stderr by the engine.
    execute("PRAGMA cipher_log_level = NONE");
    const auto literal = raw_key_literal(key);
    const int status =
        sqlite3_key(db_.get(), literal.expose().data(), static_cast<int>(literal.size()));
    if (status != SQLITE_OK) detail::throw_engine_error(db_.get(), status, "setting the key");
    execute(("PRAGMA cipher_page_size = " + std::to_string(kPageBytes)).c_str());
}

void Database::prove_key_and_version() {
    try {
        (void)query_integer("SELECT count(*) FROM sqlite_schema");
    } catch (const Error& error) {
        if (error.code() != Error::corrupt) throw;
        throw Error(Error::wrong_key, "this key does not open the database");
    }
    const auto version = query_integer("PRAGMA user_version");
    if (version > newest_version()) {
        throw Error(Error::newer_version, "the database is of version " + std::to_string(version) +
                                              ", this program knows " +
                                              std::to_string(newest_version()));
    }
    sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, nullptr);
}

void Database::set_pragmas(Access access) {
    for (const auto& pragma : kPragmas) {
        const std::string name = std::string("PRAGMA ") + pragma.name;
        execute((name + " = " + pragma.value).c_str());
        if (query_text(name.c_str()) != pragma.read_back) {
            throw Error(Error::io, std::string("the engine refuses PRAGMA ") + pragma.name);
        }
    }
    if (access == Access::read_only) execute("PRAGMA query_only = ON");
}

void Database::execute(const char* sql) {
    const int status = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
    if (status != SQLITE_OK) detail::throw_engine_error(db_.get(), status, "executing");
}

std::string Database::query_text(const char* sql) {
    // Not from the cache: a PRAGMA may read its value while it is prepared.
    sqlite3_stmt* raw = nullptr;
    int status = sqlite3_prepare_v2(db_.get(), sql, -1, &raw, nullptr);
    const StatementHandle statement(raw);
    if (status != SQLITE_OK) detail::throw_engine_error(db_.get(), status, "preparing");
    status = sqlite3_step(raw);
    if (status == SQLITE_DONE) return {};
    if (status != SQLITE_ROW) detail::throw_engine_error(db_.get(), status, "reading");
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
    return text == nullptr ? std::string() : std::string(text);
}

std::int64_t Database::query_integer(const char* sql) {
    const auto text = query_text(sql);
    return text.empty() ? 0 : std::stoll(text);
}

bool Database::in_transaction() const noexcept { return sqlite3_get_autocommit(db_.get()) == 0; }

Transaction::Transaction(Database& db, Kind kind) : db_(db) {
    Statement(db_, kind == writing ? "BEGIN IMMEDIATE" : "BEGIN DEFERRED").run();
}

Transaction::~Transaction() {
    // Some failures (a full disk) have rolled back already.
    if (!is_open_ || !db_.in_transaction()) return;
    sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    Statement(db_, "COMMIT").run();
    is_open_ = false;
}

}  // namespace tillit::storage

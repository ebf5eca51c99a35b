#include "storage/statement.h"

#include <sqlcipher/sqlite3.h>

#include <limits>

namespace tillit::storage {

Statement::Statement(Database& db, std::string_view sql) : db_(db) {
    auto found = db_.cache_.find(sql);
    if (found != db_.cache_.end() && !found->second.is_in_use) {
        found->second.is_in_use = true;
        stmt_ = found->second.statement.get();
        in_use_ = &found->second.is_in_use;  // entries of an unordered_map stay where they are
        return;
    }
    crypto::ensure(sql.size() < static_cast<std::size_t>(std::numeric_limits<int>::max()));
    const bool keep = found == db_.cache_.end();
    const unsigned flags = keep ? SQLITE_PREPARE_PERSISTENT : 0;
    check(sqlite3_prepare_v3(db_.handle(), sql.data(), static_cast<int>(sql.size()), flags, &stmt_,
                             nullptr),
          "preparing");
    if (!keep) return;  // the same statement, nested
    Database::Cached cached{.statement = Database::StatementHandle(stmt_), .is_in_use = true};
    found = db_.cache_.emplace(std::string(sql), std::move(cached)).first;
    in_use_ = &found->second.is_in_use;
}

Statement::~Statement() {
    if (in_use_ == nullptr) {
        sqlite3_finalize(stmt_);
        return;
    }
    sqlite3_reset(stmt_);
    sqlite3_clear_bindings(stmt_);  // forgets the pointers to the caller's bytes
    *in_use_ = false;
}

void Statement::check(int status, const char* doing) const {
    if (status == SQLITE_OK) return;
    detail::throw_engine_error(db_.handle(), status, doing);
}

Statement& Statement::bind(ByteView bytes) {
    // A null pointer would bind NULL; an empty blob is another thing.
    if (bytes.empty()) {
        check(sqlite3_bind_zeroblob(stmt_, next_++, 0), "binding");
    } else {
        check(sqlite3_bind_blob64(stmt_, next_++, bytes.data(), bytes.size(), SQLITE_STATIC),
              "binding");
    }
    return *this;
}

Statement& Statement::bind(std::string_view text) {
    const char* data = text.empty() ? "" : text.data();
    check(sqlite3_bind_text64(stmt_, next_++, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8),
          "binding");
    return *this;
}

Statement& Statement::bind_integer(std::int64_t number) {
    check(sqlite3_bind_int64(stmt_, next_++, number), "binding");
    return *this;
}

Statement& Statement::bind_null() {
    check(sqlite3_bind_null(stmt_, next_++), "binding");
    return *this;
}

bool Statement::step() {
    const int status = sqlite3_step(stmt_);
    if (status == SQLITE_ROW) return true;
    if (status == SQLITE_DONE) return false;
    detail::throw_engine_error(db_.handle(), status, "running");
}

std::int64_t Statement::run() {
    const bool has_row = step();
    crypto::ensure(!has_row);
    return sqlite3_changes64(db_.handle());
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(stmt_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(stmt_, column); }

std::uint64_t Statement::count(int column) const {
    const auto value = integer(column);
    if (value < 0) throw Error(Error::corrupt, "database: negative count");
    return static_cast<std::uint64_t>(value);
}

ByteView Statement::blob_view(int column) const {
    // The pointer first, then its length: the documented order.
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(stmt_, column));
    const int size = sqlite3_column_bytes(stmt_, column);
    return {data, static_cast<std::size_t>(size)};
}

Bytes Statement::blob(int column) const {
    const ByteView bytes = blob_view(column);
    return {bytes.begin(), bytes.end()};
}

std::string Statement::text(int column) const {
    const ByteView bytes = blob_view(column);
    return {bytes.begin(), bytes.end()};
}

std::optional<Day> Statement::optional_day(int column) const {
    if (is_null(column)) return std::nullopt;
    return integer(column);
}

}  // namespace tillit::storage

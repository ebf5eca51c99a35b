#include "storage/error.h"

#include <sqlcipher/sqlite3.h>

#include <cerrno>
#include <system_error>

namespace tillit::storage::detail {
namespace {

bool means_no_space(int system_errno) {
    return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

Error::Code code_of(int status, int system_errno) {
    switch (status & 0xff) {
        case SQLITE_FULL:
            return Error::full;
        case SQLITE_IOERR:
            // A quota or a file size limit is a full disk to whoever has to act on it.
            return means_no_space(system_errno) ? Error::full : Error::io;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Error::busy;
        case SQLITE_CONSTRAINT:
            return status == SQLITE_CONSTRAINT_PRIMARYKEY || status == SQLITE_CONSTRAINT_UNIQUE ||
                           status == SQLITE_CONSTRAINT_ROWID
                       ? Error::exists
                       : Error::refused;
        case SQLITE_NOTADB:
        case SQLITE_CORRUPT:
            return Error::corrupt;
        default:
            return Error::io;
    }
}

}  // namespace

void throw_engine_error(sqlite3* db, int status, const char* doing) {
    const int extended = db != nullptr ? sqlite3_extended_errcode(db) : status;
    const int system_errno = db != nullptr ? sqlite3_system_errno(db) : 0;
    // sqlite3_errstr, not sqlite3_errmsg: the latter can quote values.
    std::string message = "database, ";
    message.append(doing).append(": ").append(sqlite3_errstr(extended));
    message.append(", ").append(std::to_string(extended));
    throw Error(code_of(extended, system_errno), message);
}

void throw_file_error(const char* doing, const std::string& path) {
    const int saved = errno;
    const auto code = means_no_space(saved) ? Error::full
                      : saved == ENOENT     ? Error::not_found
                      : saved == EEXIST     ? Error::exists
                                            : Error::io;
    std::string message = doing;
    message.append(" ").append(path).append(": ");
    message.append(std::error_code(saved, std::generic_category()).message());
    throw Error(code, message);
}

}  // namespace tillit::storage::detail

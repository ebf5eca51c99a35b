/// What goes wrong with the machine or the deployment: disk, key, file, engine. Caught in the web
/// handler (500 page) and in main (exit 1). Messages carry no data of anybody.
#pragma once

#include <stdexcept>
#include <string>

struct sqlite3;

namespace tillit::storage {

class Error : public std::runtime_error {
  public:
    enum Code {
        wrong_key,      // the key does not open this file, or the file is no database
        newer_version,  // written by a newer Tillit; left untouched
        not_found,      // no such file, or the row that must be there is not
        exists,         // the file, or a row with this key, is there already
        refused,        // a constraint of the schema said no
        insecure,       // a key file that others can read
        full,           // no space: nothing of the transaction was kept
        io,             // any other trouble with files
        busy,           // another process holds the database
        corrupt,        // bytes that fail their check
    };
    Error(Code code, const std::string& message) : std::runtime_error(message), code_(code) {}
    [[nodiscard]] Code code() const noexcept { return code_; }

  private:
    Code code_;
};

namespace detail {
/// Throws what the last failure on this connection was. `doing` says what we were at.
[[noreturn]] void throw_engine_error(sqlite3* db, int status, const char* doing);
/// Throws Error::full or Error::io from errno.
[[noreturn]] void throw_file_error(const char* doing, const std::string& path);
}  // namespace detail

}  // namespace tillit::storage

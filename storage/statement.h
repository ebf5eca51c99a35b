/// One prepared statement, taken from its connection's cache and given back when it goes.
///
/// bind(…)  fills the next parameter, from ?1 on. Bytes are not copied: they must outlive the last
///          step(). Text and numbers are copied.
/// step()   true while there is a row. Column readers are valid for the current row; wrong sizes
///          throw Error::corrupt.
/// run()    for statements without rows; returns how many rows were changed.
/// Errors   storage::Error, on every call that reaches the engine.
/// Threads  as its Database: one thread at a time. Must not outlive it.
#pragma once

#include <concepts>
#include <cstring>
#include <utility>

#include "crypto/result.h"
#include "storage/database.h"
#include "storage/types.h"

struct sqlite3_stmt;

namespace tillit::storage {

class Statement {
  public:
    Statement(Database& db, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(ByteView bytes);
    Statement& bind(const Bytes& bytes) { return bind(ByteView(bytes)); }
    Statement& bind(Bytes&&) = delete;  // would not live until step()
    template <std::size_t N>
    Statement& bind(const crypto::ByteArray<N>& bytes) {
        return bind(ByteView(bytes));
    }
    Statement& bind(std::string_view text);
    Statement& bind(const char* text) { return bind(std::string_view(text)); }
    template <std::integral T>
    Statement& bind(T number) {
        return bind_integer(checked(number));
    }
    Statement& bind(bool yes) { return bind_integer(yes ? 1 : 0); }
    Statement& bind(std::optional<Day> day) { return day ? bind_integer(*day) : bind_null(); }
    Statement& bind_null();

    bool step();
    std::int64_t run();

    [[nodiscard]] bool is_null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::uint64_t count(int column) const;  // an integer that can't be negative
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes blob(int column) const;
    [[nodiscard]] std::optional<Day> optional_day(int column) const;
    template <std::size_t N>
    [[nodiscard]] crypto::ByteArray<N> array(int column) const {
        const ByteView bytes = blob_view(column);
        if (bytes.size() != N) throw Error(Error::corrupt, "database: column of another size");
        crypto::ByteArray<N> out{};
        std::memcpy(out.data(), bytes.data(), N);
        return out;
    }
    [[nodiscard]] Hash hash(int column) const { return array<32>(column); }
    [[nodiscard]] Id id(int column) const { return array<16>(column); }

  private:
    template <std::integral T>
    static std::int64_t checked(T number) {
        crypto::ensure(std::in_range<std::int64_t>(number));
        return static_cast<std::int64_t>(number);
    }
    Statement& bind_integer(std::int64_t number);
    [[nodiscard]] ByteView blob_view(int column) const;
    void check(int status, const char* doing) const;

    Database& db_;
    sqlite3_stmt* stmt_ = nullptr;
    bool* in_use_ = nullptr;  // of the cache's entry; null: this one is ours alone
    int next_ = 1;
};

}  // namespace tillit::storage

/// One organisation's database: readers on their own connections, one writer thread.
///
/// read(f)   runs f(Database&) on a pooled read connection; concurrent.
/// write(f)  hands f(Database&) to the writer thread, which runs what is waiting as one transaction
///           (each f in its own savepoint, so that a throwing f undoes only itself) and returns
///           only after the commit is durable (WAL, synchronous=FULL). Its result is f's result;
///           what f throws, and storage::Error when the commit fails, is thrown here.
/// write_relaxed(f)  as write(), for bulk pieces of uploads not yet bound to a case: it may return
///           before the sync; a later write() that changes something makes it durable with itself.
/// Threads   safe to call concurrently; f must not call the store again.
/// Lifetime  the store outlives every f; the destructor finishes what is waiting.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>

#include "crypto/secret.h"
#include "storage/database.h"

namespace tillit::storage {

struct StoreOptions {
    std::string path;  // the database file
    bool create = false;
    std::size_t readers = 4;
};

class Store {
  public:
    /// Throws storage::Error: wrong_key, newer_version, not_found, exists, io.
    Store(const StoreOptions& options, const DatabaseKey& key);
    ~Store();
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    template <class F>
    auto read(F&& f) {
        using R = std::invoke_result_t<F, Database&>;
        if constexpr (std::is_void_v<R>) {
            with_reader([&](Database& db) { f(db); });
        } else {
            std::optional<R> result;
            with_reader([&](Database& db) { result.emplace(f(db)); });
            return std::move(*result);
        }
    }
    template <class F>
    auto write(F&& f) {
        return run_write(std::forward<F>(f), /*relaxed=*/false);
    }
    template <class F>
    auto write_relaxed(F&& f) {
        return run_write(std::forward<F>(f), /*relaxed=*/true);
    }

    /// Waits for everything written so far, truncates the WAL. For tests, shutdown and purge.
    void checkpoint();
    /// PRAGMA integrity_check and cipher_integrity_check; empty when sound.
    [[nodiscard]] std::string integrity_problems();
    /// How many transactions the writer has committed; fewer than writes where groups formed.
    [[nodiscard]] std::uint64_t commits() const noexcept;

  private:
    template <class F>
    auto run_write(F&& f, bool relaxed) {
        using R = std::invoke_result_t<F, Database&>;
        if constexpr (std::is_void_v<R>) {
            with_writer([&](Database& db) { f(db); }, relaxed);
        } else {
            std::optional<R> result;
            with_writer([&](Database& db) { result.emplace(f(db)); }, relaxed);
            return std::move(*result);
        }
    }
    void with_reader(const std::function<void(Database&)>& f);
    void with_writer(const std::function<void(Database&)>& f, bool relaxed);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tillit::storage

/// A store in a directory of its own, and rows to put into it.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>

#include "crypto/primitives.h"
#include "storage/cases.h"
#include "storage/envelopes.h"
#include "storage/members.h"
#include "storage/store.h"

namespace tillit::storage::test {

class Directory {
  public:
    Directory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "tillit-storage-XXXXXX").string();
        crypto::ensure(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

/// What the call throws; fails the test if it throws nothing.
template <class F>
Error::Code code_of(F&& f) {
    try {
        f();
    } catch (const Error& error) {
        return error.code();
    }
    FAIL("nothing was thrown");
    return Error::io;
}

inline Bytes random_bytes(std::size_t size) {
    Bytes bytes(size);
    crypto::fill_random(bytes);
    return bytes;
}

inline std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline Id id(std::uint8_t n) { return Id{n}; }
inline Hash hash(std::uint8_t n) { return Hash{n}; }

inline Member member(std::uint8_t n) {
    return {.member_id = id(n),
            .person_id = id(static_cast<std::uint8_t>(n + 100)),
            .login = "member" + std::to_string(n),
            .name = "Member " + std::to_string(n),
            .office = "Audit",
            .role = "investigator",
            .recipient = {},
            .verify_key = {}};
}

inline NewCase new_case(std::uint8_t n, const std::vector<Id>& grantees, Day day = 20'000) {
    NewCase c{.case_id = hash(n),
              .lookup_hash = hash(static_cast<std::uint8_t>(n + 100)),
              .case_recipient = random_bytes(1216),
              .reporter_recipient = random_bytes(1216),
              .verify_key = random_bytes(32),
              .received_day = day,
              .acknowledge_due_day = day + 7,
              .feedback_due_day = day + 90,
              .grants = {},
              .report = {.author = {},
                         .seq = 1,
                         .prev = {},
                         .hash = crypto::random_array<32>(),
                         .sealed = random_bytes(5800)},
              .identity = random_bytes(5800),
              .attachments = {}};
    for (const Id& grantee : grantees) c.grants.push_back({grantee, random_bytes(5800)});
    return c;
}

/// A store with members 1, 2 and 3.
class Fixture {
  public:
    Fixture() : key(DatabaseKey::random()), path(directory.file("one.db")) {
        store = std::make_unique<Store>(StoreOptions{.path = path, .create = true}, key);
        store->write([](Database& db) {
            for (const std::uint8_t n : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
                Members(db).invite(member(n), hash(n), 1'000);
            }
        });
    }
    void reopen() {
        store.reset();
        store = std::make_unique<Store>(StoreOptions{.path = path}, key);
    }
    void insert(const NewCase& c) {
        // Not inside REQUIRE, which would swallow what it throws.
        const bool is_new = store->write([&](Database& db) { return Cases(db).insert(c); });
        REQUIRE(is_new);
    }
    AppendResult append(const Hash& case_id, const NewEnvelope& envelope) {
        return store->write(
            [&](Database& db) { return Envelopes(db).append(case_id, envelope, 20'001); });
    }
    std::vector<StoredEnvelope> thread(const Hash& case_id) {
        return store->read([&](Database& db) { return Envelopes(db).thread(case_id); });
    }

    Directory directory;
    DatabaseKey key;
    std::string path;
    std::unique_ptr<Store> store;
};

}  // namespace tillit::storage::test

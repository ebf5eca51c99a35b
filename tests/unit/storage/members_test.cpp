#include "storage/members.h"

#include "storage/directories.h"
#include "storage/organisations.h"
#include "storage/sessions.h"
#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

template <class F>
auto members(Fixture& f, F&& act) {
    return f.store->write([&](Database& db) {
        Members m(db);
        return act(m);
    });
}

MemberSecrets secrets() {
    return {.auth_hash = hash(41),
            .keyring = Bytes(200, 1),
            .keyring_version = 1,
            .recovery_auth_hash = hash(42),
            .recovery_keyring = Bytes(200, 2)};
}

bool enrol(Fixture& f, const Id& who) {
    return members(
        f, [&](Members& m) { return m.enrol(who, Bytes(1216, 3), Bytes(32, 4), secrets()); });
}

}  // namespace

TEST_CASE("an invitation is found until it ends, and consumed once", "[storage][members]") {
    Fixture f;
    const auto by_invite = [&](std::int64_t now) {
        return members(f, [&](Members& m) { return m.by_invite(hash(1), now); });
    };
    REQUIRE(by_invite(999));
    CHECK(by_invite(999)->login == "member1");
    CHECK_FALSE(by_invite(1'000));
    CHECK(enrol(f, id(1)));
    CHECK_FALSE(by_invite(999));
    CHECK_FALSE(enrol(f, id(1)));
    const auto row = members(f, [](Members& m) { return m.by_id(id(1)); });
    REQUIRE(row);
    CHECK(row->status == MemberStatus::enrolled);
    CHECK(row->recipient == Bytes(1216, 3));
    CHECK(row->verify_key == Bytes(32, 4));
}

TEST_CASE("a fresh link replaces the old one, but not after enrolment", "[storage][members]") {
    Fixture f;
    members(f, [](Members& m) { m.invite(member(1), hash(50), 2'000); });
    CHECK_FALSE(members(f, [](Members& m) { return m.by_invite(hash(1), 0); }));
    CHECK(members(f, [](Members& m) { return m.by_invite(hash(50), 0); }));
    auto corrected = member(1);
    corrected.name = "As it should have been";
    corrected.role = "custodian";
    members(f, [&](Members& m) { m.invite(corrected, hash(50), 2'000); });
    const auto invited = members(f, [](Members& m) { return m.by_invite(hash(50), 0); });
    REQUIRE(invited);
    CHECK(invited->name == "As it should have been");
    CHECK(invited->role == "custodian");
    CHECK(enrol(f, id(1)));
    CHECK(code_of([&] { members(f, [](Members& m) { m.invite(member(1), hash(51), 2'000); }); }) ==
          Error::exists);
}

TEST_CASE("a login is one member's", "[storage][members]") {
    Fixture f;
    auto other = member(9);
    other.login = "member1";
    CHECK(code_of([&] { members(f, [&](Members& m) { m.invite(other, hash(9), 1); }); }) ==
          Error::exists);
    other.login = "Member9";
    CHECK(code_of([&] { members(f, [&](Members& m) { m.invite(other, hash(9), 1); }); }) ==
          Error::refused);
    CHECK(members(f, [](Members& m) { return m.by_login("member2")->member_id; }) == id(2));
    CHECK_FALSE(members(f, [](Members& m) { return m.by_login("nobody"); }));
    CHECK(members(f, [](Members& m) { return m.all(); }).size() == 3);
}

TEST_CASE("nobody is active without keys", "[storage][members]") {
    Fixture f;
    CHECK(code_of([&] {
              members(f, [](Members& m) { m.set_status(id(1), MemberStatus::active); });
          }) == Error::refused);
    REQUIRE(enrol(f, id(1)));
    members(f, [](Members& m) {
        m.set_status(id(1), MemberStatus::active);
        m.set_default(id(1), true);
    });
    const auto row = members(f, [](Members& m) { return m.by_id(id(1)); });
    CHECK(row->status == MemberStatus::active);
    CHECK(row->is_default);
}

TEST_CASE("of two new passphrases at the same moment one is taken", "[storage][members]") {
    Fixture f;
    CHECK_FALSE(members(f, [](Members& m) { return m.secrets(id(1)); }));
    REQUIRE(enrol(f, id(1)));
    const Bytes fresh(200, 9);
    const auto replace = [&] {
        return members(f, [&](Members& m) { return m.replace_keyring(id(1), 1, hash(60), fresh); });
    };
    CHECK(replace());
    CHECK_FALSE(replace());
    CHECK(members(f, [&](Members& m) { return m.replace_recovery(id(1), 0, hash(61), fresh); }));
    const auto now = members(f, [](Members& m) { return m.secrets(id(1)); });
    REQUIRE(now);
    CHECK(now->auth_hash == hash(60));
    CHECK(now->keyring == fresh);
    CHECK(now->keyring_version == 2);
    CHECK(now->recovery_auth_hash == hash(61));
    CHECK(now->recovery_keyring == fresh);
    CHECK(now->recovery_version == 1);
}

TEST_CASE("a session ends by idling, by age, by log-out and with all others", "[storage]") {
    Fixture f;
    constexpr SessionLimits kLimits{.idle_seconds = 100, .max_seconds = 1'000};
    const auto sessions = [&](auto&& act) {
        return f.store->write([&](Database& db) {
            Sessions s(db);
            return act(s);
        });
    };
    const auto find = [&](std::uint8_t n, std::int64_t now) {
        return sessions([&](Sessions& s) { return s.find(hash(n), now, kLimits); });
    };
    for (const std::uint8_t n : {std::uint8_t{1}, std::uint8_t{2}}) {
        sessions([&](Sessions& s) {
            s.put(hash(n), {.member_id = id(1),
                            .created_unix = 5'000,
                            .seen_unix = 5'000,
                            .csrf_hash = hash(77)});
        });
    }
    REQUIRE(find(1, 5'099));
    CHECK(find(1, 5'099)->csrf_hash == hash(77));
    CHECK_FALSE(find(1, 5'100));
    sessions([](Sessions& s) { s.touch(hash(1), 5'990); });
    sessions([](Sessions& s) { s.touch(hash(1), 5'100); });  // does not move back
    CHECK(find(1, 5'999));
    CHECK_FALSE(find(1, 6'000));
    sessions([&](Sessions& s) { s.remove_expired(5'995, kLimits); });
    CHECK_FALSE(find(2, 5'001));  // idle since 5,000: its row is gone
    CHECK(find(1, 5'995));
    SECTION("log-out") {
        sessions([](Sessions& s) { s.remove(hash(1)); });
        CHECK_FALSE(find(1, 5'995));
    }
    SECTION("all of a member") {
        sessions([](Sessions& s) { s.remove_all(id(1)); });
        CHECK_FALSE(find(1, 5'995));
    }
}

TEST_CASE("an organisation is made once and read back", "[storage]") {
    Fixture f;
    const auto get = [&] {
        return f.store->read([](Database& db) { return Organisations(db).get(); });
    };
    CHECK(code_of([&] { (void)get(); }) == Error::not_found);
    const Organisation o{.org_id = id(5),
                         .name = "Eksempel kommune",
                         .is_demo = true,
                         .max_report_bytes = 1'000,
                         .device_cookie_key = Bytes(32, 6),
                         .contact = ""};
    const auto create = [&] { f.store->write([&](Database& db) { Organisations(db).create(o); }); };
    create();
    CHECK(code_of(create) == Error::exists);
    f.store->write([](Database& db) { Organisations(db).set_contact("Ring 116 117"); });
    CHECK(get().org_id == o.org_id);
    CHECK(get().name == o.name);
    CHECK(get().is_demo);
    CHECK(get().max_report_bytes == 1'000);
    CHECK(get().device_cookie_key == o.device_cookie_key);
    CHECK(get().contact == "Ring 116 117");
}

TEST_CASE("notes are kept in order and never replaced", "[storage]") {
    Fixture f;
    const auto write = [&](auto&& act) {
        f.store->write([&](Database& db) {
            Directories d(db);
            act(d);
        });
    };
    write([](Directories& d) {
        d.put_signers_note(1, "one");
        d.put_signers_note(0, "zero");
        d.put_directory(2, "two");
        d.put_directory(10, "ten");
    });
    CHECK(code_of([&] { write([](Directories& d) { d.put_directory(2, "other"); }); }) ==
          Error::exists);
    f.store->read([](Database& db) {
        CHECK(Directories(db).signers_notes() == std::vector<std::string>{"zero", "one"});
        CHECK(Directories(db).newest_directory() == "ten");
    });
}

}  // namespace tillit::storage::test

#include "storage/attachments.h"

#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

template <class F>
auto with(Fixture& f, F&& act) {
    return f.store->write([&](Database& db) {
        Attachments attachments(db);
        return act(attachments);
    });
}

/// An upload of one full piece and `tail` bytes, sealed.
void upload(Fixture& f, const Id& which, const Bytes& full, const Bytes& tail) {
    with(f, [&](Attachments& a) { a.begin(which, 20'000); });
    with(f, [&](Attachments& a) { a.add_piece(which, 0, full); });
    with(f, [&](Attachments& a) { a.add_piece(which, 1, tail); });
    REQUIRE(with(f, [&](Attachments& a) { return a.seal(which, full.size() + tail.size()); }));
}

}  // namespace

TEST_CASE("an attachment bound to a case is read back piece by piece", "[storage][attachments]") {
    Fixture f;
    const auto full = random_bytes(kPieceBytes);
    const auto tail = random_bytes(70'000);
    upload(f, id(9), full, tail);
    auto c = new_case(1, {id(1)});
    c.attachments = {id(9)};
    f.insert(c);
    f.store->read([&](Database& db) {
        Attachments attachments(db);
        const auto info = attachments.find(hash(1), id(9));
        REQUIRE(info);
        CHECK(info->stored_size == full.size() + tail.size());
        CHECK(info->pieces == 2);
        CHECK(attachments.piece(id(9), 0) == full);
        CHECK(attachments.piece(id(9), 1) == tail);
        CHECK(code_of([&] { (void)attachments.piece(id(9), 2); }) == Error::not_found);
        CHECK_FALSE(attachments.find(hash(2), id(9)));
    });
}

TEST_CASE("an upload takes only its next piece, and none once it is sealed", "[storage]") {
    Fixture f;
    const auto add = [&](std::uint64_t index, std::size_t size) {
        return code_of(
            [&] { with(f, [&](Attachments& a) { a.add_piece(id(9), index, Bytes(size, 1)); }); });
    };
    CHECK(add(0, 10) == Error::refused);  // not begun
    with(f, [](Attachments& a) { a.begin(id(9), 1); });
    CHECK(add(1, 10) == Error::refused);               // 0 is missing
    CHECK(add(0, kPieceBytes + 1) == Error::refused);  // too large
    CHECK(add(0, 0) == Error::refused);                // empty
    with(f, [](Attachments& a) { a.add_piece(id(9), 0, Bytes(10, 1)); });
    CHECK(add(0, 10) == Error::exists);
    CHECK(add(1, 10) == Error::refused);  // after one that was not full
    CHECK_FALSE(with(f, [](Attachments& a) { return a.seal(id(9), 11); }));
    CHECK_FALSE(with(f, [](Attachments& a) { return a.bind(id(9), hash(1)); }));  // not sealed
    CHECK(with(f, [](Attachments& a) { return a.seal(id(9), 10); }));
    CHECK(add(1, 10) == Error::refused);
}

TEST_CASE("a report that names an upload that is not there is not stored at all", "[storage]") {
    Fixture f;
    auto c = new_case(1, {id(1)});
    c.attachments = {id(9)};
    CHECK(code_of([&] { f.insert(c); }) == Error::not_found);
    CHECK_FALSE(f.store->read([](Database& db) { return Cases(db).find(hash(1)); }));
}

TEST_CASE("an upload belongs to one case for good", "[storage][attachments]") {
    Fixture f;
    upload(f, id(9), Bytes(kPieceBytes, 1), Bytes(1, 2));
    auto c = new_case(1, {id(1)});
    c.attachments = {id(9)};
    f.insert(c);
    auto second = new_case(2, {id(1)});
    second.attachments = {id(9)};
    CHECK(code_of([&] { f.insert(second); }) == Error::not_found);
    CHECK(with(f, [](Attachments& a) { return a.drop(id(9)); }));  // nothing unbound is left
    CHECK(f.store->read([](Database& db) { return Attachments(db).find(hash(1), id(9)); }));
    CHECK(with(f, [](Attachments& a) { return a.piece(id(9), 1).size(); }) == 1);
}

TEST_CASE("unbound uploads are dropped by day, at start, or a few pieces at a time", "[storage]") {
    Fixture f;
    upload(f, id(7), Bytes(kPieceBytes, 1), Bytes(1, 2));
    with(f, [](Attachments& a) { a.begin(id(8), 20'001); });
    const auto left = [&](const char* table) {
        return f.store->read([&](Database& db) {
            return db.query_integer((std::string("SELECT count(*) FROM ") + table).c_str());
        });
    };
    SECTION("by day") {
        CHECK(with(f, [](Attachments& a) { return a.drop_unbound_before(20'001); }) == 1);
        CHECK(left("attachment") == 1);
        CHECK(left("attachment_piece") == 0);
    }
    SECTION("at start") {
        CHECK(with(f, [](Attachments& a) { return a.drop_all_unbound(); }) == 2);
        CHECK(left("attachment") == 0);
    }
    SECTION("a piece at a time, and no longer to be bound once it has begun") {
        CHECK_FALSE(with(f, [](Attachments& a) { return a.drop(id(7), 1); }));
        CHECK(left("attachment_piece") == 1);
        auto c = new_case(1, {id(1)});
        c.attachments = {id(7)};
        CHECK(code_of([&] { f.insert(c); }) == Error::not_found);
        CHECK(with(f, [](Attachments& a) { return a.drop(id(7), 1); }));
        CHECK(left("attachment") == 1);
    }
}

}  // namespace tillit::storage::test

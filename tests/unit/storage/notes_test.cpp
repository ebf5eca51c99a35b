#include "storage/notes.h"

#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

NewEnvelope note(std::uint8_t author, std::uint64_t seq, const Hash& prev, std::uint8_t n) {
    return {.author = id(author), .seq = seq, .prev = prev, .hash = hash(n), .sealed = Bytes(9, n)};
}

/// Case 1 with members 1 and 2.
struct Noted : Fixture {
    Noted() { insert(new_case(1, {id(1), id(2)})); }
    template <class F>
    auto with(F&& act) {
        return store->write([&](Database& db) {
            Notes notes(db);
            return act(notes);
        });
    }
    AppendResult append(const NewEnvelope& one) {
        return with([&](Notes& notes) { return notes.append(hash(1), one, 20'010); });
    }
};

}  // namespace

TEST_CASE("notes stand in the order in which they came, each after its author's last",
          "[storage]") {
    Noted noted;
    CHECK(noted.append(note(1, 2, {}, 11)) == AppendResult::not_successor);
    CHECK(noted.append(note(1, 1, hash(9), 11)) == AppendResult::not_successor);
    REQUIRE(noted.append(note(1, 1, {}, 11)) == AppendResult::stored);
    CHECK(noted.append(note(1, 1, {}, 11)) == AppendResult::not_successor);
    REQUIRE(noted.append(note(2, 1, {}, 21)) == AppendResult::stored);
    REQUIRE(noted.append(note(1, 2, hash(11), 12)) == AppendResult::stored);
    auto other = note(2, 2, hash(21), 22);
    other.epoch = 1;
    CHECK(noted.append(other) == AppendResult::other_epoch);
    const auto all = noted.with([](Notes& notes) { return notes.of_case(hash(1)); });
    REQUIRE(all.size() == 3);
    CHECK(all[1].author == id(2));
    CHECK(all[2].position == 3);
    CHECK(all[2].prev == hash(11));
    CHECK(all[2].day == 20'010);
    CHECK(all[2].sealed == Bytes(9, 12));
    CHECK(noted.with([](Notes& notes) { return notes.bytes_of(hash(1), id(1)); }) == 18);
    CHECK(noted.with([](Notes& notes) {
        return notes.append(hash(7), note(1, 1, {}, 1), 20'010);
    }) == AppendResult::no_such_case);
}

TEST_CASE("a handling identity goes to the one it is sealed to, and none replaces another",
          "[storage]") {
    Noted noted;
    CHECK_FALSE(noted.with([](Notes& notes) { return notes.has_handling(hash(1), 0); }));
    noted.with([](Notes& notes) {
        notes.add_handling(hash(1), 2, {id(1), Bytes(5, 2)});
        notes.add_handling(hash(1), 0, {id(1), Bytes(5, 1)});
        notes.add_handling(hash(1), 0, {id(1), Bytes(6, 1)});
    });
    CHECK(noted.with([](Notes& notes) { return notes.has_handling(hash(1), 0); }));
    CHECK_FALSE(noted.with([](Notes& notes) { return notes.has_handling(hash(1), 1); }));
    CHECK_FALSE(noted.with([](Notes& notes) { return notes.has_handling(hash(2), 0); }));
    const auto mine = noted.with([](Notes& notes) { return notes.handling(hash(1), id(1)); });
    REQUIRE(mine.size() == 3);
    CHECK(mine[0].epoch == 0);
    CHECK(mine[2].epoch == 2);
    CHECK(mine[2].sealed == Bytes(5, 2));
    CHECK(noted.with([](Notes& notes) { return notes.handling(hash(1), id(2)); }).empty());
}

}  // namespace tillit::storage::test

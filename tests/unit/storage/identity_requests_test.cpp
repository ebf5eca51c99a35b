#include "storage/identity_requests.h"

#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

/// Case 1 with member 1 (asks), 2 (a colleague) and 3 (guards).
struct Asked : Fixture {
    Asked() { insert(new_case(1, {id(1), id(2), id(3)})); }

    static NewIdentityRequest request(std::uint8_t n) {
        return {.request_id = id(n),
                .case_id = hash(1),
                .from = id(1),
                .custodian = id(3),
                .letters = letters(n)};
    }
    static std::vector<SealedLetter> letters(std::uint8_t n) {
        return {{id(1), Bytes(10, n)}, {id(2), Bytes(20, n)}, {id(3), Bytes(30, n)}};
    }
    template <class F>
    auto with(F&& act) {
        return store->write([&](Database& db) {
            IdentityRequests requests(db);
            return act(requests);
        });
    }
    bool ask(std::uint8_t n) {
        return with([&](IdentityRequests& r) { return r.ask(request(n), 20'010); });
    }
    std::vector<IdentityCorrespondence> seen_by(std::uint8_t n) {
        return with([&](IdentityRequests& r) { return r.of_case(hash(1), id(n)); });
    }
};

}  // namespace

TEST_CASE("each reader of a request gets the letter sealed to them and no other", "[storage]") {
    Asked asked;
    REQUIRE(asked.ask(10));
    for (const std::uint8_t n : {std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{3}}) {
        const auto seen = asked.seen_by(n);
        REQUIRE(seen.size() == 1);
        CHECK(seen[0].row.state == RequestState::open);
        CHECK(seen[0].row.from == id(1));
        CHECK(seen[0].row.custodian == id(3));
        CHECK(seen[0].row.day == 20'010);
        REQUIRE(seen[0].letters.size() == 1);
        CHECK(seen[0].letters[0].sealed == Bytes(n * 10, 10));
    }
    CHECK(asked.seen_by(4).empty());
}

TEST_CASE("nobody asks twice at once, but again after an answer", "[storage]") {
    Asked asked;
    REQUIRE(asked.ask(10));
    CHECK_FALSE(asked.ask(11));
    CHECK_FALSE(asked.ask(10));
    const auto refuse = [&] {
        return asked.with(
            [](IdentityRequests& r) { return r.refuse(id(10), Asked::letters(12), 20'011); });
    };
    CHECK(refuse());
    CHECK_FALSE(refuse());
    CHECK_FALSE(
        asked.with([](IdentityRequests& r) { return r.disclose(id(10), Bytes(5, 5), 20'012); }));
    CHECK(asked.ask(11));
    const auto seen = asked.seen_by(2);
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].row.request_id == id(10));
    CHECK(seen[0].row.state == RequestState::refused);
    CHECK(seen[0].row.answered_day == 20'011);
    REQUIRE(seen[0].letters.size() == 2);
    CHECK(seen[0].letters[1].kind == LetterKind::refusal);
    CHECK(seen[1].row.state == RequestState::open);
}

TEST_CASE("a disclosed share goes to the one who asked alone, and openings are counted",
          "[storage]") {
    Asked asked;
    REQUIRE(asked.ask(10));
    const auto open = [&](std::uint8_t mark) {
        return asked.with([&](IdentityRequests& r) {
            return r.record_opening(id(10), Asked::letters(mark), 20'013);
        });
    };
    CHECK_FALSE(open(1));  // nothing is disclosed yet
    CHECK(asked.with([](IdentityRequests& r) { return r.disclose(id(10), Bytes(5, 5), 20'012); }));
    CHECK(asked.seen_by(1)[0].letters.size() == 2);
    CHECK(asked.seen_by(1)[0].letters[1].sealed == Bytes(5, 5));
    CHECK(asked.seen_by(2)[0].letters.size() == 1);
    CHECK(asked.seen_by(3)[0].letters.size() == 1);
    CHECK(open(1));
    CHECK(open(2));
    const auto seen = asked.seen_by(2);
    REQUIRE(seen[0].letters.size() == 3);
    CHECK(seen[0].row.openings == 2);
    CHECK(seen[0].letters[1].sealed == Bytes(20, 1));
    CHECK(seen[0].letters[2].sealed == Bytes(20, 2));
    CHECK(seen[0].letters[2].day == 20'013);
}

}  // namespace tillit::storage::test

#include <catch2/catch_test_macros.hpp>

#include "crypto/new_epoch.h"
#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vector_case.h"

using namespace tillit;
using namespace tillit::crypto;
using test::VectorCase;

namespace {

test::Json found(const CaseThread& thread) {
    test::Json faults = test::Json::array();
    test::Json holders = test::Json::array();
    for (const auto& fault : thread.faults()) faults.push_back(std::string(to_text(fault.what)));
    for (const auto& held : thread.holders()) {
        holders.push_back(thread.find(held.member)->name);
    }
    return {{"epoch", thread.epoch()},
            {"entries", thread.entries().size()},
            {"faults", faults},
            {"holders", holders},
            {"is_due", thread.is_epoch_due()},
            {"is_shut", thread.is_shut()}};
}

}  // namespace

TEST_CASE("vectors: a thread with later epochs, as each reader follows it") {
    const VectorCase vectors;
    REQUIRE(vectors.file["cases"].size() > 25);
    for (const auto& v : vectors.file["cases"]) {
        CAPTURE(v["comment"].get<std::string>());
        const auto who = v["reader"].get<std::string>();
        const std::size_t known = who == "new reporter" ? 2 : 1;
        CaseThread thread(vectors.reader(who), vectors.secrets(known));
        for (const auto& [epoch, name] : v["offered"].items()) {
            thread.offer(std::stoull(epoch), vectors.object(name.get<std::string>()));
        }
        std::uint64_t position = 0;
        for (const auto& name : v["envelopes"]) {
            thread.add(vectors.object(name.get<std::string>()), ++position, 1);
        }
        CHECK(found(thread) == v["expect"]);
    }
}

TEST_CASE("vectors: keys handed on") {
    const auto file = test::read_vectors("epoch_grant");
    const auto identity = test::secret_of<AgeSeed>(file["identity"]);
    const auto author = test::array_of<16>(file["author"]);
    const auto key = [&](const Author& from) -> std::optional<VerifyKey> {
        if (from != author) return std::nullopt;
        return test::array_of<32>(file["author_key"]);
    };
    for (const auto& v : file["cases"]) {
        CAPTURE(v["comment"].get<std::string>());
        const auto opened = open_epoch_grant(
            test::bytes_of(v["sealed"]), identity, test::array_of<16>(file["me"]),
            test::array_of<16>(file["org"]), test::array_of<32>(file["case_id"]), key);
        CHECK(test::verdict(opened) == v["expect"].get<std::string>());
        if (opened) CHECK(detail::encode_epoch_grant(*opened) == v["statement"].get<std::string>());
    }
}

TEST_CASE("the words that were changed hold the keys of every epoch, signed by themselves") {
    const VectorCase vectors;
    const auto own_key = [&](const Author& from) -> std::optional<VerifyKey> {
        if (from != kReporter) return std::nullopt;
        return test::array_of<32>(vectors.file["new_reporter_key"]);
    };
    const auto package = vectors.object(vectors.file["new_reporter_copy"].get<std::string>());
    const auto reader = vectors.reader("new reporter");
    const auto opened =
        open_epoch_grant(package, reader.identity, kReporter, reader.org, reader.case_id, own_key);
    REQUIRE(opened);
    CHECK(opened->first_epoch == 0);
    CHECK(opened->secrets.size() == 2);
    CHECK(opened->verify_key == reader.reporter_key);
    const auto other = [](const Author&) { return std::optional(VerifyKey{}); };
    CHECK(open_epoch_grant(package, reader.identity, kReporter, reader.org, reader.case_id, other)
              .error() == GrantError::bad_signature);
}

TEST_CASE("an epoch that honest software makes is followed by all who stay, and by nobody else") {
    const VectorCase vectors;
    const test::FixedWorld world;
    CaseThread ingrid(vectors.reader("ingrid"), vectors.secrets(1));
    CaseThread jonas(vectors.reader("jonas"), vectors.secrets(1));
    CaseThread reporter(vectors.reader("reporter"), vectors.secrets(1));
    const auto deliver = [&](const Bytes& sealed, std::uint64_t position) {
        for (auto* thread : {&ingrid, &jonas, &reporter}) thread->add(sealed, position, 1);
    };
    std::uint64_t position = 0;
    for (const char* name : {"report", "ack", "recusal"}) {
        deliver(vectors.object(name), ++position);
    }

    const auto secret = AgeSeed::random();
    const Giver giver{.org = world.org,
                      .case_id = world.case_id,
                      .me = world.ingrid.member,
                      .reporter_key = world.reporter_key,
                      .signing = world.ingrid.signing};
    auto epoch = new_epoch(ingrid, giver, secret, ingrid.readers_who_stay());
    REQUIRE(epoch.grants.size() == 1);
    Statement statement;
    statement.org = world.org;
    statement.case_id = world.case_id;
    statement.kind = Kind::epoch;
    statement.from = world.ingrid.member;
    const auto heads = heads_of(ingrid.chain());
    for (const auto& head : heads) {
        if (head.author == statement.from) statement.prev = head.hash;
    }
    statement.seq = 2;
    statement.heads = heads;
    statement.change = epoch.change;
    const auto sealed =
        seal_envelope(statement, world.ingrid.signing, hybrid_recipient(ingrid.secret()));
    REQUIRE(sealed);
    ingrid.offer(1, epoch.grants[0].sealed);
    reporter.offer(1, epoch.reporter_copy);
    deliver(*sealed, ++position);

    CHECK(ingrid.epoch() == 1);
    CHECK(reporter.epoch() == 1);
    CHECK(ingrid.secret() == secret);
    CHECK(reporter.secret() == secret);
    CHECK(jonas.is_shut());
    CHECK(ingrid.faults().empty());
    CHECK(reporter.faults().empty());
    // With all that Jonas holds and all that was stored, the new key opens nowhere.
    for (const auto& bytes : {epoch.grants[0].sealed, epoch.reporter_copy}) {
        CHECK_FALSE(age::open(bytes, vectors.identities.at("jonas")));
        CHECK_FALSE(age::open(bytes, world.case_identity));
    }
}

#include "crypto/envelope.h"

#include <catch2/catch_test_macros.hpp>
#include <map>

#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

Result<Statement, EnvelopeError> open_and_verify(ByteView sealed, const AgeSeed& identity,
                                                 const VerifyKey& key, const Id& org,
                                                 const Hash& case_id) {
    auto opened = open_envelope(sealed, identity);
    if (!opened) return unexpected(opened.error());
    return std::move(*opened).verify(key, org, case_id);
}

}  // namespace

TEST_CASE("every envelope vector gets its verdict", "[crypto][envelope]") {
    const auto file = test::read_vectors("envelope");
    const auto identity = test::secret_of<AgeSeed>(file["case_identity"]);
    for (const auto& v : file["cases"]) {
        INFO(v["comment"]);
        const Bytes sealed = test::bytes_of(v["sealed"]);
        CHECK(to_hex(envelope_hash(sealed)) == v["envelope_hash"]);
        const auto statement =
            open_and_verify(sealed, identity, test::array_of<32>(file["verify_key"]),
                            test::array_of<16>(file["org"]), test::array_of<32>(file["case_id"]));
        CHECK(test::verdict(statement) == v["expect"]);
        if (statement) CHECK(encode_statement(*statement) == v["statement"].get<std::string>());
    }
}

TEST_CASE("an envelope opens to what was sealed, and only with the case identity",
          "[crypto][envelope]") {
    const test::FixedWorld world;
    const Statement report = world.report("Hva skjedde?");
    const Bytes sealed = seal_envelope(report, world.reporter, world.case_recipient).value();
    const auto read =
        open_and_verify(sealed, world.case_identity, world.reporter_key, world.org, world.case_id);
    REQUIRE(read);
    CHECK(encode_statement(*read) == encode_statement(report));
    CHECK(test::verdict(open_envelope(sealed, world.reporter_identity)) == "not_sealed");
}

TEST_CASE("sealed sizes say the bucket and nothing else", "[crypto][envelope]") {
    const test::FixedWorld world;
    std::map<std::size_t, int> sizes;
    for (std::size_t length = 0; length < 262144; length += length < 5000 ? 250 : 15000) {
        const auto sealed = seal_envelope(world.message(std::string(length, 'a')),
                                          world.ingrid.signing, world.case_recipient);
        if (!sealed) {
            CHECK(sealed.error() == EnvelopeError::too_large);
            CHECK(length > 261000);
            continue;
        }
        ++sizes[sealed->size()];
    }
    CHECK(sizes.size() == 4);
    for (const std::size_t bucket : kEnvelopeBuckets) CHECK(sizes[age::sealed_size(bucket)] > 0);
}

TEST_CASE("any flipped bit of an envelope is refused", "[crypto][envelope]") {
    const test::FixedWorld world;
    Bytes sealed = seal_envelope(world.report("x"), world.reporter, world.case_recipient).value();
    for (std::size_t bit = 0; bit < sealed.size() * 8; bit += 61) {
        const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
        sealed[bit / 8] ^= mask;
        INFO("bit " << bit);
        CHECK_FALSE(open_envelope(sealed, world.case_identity));
        sealed[bit / 8] ^= mask;
    }
    CHECK(open_envelope(sealed, world.case_identity));
}

TEST_CASE("nothing is sealed that no reader would accept", "[crypto][envelope]") {
    const test::FixedWorld world;
    const auto verdict = [&](const Statement& s) {
        return test::verdict(seal_envelope(s, world.reporter, world.case_recipient));
    };
    CHECK(verdict(world.report(std::string("a\0b", 3))) == "malformed");
    CHECK(verdict(world.report("\xff")) == "malformed");
    Statement statement = world.report("x");
    statement.manifest.reset();
    CHECK(verdict(statement) == "malformed");
    statement = world.report("x");
    statement.attachments.resize(kMaxAttachments + 1);
    CHECK(verdict(statement) == "malformed");
    statement = world.report("x");
    statement.seq = 2;
    CHECK(verdict(statement) == "malformed");
    HybridRecipient no_key;
    no_key.fill(0xff);
    CHECK(test::verdict(seal_envelope(world.report("x"), world.reporter, no_key)) == "not_sealed");
}

TEST_CASE("every chain vector gives its faults in order", "[crypto][envelope][chains]") {
    const auto author = [](const test::Json& name) {
        return name == "reporter" ? kReporter : test::fixed_id(name.get<std::string>());
    };
    const auto hash = [](const test::Json& name) {
        return name == "" ? Hash{} : test::fixed_bytes(name.get<std::string>());
    };
    const auto vectors = test::read_vectors("chains");  // outlives the loop
    for (const auto& v : vectors.at("cases")) {
        INFO(v["comment"]);
        std::vector<Statement> statements;
        std::vector<ChainEntry> thread;
        statements.reserve(v["thread"].size());
        for (const auto& e : v["thread"]) {
            Statement s;
            s.from = author(e["author"]);
            s.seq = e["seq"];
            s.prev = hash(e["prev"]);
            for (const auto& h : e["heads"]) {
                s.heads.push_back({author(h["author"]), h["seq"], hash(h["hash"])});
            }
            statements.push_back(std::move(s));
            thread.push_back({hash(e["hash"]), &statements.back()});
        }
        const auto faults = check_chains(thread);
        REQUIRE(faults.size() == v["faults"].size());
        for (std::size_t i = 0; i < faults.size(); ++i) {
            CHECK(test::name(faults[i].what) == v["faults"][i]["what"]);
            CHECK(faults[i].author == author(v["faults"][i]["author"]));
            CHECK(faults[i].seq == v["faults"][i]["seq"].get<std::uint64_t>());
        }
    }
}

TEST_CASE("heads name the last envelope of every author", "[crypto][envelope][chains]") {
    Statement first, second, other;
    first.seq = 1;
    second.seq = 2;
    other.from = test::fixed_id("a");
    const std::vector<ChainEntry> thread = {{test::fixed_bytes("1"), &first},
                                            {test::fixed_bytes("a"), &other},
                                            {test::fixed_bytes("2"), &second}};
    const auto heads = heads_of(thread);
    REQUIRE(heads.size() == 2);
    CHECK(heads[0].author == kReporter);
    CHECK(heads[0].seq == 2);
    CHECK(heads[0].hash == test::fixed_bytes("2"));
    CHECK(heads[1].author == other.from);
}

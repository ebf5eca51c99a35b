#include <catch2/catch_test_macros.hpp>

#include "crypto/new_handling.h"
#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vector_case.h"

using namespace tillit;
using namespace tillit::crypto;
using test::VectorCase;

namespace {

std::string name(ChainFault::What what) { return test::name(what); }

test::Json found(const NoteThread& notes) {
    test::Json epochs = test::Json::array();
    test::Json faults = test::Json::array();
    test::Json chain = test::Json::array();
    for (const auto& [epoch, identity] : notes.identities()) epochs.push_back(epoch);
    for (const auto& fault : notes.faults()) faults.push_back(std::string(to_text(fault.what)));
    for (const auto& fault : check_chains(notes.chain())) chain.push_back(name(fault.what));
    return {{"epochs", epochs},
            {"entries", notes.entries().size()},
            {"faults", faults},
            {"chain", chain}};
}

CaseThread thread_of(const VectorCase& vectors, const test::Json& v) {
    CaseThread thread(vectors.reader(v["reader"].get<std::string>()), vectors.secrets(1));
    for (const auto& [epoch, object] : v["offered"].items()) {
        thread.offer(std::stoull(epoch), vectors.object(object.get<std::string>()));
    }
    std::uint64_t position = 0;
    for (const auto& object : v["thread"]) {
        thread.add(vectors.object(object.get<std::string>()), ++position, 1);
    }
    return thread;
}

}  // namespace

TEST_CASE("vectors: notes over a thread, as each reader follows them") {
    const VectorCase vectors;
    const auto file = test::read_vectors("note_thread");
    REQUIRE(file["cases"].size() > 25);
    for (const auto& v : file["cases"]) {
        CAPTURE(v["comment"].get<std::string>());
        const auto thread = thread_of(vectors, v);
        REQUIRE(thread.faults().empty());
        NoteThread notes(vectors.reader(v["reader"].get<std::string>()), thread);
        const auto object = [&](const test::Json& n) {
            return test::bytes_of(file["objects"][n.get<std::string>()]);
        };
        for (const auto& grant : v["grants"]) notes.offer(object(grant));
        std::uint64_t position = 0;
        for (const auto& note : v["notes"]) notes.add(object(note), ++position, 1);
        CHECK(found(notes) == v["expect"]);
    }
}

TEST_CASE("vectors: grants of what notes are sealed to") {
    const auto file = test::read_vectors("handling_grant");
    const auto identity = test::secret_of<AgeSeed>(file["identity"]);
    const auto author = test::array_of<16>(file["author"]);
    const auto key = [&](const Author& from, std::uint64_t epoch) -> std::optional<VerifyKey> {
        CHECK((epoch == 3 || epoch == 31));  // the one of the grant is asked for
        if (from != author) return std::nullopt;
        return test::array_of<32>(file["author_key"]);
    };
    for (const auto& v : file["cases"]) {
        CAPTURE(v["comment"].get<std::string>());
        const auto opened = open_handling_grant(
            test::bytes_of(v["sealed"]), identity, test::array_of<16>(file["me"]),
            test::array_of<16>(file["org"]), test::array_of<32>(file["case_id"]), key);
        CHECK(test::verdict(opened) == v["expect"].get<std::string>());
        if (opened) {
            CHECK(detail::encode_handling_grant(*opened) == v["statement"].get<std::string>());
        }
    }
}

TEST_CASE("vectors: single notes") {
    const auto file = test::read_vectors("case_note");
    const auto identity = test::secret_of<AgeSeed>(file["identity"]);
    for (const auto& v : file["cases"]) {
        CAPTURE(v["comment"].get<std::string>());
        auto opened = open_case_note(test::bytes_of(v["sealed"]), identity);
        if (!opened) {
            CHECK(test::name(opened.error()) == v["expect"].get<std::string>());
            continue;
        }
        const auto note = std::move(*opened).verify(test::array_of<32>(file["author_key"]),
                                                    test::array_of<16>(file["org"]),
                                                    test::array_of<32>(file["case_id"]));
        CHECK(test::verdict(note) == v["expect"].get<std::string>());
        if (note) CHECK(encode_case_note(*note) == v["statement"].get<std::string>());
    }
}

TEST_CASE("what honest software hands on opens for those who stay, and for nobody else") {
    const VectorCase vectors;
    const test::FixedWorld world;
    const auto reader = vectors.reader("ingrid");
    CaseThread thread(reader, vectors.secrets(1));
    std::uint64_t position = 0;
    for (const char* object : {"report", "ack"}) thread.add(vectors.object(object), ++position, 1);
    const Giver giver{.org = world.org,
                      .case_id = world.case_id,
                      .me = world.ingrid.member,
                      .reporter_key = world.reporter_key,
                      .signing = world.ingrid.signing};
    const auto secret = AgeSeed::random();
    const auto grants = new_handling(thread, giver, secret, thread.readers_who_stay());
    REQUIRE(grants.size() == 2);
    NoteThread notes(reader, thread);
    notes.offer(grants[0].sealed);
    CHECK(notes.identities().at(0) == secret);
    const auto* mats = thread.find(vectors.reader("mats").me);
    const auto copies = handling_for(notes, giver, *mats);
    REQUIRE(copies.size() == 1);
    CHECK(copies[0].epoch == 0);
    CHECK(age::open(copies[0].sealed, vectors.identities.at("mats")));
    // The reporter's keys, the case's and a custodian's open none of them.
    for (const auto& sealed : {grants[0].sealed, grants[1].sealed, copies[0].sealed}) {
        CHECK_FALSE(age::open(sealed, world.case_identity));
        for (const char* who : {"reporter", "kari", "odd"}) {
            CHECK_FALSE(age::open(sealed, vectors.identities.at(who)));
        }
    }

    CaseNote note{.org = world.org,
                  .case_id = world.case_id,
                  .epoch = 0,
                  .from = world.ingrid.member,
                  .seq = 1,
                  .prev = {},
                  .heads = {},
                  .body = "Let us ask the auditor first."};
    const auto sealed = seal_case_note(note, world.ingrid.signing, hybrid_recipient(secret));
    REQUIRE(sealed);
    CHECK(is_sealed_envelope(*sealed));
    notes.add(*sealed, 1, 1);
    REQUIRE(notes.entries().size() == 1);
    CHECK(notes.entries()[0].note.body == note.body);
    CHECK(heads_of(notes.chain())[0].hash == case_note_hash(*sealed));
    note.body.clear();
    CHECK(seal_case_note(note, world.ingrid.signing, hybrid_recipient(secret)).error() ==
          EnvelopeError::malformed);
    note.body = std::string(kMaxStatementBytes, 'x');
    CHECK(seal_case_note(note, world.ingrid.signing, hybrid_recipient(secret)).error() ==
          EnvelopeError::too_large);
}

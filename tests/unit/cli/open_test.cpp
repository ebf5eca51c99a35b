// Whom the identity opens for, by keys alone and by `tillit open`'s own rules, on a real database.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "crypto/age/age.h"
#include "crypto/case_key.h"
#include "server/app/identity_letters.h"
#include "server/app/intake.h"
#include "server/app/log.h"
#include "server/cli/case_reader.h"
#include "server/cli/identity_opening.h"
#include "storage/cases.h"
#include "storage/log_events.h"
#include "tests/support/colleague.h"
#include "tests/support/demo_organisation.h"

using namespace tillit;
using namespace tillit::cli;
using Catch::Matchers::ContainsSubstring;
using test::Person;

namespace {

/// A case with a name in it: Ingrid and Jonas read, Kari guards; Liv and Rolf hold no key to it.
struct World {
    test::DemoOrganisation org;
    crypto::Hash case_id{};

    World() {
        org.add_person("Rolf", "IT", crypto::Role::administrator, false);
        org.publish(2);
        app::Submission submission(org.organisation(), org.organisation().readers());
        const app::IdentityFields name{.name = crypto::SecretBytes("Åse Nordmann"),
                                       .contact = crypto::SecretBytes("post@example.org")};
        REQUIRE(
            submission.commit(crypto::SecretBytes("what happened"), name, org.default_readers()));
        case_id = submission.case_id();
    }
    [[nodiscard]] crypto::Id org_id() { return org.organisation().settings().org_id; }
    [[nodiscard]] Account account(const char* name) {
        const auto& person = org.person(name);
        return {.member = person.listed.member,
                .person = person.listed.person,
                .login = person.login,
                .keyring = {.identity = person.identity.clone(), .signing = person.signing.clone()},
                .signers_notes = {}};
    }
    [[nodiscard]] KnownDirectory known() {
        return known_directory(org.store(), account("Ingrid"), org.today());
    }
    [[nodiscard]] ReadCase read(const char* name) {
        auto sealed = load_case(org.store(), case_id, account(name).member);
        REQUIRE(sealed);
        return read_case(std::move(*sealed), account(name), known());
    }
    [[nodiscard]] crypto::Identity open(const char* name, const char* guards = nullptr) {
        const auto custodian = guards ? std::optional(account(guards)) : std::nullopt;
        return open_the_identity(org.organisation(), read(name), account(name),
                                 custodian ? &*custodian : nullptr, known());
    }
    template <class Letter>
    app::Letters letters(const Letter& letter, const char* author,
                         std::initializer_list<const char*> readers) {
        app::Letters all;
        for (const char* reader : readers) {
            const auto& listed = org.person(reader).listed;
            all.push_back(
                {.reader = listed.member,
                 .sealed = crypto::seal_letter(letter, org.person(author).signing, listed.recipient)
                               .value()});
        }
        return all;
    }
    /// Ingrid asks, Kari discloses. `notice`: of a told reporter; it need not be in the thread.
    void ask_and_disclose(const crypto::Hash& notice, const std::optional<app::NewNotice>& stored) {
        const bool is_exempt = notice == crypto::Hash{};
        const crypto::IdentityRequest request{
            .org = org_id(),
            .case_id = case_id,
            .request = crypto::random_array<16>(),
            .from = account("Ingrid").member,
            .custodian = account("Kari").member,
            .ground = "legal_duty",
            .text = "The police ask.",
            .told = is_exempt ? crypto::ReporterTold::exempt : crypto::ReporterTold::yes,
            .exemption = is_exempt ? "It would warn whom it is about." : "",
            .notice = notice};
        app::IdentityLetters desk(org.organisation());
        REQUIRE(desk.ask(case_id, request.from,
                         {.request_id = request.request,
                          .custodian = request.custodian,
                          .letters = letters(request, "Ingrid", {"Ingrid", "Jonas", "Kari"}),
                          .notice = stored,
                          .act = std::nullopt}));
        disclose(request);
    }
    void disclose(const crypto::IdentityRequest& request) {
        const auto kari = account("Kari");
        const auto directory = known();
        const auto sealed = load_case(org.store(), case_id, kari.member);
        auto grant = open_own_grant(*sealed, kari, org_id());
        const crypto::LetterReader me{.identity = kari.keyring.identity,
                                      .member = kari.member,
                                      .org = org_id(),
                                      .case_id = case_id,
                                      .directory = directory.newest.members,
                                      .excluded_by_reporter = grant.excluded};
        const auto asked = crypto::open_request(sealed->requests.at(0).letters.at(0).sealed, me);
        REQUIRE(asked);
        const auto& to = org.person("Ingrid").listed;
        const crypto::Disclosure told{.org = org_id(),
                                      .case_id = case_id,
                                      .request = asked->hash,
                                      .from = kari.member,
                                      .to = to.member,
                                      .to_recipient_hash = crypto::recipient_hash(to.recipient),
                                      .ground = request.ground,
                                      .told = request.told,
                                      .share = std::move(*grant.share)};
        REQUIRE(
            app::IdentityLetters(org.organisation())
                .disclose(case_id, kari.member, request.request,
                          crypto::seal_letter(told, kari.keyring.signing, to.recipient).value()));
    }
    [[nodiscard]] std::size_t logged(std::string_view kind, bool only_signed = false) {
        const auto rows = org.store().read(
            [&](storage::Database& db) { return storage::LogEvents(db).of_day(org.today()); });
        return static_cast<std::size_t>(std::ranges::count_if(rows, [&](const auto& row) {
            return crypto::decode_event(row.event)->kind == kind &&
                   (!only_signed || !crypto::decode_event(row.event)->act.empty());
        }));
    }
};

using Seeds = std::vector<crypto::AgeSeed>;

/// Every 32 secret bytes that these people's keys give: their own, and what their grants hold.
Seeds secrets_of(World& w, std::initializer_list<const char*> names) {
    Seeds all;
    for (const char* name : names) {
        const auto account = w.account(name);
        all.push_back(account.keyring.identity.clone());
        all.push_back(crypto::AgeSeed::copy_of(account.keyring.signing.expose()));
        const auto sealed = load_case(w.org.store(), w.case_id, account.member);
        if (!sealed) continue;
        const auto grant = open_own_grant(*sealed, account, w.org_id());
        if (grant.secret) all.push_back(grant.secret->clone());
        if (grant.share) all.push_back(crypto::AgeSeed::copy_of(grant.share->expose()));
    }
    return all;
}

crypto::AgeSeed xor_of(const crypto::AgeSeed& a, const crypto::AgeSeed& b) {
    return crypto::identity_envelope_seed(crypto::IdentityShare::copy_of(a.expose()),
                                          crypto::IdentityShare::copy_of(b.expose()));
}

/// Whether any of them, or any two of them put together, opens the sealed name.
bool opens_the_name(World& w, const Seeds& seeds) {
    const auto sealed = w.org.store().read(
        [&](storage::Database& db) { return storage::Cases(db).identity(w.case_id).value(); });
    const auto opens = [&](const crypto::AgeSeed& seed) {
        return crypto::age::open(sealed, seed).has_value();
    };
    for (const auto& a : seeds) {
        if (opens(a)) return true;
        for (const auto& b : seeds) {
            if (opens(xor_of(a, b))) return true;
        }
    }
    return false;
}

}  // namespace

TEST_CASE("no account's secrets open the name, and an investigator's with a custodian's do",
          "[cli][open]") {
    World w;
    for (const char* name : {"Ingrid", "Jonas", "Kari", "Liv", "Rolf"}) {
        INFO(name);
        CHECK_FALSE(opens_the_name(w, secrets_of(w, {name})));
    }
    CHECK_FALSE(opens_the_name(w, secrets_of(w, {"Ingrid", "Jonas", "Liv", "Rolf"})));
    CHECK_FALSE(opens_the_name(w, secrets_of(w, {"Kari", "Liv", "Rolf"})));
    CHECK(opens_the_name(w, secrets_of(w, {"Ingrid", "Kari"})));
    CHECK(opens_the_name(w, secrets_of(w, {"Jonas", "Kari"})));
}

TEST_CASE("a case is read and verified from the database alone", "[cli][open]") {
    World w;
    const auto in = w.read("Ingrid");
    CHECK(in.faults.empty());
    REQUIRE(in.entries.size() == 1);
    CHECK(in.entries[0].statement.body == "what happened");
    CHECK(w.read("Kari").entries.empty());
    CHECK_FALSE(load_case(w.org.store(), w.case_id, w.account("Rolf").member));
    auto sealed = load_case(w.org.store(), w.case_id, w.account("Ingrid").member);
    sealed->grantees.push_back(w.account("Liv").member);
    sealed->identity.back() ^= 1;
    const auto doubted = read_case(std::move(*sealed), w.account("Ingrid"), w.known());
    CHECK(doubted.faults.size() == 2);
}

TEST_CASE("the name opens after it was asked for and disclosed, and every opening is recorded",
          "[cli][open]") {
    World w;
    CHECK_THROWS_WITH(w.open("Ingrid"), ContainsSubstring("no custodian has disclosed"));
    CHECK_THROWS_WITH(w.open("Ingrid", "Kari"), ContainsSubstring("no custodian has disclosed"));
    CHECK_THROWS_WITH(w.open("Kari", "Ingrid"), ContainsSubstring("one half"));
    w.ask_and_disclose({}, std::nullopt);
    CHECK(w.logged(app::kIdentityOpened) == 0);
    CHECK(w.open("Ingrid").name == "Åse Nordmann");
    CHECK(w.read("Jonas").sealed.requests.at(0).row.openings == 1);
    CHECK(w.logged(app::kIdentityOpened, /*only_signed=*/true) == 1);
    CHECK(w.open("Ingrid", "Kari").name == "Åse Nordmann");
    CHECK(w.read("Kari").sealed.requests.at(0).row.openings == 2);
    CHECK(w.logged(app::kIdentityOpened) == 2);
    CHECK_THROWS_WITH(w.open("Jonas"), ContainsSubstring("no custodian has disclosed"));
    CHECK_THROWS_WITH(w.open("Jonas", "Kari"), ContainsSubstring("no custodian has disclosed"));
    CHECK_THROWS_WITH(w.open("Ingrid", "Jonas"), ContainsSubstring("another custodian"));
    CHECK(w.logged(app::kIdentityOpened) == 2);
}

TEST_CASE("a request that says the reporter was told needs the notice in the thread",
          "[cli][open]") {
    World w;
    const auto& ingrid = w.org.person("Ingrid");
    const auto in = w.read("Ingrid");
    const crypto::Statement statement{.org = w.org_id(),
                                      .case_id = w.case_id,
                                      .kind = crypto::Kind::identity_notice,
                                      .from = ingrid.listed.member,
                                      .seq = 1,
                                      .prev = {},
                                      .heads = {},
                                      .sealed_by = crypto::SealedBy::cli,
                                      .body = "We ask for your name.",
                                      .state = {},
                                      .attachments = {},
                                      .manifest = std::nullopt};
    const auto sealed =
        crypto::seal_envelope(statement, ingrid.signing, crypto::hybrid_recipient(*in.grant.secret))
            .value();
    const auto hash = crypto::envelope_hash(sealed);
    SECTION("with it") {
        w.ask_and_disclose(
            hash, app::NewNotice{.seq = 1, .prev = {}, .sealed = sealed, .act = std::nullopt});
        CHECK(w.open("Ingrid").name == "Åse Nordmann");
    }
    SECTION("without it") {
        w.ask_and_disclose(hash, std::nullopt);
        CHECK_THROWS_WITH(w.open("Ingrid"), ContainsSubstring("no notice"));
        CHECK(w.logged(app::kIdentityOpened) == 0);
    }
}

TEST_CASE("what came after a change of keys is read by who was given the new one", "[cli][open]") {
    World w;
    w.org.add_person("Mats", "Finance", crypto::Role::investigator, false);
    w.org.publish(3);
    const auto as = [&](const char* name) {
        return test::Colleague(w.org, w.org.person(name), w.case_id);
    };
    REQUIRE(as("Ingrid").give_key_to(w.org.person("Mats")));
    REQUIRE(as("Jonas").leave());
    REQUIRE(as("Ingrid").renew());
    REQUIRE(as("Mats").write("said afterwards"));
    for (const char* name : {"Ingrid", "Mats"}) {
        INFO(name);
        const auto in = w.read(name);
        for (const auto& fault : in.faults) UNSCOPED_INFO(fault);
        CHECK(in.faults.empty());
        REQUIRE_FALSE(in.entries.empty());
        CHECK(in.entries.front().statement.body == "what happened");
        CHECK(in.entries.back().statement.body == "said afterwards");
        CHECK(in.secrets.size() == 2);
    }
    CHECK_FALSE(load_case(w.org.store(), w.case_id, w.account("Jonas").member));
}

TEST_CASE("notes are read apart from the thread, and what is wrong with them is said",
          "[cli][open][notes]") {
    World w;
    const auto as = [&](const char* name) {
        return test::Colleague(w.org, w.org.person(name), w.case_id);
    };
    REQUIRE(as("Ingrid").write_note("among ourselves"));
    REQUIRE(as("Jonas").write_note("and my answer"));
    REQUIRE(as("Ingrid").write_note("my last word"));
    const auto in = w.read("Jonas");
    CHECK(in.faults.empty());
    CHECK(in.entries.size() == 1);
    REQUIRE(in.notes.size() == 3);
    CHECK(in.notes[1].note.body == "and my answer");
    CHECK(w.read("Kari").notes.empty());

    // What the console remembered must still be there.
    auto jonas = w.account("Jonas");
    const auto place = [&](std::uint64_t seq, const crypto::Hash& hash) {
        const auto author = crypto::to_base64url(w.account("Ingrid").member);
        return R"({"notes":{")" + crypto::to_base64url(w.case_id) + R"(":{")" + author + R"(":[)" +
               std::to_string(seq) + R"(,")" + crypto::to_base64url(hash) + R"("]}}})";
    };
    const auto faults_with = [&](const std::string& memory) {
        jonas.keyring.heads = crypto::SecretBytes(memory);
        auto sealed = load_case(w.org.store(), w.case_id, jonas.member);
        return read_case(std::move(*sealed), jonas, w.known()).faults;
    };
    CHECK(faults_with(place(2, in.notes[2].hash)).empty());
    REQUIRE(faults_with(place(3, in.notes[2].hash)).size() == 1);
    CHECK_THAT(faults_with(place(3, in.notes[2].hash))[0], ContainsSubstring("a later note"));

    w.org.store().write([](storage::Database& db) {
        db.execute("DELETE FROM note WHERE position = 1");
        db.execute("UPDATE note SET seq = 9 WHERE position = 2");
    });
    const auto faults = w.read("Jonas").faults;
    REQUIRE(faults.size() == 3);
    CHECK_THAT(faults[0], ContainsSubstring("Note 2 is filed as something else"));
    CHECK_THAT(faults[1], ContainsSubstring("Somebody has seen what is not here: Ingrid"));
    CHECK_THAT(faults[2], ContainsSubstring("What came before is missing: Ingrid"));
    w.org.store().write([](storage::Database& db) { db.execute("DELETE FROM handling_grant"); });
    CHECK_THAT(w.read("Jonas").faults[0], ContainsSubstring("Note 2 does not hold: not_sealed"));
}

TEST_CASE("a report sealed to readers who had been replaced is noticed", "[cli][open]") {
    World w;
    CHECK(w.read("Ingrid").faults.empty());
    const auto known = w.known();
    const auto first = crypto::Hash(known.newest.previous);
    CHECK(known.doubt_about(1, first, w.org.today()).empty());  // open over midnight
    CHECK(known.doubt_about(1, first, w.org.today() + 1).empty());
    CHECK_THAT(known.doubt_about(1, first, w.org.today() + 2), ContainsSubstring("replaced"));
    CHECK_THAT(known.doubt_about(1, known.hash, w.org.today()), ContainsSubstring("nobody here"));
    CHECK_THAT(known.doubt_about(3, first, w.org.today()), ContainsSubstring("nobody here"));
}

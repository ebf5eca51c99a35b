// Opening an identity through the API, by clients that have the real keys.
#include <catch2/catch_test_macros.hpp>

#include "crypto/disclosure.h"
#include "server/app/intake.h"
#include "server/app/mailbox.h"
#include "storage/cases.h"
#include "storage/identity_requests.h"
#include "tests/unit/console/support.h"

using namespace tillit;
using namespace tillit::console;
using namespace tillit::console::test;
using tillit::test::Person;

namespace {

using crypto::to_base64url;
using nlohmann::json;

/// A case with a name in it, which Ingrid and Jonas read and Kari guards; a browser for each.
struct Desk {
    World world;
    crypto::CaseKey key = crypto::CaseKey::random();
    crypto::Hash case_id{};
    Browser ingrid{world}, jonas{world}, kari{world};

    Desk() {
        app::Submission submission(world.org.organisation(), world.org.organisation().readers());
        const app::IdentityFields name{.name = crypto::SecretBytes("Åse Nordmann"),
                                       .contact = crypto::SecretBytes("post@example.org")};
        REQUIRE(submission.commit(crypto::SecretBytes("what happened"), name,
                                  world.org.default_readers()));
        key = submission.key().clone();
        case_id = submission.case_id();
        REQUIRE(ingrid.log_in("ingrid").status == 200);
        REQUIRE(jonas.log_in("jonas").status == 200);
        REQUIRE(kari.log_in("kari").status == 200);
    }
    const Person& person(const char* name) { return world.org.person(name); }
    crypto::Id member(const char* name) { return person(name).listed.member; }
    crypto::Id org() { return world.org.organisation().settings().org_id; }
    std::string path(const std::string& rest = {}) {
        return "/api/v1/cases/" + to_base64url(case_id) + "/identity-requests" + rest;
    }
    static std::string path_of(const crypto::Id& id) { return "/" + to_base64url(id); }
    tillit::test::OpenedCase opened_as(const char* name) {
        return tillit::test::open_case_as(world.org, person(name), case_id);
    }
    crypto::HybridRecipient case_recipient() {
        return crypto::hybrid_recipient(opened_as("Ingrid").grant.secret.value());
    }
    std::vector<crypto::DirectoryMember> directory() {
        return world.org.organisation().readers()->directory.members;
    }

    template <class Letter>
    json letters(const Letter& letter, const char* author,
                 std::initializer_list<const char*> readers = {"Ingrid", "Jonas", "Kari"}) {
        json list = json::array();
        for (const char* reader : readers) {
            const auto sealed = crypto::seal_letter(letter, person(author).signing,
                                                    person(reader).listed.recipient);
            list.push_back({{"reader", to_base64url(member(reader))},
                            {"sealed", to_base64url(sealed.value())}});
        }
        return list;
    }
    crypto::Bytes notice(std::uint64_t seq = 1) {
        const crypto::Statement statement{.org = org(),
                                          .case_id = case_id,
                                          .kind = crypto::Kind::identity_notice,
                                          .from = member("Ingrid"),
                                          .seq = seq,
                                          .prev = {},
                                          .heads = {},
                                          .sealed_by = crypto::SealedBy::browser,
                                          .body = "We ask for your name.",
                                          .state = {},
                                          .attachments = {},
                                          .manifest = std::nullopt};
        return crypto::seal_envelope(statement, person("Ingrid").signing, case_recipient()).value();
    }
    crypto::IdentityRequest request(const crypto::Bytes& notice) {
        return {.org = org(),
                .case_id = case_id,
                .request = crypto::random_array<16>(),
                .from = member("Ingrid"),
                .custodian = member("Kari"),
                .ground = "legal_duty",
                .text = "The police ask.",
                .told = crypto::ReporterTold::yes,
                .exemption = {},
                .notice = crypto::envelope_hash(notice)};
    }
    static json body(const crypto::IdentityRequest& request, json letters,
                     const crypto::Bytes& notice) {
        json all = {{"id", to_base64url(request.request)},
                    {"custodian", to_base64url(request.custodian)},
                    {"letters", std::move(letters)}};
        if (!notice.empty()) {
            all["notice"] = {{"epoch", 0},
                             {"seq", 1},
                             {"prev", to_base64url(crypto::Hash{})},
                             {"sealed", to_base64url(notice)}};
        }
        return all;
    }
    /// Ingrid asks; the request as its readers will find it.
    crypto::IdentityRequest ask() {
        const auto sealed = notice();
        auto asked = request(sealed);
        const auto answer = ingrid.post(path(), body(asked, letters(asked, "Ingrid"), sealed));
        REQUIRE(answer.status == 204);
        return asked;
    }
    static crypto::Hash hash_of(const crypto::IdentityRequest& request) {
        return crypto::labelled_hash("tillit/v1/letter",
                                     {crypto::view(crypto::detail::encode_letter(request))});
    }
    crypto::Disclosure disclosure(const crypto::IdentityRequest& request) {
        const auto share = opened_as("Kari").grant.share->clone();
        return {.org = org(),
                .case_id = case_id,
                .request = hash_of(request),
                .from = member("Kari"),
                .to = member("Ingrid"),
                .to_recipient_hash = crypto::recipient_hash(person("Ingrid").listed.recipient),
                .ground = request.ground,
                .told = request.told,
                .share = share.clone()};
    }
    Answer disclose(const crypto::IdentityRequest& asked) {
        const auto sealed = crypto::seal_letter(disclosure(asked), person("Kari").signing,
                                                person("Ingrid").listed.recipient);
        return kari.post(path(path_of(asked.request) + "/disclosure"),
                         {{"sealed", to_base64url(sealed.value())}});
    }
    json list(Browser& browser) {
        const auto answer = browser.get(path());
        REQUIRE(answer.status == 200);
        return answer.json.at("requests");
    }
    crypto::Opening opening(const crypto::IdentityRequest& asked) {
        return {.org = org(),
                .case_id = case_id,
                .request = hash_of(asked),
                .from = member("Ingrid"),
                .disclosure = {}};
    }
};

crypto::Bytes bytes_of(const json& text) {
    return crypto::from_base64url(text.get<std::string>()).value();
}

}  // namespace

TEST_CASE("asked, told, disclosed, recorded, opened: the name comes out, and each sees their part",
          "[console][identity]") {
    Desk desk;
    const auto asked = desk.ask();
    // The reporter reads the notice.
    const auto mailbox = app::Mailbox::open(desk.world.org.organisation(), desk.key);
    const auto view = mailbox->view();
    REQUIRE(view->messages.size() == 2);
    CHECK(view->messages[1].statement.kind == crypto::Kind::identity_notice);
    CHECK(view->messages[1].author_name == "Ingrid");
    CHECK(view->faults.empty());

    // The custodian, from what the API gives her.
    const auto for_kari = desk.list(desk.kari);
    REQUIRE(for_kari.size() == 1);
    CHECK(for_kari[0].at("state") == "open");
    const auto directory = desk.directory();
    const auto reader = [&](const char* name) {
        return crypto::LetterReader{.identity = desk.person(name).identity,
                                    .member = desk.member(name),
                                    .org = desk.org(),
                                    .case_id = desk.case_id,
                                    .directory = directory,
                                    .excluded_by_reporter = {}};
    };
    const auto read = crypto::open_request(bytes_of(for_kari[0].at("request")), reader("Kari"));
    REQUIRE(read);
    CHECK(read->letter.text == "The police ask.");
    REQUIRE(desk.disclose(asked).status == 204);

    // Only the one who asked gets the share.
    CHECK(desk.list(desk.jonas)[0].at("disclosure").is_null());
    CHECK(desk.list(desk.kari)[0].at("disclosure").is_null());
    const auto mine = desk.list(desk.ingrid)[0];
    CHECK(mine.at("state") == "disclosed");
    const auto own = crypto::open_request(bytes_of(mine.at("request")), reader("Ingrid"));
    REQUIRE(own);
    const auto told =
        crypto::open_disclosure(bytes_of(mine.at("disclosure")), reader("Ingrid"), *own);
    REQUIRE(told);

    auto opening = desk.opening(asked);
    opening.disclosure = told->hash;
    REQUIRE(desk.ingrid
                .post(desk.path(Desk::path_of(asked.request) + "/openings"),
                      {{"letters", desk.letters(opening, "Ingrid")}})
                .status == 204);
    const auto row = desk.opened_as("Ingrid");
    const auto sealed = desk.world.org.store().read(
        [&](storage::Database& db) { return storage::Cases(db).identity(desk.case_id); });
    const auto identity =
        crypto::open_identity(sealed.value(), told->letter.share, row.grant.share.value(),
                              row.grant.verify_key, desk.org(), desk.case_id);
    CHECK(identity.value().name == "Åse Nordmann");
    for (auto* browser : {&desk.ingrid, &desk.jonas, &desk.kari}) {
        const auto seen = desk.list(*browser)[0];
        CHECK(seen.at("openings_count") == 1);
        REQUIRE(seen.at("openings").size() == 1);
        CHECK(seen.at("openings")[0].at("day") == desk.world.org.today());
    }
    const auto seen_by_jonas = crypto::open_opening(
        bytes_of(desk.list(desk.jonas)[0].at("openings")[0].at("sealed")), reader("Jonas"),
        crypto::open_request(bytes_of(desk.list(desk.jonas)[0].at("request")), reader("Jonas"))
            .value());
    CHECK(seen_by_jonas);
}

TEST_CASE("a refusal ends a request; nothing is opened after it", "[console][identity]") {
    Desk desk;
    const auto asked = desk.ask();
    const crypto::Refusal refusal{desk.org(), desk.case_id, Desk::hash_of(asked),
                                  desk.member("Kari"), "No order was shown."};
    const auto where = desk.path(Desk::path_of(asked.request));
    REQUIRE(
        desk.kari.post(where + "/refusal", {{"letters", desk.letters(refusal, "Kari")}}).status ==
        204);
    CHECK(desk.disclose(asked).json.at("error") == "already_answered");
    const auto opening = desk.ingrid.post(
        where + "/openings", {{"letters", desk.letters(desk.opening(asked), "Ingrid")}});
    CHECK(opening.status == 409);
    CHECK(opening.json.at("error") == "not_disclosed");
    CHECK(desk.list(desk.jonas)[0].at("state") == "refused");
    CHECK_FALSE(desk.list(desk.jonas)[0].at("refusal").is_null());
}

TEST_CASE("nothing is called opened before it was disclosed", "[console][identity]") {
    Desk desk;
    const auto asked = desk.ask();
    const auto answer =
        desk.ingrid.post(desk.path(Desk::path_of(asked.request) + "/openings"),
                         {{"letters", desk.letters(desk.opening(asked), "Ingrid")}});
    CHECK(answer.json.at("error") == "not_disclosed");
}

TEST_CASE("only the custodian who was asked answers, only who asked opens", "[console][identity]") {
    Desk desk;
    desk.world.add_member("wenche", "custodian");
    const auto asked = desk.ask();
    const auto where = desk.path(Desk::path_of(asked.request));
    const auto letters = desk.letters(desk.opening(asked), "Ingrid");
    CHECK(desk.ingrid.post(where + "/disclosure", {{"sealed", "AAAA"}}).status == 403);
    Browser wenche(desk.world);
    REQUIRE(wenche.log_in("wenche").status == 200);
    CHECK(wenche.post(where + "/disclosure", {{"sealed", "AAAA"}}).status == 404);
    CHECK(desk.kari.post(where + "/openings", {{"letters", letters}}).status == 403);
    REQUIRE(desk.disclose(asked).status == 204);
    CHECK(desk.jonas.post(where + "/openings", {{"letters", letters}}).status == 404);
    // A request of one case is not there in another.
    const auto other = desk.world.submit_case();
    const auto elsewhere = "/api/v1/cases/" + to_base64url(other) + "/identity-requests" +
                           Desk::path_of(asked.request) + "/openings";
    CHECK(desk.ingrid.post(elsewhere, {{"letters", letters}}).status == 404);
}

TEST_CASE("a request reaches every colleague on the case, nobody else, and its notice with it",
          "[console][identity]") {
    Desk desk;
    const auto notice = desk.notice();
    const auto request = desk.request(notice);
    const auto ask = [&](json letters, const crypto::Bytes& said) {
        return desk.ingrid.post(desk.path(), Desk::body(request, std::move(letters), said));
    };
    const auto stored = [&] { return desk.opened_as("Ingrid").statements.size(); };
    const auto is_refused = [&](const Answer& answer, const char* error) {
        CHECK(answer.json.at("error") == error);
        CHECK(desk.list(desk.ingrid).empty());
        CHECK(stored() == 1);  // no notice without its request
    };
    is_refused(ask(desk.letters(request, "Ingrid", {"Ingrid", "Kari"}), notice), "readers");
    is_refused(ask(desk.letters(request, "Ingrid", {"Jonas", "Kari"}), notice), "readers");
    is_refused(ask(desk.letters(request, "Ingrid", {"Ingrid", "Jonas"}), notice), "readers");
    is_refused(ask(desk.letters(request, "Ingrid", {"Ingrid", "Jonas", "Kari", "Liv"}), notice),
               "readers");
    is_refused(ask(desk.letters(request, "Ingrid", {"Ingrid", "Jonas", "Kari", "Kari"}), notice),
               "readers");
    auto other = request;
    other.custodian = desk.member("Jonas");
    is_refused(
        desk.ingrid.post(desk.path(), Desk::body(other, desk.letters(other, "Ingrid"), notice)),
        "custodian");
    auto letters = desk.letters(request, "Ingrid");
    letters[0]["sealed"] = "AAAA";
    is_refused(ask(letters, notice), "not_sealed");

    // A notice out of turn takes its request with it.
    auto late = Desk::body(request, desk.letters(request, "Ingrid"), notice);
    late["notice"]["seq"] = 2;
    const auto answer = desk.ingrid.post(desk.path(), late);
    CHECK(answer.json.at("error") == "not_successor");
    CHECK(answer.json.at("head").at("seq") == 0);
    CHECK(desk.list(desk.ingrid).empty());

    CHECK(ask(desk.letters(request, "Ingrid"), notice).status == 204);
    CHECK(stored() == 2);
    const auto again = desk.request({});
    const auto twice =
        desk.ingrid.post(desk.path(), Desk::body(again, desk.letters(again, "Ingrid"), {}));
    CHECK(twice.json.at("error") == "already_asked");
}

TEST_CASE("each account alone, with the whole database and all its secrets, opens no identity",
          "[console][identity]") {
    Desk desk;
    const auto asked = desk.ask();
    REQUIRE(desk.disclose(asked).status == 204);
    const auto sealed = desk.world.org.store().read(
        [&](storage::Database& db) { return storage::Cases(db).identity(desk.case_id); });
    // Everything in the database that is sealed to somebody of this case.
    const auto letters_in_database = [&] {
        std::vector<crypto::Bytes> all;
        for (const auto& person : desk.world.org.people) {
            const auto held = desk.world.org.store().read([&](storage::Database& db) {
                return storage::IdentityRequests(db).of_case(desk.case_id, person.listed.member);
            });
            for (const auto& one : held) {
                for (const auto& letter : one.letters) all.push_back(letter.sealed);
            }
            const auto grant = desk.world.org.store().read([&](storage::Database& db) {
                return storage::Cases(db).grant(desk.case_id, person.listed.member);
            });
            if (grant) all.push_back(*grant);
        }
        return all;
    }();
    REQUIRE(letters_in_database.size() == 3 + 1 + 3);

    // Every 32 bytes that stand as base64url in what a key opens.
    const auto secrets_of = [&](const Person& person) {
        std::vector<crypto::IdentityShare> found;
        for (const auto& file : letters_in_database) {
            const auto plain = crypto::age::open(file, person.identity);
            if (!plain) continue;
            const auto text = plain->expose_text();
            for (std::size_t at = 0; at + 43 <= text.size(); ++at) {
                if (text[at] == '"' || (at > 0 && text[at - 1] != '"')) continue;
                const auto bytes = crypto::array_from_base64url<32>(text.substr(at, 43));
                if (bytes) found.push_back(crypto::IdentityShare::copy_of(*bytes));
            }
        }
        found.push_back(crypto::IdentityShare::copy_of(person.identity.expose()));
        found.push_back(crypto::IdentityShare::zeroed());
        return found;
    };
    const auto verify_key = desk.opened_as("Ingrid").grant.verify_key;
    const auto opens = [&](const std::vector<crypto::IdentityShare>& secrets) {
        for (const auto& a : secrets) {
            for (const auto& b : secrets) {
                if (crypto::open_identity(*sealed, a, b, verify_key, desk.org(), desk.case_id)) {
                    return true;
                }
            }
        }
        return false;
    };
    for (const auto* name : {"Jonas", "Kari", "Liv"}) {
        INFO(name);
        CHECK_FALSE(opens(secrets_of(desk.person(name))));
    }
    // Controls: the two together, and the one to whom the custodian has disclosed.
    auto both = secrets_of(desk.person("Jonas"));
    for (auto& secret : secrets_of(desk.person("Kari"))) both.push_back(std::move(secret));
    CHECK(opens(both));
    CHECK(opens(secrets_of(desk.person("Ingrid"))));
}

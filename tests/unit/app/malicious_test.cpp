// A database that somebody with the key has changed, as the reporter's page without scripts sees
// it; the same lies against the two TypeScript clients stand in frontend/portal/malicious.test.ts.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "server/app/day_closer.h"
#include "server/app/intake.h"
#include "server/app/mailbox.h"
#include "storage/envelopes.h"
#include "tests/support/demo_organisation.h"

namespace {

using namespace tillit;
using app::Mailbox;
using What = app::MailboxFault::What;
using test::DemoOrganisation;

/// Report, answer, reply, answer: four envelopes of two authors.
struct Dialogue {
    explicit Dialogue(DemoOrganisation& organisation) : org(organisation) {
        app::Submission submission(org.organisation(), org.organisation().readers());
        REQUIRE(submission.commit(crypto::SecretBytes("The report"), {}, org.default_readers()));
        key = submission.key().clone();
        id = submission.case_id();
        answer();
        auto mailbox = Mailbox::open(org.organisation(), key);
        const auto uploads = mailbox->start_uploads();
        REQUIRE(mailbox->reply(crypto::SecretBytes("A reply"), *uploads));
        answer();
    }

    void answer() {
        REQUIRE(test::answer_as(org, org.person("Ingrid"), id, "An answer") ==
                storage::AppendResult::stored);
    }
    void tamper(const std::string& sql) const {
        org.store().write([&](storage::Database& db) { db.execute(sql.c_str()); });
    }
    [[nodiscard]] std::string is_this_case() const {
        std::string hex;
        for (const auto byte : id) {
            constexpr const char* kDigits = "0123456789abcdef";
            hex += kDigits[byte >> 4];
            hex += kDigits[byte & 15];
        }
        return "case_id = x'" + hex + "'";
    }
    /// Empty: the page raises no alarm.
    [[nodiscard]] std::set<What> faults() const {
        std::set<What> found;
        const auto view = Mailbox::open(org.organisation(), key)->view();
        REQUIRE(view);
        for (const auto& fault : view->faults) found.insert(fault.what);
        return found;
    }

    DemoOrganisation& org;
    crypto::CaseKey key = crypto::CaseKey::random();
    crypto::Hash id{};
};

}  // namespace

TEST_CASE("an honest database raises no alarm", "[app][malicious]") {
    DemoOrganisation org;
    CHECK(Dialogue(org).faults().empty());
}

TEST_CASE("a changed envelope is seen", "[app][malicious]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    SECTION("its bytes") {
        dialogue.tamper(
            "UPDATE envelope SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) ||"
            " CASE WHEN substr(sealed, -1) = x'00' THEN x'01' ELSE x'00' END AS BLOB)"
            " WHERE position = 2");
        CHECK(dialogue.faults() ==
              std::set{What::not_readable, What::chain_gap, What::missing_head});
    }
    SECTION("its hash") {
        dialogue.tamper("UPDATE envelope SET hash = randomblob(32) WHERE position = 2");
        CHECK(dialogue.faults().contains(What::not_readable));
    }
}

TEST_CASE("a message dropped from the middle is seen", "[app][malicious]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    dialogue.tamper("DELETE FROM envelope WHERE position = 2");
    CHECK(dialogue.faults() == std::set{What::chain_gap, What::missing_head});
}

TEST_CASE("a message dropped from the tail is seen by a reporter who kept a proof, and by no other",
          "[app][malicious][receipt]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    org.advance_days(1);
    (void)app::close_finished_days(org.store(), org.clock(), org.log_key);
    const auto proof = app::make_receipt(org.organisation(), dialogue.id).value();
    const auto compared = [&] {
        return Mailbox::open(org.organisation(), dialogue.key)->compare(proof).value();
    };
    CHECK(compared().held == 4);
    CHECK(compared().missing.empty());
    SECTION("dropped") {
        dialogue.tamper("DELETE FROM envelope WHERE position = 4");
        CHECK(dialogue.faults().empty());  // without the proof nobody could tell
        const auto missing = compared().missing;
        REQUIRE(missing.size() == 1);
        CHECK(missing[0].author_name == "Ingrid");
        CHECK_FALSE(missing[0].is_mine);
        CHECK(missing[0].day == org.today() - 1);
    }
    SECTION("all but the report") {
        dialogue.tamper("DELETE FROM envelope WHERE position > 1");
        CHECK(dialogue.faults().empty());
        CHECK(compared().missing.size() == 3);
        CHECK(compared().missing[1].is_mine);
    }
    SECTION("exchanged for another of the same author") {
        dialogue.tamper("DELETE FROM envelope WHERE position = 4");
        REQUIRE(test::answer_as(org, org.person("Ingrid"), dialogue.id, "Another answer") ==
                storage::AppendResult::stored);
        CHECK(dialogue.faults().empty());
        CHECK(compared().missing.size() == 1);
    }
    SECTION("not readable any more") {
        dialogue.tamper("UPDATE envelope SET sealed = zeroblob(5755) WHERE position = 4");
        CHECK(compared().missing.size() == 1);
    }
}

TEST_CASE("messages in another order are seen", "[app][malicious]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    dialogue.tamper("UPDATE envelope SET position = 99 WHERE position = 2");
    dialogue.tamper("UPDATE envelope SET position = 2 WHERE position = 3");
    dialogue.tamper("UPDATE envelope SET position = 3 WHERE position = 99");
    CHECK(dialogue.faults() == std::set{What::missing_head});
}

TEST_CASE("a message delivered twice is seen", "[app][malicious]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    dialogue.tamper(
        "INSERT INTO envelope SELECT random(), case_id, 5, author, 99, prev, hash, day, sealed"
        " FROM envelope WHERE position = 2");
    CHECK(dialogue.faults() == std::set{What::chain_fork});
}

TEST_CASE("a message moved from another case is seen", "[app][malicious]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    const Dialogue other(org);
    dialogue.tamper("UPDATE envelope SET sealed = (SELECT sealed FROM envelope WHERE " +
                    other.is_this_case() + " AND position = 2) WHERE " + dialogue.is_this_case() +
                    " AND position = 2");
    CHECK(dialogue.faults().contains(What::not_readable));
    CHECK(other.faults().empty());
}

TEST_CASE("a case without its report is seen", "[app][malicious]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    dialogue.tamper("DELETE FROM envelope WHERE position = 1");
    CHECK(dialogue.faults().contains(What::no_report));
}

TEST_CASE("a directory that nobody signed makes no author", "[app][malicious]") {
    DemoOrganisation org;
    const Dialogue dialogue(org);
    dialogue.tamper("UPDATE directory SET note = replace(note, 'Ingrid', 'Ingrit')");
    org.advance_seconds(60);  // the verified one may be a few seconds old
    CHECK(org.organisation().readers() == nullptr);
    CHECK(dialogue.faults().contains(What::wrong_signer));
}

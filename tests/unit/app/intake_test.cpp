#include "server/app/intake.h"

#include <catch2/catch_test_macros.hpp>

#include "storage/attachments.h"
#include "storage/cases.h"
#include "tests/support/demo_organisation.h"

namespace {

using namespace tillit;
using app::IdentityFields;
using app::IntakeState;
using app::Submission;
using app::SubmitError;
using crypto::SecretBytes;
using test::DemoOrganisation;

crypto::Result<std::monostate, SubmitError> submit(DemoOrganisation& org, Submission& submission,
                                                   std::string_view text = "Invoices are split.") {
    return submission.commit(SecretBytes(text), IdentityFields{}, org.default_readers());
}

std::uint64_t inbox_count(DemoOrganisation& org, const test::Person& person) {
    return org.store().read([&](storage::Database& db) {
        return storage::Cases(db).inbox_count(person.listed.member);
    });
}

}  // namespace

TEST_CASE("a report reaches exactly those who were ticked", "[app][intake]") {
    DemoOrganisation org({.investigators = 3});
    Submission submission(org.organisation(), org.organisation().readers());
    REQUIRE(submit(org, submission));

    const auto opened = test::open_case_as(org, org.person("Ingrid"), submission.case_id());
    REQUIRE(opened.statements.size() == 1);
    CHECK(opened.statements[0].body == "Invoices are split.");
    CHECK(opened.statements[0].sealed_by == crypto::SealedBy::server);
    REQUIRE(opened.statements[0].manifest);
    CHECK(opened.statements[0].manifest->grants.size() == 3);  // the pair and the custodian
    CHECK(inbox_count(org, org.person("Jonas")) == 1);
    CHECK(inbox_count(org, org.person("Mats")) == 0);
    CHECK(inbox_count(org, org.person("Liv")) == 0);
}

TEST_CASE("who is unticked gets no grant and is named as excluded", "[app][intake]") {
    DemoOrganisation org;
    Submission submission(org.organisation(), org.organisation().readers());
    const std::vector<crypto::Id> only_ingrid{org.person("Ingrid").listed.member};
    REQUIRE(submission.commit(SecretBytes("About Jonas"), {}, only_ingrid));
    CHECK(inbox_count(org, org.person("Jonas")) == 0);
    const auto opened = test::open_case_as(org, org.person("Ingrid"), submission.case_id());
    REQUIRE(opened.grant.excluded.size() == 1);
    CHECK(opened.grant.excluded[0].person == org.person("Jonas").listed.person);
    CHECK(opened.statements[0].manifest->excluded.size() == 1);
}

TEST_CASE("when nobody is left the alternate receives, and without one nobody does",
          "[app][intake]") {
    DemoOrganisation org;
    const auto readers = org.organisation().readers();
    const auto chosen = app::choose_recipients(*readers, {});
    CHECK(chosen.falls_to_alternate);
    REQUIRE(chosen.readers.size() == 1);
    CHECK(chosen.readers[0]->name == "Liv");

    Submission submission(org.organisation(), readers);
    const auto result = submission.commit(SecretBytes("x"), {}, {},
                                          /*also_excluded=*/{org.person("Liv").listed.member});
    REQUIRE_FALSE(result);
    CHECK(result.error() == SubmitError::nobody_left);
}

TEST_CASE("more exclusions than a grant can hold are refused, not left out", "[app][intake]") {
    DemoOrganisation org({.investigators = 16});
    Submission submission(org.organisation(), org.organisation().readers());
    std::vector<crypto::Id> excluded;
    for (int i = 3; i < 16; ++i) {
        excluded.push_back(org.people[static_cast<std::size_t>(i)].listed.member);
    }
    REQUIRE(excluded.size() == crypto::kMaxExcluded + 1);
    const auto result = submission.commit(SecretBytes("x"), {}, org.default_readers(), excluded);
    REQUIRE_FALSE(result);
    CHECK(result.error() == SubmitError::too_many_excluded);
    excluded.pop_back();
    CHECK(submission.commit(SecretBytes("x"), {}, org.default_readers(), excluded));
}

TEST_CASE("the identity opens with both shares and with neither alone", "[app][intake]") {
    DemoOrganisation org;
    Submission submission(org.organisation(), org.organisation().readers());
    const IdentityFields identity{.name = SecretBytes("Åse Berg"), .contact = SecretBytes("home")};
    REQUIRE(submission.commit(SecretBytes("text"), identity, org.default_readers()));

    const auto reader = test::open_case_as(org, org.person("Ingrid"), submission.case_id());
    const auto custodian = test::open_case_as(org, org.person("Kari"), submission.case_id());
    CHECK_FALSE(custodian.grant.secret);
    REQUIRE(reader.grant.share);
    REQUIRE(custodian.grant.share);
    const auto sealed = org.store().read(
        [&](storage::Database& db) { return storage::Cases(db).identity(submission.case_id()); });
    REQUIRE(sealed);
    const auto& id = org.organisation().settings().org_id;
    const auto both = crypto::open_identity(*sealed, *custodian.grant.share, *reader.grant.share,
                                            reader.grant.verify_key, id, submission.case_id());
    REQUIRE(both);
    CHECK(both->name == "Åse Berg");
    const auto zero = crypto::IdentityShare::zeroed();
    CHECK_FALSE(crypto::open_identity(*sealed, zero, *reader.grant.share, reader.grant.verify_key,
                                      id, submission.case_id()));
    CHECK_FALSE(crypto::open_identity(*sealed, *custodian.grant.share, zero,
                                      reader.grant.verify_key, id, submission.case_id()));
}

TEST_CASE("a name is not taken when nobody could ever open it", "[app][intake]") {
    DemoOrganisation org({.with_custodian = false});
    Submission submission(org.organisation(), org.organisation().readers());
    const IdentityFields identity{.name = SecretBytes("Åse"), .contact = {}};
    const auto result = submission.commit(SecretBytes("text"), identity, org.default_readers());
    REQUIRE_FALSE(result);
    CHECK(result.error() == SubmitError::no_custodian);
}

TEST_CASE("nothing is taken that nobody could open", "[app][intake]") {
    SECTION("one reader") {
        DemoOrganisation org({.investigators = 1});
        CHECK(org.organisation().intake_state() == IntakeState::too_few_readers);
        Submission submission(org.organisation(), org.organisation().readers());
        const auto result = submit(org, submission);
        REQUIRE_FALSE(result);
        CHECK(result.error() == SubmitError::not_receiving);
    }
    SECTION("no alternate") {
        DemoOrganisation org({.with_alternate = false});
        CHECK(org.organisation().intake_state() == IntakeState::no_alternate);
    }
    SECTION("an expired directory") {
        DemoOrganisation org;
        CHECK(org.organisation().intake_state() == IntakeState::open);
        org.advance_days(366);
        CHECK(org.organisation().intake_state() == IntakeState::directory_expired);
    }
}

TEST_CASE("a text too long for the largest envelope is refused, not cut", "[app][intake]") {
    DemoOrganisation org;
    Submission submission(org.organisation(), org.organisation().readers());
    const auto result = submit(org, submission, std::string(300'000, 'a'));
    REQUIRE_FALSE(result);
    CHECK(result.error() == SubmitError::too_long);
}

TEST_CASE("files over the limit are refused and those before them stay", "[app][intake]") {
    DemoOrganisation org({.max_report_bytes = 100'000});
    Submission submission(org.organisation(), org.organisation().readers());
    auto& uploads = submission.uploads();
    const crypto::Bytes content(60'000, 0x42);
    REQUIRE(uploads.begin("a.bin", "application/octet-stream"));
    REQUIRE(uploads.write(content));
    REQUIRE(uploads.end());
    REQUIRE(uploads.begin("b.bin", "application/octet-stream"));
    CHECK_FALSE(uploads.write(content));
    CHECK(uploads.error() == app::UploadError::too_large);
    CHECK(uploads.unfinished_name() == "b.bin");
    uploads.abandon_current();
    REQUIRE(submit(org, submission));
    const auto opened = test::open_case_as(org, org.person("Ingrid"), submission.case_id());
    REQUIRE(opened.statements[0].attachments.size() == 1);
    CHECK(opened.statements[0].attachments[0].size == 60'000);
}

TEST_CASE("a submission that is dropped leaves no file behind", "[app][intake]") {
    DemoOrganisation org;
    std::optional<crypto::Id> upload;
    {
        Submission submission(org.organisation(), org.organisation().readers());
        REQUIRE(submission.uploads().begin("a", "text/plain"));
        REQUIRE(submission.uploads().write(crypto::Bytes(10, 1)));
        REQUIRE(submission.uploads().end());
        upload = submission.uploads().ids().at(0);
    }
    CHECK_FALSE(org.store().write(
        [&](storage::Database& db) { return storage::Attachments(db).bind(*upload, {}); }));
}

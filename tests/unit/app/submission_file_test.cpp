#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "server/app/submission_file_intake.h"
#include "server/app/submission_sealer.h"
#include "storage/attachments.h"
#include "storage/cases.h"
#include "tests/support/demo_organisation.h"

namespace {

using namespace tillit;
using app::FileIntakeError;
using crypto::Bytes;
using test::DemoOrganisation;

/// A submission file as `tillit seal` makes it, with one attachment of `content_bytes`.
struct Sealed {
    crypto::SubmissionHead head;
    Bytes attachment;

    explicit Sealed(DemoOrganisation& org, std::size_t content_bytes = 100) {
        const auto readers = org.organisation().readers();
        const auto key = crypto::CaseKey::random();
        const auto& id = org.organisation().settings().org_id;
        crypto::AttachmentSealer sealer(crypto::hybrid_recipient(crypto::case_identity(key, id)),
                                        [this](crypto::ByteView sealed) {
                                            attachment.insert(attachment.end(), sealed.begin(),
                                                              sealed.end());
                                        });
        sealer.write(Bytes(content_bytes, 'x'));
        const auto file = sealer.finish();
        const crypto::AttachmentRef ref{.id = crypto::random_array<16>(),
                                        .name = "a.txt",
                                        .type = "text/plain",
                                        .size = file.size,
                                        .stored_hash = file.stored_hash};
        const auto report =
            app::seal_submission({.org = id,
                                  .directory = readers->directory,
                                  .directory_hash = readers->directory_hash,
                                  .key = key,
                                  .sealed_by = crypto::SealedBy::cli},
                                 app::choose_recipients(*readers, org.default_readers()),
                                 crypto::SecretBytes("carried here"), {}, {ref})
                .value();
        head = {
            .org = id,
            .lookup_hash = report.lookup_hash,
            .case_recipient = report.case_recipient,
            .reporter_recipient = report.reporter_recipient,
            .verify_key = report.verify_key,
            .grants = {},
            .identity = report.identity,
            .report = report.report,
            .attachments = {
                {.id = ref.id, .stored_size = file.stored_size, .stored_hash = file.stored_hash}}};
        for (const auto& grant : report.grants) head.grants.push_back({grant.member, grant.sealed});
    }
    [[nodiscard]] Bytes file() const {
        auto out = crypto::submission_front(head);
        out.insert(out.end(), attachment.begin(), attachment.end());
        return out;
    }
    [[nodiscard]] crypto::Hash case_id() const {
        return crypto::case_id(head.org, head.case_recipient, head.reporter_recipient,
                               head.verify_key);
    }
};

struct Door {
    explicit Door(DemoOrganisation& organisation)
        : org(organisation), uploads(organisation.organisation()) {}

    std::optional<FileIntakeError> hand_in(crypto::ByteView file, std::size_t step = 30'000) {
        app::SubmissionFileIntake intake(org.organisation(), uploads);
        for (; !file.empty(); file = file.subspan(std::min(step, file.size()))) {
            intake.write(file.first(std::min(step, file.size())));
        }
        const auto stored = intake.finish();
        if (!stored) return stored.error();
        return std::nullopt;
    }
    std::uint64_t cases() {
        return org.store().read([&](storage::Database& db) {
            return storage::Cases(db).inbox_count(org.person("Ingrid").listed.member);
        });
    }
    /// Uploads that no case owns.
    std::size_t left_over() {
        return org.store().read([&](storage::Database& db) {
            return storage::Attachments(db).unbound_before(org.today() + 1).size();
        });
    }

    DemoOrganisation& org;
    app::PendingUploads uploads;
};

}  // namespace

TEST_CASE("a submission file becomes a case that its readers open", "[app][submission_file]") {
    DemoOrganisation org;
    Door door(org);
    const Sealed sealed(org, 3'000'000);
    CHECK(door.hand_in(sealed.file(), GENERATE(1'000U, 70'000U, 9'000'000U)) == std::nullopt);
    CHECK(door.cases() == 1);
    CHECK(door.left_over() == 0);
    const auto opened = test::open_case_as(org, org.person("Ingrid"), sealed.case_id());
    REQUIRE(opened.statements.size() == 1);
    CHECK(opened.statements[0].body == "carried here");
    CHECK(opened.statements[0].sealed_by == crypto::SealedBy::cli);
    const auto stored = org.store().read([&](storage::Database& db) {
        return storage::Attachments(db).find(sealed.case_id(), sealed.head.attachments[0].id);
    });
    REQUIRE(stored);
    CHECK(stored->stored_size == sealed.attachment.size());
}

TEST_CASE("the very same file once more is a success that stores nothing",
          "[app][submission_file]") {
    DemoOrganisation org;
    Door door(org);
    const Sealed sealed(org);
    REQUIRE(door.hand_in(sealed.file()) == std::nullopt);
    CHECK(door.hand_in(sealed.file()) == std::nullopt);
    CHECK(door.cases() == 1);
    CHECK(door.left_over() == 0);
    SECTION("also when nobody may receive reports by then") {
        org.advance_days(366);
        CHECK(door.hand_in(sealed.file()) == std::nullopt);
    }
}

TEST_CASE("a file that is not whole leaves nothing behind", "[app][submission_file]") {
    DemoOrganisation org;
    Door door(org);
    const Sealed sealed(org, 2'500'000);
    auto file = sealed.file();
    SECTION("it ends early") {
        file.pop_back();
        CHECK(door.hand_in(file) == FileIntakeError::cut_off);
    }
    SECTION("a bit of the attachment was flipped") {
        file[file.size() - 5] ^= 1;
        CHECK(door.hand_in(file) == FileIntakeError::damaged);
    }
    SECTION("a bit of the head was flipped") {
        file[500] ^= 1;
        CHECK(door.hand_in(file) == FileIntakeError::damaged);
    }
    SECTION("more follows") {
        file.push_back(0);
        CHECK(door.hand_in(file) == FileIntakeError::damaged);
    }
    SECTION("it is something else") {
        CHECK(door.hand_in(crypto::view("%PDF-1.7")) == FileIntakeError::not_a_submission);
    }
    SECTION("it is empty") { CHECK(door.hand_in({}) == FileIntakeError::not_a_submission); }
    CHECK(door.cases() == 0);
    CHECK(door.left_over() == 0);
    CHECK(door.hand_in(sealed.file()) == std::nullopt);  // and the whole one is still taken
}

TEST_CASE("a file for whom it must not be is refused before its attachments are stored",
          "[app][submission_file]") {
    DemoOrganisation org;
    Door door(org);
    Sealed sealed(org);
    SECTION("another organisation") {
        DemoOrganisation other;
        CHECK(door.hand_in(Sealed(other).file()) == FileIntakeError::wrong_org);
    }
    SECTION("the directory has expired since") {
        org.advance_days(366);
        CHECK(door.hand_in(sealed.file()) == FileIntakeError::not_receiving);
    }
    SECTION("somebody who is not listed") {
        sealed.head.grants[0].member = crypto::random_array<16>();
        CHECK(door.hand_in(sealed.file()) == FileIntakeError::directory_changed);
    }
    SECTION("another report under the same look-up hash") {
        REQUIRE(door.hand_in(sealed.file()) == std::nullopt);
        Sealed second(org);
        second.head.lookup_hash = sealed.head.lookup_hash;
        CHECK(door.hand_in(second.file()) == FileIntakeError::taken);
        CHECK(door.cases() == 1);
        CHECK(door.left_over() == 0);
        return;
    }
    CHECK(door.cases() == 0);
    CHECK(door.left_over() == 0);
}

TEST_CASE("attachments count against the limits that other uploads have",
          "[app][submission_file]") {
    DemoOrganisation org({.max_report_bytes = 1 << 20});
    Door door(org);
    CHECK(door.hand_in(Sealed(org, 1'000'000).file()) == std::nullopt);
    CHECK(door.hand_in(Sealed(org, 3'000'000).file()) == FileIntakeError::too_large);
    CHECK(door.left_over() == 0);
}

TEST_CASE("an attachment that is on its way in already, or another's, is not taken over",
          "[app][submission_file]") {
    DemoOrganisation org;
    Door door(org);
    const Sealed sealed(org);
    app::SubmissionFileIntake first(org.organisation(), door.uploads);
    const auto file = sealed.file();
    first.write(crypto::ByteView(file).first(file.size() - 1));
    CHECK(door.hand_in(file) == FileIntakeError::busy);
    first.write(crypto::ByteView(file).last(1));
    REQUIRE(first.finish());
    Sealed thief(org);
    thief.head.attachments[0].id = sealed.head.attachments[0].id;
    CHECK(door.hand_in(thief.file()) == FileIntakeError::busy);
    CHECK(door.cases() == 1);
}

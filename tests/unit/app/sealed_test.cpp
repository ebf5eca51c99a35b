#include <catch2/catch_test_macros.hpp>

#include "crypto/age/age.h"
#include "crypto/envelope.h"
#include "crypto/grant.h"
#include "server/app/sealed_intake.h"
#include "server/app/sealed_mailbox.h"
#include "storage/attachments.h"
#include "storage/cases.h"
#include "tests/support/demo_organisation.h"
#include "tests/support/full_disk.h"

namespace {

using namespace tillit;
using app::PendingUploads;
using app::SealedReportError;
using crypto::Bytes;
using test::DemoOrganisation;
using Refusal = PendingUploads::Refusal;

Bytes sealed(std::size_t plain_bytes, const crypto::HybridRecipient& to) {
    return crypto::age::seal(Bytes(plain_bytes), to).value();
}

/// What a browser makes of one case key. What lies inside is not the server's to see, so it is
/// zeros here; that clients open what clients sealed is tested in frontend/ and tests/e2e.
struct Sender {
    explicit Sender(DemoOrganisation& organisation) : org(organisation) {
        const auto& id = org.organisation().settings().org_id;
        const auto case_to = crypto::hybrid_recipient(crypto::case_identity(key, id));
        report.lookup_hash = crypto::lookup_hash(token());
        report.case_recipient = case_to;
        report.reporter_recipient = crypto::hybrid_recipient(crypto::reporter_identity(key, id));
        report.verify_key = crypto::verify_key(crypto::reporter_signing_seed(key, id));
        for (const char* name : {"Ingrid", "Jonas", "Kari"}) {
            const auto& member = org.person(name).listed;
            report.grants.push_back(
                {member.member, sealed(crypto::kGrantPlainBytes, member.recipient)});
        }
        report.identity = sealed(crypto::kIdentityPlainBytes, case_to);
        report.report = sealed(4096, case_to);
    }

    [[nodiscard]] crypto::LookupToken token() const {
        return crypto::lookup_token(key, org.organisation().settings().org_id);
    }
    auto send() { return app::accept_report(org.organisation(), uploads, owner, report); }
    /// Signed as the reporter signs a reply of hers.
    [[nodiscard]] crypto::Signature signature_of(const Bytes& envelope) const {
        const auto& id = org.organisation().settings().org_id;
        const auto case_id = crypto::case_id(id, report.case_recipient, report.reporter_recipient,
                                             report.verify_key);
        return app::sign_reporter_act(app::ReporterAct::reply,
                                      crypto::reporter_signing_seed(key, id), id, case_id,
                                      crypto::envelope_hash(envelope));
    }
    SealedReportError refusal() {
        const auto result = send();
        REQUIRE_FALSE(result);
        return result.error();
    }
    /// A complete upload of this many pieces.
    crypto::Id upload(std::size_t pieces = 1) {
        const auto id = uploads.begin(owner).value();
        const Bytes piece(storage::kPieceBytes);
        for (std::size_t i = 0; i < pieces; ++i) REQUIRE(uploads.add_piece(owner, id, i, piece));
        REQUIRE(uploads.complete(owner, id, pieces * storage::kPieceBytes));
        return id;
    }

    DemoOrganisation& org;
    crypto::CaseKey key = crypto::CaseKey::random();
    crypto::Hash owner = app::upload_owner(crypto::LookupToken::random());
    PendingUploads uploads{org.organisation()};
    app::SealedReport report;
};

std::uint64_t cases_of(DemoOrganisation& org, std::string_view name) {
    return org.store().read([&](storage::Database& db) {
        return storage::Cases(db).inbox_count(org.person(name).listed.member);
    });
}

}  // namespace

TEST_CASE("a sealed report is stored as it came, for those it names", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    sender.report.attachments = {sender.upload(2)};
    REQUIRE(sender.send());
    CHECK(cases_of(org, "Ingrid") == 1);
    CHECK(cases_of(org, "Liv") == 0);

    app::SealedMailbox mailbox(org.organisation(), sender.uploads);
    const auto found = mailbox.open(sender.token(), false);
    REQUIRE(found);
    REQUIRE(found->envelopes.size() == 1);
    CHECK(found->envelopes[0].sealed == sender.report.report);
    CHECK(found->envelopes[0].author == crypto::kReporter);
    CHECK(found->row.received_day == org.today());
    CHECK(mailbox.find_attachment(sender.token(), sender.report.attachments[0]));
    CHECK_FALSE(
        mailbox.find_attachment(crypto::LookupToken::random(), sender.report.attachments[0]));
}

TEST_CASE("a full disk keeps no reporter's browser from reading", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    REQUIRE(sender.send());
    app::SealedMailbox mailbox(org.organisation(), sender.uploads);
    const test::FullDisk full;
    CHECK(mailbox.open(sender.token(), /*is_visit=*/true));
}

TEST_CASE("the very same report once more is a success and stores nothing", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    sender.report.attachments = {sender.upload()};
    REQUIRE(sender.send());
    CHECK(sender.send());  // its uploads are bound by now
    CHECK(cases_of(org, "Ingrid") == 1);
    SECTION("but another report under the same look-up hash is not taken") {
        sender.report.attachments.clear();
        sender.report.report = sealed(4096, sender.report.case_recipient);
        CHECK(sender.refusal() == SealedReportError::taken);
        CHECK(cases_of(org, "Ingrid") == 1);
    }
}

TEST_CASE("what honest software does not seal is refused", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    SECTION("an envelope of a length that tells something") {
        sender.report.report = sealed(5000, sender.report.case_recipient);
        CHECK(sender.refusal() == SealedReportError::not_sealed);
    }
    SECTION("a text that is not sealed") {
        sender.report.report = Bytes(sender.report.report.size(), 'x');
        CHECK(sender.refusal() == SealedReportError::not_sealed);
    }
    SECTION("a grant that is not sealed") {
        sender.report.grants[0].sealed.pop_back();
        CHECK(sender.refusal() == SealedReportError::not_sealed);
    }
    SECTION("an identity envelope of another length") {
        sender.report.identity = sealed(4095, sender.report.case_recipient);
        CHECK(sender.refusal() == SealedReportError::not_sealed);
    }
    CHECK(cases_of(org, "Ingrid") == 0);
}

TEST_CASE("grants go to listed people, once each, and somebody can read", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    auto& grants = sender.report.grants;
    SECTION("somebody unknown") {
        grants[0].member = crypto::random_array<16>();
        CHECK(sender.refusal() == SealedReportError::unknown_member);
    }
    SECTION("two for one") {
        grants[1].member = grants[0].member;
        CHECK(sender.refusal() == SealedReportError::unknown_member);
    }
    SECTION("only a custodian") {
        grants.erase(grants.begin(), grants.begin() + 2);
        CHECK(sender.refusal() == SealedReportError::unknown_member);
    }
    SECTION("nobody") {
        grants.clear();
        CHECK(sender.refusal() == SealedReportError::unknown_member);
    }
}

TEST_CASE("an expired directory takes no sealed report either", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    org.advance_days(366);
    CHECK(sender.refusal() == SealedReportError::not_receiving);
}

TEST_CASE("an upload belongs to whoever began it", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    const auto id = sender.upload();
    const auto stranger = app::upload_owner(crypto::LookupToken::random());
    CHECK_FALSE(sender.uploads.state(stranger, id));
    const auto added = sender.uploads.add_piece(stranger, id, 1, Bytes(1));
    REQUIRE_FALSE(added);
    CHECK(added.error() == Refusal::no_such_upload);
    sender.uploads.drop(stranger, id);
    CHECK(sender.uploads.state(sender.owner, id));
    sender.owner = stranger;
    sender.report.attachments = {id};
    CHECK(sender.refusal() == SealedReportError::no_such_upload);
}

TEST_CASE("pieces come in order, and only the last may be short", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    auto& uploads = sender.uploads;
    const auto id = uploads.begin(sender.owner).value();
    const auto refusal = [&](std::uint64_t index, std::size_t size) {
        const auto result = uploads.add_piece(sender.owner, id, index, Bytes(size));
        REQUIRE_FALSE(result);
        return result.error();
    };
    CHECK(refusal(1, 10) == Refusal::wrong_order);
    CHECK(refusal(0, 0) == Refusal::wrong_size);
    CHECK(refusal(0, storage::kPieceBytes + 1) == Refusal::wrong_size);
    REQUIRE(uploads.add_piece(sender.owner, id, 0, Bytes(10)));
    CHECK(refusal(0, 10) == Refusal::wrong_order);  // again: the state says what has arrived
    CHECK(refusal(1, 10) == Refusal::wrong_size);   // after a short one
    CHECK(uploads.state(sender.owner, id)->next_index == 1);
    CHECK_FALSE(uploads.complete(sender.owner, id, 11));
    CHECK(uploads.complete(sender.owner, id, 10));
    CHECK(uploads.complete(sender.owner, id, 10));  // the answer may have been lost
    CHECK_FALSE(uploads.owns_complete(sender.owner, {crypto::random_array<16>()}));
}

TEST_CASE("one sender can have only so much waiting, and it goes when nobody comes back",
          "[app][sealed]") {
    DemoOrganisation org({.max_report_bytes = 1 << 20});
    Sender sender(org);
    auto& uploads = sender.uploads;
    const auto id = uploads.begin(sender.owner).value();
    const Bytes piece(storage::kPieceBytes);
    REQUIRE(uploads.add_piece(sender.owner, id, 0, piece));
    REQUIRE(uploads.add_piece(sender.owner, id, 1, piece));
    const auto more = uploads.add_piece(sender.owner, id, 2, piece);
    REQUIRE_FALSE(more);
    CHECK(more.error() == Refusal::too_large);
    for (int i = 1; i < 16; ++i) REQUIRE(uploads.begin(sender.owner));
    const auto seventeenth = uploads.begin(sender.owner);
    REQUIRE_FALSE(seventeenth);
    CHECK(seventeenth.error() == Refusal::too_many);

    org.advance_seconds(20 * 60);
    uploads.remove_expired();
    CHECK(uploads.state(sender.owner, id));
    org.advance_seconds(11 * 60);  // asking, as just now, is no activity
    uploads.remove_expired();
    CHECK_FALSE(uploads.state(sender.owner, id));
    CHECK(uploads.begin(sender.owner));
    CHECK(org.store().read([](storage::Database& db) {
        return storage::Attachments(db).unbound_before(1 << 30).size();
    }) == 1);
}

TEST_CASE("a file that waits stays as long as its owner sends another", "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    const auto first = sender.upload();
    const auto second = sender.uploads.begin(sender.owner).value();
    const Bytes piece(storage::kPieceBytes);
    for (std::uint64_t i = 0; i < 4; ++i) {
        org.advance_seconds(20 * 60);
        sender.uploads.remove_expired();
        REQUIRE(sender.uploads.add_piece(sender.owner, second, i, piece));
    }
    CHECK(sender.uploads.owns_complete(sender.owner, {first}));
}

TEST_CASE("a flood of uploads takes the place of idle ones, not of those under way",
          "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    auto& uploads = sender.uploads;
    const auto stranger = [] { return app::upload_owner(crypto::LookupToken::random()); };
    const auto first = uploads.begin(sender.owner).value();
    for (int i = 1; i < 1000; ++i) REQUIRE(uploads.begin(stranger()));
    const auto one_more = uploads.begin(stranger());
    REQUIRE_FALSE(one_more);
    CHECK(one_more.error() == Refusal::too_many);
    org.advance_seconds(61);
    REQUIRE(uploads.add_piece(sender.owner, first, 0, Bytes(10)));
    CHECK(uploads.begin(stranger()));
    CHECK(uploads.state(sender.owner, first));  // it was under way
}

TEST_CASE("idle uploads make room for the bytes of those under way", "[app][sealed]") {
    constexpr std::uint64_t kReport = 1 << 20;
    DemoOrganisation org({.max_report_bytes = kReport});
    Sender sender(org);
    auto& uploads = sender.uploads;
    const Bytes piece(storage::kPieceBytes);
    const auto stranger = app::upload_owner(crypto::LookupToken::random());
    const auto of_stranger = uploads.begin(stranger).value();
    REQUIRE(uploads.add_piece(stranger, of_stranger, 0, piece));
    org.advance_seconds(30);
    const std::uint64_t pieces = 16 * 2 * kReport / storage::kPieceBytes - 1;
    for (std::uint64_t i = 0; i < pieces; ++i) {
        const auto owner = app::upload_owner(crypto::LookupToken::random());
        REQUIRE(uploads.add_piece(owner, uploads.begin(owner).value(), 0, piece));
    }
    const auto mine = uploads.begin(sender.owner).value();
    const auto add = [&] { return uploads.add_piece(sender.owner, mine, 0, piece); };
    CHECK(add().error() == Refusal::full);
    CHECK(uploads.state(stranger, of_stranger));
    org.advance_seconds(31);  // now the first one is idle
    CHECK(add());
    CHECK_FALSE(uploads.state(stranger, of_stranger));
    CHECK(org.store().read([](storage::Database& db) {
        return storage::Attachments(db).unbound_before(1 << 30).size();
    }) == pieces + 1);
}

TEST_CASE("a sealed reply follows the reporter's head, and once more is no second one",
          "[app][sealed]") {
    DemoOrganisation org;
    Sender sender(org);
    REQUIRE(sender.send());
    app::SealedMailbox mailbox(org.organisation(), sender.uploads);
    const auto first = mailbox.open(sender.token(), true)->envelopes[0];
    app::SealedReply reply{.seq = 2,
                           .prev = first.hash,
                           .sealed = sealed(4096, sender.report.case_recipient),
                           .attachments = {}};
    CHECK(mailbox.reply(sender.token(), reply).error() ==
          app::SealedReplyError::bad_signature);  // whoever has the token alone writes nothing
    reply.signature = sender.signature_of(reply.sealed);
    REQUIRE(mailbox.reply(sender.token(), reply));
    CHECK(mailbox.reply(sender.token(), reply));
    CHECK(mailbox.open(sender.token(), false)->envelopes.size() == 2);

    const auto refusal = [&] {
        const auto result = mailbox.reply(sender.token(), reply);
        REQUIRE_FALSE(result);
        return result.error();
    };
    reply.sealed = sealed(4096, sender.report.case_recipient);
    reply.signature = sender.signature_of(reply.sealed);
    CHECK(refusal() == app::SealedReplyError::not_successor);
    reply.sealed = Bytes(5000);
    CHECK(refusal() == app::SealedReplyError::not_sealed);
    const auto nobody = mailbox.open(crypto::LookupToken::random(), true);
    CHECK_FALSE(nobody);
}

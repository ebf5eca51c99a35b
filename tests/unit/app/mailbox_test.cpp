#include "server/app/mailbox.h"

#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "server/app/days.h"
#include "server/app/intake.h"
#include "storage/cases.h"
#include "storage/envelopes.h"
#include "tests/support/demo_organisation.h"

namespace {

using namespace tillit;
using app::Mailbox;
using app::Submission;
using crypto::SecretBytes;
using test::DemoOrganisation;

struct Submitted {
    crypto::CaseKey key;
    crypto::Hash case_id;
};

Submitted submit(DemoOrganisation& org, std::string_view text = "The report") {
    Submission submission(org.organisation(), org.organisation().readers());
    REQUIRE(submission.commit(SecretBytes(text), {}, org.default_readers()));
    return {submission.key().clone(), submission.case_id()};
}

}  // namespace

TEST_CASE("the key that was shown opens the case, and no other does", "[app][mailbox]") {
    DemoOrganisation org;
    const auto submitted = submit(org);
    const auto mailbox = Mailbox::open(org.organisation(), submitted.key);
    REQUIRE(mailbox);
    const auto view = mailbox->view();
    REQUIRE(view);
    CHECK(view->faults.empty());
    REQUIRE(view->messages.size() == 1);
    CHECK(view->messages[0].statement.body == "The report");
    CHECK(view->last_news_day == 0);
    CHECK(view->readers.size() == 3);
    CHECK_FALSE(view->readers[0].has_opened);
    CHECK_FALSE(Mailbox::open(org.organisation(), crypto::CaseKey::random()));
}

TEST_CASE("an answer reaches the reporter with its author and its day", "[app][mailbox]") {
    DemoOrganisation org;
    const auto submitted = submit(org);
    org.advance_days(3);
    REQUIRE(test::answer_as(org, org.person("Ingrid"), submitted.case_id, "Thank you.") ==
            storage::AppendResult::stored);
    auto mailbox = Mailbox::open(org.organisation(), submitted.key);
    const auto view = mailbox->view();
    REQUIRE(view->messages.size() == 2);
    CHECK(view->messages[1].author_name == "Ingrid");
    CHECK(view->last_news_day == org.today());
    CHECK(view->readers[0].has_opened);
    CHECK(view->faults.empty());
}

TEST_CASE("feedback is due three months after the day receipt was confirmed", "[app][mailbox]") {
    DemoOrganisation org;
    const auto submitted = submit(org);
    const auto received = org.today();
    auto mailbox = Mailbox::open(org.organisation(), submitted.key);
    CHECK(mailbox->view()->row.feedback_due_day == app::add_months(received + 7, 3));
    org.advance_days(2);
    org.store().write([&](storage::Database& db) {
        storage::Cases(db).set_state(submitted.case_id, storage::CaseState::acknowledged,
                                     org.today());
    });
    CHECK(mailbox->view()->row.feedback_due_day == app::add_months(received + 2, 3));
}

TEST_CASE("a message by somebody whom the reporter gave no key is shown as a fault",
          "[app][mailbox]") {
    DemoOrganisation org({.investigators = 3});
    const auto submitted = submit(org);
    // Mats is in the directory and somebody slipped him the case recipient; he holds no grant.
    const auto opened = test::open_case_as(org, org.person("Ingrid"), submitted.case_id);
    crypto::HybridRecipient recipient{};
    std::copy(opened.row.case_recipient.begin(), opened.row.case_recipient.end(),
              recipient.begin());
    const crypto::Statement statement{.org = org.organisation().settings().org_id,
                                      .case_id = submitted.case_id,
                                      .from = org.person("Mats").listed.member,
                                      .heads = {},
                                      .body = "Trust me",
                                      .state = {},
                                      .attachments = {},
                                      .manifest = std::nullopt};
    auto sealed = crypto::seal_envelope(statement, org.person("Mats").signing, recipient);
    REQUIRE(sealed);
    storage::NewEnvelope envelope{
        .author = statement.from, .hash = crypto::envelope_hash(*sealed), .sealed = *sealed};
    REQUIRE(org.store().write([&](storage::Database& db) {
        return storage::Envelopes(db).append(submitted.case_id, envelope, org.today(), {});
    }) == storage::AppendResult::stored);
    const auto view = Mailbox::open(org.organisation(), submitted.key)->view();
    CHECK(view->messages.size() == 1);
    REQUIRE(view->faults.size() == 1);
    CHECK(view->faults[0].what == app::MailboxFault::What::wrong_signer);
}

TEST_CASE("a reply that grows too long as JSON is refused, and the next one is taken",
          "[app][mailbox]") {
    DemoOrganisation org;
    const auto submitted = submit(org);
    auto mailbox = Mailbox::open(org.organisation(), submitted.key);
    for (const char letter : {'"', '\n', '\\', '\x01'}) {
        const auto uploads = mailbox->start_uploads();
        const auto result = mailbox->reply(SecretBytes(std::string(200'000, letter)), *uploads);
        REQUIRE_FALSE(result);
        CHECK(result.error() == app::ReplyError::too_long);
    }
    const auto uploads = mailbox->start_uploads();
    CHECK(mailbox->reply(SecretBytes("short"), *uploads));
}

TEST_CASE("one author's part of a thread is bounded, and stops nobody else", "[app][mailbox]") {
    DemoOrganisation org;
    const auto submitted = submit(org);
    auto mailbox = Mailbox::open(org.organisation(), submitted.key);
    const SecretBytes long_text(std::string(190'000, 'a'));
    const auto reply = [&](const SecretBytes& text) {
        return mailbox->reply(text, *mailbox->start_uploads());
    };
    for (int i = 0; i < 63; ++i) REQUIRE(reply(long_text));
    const auto last = reply(long_text);
    REQUIRE_FALSE(last);
    CHECK(last.error() == app::ReplyError::thread_full);
    CHECK(test::answer_as(org, org.person("Ingrid"), submitted.case_id, "I have read it all") ==
          storage::AppendResult::stored);
    CHECK(mailbox->view()->messages.size() == 65);
    static_cast<void>(mailbox->new_words());
    CHECK(mailbox->use_new_words());  // what keeps a reporter safe is never too much
    CHECK(mailbox->close_door());
}

TEST_CASE("replies with files come back bit for bit", "[app][mailbox]") {
    DemoOrganisation org;
    const auto submitted = submit(org);
    auto mailbox = Mailbox::open(org.organisation(), submitted.key);
    auto uploads = mailbox->start_uploads();
    crypto::Bytes content(3'000'000);
    crypto::fill_random(content);
    REQUIRE(uploads->begin("photo.jpg", "image/jpeg"));
    REQUIRE(uploads->write(content));
    REQUIRE(uploads->end());
    REQUIRE(mailbox->reply(SecretBytes("More"), *uploads));

    const auto view = mailbox->view();
    REQUIRE(view->messages.size() == 2);
    REQUIRE(view->messages[1].statement.attachments.size() == 1);
    const auto reference = mailbox->find_attachment(view->messages[1].statement.attachments[0].id);
    REQUIRE(reference);
    crypto::Bytes read;
    REQUIRE(mailbox->stream_attachment(*reference, [&](crypto::ByteView piece) {
        read.insert(read.end(), piece.begin(), piece.end());
        return true;
    }));
    CHECK(read == content);
    CHECK_FALSE(mailbox->find_attachment(crypto::random_array<16>()));
}

TEST_CASE("two devices of the reporter writing at once lose nothing", "[app][mailbox]") {
    DemoOrganisation org;
    const auto submitted = submit(org);
    constexpr int kEach = 20;
    const auto write = [&](std::string_view name) {
        auto mailbox = Mailbox::open(org.organisation(), submitted.key);
        for (int i = 0; i < kEach; ++i) {
            auto uploads = mailbox->start_uploads();
            const auto result = mailbox->reply(SecretBytes(name), *uploads);
            if (!result) return;
        }
    };
    std::thread phone([&] { write("phone"); });
    std::thread laptop([&] { write("laptop"); });
    phone.join();
    laptop.join();
    const auto view = Mailbox::open(org.organisation(), submitted.key)->view();
    CHECK(view->faults.empty());
    CHECK(view->messages.size() == 1 + 2 * kEach);
}

#include "server/app/receipt.h"

#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "crypto/case_key.h"
#include "crypto/checkpoint.h"
#include "crypto/envelope.h"
#include "crypto/log_day.h"
#include "server/app/day_closer.h"
#include "server/app/intake.h"
#include "server/app/log.h"
#include "server/app/mailbox.h"
#include "storage/envelopes.h"
#include "tests/support/demo_organisation.h"

namespace tillit::test {
namespace {

using namespace app;
using Catch::Matchers::ContainsSubstring;
using crypto::SecretBytes;

/// A report, a day later a further message, and one more that no finished day holds yet.
struct Thread {
    DemoOrganisation org;
    crypto::Hash case_id{};
    crypto::CaseKey key = crypto::CaseKey::random();
    storage::Day reported = 0;

    Thread() {
        Submission submission(org.organisation(), org.organisation().readers());
        REQUIRE(submission.commit(SecretBytes("The report"), {}, org.default_readers()));
        case_id = submission.case_id();
        reported = org.today();
        key = submission.key().clone();
        close();
        CHECK_FALSE(make_receipt(org.organisation(), case_id));  // not before its day is over
        org.advance_days(1);
        write("More");
        org.advance_days(1);
        write("Still more");
        close();
    }
    void write(std::string_view text) {
        auto mailbox = Mailbox::open(org.organisation(), key);
        auto uploads = mailbox->start_uploads();
        REQUIRE(mailbox->reply(SecretBytes(text), *uploads));
    }
    void close() { (void)close_finished_days(org.store(), org.clock(), org.log_key); }
};

bool holds(std::string_view text) {
    const auto receipt = decode_receipt(text);
    return receipt && verify_receipt(*receipt).problems.empty();
}

/// The log does not vouch for the numbers of later messages, only for their order (§10.7.2).
bool differs_in_numbers_only(std::string_view text, const Receipt& good) {
    auto receipt = decode_receipt(text).value();
    if (receipt.envelopes.size() != good.envelopes.size()) return false;
    for (std::size_t i = 1; i < receipt.envelopes.size(); ++i) {
        receipt.envelopes[i].seq = good.envelopes[i].seq;
    }
    return encode_receipt(receipt) == encode_receipt(good);
}

}  // namespace

TEST_CASE("a proof holds by itself, and says when the report was taken", "[app][receipt]") {
    Thread thread;
    const auto receipt = make_receipt(thread.org.organisation(), thread.case_id);
    REQUIRE(receipt);
    CHECK(receipt->envelopes.size() == 2);
    const auto text = encode_receipt(*receipt);
    const auto read = decode_receipt(text);
    REQUIRE(read);
    const auto report = verify_receipt(*read);
    CHECK(report.problems.empty());
    CHECK(report.day == static_cast<std::uint64_t>(thread.reported));
    CHECK(report.days == 3);
    CHECK(report.fingerprint_words == thread.org.organisation().readers()->fingerprint_words);
}

TEST_CASE("a changed byte anywhere in a proof is found", "[app][receipt]") {
    Thread thread;
    const auto receipt = make_receipt(thread.org.organisation(), thread.case_id).value();
    const auto good = encode_receipt(receipt);
    REQUIRE(holds(good));
    constexpr std::size_t kStep = 31;
    for (std::size_t at = Catch::getSeed() % kStep; at < good.size(); at += kStep) {
        auto bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        if (holds(bad) && !differs_in_numbers_only(bad, receipt)) {
            FAIL_CHECK("unnoticed at " << at << " of " << good.size());
        }
    }
}

namespace {

/// Messages of the reporter, stored and recorded as any other, without the sealing.
void write_many(Thread& thread, std::size_t count) {
    thread.org.store().write([&](storage::Database& db) {
        storage::Envelopes envelopes(db);
        for (std::size_t i = 0; i < count; ++i) {
            const auto head = envelopes.head(thread.case_id, crypto::kReporter);
            const storage::NewEnvelope envelope{.author = crypto::kReporter,
                                                .seq = head.seq + 1,
                                                .prev = head.hash,
                                                .hash = crypto::random_array<32>(),
                                                .sealed = {1}};
            REQUIRE(envelopes.append(thread.case_id, envelope, thread.org.today()) ==
                    storage::AppendResult::stored);
            record(db, thread.org.clock(),
                   {.kind = kEnvelopeStored,
                    .by_reporter = true,
                    .case_id = thread.case_id,
                    .object = envelope.hash});
        }
    });
}

}  // namespace

TEST_CASE("a proof of several hundred messages reads and hashes each day once", "[app][receipt]") {
    Thread thread;
    write_many(thread, 400);
    thread.org.advance_days(1);
    thread.close();
    ReceiptWork work;
    const auto receipt = make_receipt(thread.org.organisation(), thread.case_id, &work);
    REQUIRE(receipt);
    CHECK(receipt->envelopes.size() == 403);
    CHECK(verify_receipt(*receipt).problems.empty());
    CHECK(work.days_read == 3);
    CHECK(work.trees == 3);
}

TEST_CASE("of a thread too long for a proof it holds the report and the newest", "[app][receipt]") {
    Thread thread;
    write_many(thread, kMaxReceiptEnvelopes);
    thread.org.advance_days(1);
    thread.close();
    const auto receipt = make_receipt(thread.org.organisation(), thread.case_id);
    REQUIRE(receipt);
    REQUIRE(receipt->envelopes.size() == kMaxReceiptEnvelopes);
    CHECK(receipt->envelopes[0].seq == 1);
    CHECK(receipt->envelopes[1].seq == 5);
    CHECK(receipt->envelopes.back().seq == kMaxReceiptEnvelopes + 3);
    CHECK(verify_receipt(*receipt).problems.empty());
}

TEST_CASE("a report whose event went into a later day has its proof, with that day",
          "[app][receipt]") {
    DemoOrganisation org;
    const auto close = [&] {
        return close_finished_days(org.store(), org.clock(), org.log_key).days;
    };
    REQUIRE(close() == 1);
    org.advance_days(5);  // a clock that ran ahead for a while
    REQUIRE(close() == 5);
    org.advance_days(-5);
    Submission submission(org.organisation(), org.organisation().readers());
    REQUIRE(submission.commit(SecretBytes("The report"), {}, org.default_readers()));
    const auto filed = org.today() + 5;
    CHECK_FALSE(make_receipt(org.organisation(), submission.case_id()));
    org.advance_days(6);
    REQUIRE(close() == 1);
    const auto receipt = make_receipt(org.organisation(), submission.case_id());
    REQUIRE(receipt);
    CHECK(receipt->envelopes[0].day == static_cast<std::uint64_t>(filed));
    CHECK(verify_receipt(*receipt).problems.empty());
}

namespace {

/// A log of one finished day with these events, all in one proof as if they were a thread.
Receipt receipt_of(Thread& thread, const std::vector<crypto::LogEvent>& events) {
    auto receipt = make_receipt(thread.org.organisation(), thread.case_id).value();
    std::vector<crypto::Hash> hashes;
    const auto first = crypto::envelope_hash(receipt.report);
    receipt.envelopes.clear();
    for (const auto& event : events) {
        auto& entry = receipt.envelopes.emplace_back();
        entry.author = event.member;
        entry.seq = receipt.envelopes.size();
        entry.hash = event.object;
        entry.day = event.day;
        entry.salt = crypto::random_array<16>();
        entry.event = crypto::encode_event(event);
        hashes.push_back(crypto::event_hash(entry.salt, entry.event));
    }
    CHECK(receipt.envelopes.at(0).hash == first);
    const crypto::MerkleTree day(crypto::day_leaves(hashes, {}));
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        auto& entry = receipt.envelopes[i];
        entry.width = day.leaves().size();
        entry.index = static_cast<std::size_t>(std::ranges::lower_bound(day.leaves(), hashes[i]) -
                                               day.leaves().begin());
        entry.path = day.path(entry.index);
        entry.root = day.root();
    }
    const auto origin =
        crypto::checkpoint_origin(crypto::organisation_fingerprint(receipt.signers_notes.front()));
    receipt.checkpoint = crypto::sign_checkpoint(
        {.origin = origin, .size = 1, .root = crypto::day_leaf(events.at(0).day, day.root())},
        thread.org.log_key);
    return receipt;
}

/// A report, and two messages: of a member and of the reporter.
std::vector<crypto::LogEvent> a_thread(Thread& thread) {
    const auto receipt = make_receipt(thread.org.organisation(), thread.case_id).value();
    auto first = crypto::decode_event(receipt.envelopes.at(0).event).value();
    auto answer = first;
    answer.kind = kEnvelopeStored;
    answer.by = crypto::LogActor::member;
    answer.member = thread.org.person("Ingrid").listed.member;
    answer.object = crypto::random_array<32>();
    auto more = first;
    more.kind = kEnvelopeStored;
    more.object = crypto::random_array<32>();
    return {first, answer, more};
}

}  // namespace

TEST_CASE("a proof whose events do not make one thread is refused", "[app][receipt]") {
    Thread thread;
    auto events = a_thread(thread);
    const auto verdict = [&] {
        const auto problems = verify_receipt(receipt_of(thread, events)).problems;
        return problems.empty() ? std::string() : problems.front();
    };
    REQUIRE(verdict().empty());
    SECTION("the first is no submission") {
        events[0].kind = kEnvelopeStored;
        CHECK_THAT(verdict(), ContainsSubstring("no submission"));
    }
    SECTION("one is of another case") {
        events[2].case_reference[0] ^= 1;
        CHECK_THAT(verdict(), ContainsSubstring("another case"));
    }
    SECTION("none names a case") {
        for (auto& event : events) event.case_reference = {};
        CHECK_THAT(verdict(), ContainsSubstring("another case"));
    }
    SECTION("one message stands twice") {
        events[2].object = events[0].object;
        CHECK_THAT(verdict(), ContainsSubstring("stands twice"));
    }
    SECTION("an event is by another member than the entry says") {
        auto receipt = receipt_of(thread, events);
        receipt.envelopes[1].author = thread.org.person("Jonas").listed.member;
        const auto problems = verify_receipt(receipt).problems;
        REQUIRE(problems.size() == 1);
        CHECK_THAT(problems[0], ContainsSubstring("by somebody else"));
    }
    SECTION("an event of an operator passes for a reporter's") {
        events[2].by = crypto::LogActor::operator_;
        CHECK_THAT(verdict(), ContainsSubstring("by somebody else"));
    }
    SECTION("the numbers of one author do not rise") {
        auto receipt = receipt_of(thread, events);
        receipt.envelopes[2].seq = 1;
        const auto problems = verify_receipt(receipt).problems;
        REQUIRE(problems.size() == 1);
        CHECK_THAT(problems[0], ContainsSubstring("wrong place"));
    }
}

TEST_CASE("a proof is compared with its own case only", "[app][receipt]") {
    Thread thread;
    auto proof = make_receipt(thread.org.organisation(), thread.case_id).value();
    const auto compare = [&](Thread& with) {
        return Mailbox::open(with.org.organisation(), with.key)->compare(proof);
    };
    const auto same = compare(thread);
    REQUIRE(same);
    CHECK(same->held == 2);
    CHECK(same->newest_day == thread.reported + 1);
    CHECK(same->missing.empty());
    SECTION("another case, of the same organisation or not") {
        Thread other;
        CHECK(compare(other).error() == CompareError::another_case);
        Submission second(thread.org.organisation(), thread.org.organisation().readers());
        REQUIRE(second.commit(SecretBytes("Another"), {}, thread.org.default_readers()));
        auto mailbox = Mailbox::open(thread.org.organisation(), second.key());
        CHECK(mailbox->compare(proof).error() == CompareError::another_case);
    }
    SECTION("another report in the file") {
        proof.report.back() ^= 1;
        CHECK(compare(thread).error() == CompareError::no_proof);
        proof.envelopes.front().hash = crypto::envelope_hash(proof.report);
        CHECK(compare(thread).error() == CompareError::another_case);
    }
    SECTION("nothing in it") {
        proof.envelopes.clear();
        CHECK(compare(thread).error() == CompareError::no_proof);
    }
    SECTION("a case that has gone") {
        auto mailbox = Mailbox::open(thread.org.organisation(), thread.key);
        REQUIRE(Mailbox::open(thread.org.organisation(), thread.key)->close_door());
        CHECK(mailbox->compare(proof).error() == CompareError::gone);
    }
    SECTION("with new words, too") {
        auto mailbox = Mailbox::open(thread.org.organisation(), thread.key);
        thread.key = mailbox->new_words().clone();
        REQUIRE(mailbox->use_new_words());
        for (auto found : {mailbox->compare(proof), compare(thread)}) {
            REQUIRE(found);
            CHECK(found->missing.empty());
        }
    }
}

TEST_CASE("a proof is of its own report, log and day", "[app][receipt]") {
    Thread thread;
    Thread other;
    const auto good = make_receipt(thread.org.organisation(), thread.case_id).value();
    const auto theirs = make_receipt(other.org.organisation(), other.case_id).value();
    auto bad = good;
    bad.report = theirs.report;
    CHECK_FALSE(verify_receipt(bad).problems.empty());
    bad = good;
    bad.checkpoint = theirs.checkpoint;
    CHECK_FALSE(verify_receipt(bad).problems.empty());
    bad = good;
    bad.envelopes[0].day -= 1;
    CHECK_FALSE(verify_receipt(bad).problems.empty());
    bad = good;
    bad.envelopes[1] = theirs.envelopes[1];
    CHECK_FALSE(verify_receipt(bad).problems.empty());
    bad = good;
    bad.envelopes.erase(bad.envelopes.begin());
    CHECK_FALSE(verify_receipt(bad).problems.empty());
    CHECK_FALSE(make_receipt(thread.org.organisation(), crypto::Hash{1}));
}

TEST_CASE("a proof is compared with a checkpoint seen elsewhere", "[app][receipt]") {
    Thread thread;
    const auto receipt = make_receipt(thread.org.organisation(), thread.case_id).value();
    CHECK(compare_with_checkpoint(receipt, receipt.checkpoint) == Compared::equal);
    CHECK(compare_with_checkpoint(receipt, "A mail:\r\n\r\n" + receipt.checkpoint) ==
          Compared::equal);

    const auto origin =
        crypto::checkpoint_origin(crypto::organisation_fingerprint(receipt.signers_notes.front()));
    const auto seen = [&](std::uint64_t size, const crypto::Hash& root,
                          const crypto::SigningSeed& by) {
        return compare_with_checkpoint(
            receipt, crypto::sign_checkpoint({.origin = origin, .size = size, .root = root}, by));
    };
    const auto& key = thread.org.log_key;
    CHECK(seen(3, crypto::Hash{1}, key) == Compared::other);
    CHECK(seen(2, crypto::Hash{1}, key) == Compared::other_length);
    CHECK(seen(4, crypto::Hash{1}, key) == Compared::other_length);
    CHECK(seen(3, crypto::Hash{1}, crypto::SigningSeed::random()) == Compared::not_of_log);
    Thread other;
    const auto theirs = make_receipt(other.org.organisation(), other.case_id).value();
    CHECK(compare_with_checkpoint(receipt, theirs.checkpoint) == Compared::not_of_log);
    CHECK(compare_with_checkpoint(receipt, "") == Compared::not_of_log);
}

}  // namespace tillit::test

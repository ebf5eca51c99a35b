// Keys, proposals and publication as signers and operators run them, on a real database.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "server/cli/publication.h"
#include "server/cli/review.h"
#include "server/cli/terminal.h"
#include "storage/directories.h"
#include "storage/members.h"
#include "tests/support/demo_organisation.h"

using namespace tillit;
using namespace tillit::cli;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;

namespace {

crypto::SignerKey key_of(const char* name, const char* office, const crypto::SigningSeed& seed) {
    return {.name = name, .office = office, .seed = seed.clone()};
}

crypto::Signer card_of(const crypto::SignerKey& key) {
    return {.name = key.name,
            .office = key.office,
            .key = crypto::verify_key(key.seed),
            .is_administrator = key.is_administrator};
}

/// The demo organisation, its two signers and a third who is none yet.
struct World {
    test::DemoOrganisation org;
    crypto::SignerKey one = key_of("signer one", "Municipal director", org.signer_one());
    crypto::SignerKey two = key_of("signer two", "Employee representative", org.signer_two());
    crypto::SignerKey three = key_of("signer three", "Auditor", crypto::SigningSeed::random());

    [[nodiscard]] crypto::Proposal directory(
        const std::optional<std::string>& signers = std::nullopt) {
        return propose_directory(org.store(), org.today(), 365, signers);
    }
    [[nodiscard]] crypto::Proposal signers(std::vector<crypto::Signer> add,
                                           std::vector<std::string> remove,
                                           std::uint64_t threshold) {
        return propose_signers(org.store(), {.add = std::move(add),
                                             .remove = std::move(remove),
                                             .threshold = threshold,
                                             .log_key = crypto::verify_key(org.log_key)});
    }
    std::uint64_t publish(const crypto::Proposal& proposal) {
        return publish_directory(org.store(), proposal, org.clock());
    }
    [[nodiscard]] std::size_t signers_notes() {
        return org.store().read(
            [](storage::Database& db) { return storage::Directories(db).signers_notes().size(); });
    }
    [[nodiscard]] bool has_readers() {
        org.advance_seconds(10);
        return org.organisation().readers() != nullptr;
    }
};

crypto::Proposal signed_by(crypto::Proposal proposal,
                           const std::vector<const crypto::SignerKey*>& keys) {
    const auto reviewed = review(proposal);
    for (const auto* key : keys) proposal = sign_proposal(proposal, reviewed, *key);
    return proposal;
}

bool says(const Review& reviewed, const std::string& text) {
    return std::ranges::any_of(reviewed.lines, [&](const std::string& line) {
        return line.find(text) != std::string::npos;
    });
}

/// The draft in the proposal as `change` makes it, unsigned again.
template <class Change>
crypto::Proposal changed(crypto::Proposal proposal, Change change) {
    auto draft = crypto::unverified_directory(proposal.note);
    REQUIRE(draft);
    change(*draft);
    proposal.note = crypto::sign_directory(*draft, {});
    return proposal;
}

}  // namespace

TEST_CASE("a signer's key file opens with its passphrase and with no other", "[cli][signers]") {
    const auto key = key_of("Anna Berg", "Legal", crypto::SigningSeed::random());
    const crypto::SecretBytes words(std::string_view("one two three"));
    const auto file = crypto::seal_signer_key(key, words);
    const auto opened =
        crypto::open_signer_key(file, crypto::SecretBytes(std::string_view(" One two\tTHREE ")));
    REQUIRE(opened);
    CHECK(opened->seed == key.seed);
    CHECK(opened->name == "Anna Berg");
    CHECK_FALSE(opened->is_administrator);
    const auto wrong = crypto::open_signer_key(file, crypto::SecretBytes(std::string_view("four")));
    CHECK(wrong.error() == crypto::SignerKeyError::wrong_passphrase);
    auto flipped = file;
    flipped.back() ^= 1;
    CHECK_FALSE(crypto::open_signer_key(flipped, words));
    CHECK(crypto::open_signer_key(crypto::view("a letter"), words).error() ==
          crypto::SignerKeyError::not_a_key_file);
}

TEST_CASE("a signer is shown every change and asked for the words of new keys only",
          "[cli][signers]") {
    World w;
    w.org.add_person("Olav", "Finance", crypto::Role::investigator, false);
    const auto ingrid = w.org.person("Ingrid").listed.member;
    w.org.store().write([&](storage::Database& db) {
        storage::Members(db).set_status(w.org.person("Liv").listed.member,
                                        storage::MemberStatus::closed);
        storage::Members(db).set_default(ingrid, false);
    });
    const auto reviewed = review(w.directory());
    CHECK(says(reviewed, "version 2"));
    CHECK(says(reviewed,
               "compared with version 1 of " + day_text(static_cast<storage::Day>(w.org.today()))));
    CHECK(says(reviewed, "ADDED     Olav, Finance, investigator"));
    CHECK(says(reviewed, "REMOVED   Liv, Law firm, alternate"));
    CHECK(says(reviewed, "CHANGED   Ingrid, Internal audit, investigator, receives reports"));
    CHECK_FALSE(says(reviewed, "Jonas"));
    REQUIRE(reviewed.new_keys.size() == 1);
    const auto& olav = w.org.person("Olav").listed;
    CHECK(reviewed.new_keys[0].words == crypto::fingerprint_words(crypto::member_fingerprint(
                                            w.org.organisation().settings().org_id, olav.person,
                                            olav.recipient, olav.verify_key)));
}

TEST_CASE("exchanged keys are asked about like a new person's", "[cli][signers]") {
    World w;
    const auto identity = crypto::AgeSeed::random();
    const auto swapped = changed(w.directory(), [&](crypto::Directory& draft) {
        draft.members[0].recipient = crypto::hybrid_recipient(identity);
        draft.members[0].since_day = draft.day;
    });
    const auto reviewed = review(swapped);
    CHECK(says(reviewed, "NEW KEYS"));
    CHECK(reviewed.new_keys.size() == 1);
    CHECK(review(w.directory()).new_keys.empty());
}

TEST_CASE("keys are not smuggled past the signers in a directory before that they never signed",
          "[cli][signers]") {
    World w;
    const auto genuine = w.directory();
    const auto foreign = crypto::hybrid_recipient(crypto::AgeSeed::random());
    const auto stranger = crypto::SigningSeed::random();
    /// The version before and the draft, both with the foreign key: nothing seems to change.
    const auto smuggled = [&](const std::vector<crypto::NamedSeed>& signed_by) {
        auto before = crypto::unverified_directory(genuine.directory);
        REQUIRE(before);
        before->members[0].recipient = foreign;
        auto proposal = genuine;
        proposal.directory = crypto::sign_directory(*before, signed_by);
        return changed(proposal, [&](crypto::Directory& draft) {
            draft.members[0].recipient = foreign;
            draft.previous = crypto::note_hash(proposal.directory);
        });
    };
    const crypto::NamedSeed one{w.one.name, &w.one.seed};
    const crypto::NamedSeed two{w.two.name, &w.two.seed};
    const auto refused = MessageMatches(ContainsSubstring("not signed by the signers"));
    CHECK_THROWS_MATCHES(review(smuggled({})), std::runtime_error, refused);
    CHECK_THROWS_MATCHES(review(smuggled({one})), std::runtime_error, refused);
    CHECK_THROWS_MATCHES(review(smuggled({one, {w.two.name, &stranger}})), std::runtime_error,
                         refused);
    CHECK_THROWS_MATCHES(review(smuggled({one, {"signer three", &stranger}})), std::runtime_error,
                         refused);
    CHECK(review(smuggled({one, two})).new_keys.empty());  // they vouched for it: the control
    CHECK(review(genuine).new_keys.empty());
}

TEST_CASE("what is not the successor, or says what is not so, is not offered for signing",
          "[cli][signers]") {
    World w;
    const auto draft = w.directory();
    CHECK_NOTHROW(review(draft));
    const auto refused = [&](auto change) { CHECK_THROWS(review(changed(draft, change))); };
    refused([](crypto::Directory& d) { d.version = 3; });
    refused([](crypto::Directory& d) { d.previous[0] ^= 1; });
    refused([](crypto::Directory& d) { d.org[0] ^= 1; });
    refused([](crypto::Directory& d) { d.members[0].since_day -= 30; });  // longer here than true
    refused([](crypto::Directory& d) { d.expires_day = d.day + 401; });
    auto other = draft;
    other.signers_notes.clear();
    CHECK_THROWS(review(other));
    other = draft;
    other.signers_notes[0].replace(other.signers_notes[0].find("Municipal"), 1, "X");
    CHECK_THROWS(review(other));
}

TEST_CASE("nobody signs twice, and no stranger signs", "[cli][signers]") {
    World w;
    const auto draft = w.directory();
    CHECK_THROWS(sign_proposal(draft, review(draft), w.three));
    const auto once = signed_by(draft, {&w.one});
    CHECK_THROWS_WITH(sign_proposal(once, review(once), w.one),
                      ContainsSubstring("has signed it already"));
}

TEST_CASE("a directory is published by the threshold and as the successor", "[cli][signers]") {
    World w;
    const auto draft = w.directory();
    CHECK_THROWS_WITH(w.publish(draft), ContainsSubstring("breaks the rules"));
    CHECK_THROWS_WITH(w.publish(signed_by(draft, {&w.one})), ContainsSubstring("too few signers"));
    const auto whole = signed_by(draft, {&w.one, &w.two});
    CHECK(w.publish(whole) == 2);
    CHECK_THROWS_WITH(w.publish(whole), ContainsSubstring("does not follow"));
    CHECK(w.has_readers());
}

TEST_CASE("signed keys that nobody enrolled here with are refused", "[cli][signers]") {
    World w;
    const auto identity = crypto::AgeSeed::random();
    const auto swapped = changed(w.directory(), [&](crypto::Directory& draft) {
        draft.members[0].recipient = crypto::hybrid_recipient(identity);
    });
    CHECK_THROWS_WITH(w.publish(signed_by(swapped, {&w.one, &w.two})),
                      ContainsSubstring("is not enrolled here"));
    const auto later = changed(w.directory(), [](crypto::Directory& draft) {
        ++draft.day;
        ++draft.expires_day;
    });
    CHECK_THROWS_WITH(w.publish(signed_by(later, {&w.one, &w.two})), ContainsSubstring("future"));
}

TEST_CASE("signers pass on: both thresholds, and a directory that stays good", "[cli][signers]") {
    World w;
    const auto next = w.signers({card_of(w.three)}, {}, 2);
    const auto reviewed = review(next);
    CHECK(says(reviewed, "ADDED     signer three, Auditor"));
    CHECK(reviewed.new_keys.size() == 1);
    CHECK_THROWS_WITH(
        publish_signers(w.org.store(), signed_by(next, {&w.one, &w.three}), nullptr, w.org.clock()),
        ContainsSubstring("too few signers"));
    CHECK(w.signers_notes() == 1);
    const auto whole = signed_by(next, {&w.one, &w.two});
    CHECK(publish_signers(w.org.store(), whole, nullptr, w.org.clock()) == 1);
    CHECK(w.has_readers());

    SECTION("a lost signer is replaced by those who remain, with a directory of theirs") {
        const auto without = signed_by(w.signers({}, {"signer two"}, 2), {&w.one, &w.three});
        // signer two's line in the directory in use counts no more
        CHECK_THROWS_WITH(publish_signers(w.org.store(), without, nullptr, w.org.clock()),
                          ContainsSubstring("--directory"));
        CHECK(w.signers_notes() == 2);
        const auto old = signed_by(w.directory(), {&w.one, &w.two});
        CHECK_THROWS(publish_signers(w.org.store(), without, &old, w.org.clock()));
        const auto directory = signed_by(w.directory(without.note), {&w.one, &w.three});
        CHECK(publish_signers(w.org.store(), without, &directory, w.org.clock()) == 2);
        CHECK(w.has_readers());
        CHECK_THROWS_WITH(w.publish([&] {
            auto late = w.directory();
            const auto note = crypto::parse_draft("directory", late.note);
            late.note += crypto::signature_line("directory", note->text, w.two.name, w.two.seed);
            return signed_by(late, {&w.one});
        }()),
                          ContainsSubstring("too few signers"));
    }
}

TEST_CASE("signers that could not work are not proposed", "[cli][signers]") {
    World w;
    CHECK_THROWS(w.signers({}, {"signer two"}, 2));      // one is left
    CHECK_THROWS(w.signers({card_of(w.three)}, {}, 4));  // more than there are
    CHECK_THROWS(w.signers({card_of(w.one)}, {}, 2));    // a key twice
    CHECK_THROWS(w.signers({}, {"nobody of that name"}, 2));
    CHECK_NOTHROW(w.signers({card_of(w.three)}, {"signer two"}, 2));
}

#include "server/app/case_keys.h"

#include "tests/unit/app/open_case.h"

namespace {

using namespace tillit;
using app::KeysRefusal;
using app::Mailbox;
using app::ReporterAct;
using crypto::SecretBytes;
using test::all_that_opens;
using test::Case;
using test::everything_stored;
using test::holds;
using test::kAfter;
using test::kBefore;
using test::seeds_of;

}  // namespace

TEST_CASE(
    "who stepped back opens nothing of what came later, with all that she has and the whole"
    " database",
    "[app][epochs]") {
    Case c;
    REQUIRE(c.as("Ingrid").write("an answer from before"));
    const auto fetched = everything_stored(c.org.store());  // also what she ever had
    REQUIRE(c.as("Jonas").leave());
    CHECK(c.as("Jonas").read() == nullptr);  // the server hands out nothing more
    REQUIRE(c.as("Ingrid").renew());
    REQUIRE(c.as("Ingrid").write(std::string(kAfter)));
    c.reply(std::string(kAfter) + " of the reporter", std::string(kAfter) + " in a file");

    auto stored = everything_stored(c.org.store());
    stored.insert(stored.end(), fetched.begin(), fetched.end());
    const auto left = all_that_opens(stored, seeds_of(c.org.person("Jonas")));
    CHECK(left.find(kBefore) != std::string::npos);
    CHECK(left.find(kAfter) == std::string::npos);
    // Control: the same search with what Ingrid has finds the message, the reply and the file.
    const auto stayed = all_that_opens(stored, seeds_of(c.org.person("Ingrid")));
    CHECK(stayed.find(std::string(kAfter) + " of the reporter") != std::string::npos);
    CHECK(stayed.find(std::string(kAfter) + " in a file") != std::string::npos);

    // The reporter reads all, and is told in one line.
    const auto view = c.reporter->view();
    CHECK(view->faults.empty());
    CHECK(view->messages.size() == 4);
    REQUIRE(view->changes.size() == 2);
    CHECK(view->changes[0].who == "Jonas");
    CHECK(std::ranges::none_of(view->readers, [](const auto& r) { return r.name == "Jonas"; }));
}

TEST_CASE("the reporter renews the keys before she writes, if somebody has left", "[app][epochs]") {
    Case c;
    REQUIRE(c.as("Jonas").leave());
    c.reply(kAfter);
    const auto left =
        all_that_opens(everything_stored(c.org.store()), seeds_of(c.org.person("Jonas")));
    CHECK(left.find(kAfter) == std::string::npos);
    CHECK(holds(c.bodies_as("Ingrid"), kAfter));
    CHECK(c.as("Ingrid").read()->epoch() == 1);
}

TEST_CASE("a further colleague reads everything, writes, and is shown to the reporter",
          "[app][epochs]") {
    Case c;
    REQUIRE(c.as("Ingrid").write("first"));
    REQUIRE(c.as("Jonas").leave());
    REQUIRE(c.as("Ingrid").renew());
    REQUIRE(c.as("Ingrid").give_key_to(c.org.person(c.third)));
    CHECK(holds(c.bodies_as(c.third), kBefore));
    REQUIRE(c.as(c.third).write("I read it now."));
    CHECK(holds(c.bodies_as("Ingrid"), "I read it now."));
    const auto view = c.reporter->view();
    CHECK(view->faults.empty());
    CHECK(std::ranges::any_of(view->readers, [&](const auto& r) { return r.name == c.third; }));
    CHECK(view->changes.back().to == c.third);

    // Nobody gets a second key, nobody without office, and whoever left may come back.
    CHECK(c.as("Ingrid").give_key_to(c.org.person(c.third)).error() == KeysRefusal::wrong_holders);
    CHECK(c.as("Ingrid").give_key_to(c.org.person("Kari")).error() == KeysRefusal::wrong_holders);
    REQUIRE(c.as("Ingrid").give_key_to(c.org.person("Jonas")));
    CHECK(holds(c.bodies_as("Jonas"), "I read it now."));
}

TEST_CASE("an epoch is taken for those who read, with its author, and for nobody else",
          "[app][epochs]") {
    Case c;
    const auto& ingrid = c.org.person("Ingrid").listed;
    const auto& jonas = c.org.person("Jonas").listed;
    const auto& third = c.org.person(c.third).listed;
    const auto& kari = c.org.person("Kari").listed;
    using To = std::vector<const crypto::DirectoryMember*>;
    for (const To& to : {To{&jonas}, To{&ingrid, &third}, To{&ingrid, &kari}}) {
        CHECK(c.as("Ingrid").renew_for(to).error() == KeysRefusal::wrong_holders);
    }
    CHECK(c.as("Ingrid").read()->entries().size() == 1);  // nothing was written
    REQUIRE(c.as("Ingrid").renew_for({&ingrid, &jonas}));
    REQUIRE(c.as("Ingrid").write("words of the first epoch"));
    REQUIRE(c.as("Ingrid").renew_for({&ingrid}));
    CHECK(c.as("Jonas").read() == nullptr);
    CHECK(c.as("Ingrid").leave().error() == KeysRefusal::last_reader);
    // His keys are handed to nobody, and still there: taking keys away destroys none.
    const auto kept =
        all_that_opens(everything_stored(c.org.store()), seeds_of(c.org.person("Jonas")));
    CHECK(kept.find(kBefore) != std::string::npos);
    CHECK(kept.find("words of the first epoch") != std::string::npos);
}

TEST_CASE("an envelope for an epoch that has ended is refused", "[app][epochs]") {
    Case c;
    auto ingrid = c.as("Ingrid");
    const auto before = ingrid.read();
    auto late = ingrid.next(*before, crypto::Kind::message);
    REQUIRE(c.as("Jonas").renew());
    const auto act = ingrid.seal(*before, late);
    app::ConsoleCases cases(c.org.organisation());
    app::NewMessage message;
    message.epoch = act.epoch;
    message.sealed = act.sealed;
    const auto written = cases.write(c.id, c.org.person("Ingrid").listed.member, message);
    REQUIRE_FALSE(written);
    CHECK(written.error().why == app::WriteError::not_successor);
}

TEST_CASE("new words open the case with all of its epochs, and the old ones open nothing",
          "[app][epochs]") {
    Case c;
    REQUIRE(c.as("Ingrid").renew());
    c.reply("before the change");
    const auto words = c.reporter->new_words().clone();
    CHECK(Mailbox::open(c.org.organisation(), words) == nullptr);  // shown, and not used yet
    REQUIRE(c.reporter->use_new_words());
    c.reply("in the session that changed them");
    CHECK(Mailbox::open(c.org.organisation(), c.key) == nullptr);

    c.reporter = Mailbox::open(c.org.organisation(), words);
    REQUIRE(c.reporter);
    c.reply("with the new words");
    REQUIRE(c.as("Jonas").renew());
    c.reply("and in a later epoch");
    // A second time, so that the keys of a change are themselves carried on.
    const auto third = c.reporter->new_words().clone();
    REQUIRE(c.reporter->use_new_words());
    CHECK(Mailbox::open(c.org.organisation(), words) == nullptr);
    c.reporter = Mailbox::open(c.org.organisation(), third);
    REQUIRE(c.reporter);
    const auto view = c.reporter->view();
    CHECK(view->faults.empty());
    REQUIRE(view->messages.size() == 5);
    CHECK(view->messages[0].statement.body == kBefore);
    for (const char* name : {"Ingrid", "Jonas"}) {
        CHECK(holds(c.bodies_as(name), "and in a later epoch"));
    }
    // Whoever found the old words afterwards reads what they opened, and nothing later.
    std::vector<crypto::AgeSeed> old;
    const auto& org_id = c.org.organisation().settings().org_id;
    old.push_back(crypto::case_identity(c.key, org_id));
    old.push_back(crypto::reporter_identity(c.key, org_id));
    const auto found = all_that_opens(everything_stored(c.org.store()), std::move(old));
    CHECK(found.find(kBefore) != std::string::npos);
    CHECK(found.find("with the new words") == std::string::npos);
}

TEST_CASE("a look-up token alone changes no words, begins no epoch and closes no door",
          "[app][epochs]") {
    Case c;
    const auto& org_id = c.org.organisation().settings().org_id;
    const auto hash = crypto::lookup_hash(crypto::lookup_token(c.key, org_id));
    const auto thread = c.as("Ingrid").read();
    // Any sealed envelope will do: whoever has the token can seal, and cannot sign.
    auto statement = c.as("Ingrid").next(*thread, crypto::Kind::message);
    statement.seq = 2;
    statement.prev = thread->entries().front().hash;
    const auto act = c.as("Ingrid").seal(*thread, statement);
    app::CaseKeys keys(c.org.organisation());
    const auto stranger = crypto::SigningSeed::random();
    const auto envelope = crypto::envelope_hash(act.sealed);
    CHECK(
        keys.close_door(hash, act,
                        app::sign_reporter_act(ReporterAct::door, stranger, org_id, c.id, envelope))
            .error() == KeysRefusal::bad_signature);
    const app::NewWords words{.lookup_hash = crypto::random_array<32>(),
                              .verify_key = crypto::verify_key(stranger)};
    const auto copy = crypto::new_epoch(*thread,
                                        {.org = org_id,
                                         .case_id = c.id,
                                         .me = {},
                                         .reporter_key = words.verify_key,
                                         .signing = stranger},
                                        crypto::AgeSeed::random(), thread->readers_who_stay());
    app::EpochAct epoch{.act = act, .grants = {}, .reporter_copy = copy.reporter_copy};
    for (const auto& grant : copy.grants) epoch.grants.push_back({grant.member, grant.sealed});
    const auto begin = [&](const crypto::SigningSeed& by, ReporterAct what,
                           const app::NewWords* with) {
        const auto signature = app::sign_reporter_act(what, by, org_id, c.id, envelope, with);
        return keys.begin_epoch(hash, epoch, with, signature);
    };
    const auto own = crypto::reporter_signing_seed(c.key, org_id);
    for (const auto& refused :
         {begin(stranger, ReporterAct::rekey, &words), begin(stranger, ReporterAct::epoch, nullptr),
          begin(own, ReporterAct::epoch, &words), begin(own, ReporterAct::rekey, nullptr)}) {
        CHECK(refused.error() == KeysRefusal::bad_signature);
    }
    CHECK(Mailbox::open(c.org.organisation(), c.key) != nullptr);
    CHECK(c.as("Jonas").read() != nullptr);
    // Control: signed by the reporter it is taken.
    CHECK(begin(own, ReporterAct::rekey, &words));
}

TEST_CASE("what was right when it was done stays right after its author left the directory",
          "[app][epochs]") {
    Case c;
    REQUIRE(c.as("Jonas").write("words of Jonas"));
    REQUIRE(c.as("Jonas").give_key_to(c.org.person(c.third)));
    REQUIRE(c.as("Jonas").renew());  // his epoch, with a key for himself
    REQUIRE(c.as("Ingrid").write("words of Ingrid"));
    c.org.publish(2, 365, "Jonas");
    const auto view = c.reporter->view();
    REQUIRE(view);
    CHECK(view->faults.empty());
    CHECK(view->messages.size() == 3);
    CHECK(holds(c.bodies_as("Ingrid"), "words of Jonas"));
    c.reply("and it goes on");
    CHECK(holds(c.bodies_as(c.third), "and it goes on"));
    // New keys are for those who are listed now.
    REQUIRE(c.as("Ingrid").renew());
    CHECK(c.as("Jonas").read() == nullptr);
}

TEST_CASE("a session ends when the words are changed or the door is closed elsewhere",
          "[app][epochs]") {
    Case c;
    const auto finder = Mailbox::open(c.org.organisation(), c.key);
    REQUIRE(finder->view());
    const auto words = c.reporter->new_words().clone();
    REQUIRE(c.reporter->use_new_words());
    CHECK(c.reporter->use_new_words());  // the button pressed twice
    CHECK_FALSE(finder->view());
    auto uploads = finder->start_uploads();
    CHECK(finder->reply(SecretBytes("by who found the old words"), *uploads).error() ==
          app::ReplyError::gone);
    const auto other = Mailbox::open(c.org.organisation(), words);
    REQUIRE(c.reporter->close_door());
    CHECK_FALSE(other->view());
    CHECK(other->close_door().error() == app::KeysError::gone);
}

TEST_CASE("a closed door opens to nobody, and the case goes on", "[app][epochs]") {
    Case c;
    REQUIRE(c.reporter->close_door());
    CHECK(Mailbox::open(c.org.organisation(), c.key) == nullptr);
    REQUIRE(c.as("Ingrid").renew());
    CHECK(c.as("Ingrid").read()->is_door_closed());
    REQUIRE(c.as("Ingrid").write("Noted."));
    CHECK(holds(c.bodies_as("Jonas"), "Noted."));
    // Nothing is kept that was sealed for the reporter.
    const auto& org_id = c.org.organisation().settings().org_id;
    std::vector<crypto::AgeSeed> own;
    own.push_back(crypto::reporter_identity(c.key, org_id));
    CHECK(all_that_opens(everything_stored(c.org.store()), std::move(own)).empty());
}

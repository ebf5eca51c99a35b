// Threads with later epochs, as each of their readers follows them, and the grants that carry keys.
#include "crypto/case_thread.h"
#include "crypto/signed_plaintext.h"
#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

/// One case: Ingrid and Jonas read, Kari guards, Odd is excluded; Mats and Liv could be given keys.
struct Office {
    FixedWorld world;
    FixedMember jonas{"jonas"}, mats{"mats"}, odd{"odd"}, liv{"liv"};
    AgeSeed epoch1 = fixed_secret<AgeSeed>("epoch 1"), epoch2 = fixed_secret<AgeSeed>("epoch 2");
    AgeSeed new_identity = fixed_secret<AgeSeed>("new reporter identity");
    SigningSeed new_signing = fixed_secret<SigningSeed>("new reporter signing");

    struct Listed {
        const char* name;
        const FixedMember* member;
        Role role;
    };
    [[nodiscard]] std::vector<Listed> listed() const {
        return {{"ingrid", &world.ingrid, Role::investigator},
                {"jonas", &jonas, Role::investigator},
                {"kari", &world.kari, Role::custodian},
                {"mats", &mats, Role::investigator},
                {"odd", &odd, Role::investigator},
                {"liv", &liv, Role::alternate}};
    }
    [[nodiscard]] std::vector<DirectoryMember> directory() const {
        std::vector<DirectoryMember> members;
        for (const auto& one : listed()) {
            members.push_back({.member = one.member->member,
                               .person = one.member->person,
                               .name = one.name,
                               .office = "office",
                               .role = one.role,
                               .recipient = one.member->recipient,
                               .verify_key = verify_key(one.member->signing)});
        }
        return members;
    }
    [[nodiscard]] ManifestGrant granted(const FixedMember& member, const char* sealed) const {
        return {member.member, recipient_hash(member.recipient), sha256(view(sealed))};
    }
};

/// Seals statements by name into a pool; cases name what they hold.
class Pool {
  public:
    Json objects = Json::object();
    Bytes put(const std::string& name, std::string_view magic, std::string_view type,
              const std::string& text, const SigningSeed& by, const HybridRecipient& to) {
        const Signature signature = sign_statement(type, view(text), by);
        const auto plain = crypto::detail::pack_signed(magic, text, signature, 4096);
        Bytes sealed = fixed_seal("epochs " + name, plain.expose(), to);
        ensure(!objects.contains(name));
        objects[name] = to_base64url(sealed);
        return sealed;
    }
};

class Threads {
  public:
    explicit Threads(Pool& pool) : pool_(pool) {}
    Office office;
    Json cases = Json::array();

    /// The grant of one epoch's key; its bytes, for its hash.
    Bytes grant(const std::string& name, const EpochGrant& how, const SigningSeed& by,
                const HybridRecipient& to) {
        return pool_.put(name, "TILLITg2", "epoch_grant", crypto::detail::encode_epoch_grant(how),
                         by, to);
    }
    [[nodiscard]] EpochGrant key_of(std::uint64_t epoch, const AgeSeed& secret, const Author& from,
                                    const Author& to, const HybridRecipient& recipient) const {
        EpochGrant grant;
        grant.org = office.world.org;
        grant.case_id = office.world.case_id;
        grant.from = from;
        grant.to = to;
        grant.to_recipient_hash = recipient_hash(recipient);
        grant.first_epoch = epoch;
        grant.secrets.push_back(secret.clone());
        grant.verify_key = office.world.reporter_key;
        return grant;
    }
    [[nodiscard]] Statement statement(Kind kind, const Author& from, std::uint64_t epoch,
                                      std::uint64_t seq, const Hash& prev) const {
        Statement s;
        s.org = office.world.org;
        s.case_id = office.world.case_id;
        s.epoch = epoch;
        s.kind = kind;
        s.from = from;
        s.seq = seq;
        s.prev = prev;
        s.body = "words";
        s.sealed_by = SealedBy::browser;
        return s;
    }
    Hash envelope(const std::string& name, const Statement& s, const SigningSeed& by,
                  const AgeSeed& to) {
        return envelope_hash(
            pool_.put(name, "TILLITe1", "envelope", encode_statement(s), by, hybrid_recipient(to)));
    }
    struct Expect {
        std::uint64_t epoch = 0;
        std::size_t entries = 0;
        std::vector<const char*> faults;
        std::vector<const char*> holders;
        bool is_due = false;
        bool is_shut = false;
    };
    void add(const char* comment, const char* reader, const std::vector<const char*>& envelopes,
             const std::map<std::string, const char*>& offered, const Expect& e) {
        cases.push_back({{"comment", comment},
                         {"reader", reader},
                         {"envelopes", envelopes},
                         {"offered", offered},
                         {"expect",
                          {{"epoch", e.epoch},
                           {"entries", e.entries},
                           {"faults", e.faults},
                           {"holders", e.holders},
                           {"is_due", e.is_due},
                           {"is_shut", e.is_shut}}}});
    }

  private:
    Pool& pool_;
};

struct Made {
    Hash report{}, ack{}, recusal{}, epoch{};
    Bytes ingrid_1, reporter_1;
};

Made make_beginning(Threads& t) {
    const auto& w = t.office.world;
    Made made;
    Statement report = w.report("The report");
    report.attachments.clear();
    report.manifest->grants = {t.office.granted(w.ingrid, "grant i"),
                               t.office.granted(t.office.jonas, "grant j"),
                               t.office.granted(w.kari, "grant k")};
    report.manifest->excluded = {{t.office.odd.person, "Odd Hansen"}};
    made.report = t.envelope("report", report, w.reporter, w.case_identity);
    auto s = t.statement(Kind::ack, w.ingrid.member, 0, 1, {});
    made.ack = t.envelope("ack", s, w.ingrid.signing, w.case_identity);
    s = t.statement(Kind::recusal, t.office.jonas.member, 0, 1, {});
    made.recusal = t.envelope("recusal", s, t.office.jonas.signing, w.case_identity);
    const auto& key = t.office.epoch1;
    made.ingrid_1 = t.grant("key 1 for ingrid",
                            t.key_of(1, key, w.ingrid.member, w.ingrid.member, w.ingrid.recipient),
                            w.ingrid.signing, w.ingrid.recipient);
    made.reporter_1 = t.grant("key 1 for the reporter",
                              t.key_of(1, key, w.ingrid.member, kReporter, w.reporter_recipient),
                              w.ingrid.signing, w.reporter_recipient);
    return made;
}

EpochChange change_for(const Threads& t, const Made& made) {
    EpochChange change;
    change.recipient_hash = recipient_hash(hybrid_recipient(t.office.epoch1));
    change.reporter_hash = sha256(made.reporter_1);
    const auto& ingrid = t.office.world.ingrid;
    change.grants = {{ingrid.member, recipient_hash(ingrid.recipient), sha256(made.ingrid_1)}};
    return change;
}

void leaving(Threads& t, Made& made) {
    const auto& w = t.office.world;
    auto s = t.statement(Kind::epoch, w.ingrid.member, 0, 2, made.ack);
    s.change = change_for(t, made);
    made.epoch = t.envelope("epoch 1", s, w.ingrid.signing, w.case_identity);
    s = t.statement(Kind::message, w.ingrid.member, 1, 3, made.epoch);
    t.envelope("message 1", s, w.ingrid.signing, t.office.epoch1);
    s = t.statement(Kind::message, kReporter, 1, 2, made.report);
    t.envelope("reply 1", s, w.reporter, t.office.epoch1);
    s = t.statement(Kind::message, t.office.jonas.member, 0, 2, made.recusal);
    t.envelope("a leaver writes", s, t.office.jonas.signing, w.case_identity);
    s = t.statement(Kind::message, w.ingrid.member, 0, 3, made.epoch);
    t.envelope("late for epoch 0", s, w.ingrid.signing, w.case_identity);

    t.add("a recusal is known, and not answered yet", "ingrid", {"report", "ack", "recusal"}, {},
          {.epoch = 0,
           .entries = 3,
           .faults = {},
           .holders = {"ingrid", "jonas", "kari"},
           .is_due = true});
    const std::vector<const char*> all = {"report",  "ack",       "recusal",
                                          "epoch 1", "message 1", "reply 1"};
    t.add("who stays reads on", "ingrid", all, {{"1", "key 1 for ingrid"}},
          {.epoch = 1, .entries = 6, .faults = {}, .holders = {"ingrid", "kari"}});
    t.add("the reporter reads on", "reporter", all, {{"1", "key 1 for the reporter"}},
          {.epoch = 1, .entries = 6, .faults = {}, .holders = {"ingrid", "kari"}});
    t.add("who has left reads nothing more", "jonas", all, {},
          {.epoch = 0,
           .entries = 4,
           .faults = {},
           .holders = {"ingrid", "jonas", "kari"},
           .is_due = true,
           .is_shut = true});
    t.add("the key is withheld", "ingrid", {"report", "ack", "recusal", "epoch 1"}, {},
          {.epoch = 0,
           .entries = 4,
           .faults = {"no_epoch_key"},
           .holders = {"ingrid", "jonas", "kari"},
           .is_due = true});
    t.add("another object for the key", "ingrid", {"report", "ack", "recusal", "epoch 1"},
          {{"1", "key 1 for the reporter"}},
          {.epoch = 0,
           .entries = 4,
           .faults = {"no_epoch_key"},
           .holders = {"ingrid", "jonas", "kari"},
           .is_due = true});
    t.add("who has left writes", "ingrid", {"report", "ack", "recusal", "a leaver writes"}, {},
          {.epoch = 0,
           .entries = 3,
           .faults = {"no_key_holder"},
           .holders = {"ingrid", "jonas", "kari"},
           .is_due = true});
    t.add("a message for an epoch that has ended", "ingrid",
          {"report", "ack", "recusal", "epoch 1", "late for epoch 0"}, {{"1", "key 1 for ingrid"}},
          {.epoch = 1, .entries = 4, .faults = {"old_epoch"}, .holders = {"ingrid", "kari"}});
}

/// Epochs that nobody may make.
void wrong_epochs(Threads& t, const Made& made) {
    const auto& w = t.office.world;
    const EpochChange good = change_for(t, made);
    const auto add = [&](const char* comment, Statement s, const SigningSeed& by,
                         const EpochChange& change, const char* fault, std::size_t entries) {
        s.change = change;
        t.envelope(comment, s, by, w.case_identity);
        t.add(comment, "ingrid", {"report", "ack", "recusal", comment}, {{"1", "key 1 for ingrid"}},
              {.epoch = 0,
               .entries = entries,
               .faults = {fault},
               .holders = {"ingrid", "jonas", "kari"},
               .is_due = true});
    };
    const auto by_ingrid = t.statement(Kind::epoch, w.ingrid.member, 0, 2, made.ack);
    add("an epoch of the server's own", by_ingrid, fixed_secret<SigningSeed>("server"), good,
        "bad_signature", 3);
    add("an epoch by who has left",
        t.statement(Kind::epoch, t.office.jonas.member, 0, 2, made.recusal), t.office.jonas.signing,
        good, "no_key_holder", 3);
    add("an epoch by a custodian", t.statement(Kind::epoch, w.kari.member, 0, 1, {}),
        w.kari.signing, good, "bad_epoch", 4);
    const auto with = [&](const FixedMember& member) {
        EpochChange change = good;
        change.grants.push_back(t.office.granted(member, "more"));
        return change;
    };
    add("an epoch for somebody new", by_ingrid, w.ingrid.signing, with(t.office.mats), "bad_epoch",
        4);
    add("an epoch for who has left", by_ingrid, w.ingrid.signing, with(t.office.jonas), "bad_epoch",
        4);
    add("an epoch for who was excluded", by_ingrid, w.ingrid.signing, with(t.office.odd),
        "bad_epoch", 4);
    add("an epoch for a custodian", by_ingrid, w.ingrid.signing, with(w.kari), "bad_epoch", 4);
    EpochChange swapped = good;
    swapped.grants[0].recipient_hash = fixed_bytes("other");
    add("an epoch for another key of a holder", by_ingrid, w.ingrid.signing, swapped, "bad_epoch",
        4);
    swapped = good;
    swapped.recipient_hash = fixed_bytes("other");
    add("an epoch whose key is another", by_ingrid, w.ingrid.signing, swapped, "no_epoch_key", 4);

    auto second = t.statement(Kind::epoch, w.ingrid.member, 0, 3, made.epoch);
    second.change = good;
    t.envelope("a second epoch 1", second, w.ingrid.signing, w.case_identity);
    t.add("two epochs of one number", "ingrid",
          {"report", "ack", "recusal", "epoch 1", "a second epoch 1"}, {{"1", "key 1 for ingrid"}},
          {.epoch = 1, .entries = 4, .faults = {"two_epochs"}, .holders = {"ingrid", "kari"}});
}

void further_access(Threads& t, const Made& made) {
    const auto& w = t.office.world;
    auto all = t.key_of(0, w.case_identity, w.ingrid.member, t.office.mats.member,
                        t.office.mats.recipient);
    all.share = w.share_b.clone();
    const Bytes for_mats =
        t.grant("all keys for mats", all, w.ingrid.signing, t.office.mats.recipient);
    const auto add = [&](const char* comment, const ManifestGrant& access, const FixedMember& by,
                         std::uint64_t seq, const Hash& prev, const Threads::Expect& expect) {
        auto s = t.statement(Kind::access, by.member, 0, seq, prev);
        s.access = access;
        t.envelope(comment, s, by.signing, w.case_identity);
        t.add(comment, "ingrid", {"report", "ack", comment}, {}, expect);
    };
    const ManifestGrant mats{t.office.mats.member, recipient_hash(t.office.mats.recipient),
                             sha256(for_mats)};
    const std::vector<const char*> before = {"ingrid", "jonas", "kari"};
    add("a key for a colleague", mats, w.ingrid, 2, made.ack,
        {.entries = 3, .faults = {}, .holders = {"ingrid", "jonas", "kari", "mats"}});
    const Threads::Expect refused{.entries = 3, .faults = {"bad_access"}, .holders = before};
    add("a key for who was excluded", t.office.granted(t.office.odd, "x"), w.ingrid, 2, made.ack,
        refused);
    add("a key for who holds one", t.office.granted(t.office.jonas, "x"), w.ingrid, 2, made.ack,
        refused);
    add("a key by a custodian", mats, w.kari, 1, {}, refused);
    add("a key for a custodian's share", t.office.granted(w.kari, "x"), w.ingrid, 2, made.ack,
        refused);
    ManifestGrant other = mats;
    other.recipient_hash = fixed_bytes("other");
    add("a key to an address of the server's own", other, w.ingrid, 2, made.ack, refused);
    other = mats;
    other.member = fixed_id("nobody");
    add("a key for nobody of the directory", other, w.ingrid, 2, made.ack, refused);
    add("a key by somebody who holds none", t.office.granted(t.office.liv, "x"), t.office.mats, 1,
        {}, {.entries = 2, .faults = {"no_key_holder"}, .holders = before});

    auto s = t.statement(Kind::message, t.office.mats.member, 0, 1, {});
    t.envelope("mats writes", s, t.office.mats.signing, w.case_identity);
    t.add("the colleague reads and writes", "mats",
          {"report", "ack", "a key for a colleague", "mats writes"}, {},
          {.entries = 4, .faults = {}, .holders = {"ingrid", "jonas", "kari", "mats"}});
}

void new_words(Threads& t, const Made& made) {
    const auto& w = t.office.world;
    const HybridRecipient recipient = hybrid_recipient(t.office.new_identity);
    const Bytes ingrid =
        t.grant("new words: key 1 for ingrid",
                t.key_of(1, t.office.epoch1, kReporter, w.ingrid.member, w.ingrid.recipient),
                w.reporter, w.ingrid.recipient);
    auto all = t.key_of(0, w.case_identity, kReporter, kReporter, recipient);
    all.secrets.push_back(t.office.epoch1.clone());
    const Bytes copy = t.grant("new words: all keys", all, t.office.new_signing, recipient);
    auto s = t.statement(Kind::epoch, kReporter, 0, 2, made.report);
    EpochChange change;
    change.recipient_hash = recipient_hash(hybrid_recipient(t.office.epoch1));
    change.reporter_hash = sha256(copy);
    change.grants = {{w.ingrid.member, recipient_hash(w.ingrid.recipient), sha256(ingrid)}};
    change.rekey = {recipient, verify_key(t.office.new_signing)};
    s.change = change;
    const Hash rekey = t.envelope("new words", s, w.reporter, w.case_identity);
    s = t.statement(Kind::message, kReporter, 1, 3, rekey);
    t.envelope("signed with the new words", s, t.office.new_signing, t.office.epoch1);
    t.envelope("signed with the old words", s, w.reporter, t.office.epoch1);

    const std::vector<const char*> thread = {"report", "ack", "new words",
                                             "signed with the new words"};
    const Threads::Expect good{
        .epoch = 1, .entries = 4, .faults = {}, .holders = {"ingrid", "kari"}};
    const std::map<std::string, const char*> offered = {{"1", "new words: key 1 for ingrid"}};
    t.add("a member follows the new words", "ingrid", thread, offered, good);
    t.add("the new words read all", "new reporter", thread, {}, good);
    t.add("the old words read nothing more", "reporter", thread, {},
          {.epoch = 0,
           .entries = 3,
           .faults = {},
           .holders = {"ingrid", "jonas", "kari"},
           .is_shut = true});
    t.add("the old words sign nothing more", "ingrid",
          {"report", "ack", "new words", "signed with the old words"}, offered,
          {.epoch = 1, .entries = 3, .faults = {"bad_signature"}, .holders = {"ingrid", "kari"}});

    s = t.statement(Kind::epoch, w.ingrid.member, 0, 2, made.ack);
    s.change = change;
    t.envelope("new words by a member", s, w.ingrid.signing, w.case_identity);
    t.add("new words by a member", "ingrid", {"report", "ack", "new words by a member"}, offered,
          {.entries = 2, .faults = {"malformed"}, .holders = {"ingrid", "jonas", "kari"}});
}

}  // namespace

Json case_thread_vectors() {
    Pool pool;
    Threads t(pool);
    Made made = make_beginning(t);
    leaving(t, made);
    wrong_epochs(t, made);
    further_access(t, made);
    new_words(t, made);

    const auto& w = t.office.world;
    Json directory = Json::array();
    for (const auto& one : t.office.listed()) {
        directory.push_back({{"name", one.name},
                             {"member", to_hex(one.member->member)},
                             {"person", to_hex(one.member->person)},
                             {"role", std::string(to_text(one.role))},
                             {"identity", to_hex(one.member->identity.expose())},
                             {"verify_key", to_hex(verify_key(one.member->signing))}});
    }
    const auto hex = [](const auto& secret) { return to_hex(secret.expose()); };
    Json secrets = Json::array({hex(w.case_identity), hex(t.office.epoch1)});
    return {{"spec", "§7.8"},
            {"org", to_hex(w.org)},
            {"case_id", to_hex(w.case_id)},
            {"reporter_key", to_hex(w.reporter_key)},
            {"reporter_identity", hex(w.reporter_identity)},
            {"new_reporter_identity", hex(t.office.new_identity)},
            {"new_reporter_key", to_hex(verify_key(t.office.new_signing))},
            {"new_reporter_copy", "new words: all keys"},
            {"secrets", secrets},
            {"directory", directory},
            {"objects", pool.objects},
            {"cases", t.cases}};
}

Json epoch_grant_vectors() {
    Pool pool;
    Threads t(pool);
    const auto& w = t.office.world;
    const auto& mats = t.office.mats;
    Json cases = Json::array();
    const auto good = [&] {
        auto grant = t.key_of(0, w.case_identity, w.ingrid.member, mats.member, mats.recipient);
        grant.secrets.push_back(t.office.epoch1.clone());
        grant.share = w.share_b.clone();
        return grant;
    };
    const auto put = [&](const char* comment, const char* expect, const std::string& text,
                         const SigningSeed& by, std::string_view type = "epoch_grant",
                         std::string_view magic = "TILLITg2") {
        pool.put(comment, magic, type, text, by, mats.recipient);
        cases.push_back({{"comment", comment},
                         {"expect", expect},
                         {"statement", text},
                         {"sealed", pool.objects[comment]}});
    };
    const auto change = [&](const char* comment, const char* expect, auto act) {
        auto grant = good();
        act(grant);
        put(comment, expect, crypto::detail::encode_epoch_grant(grant), w.ingrid.signing);
    };
    const std::string text = crypto::detail::encode_epoch_grant(good());
    const auto replaced = [&](const std::string& what, const std::string& with) {
        std::string changed = text;
        const auto at = changed.find(what);
        ensure(at != std::string::npos);
        return changed.replace(at, what.size(), with);
    };
    put("two epochs and a share", "success", text, w.ingrid.signing);
    change("one epoch, no share", "success", [](auto& g) {
        g.secrets.pop_back();
        g.share.reset();
        g.first_epoch = 31;
    });
    change("by nobody of the directory", "unknown_author",
           [](auto& g) { g.from = fixed_id("nobody"); });
    put("signed by another", "bad_signature", text, t.office.jonas.signing);
    put("signed as another type", "bad_signature", text, w.ingrid.signing, "grant");
    put("another magic", "malformed", text, w.ingrid.signing, "epoch_grant", "TILLITg1");
    change("for somebody else", "not_for_me", [&](auto& g) { g.to = t.office.liv.member; });
    change("for another key", "not_for_me",
           [](auto& g) { g.to_recipient_hash = fixed_bytes("other"); });
    change("of another case", "wrong_case", [](auto& g) { g.case_id = fixed_bytes("other"); });
    change("of another organisation", "wrong_case", [](auto& g) { g.org = fixed_id("other"); });
    put("no secret", "malformed",
        replaced(text.substr(text.find("\"secrets\":["),
                             text.find("]") + 1 - text.find("\"secrets\":[")),
                 "\"secrets\":[]"),
        w.ingrid.signing);
    put("an epoch past the last", "malformed", replaced("\"first_epoch\":0", "\"first_epoch\":31"),
        w.ingrid.signing);
    put("an unknown key", "malformed", replaced("\"first_epoch\"", "\"more\":1,\"first_epoch\""),
        w.ingrid.signing);
    put("a secret of three bytes", "malformed",
        replaced(to_base64url(w.case_identity.expose()), "AAAA"), w.ingrid.signing);
    return {{"spec", "§7.7"},
            {"org", to_hex(w.org)},
            {"case_id", to_hex(w.case_id)},
            {"author", to_hex(w.ingrid.member)},
            {"author_key", to_hex(verify_key(w.ingrid.signing))},
            {"me", to_hex(mats.member)},
            {"identity", to_hex(mats.identity.expose())},
            {"cases", cases}};
}

}  // namespace tillit::test

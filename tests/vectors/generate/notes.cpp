// Internal notes, the grants of what they are sealed to, and how a reader follows both.
#include "crypto/note_thread.h"
#include "crypto/signed_plaintext.h"
#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

/// The case of case_thread.json, and handling identities of its first two epochs.
struct Desk {
    FixedWorld world;
    FixedMember jonas{"jonas"}, mats{"mats"};
    AgeSeed handling0 = fixed_secret<AgeSeed>("handling 0");
    AgeSeed handling1 = fixed_secret<AgeSeed>("handling 1");
    AgeSeed other = fixed_secret<AgeSeed>("another handling identity");
    Json objects = Json::object();

    Bytes put(const std::string& name, std::string_view magic, std::string_view type,
              const std::string& text, const SigningSeed& by, const HybridRecipient& to) {
        const Signature signature = sign_statement(type, view(text), by);
        const auto plain = crypto::detail::pack_signed(magic, text, signature, 4096);
        Bytes sealed = fixed_seal("notes " + name, plain.expose(), to);
        ensure(!objects.contains(name));
        objects[name] = to_base64url(sealed);
        return sealed;
    }
    [[nodiscard]] HandlingGrant grant(std::uint64_t epoch, const AgeSeed& secret,
                                      const FixedMember& from, const FixedMember& to) const {
        return {.org = world.org,
                .case_id = world.case_id,
                .epoch = epoch,
                .from = from.member,
                .to = to.member,
                .to_recipient_hash = recipient_hash(to.recipient),
                .secret = secret.clone(),
                .recipient_hash = recipient_hash(hybrid_recipient(secret))};
    }
    void put_grant(const std::string& name, const HandlingGrant& how, const SigningSeed& by,
                   const HybridRecipient& to) {
        (void)put(name, "TILLITh1", "handling_grant", crypto::detail::encode_handling_grant(how),
                  by, to);
    }
    [[nodiscard]] CaseNote note(const FixedMember& from, std::uint64_t epoch, std::uint64_t seq,
                                const Hash& prev) const {
        return {.org = world.org,
                .case_id = world.case_id,
                .epoch = epoch,
                .from = from.member,
                .seq = seq,
                .prev = prev,
                .heads = {},
                .body = "Among ourselves: æøå"};
    }
    Hash put_note(const std::string& name, const CaseNote& how, const SigningSeed& by,
                  const AgeSeed& to) {
        return case_note_hash(
            put(name, "TILLITn1", "note", encode_case_note(how), by, hybrid_recipient(to)));
    }
};

/// What is read, by whom, over which thread of case_thread.json.
struct Reading {
    const char* comment;
    const char* reader = "ingrid";
    std::vector<const char*> thread;
    std::vector<const char*> grants;
    std::vector<const char*> notes;
    std::vector<int> epochs;  // expected: identities that are known
    std::size_t entries = 0;
    std::vector<const char*> faults;
    std::vector<const char*> chain;
};

const std::vector<const char*> kTwo = {"report", "ack"};
const std::vector<const char*> kLeft = {"report", "ack", "recusal", "epoch 1"};
const std::vector<const char*> kThree = {"report", "ack", "a key for a colleague"};

Json to_json(const Reading& r) {
    const bool has_left = r.thread == kLeft;
    return {
        {"comment", r.comment},
        {"reader", r.reader},
        {"thread", r.thread},
        {"offered", has_left ? Json{{"1", "key 1 for ingrid"}} : Json::object()},
        {"grants", r.grants},
        {"notes", r.notes},
        {"expect",
         {{"epochs", r.epochs}, {"entries", r.entries}, {"faults", r.faults}, {"chain", r.chain}}}};
}

void make_grants(Desk& d) {
    const auto& w = d.world;
    const auto put = [&](const char* name, std::uint64_t epoch, const AgeSeed& secret,
                         const FixedMember& from, const FixedMember& to) {
        d.put_grant(name, d.grant(epoch, secret, from, to), from.signing, to.recipient);
    };
    put("0 for ingrid", 0, d.handling0, w.ingrid, w.ingrid);
    put("0 for jonas", 0, d.handling0, w.ingrid, d.jonas);
    put("0 for mats", 0, d.handling0, w.ingrid, d.mats);
    put("1 for ingrid", 1, d.handling1, w.ingrid, w.ingrid);
    put("a second 0 for ingrid", 0, d.other, d.jonas, w.ingrid);
    put("0 for ingrid again", 0, d.handling0, d.jonas, w.ingrid);
    put("1 by who has left", 1, d.other, d.jonas, w.ingrid);
    put("0 by a custodian", 0, d.other, w.kari, w.ingrid);
    put("0 by who holds no key", 0, d.other, d.mats, w.ingrid);
    d.put_grant("0 of the server's own", d.grant(0, d.other, w.ingrid, w.ingrid),
                fixed_secret<SigningSeed>("server"), w.ingrid.recipient);
    d.put_grant("0 for jonas, sealed to ingrid", d.grant(0, d.handling0, w.ingrid, d.jonas),
                w.ingrid.signing, w.ingrid.recipient);
    auto moved = d.grant(0, d.other, w.ingrid, w.ingrid);
    moved.case_id = fixed_bytes("other");
    d.put_grant("0 of another case", moved, w.ingrid.signing, w.ingrid.recipient);
}

void make_notes(Desk& d) {
    const auto& w = d.world;
    const auto head = [](const FixedMember& of, std::uint64_t seq, const Hash& hash) {
        return Head{.author = of.member, .seq = seq, .hash = hash};
    };
    const auto i1 = d.put_note("i1", d.note(w.ingrid, 0, 1, {}), w.ingrid.signing, d.handling0);
    auto n = d.note(d.jonas, 0, 1, {});
    n.heads = {head(w.ingrid, 1, i1)};
    const auto j1 = d.put_note("j1", n, d.jonas.signing, d.handling0);
    n = d.note(w.ingrid, 0, 2, i1);
    n.heads = {head(w.ingrid, 1, i1), head(d.jonas, 1, j1)};
    const auto i2 = d.put_note("i2", n, w.ingrid.signing, d.handling0);
    n = d.note(d.mats, 0, 1, {});
    n.heads = {head(w.ingrid, 1, i1), head(d.jonas, 1, j1)};
    (void)d.put_note("m1", n, d.mats.signing, d.handling0);
    n = d.note(w.ingrid, 1, 3, i2);
    n.heads = {head(w.ingrid, 2, i2), head(d.jonas, 1, j1)};
    (void)d.put_note("i3 of epoch 1", n, w.ingrid.signing, d.handling1);

    const auto server = fixed_secret<SigningSeed>("server");
    (void)d.put_note("forged", d.note(d.jonas, 0, 1, {}), server, d.handling0);
    (void)d.put_note("to another identity", d.note(d.jonas, 0, 1, {}), d.jonas.signing, d.other);
    (void)d.put_note("by a custodian", d.note(w.kari, 0, 1, {}), w.kari.signing, d.handling0);
    (void)d.put_note("by a leaver in epoch 1", d.note(d.jonas, 1, 2, j1), d.jonas.signing,
                     d.handling1);
    (void)d.put_note("of epoch 1, sealed for 0", d.note(w.ingrid, 1, 1, {}), w.ingrid.signing,
                     d.handling0);
    (void)d.put_note("a late one of epoch 0", d.note(d.jonas, 0, 2, j1), d.jonas.signing,
                     d.handling0);
    n = d.note(w.ingrid, 0, 1, {});
    n.from = fixed_id("nobody");
    (void)d.put_note("by nobody of the directory", n, w.ingrid.signing, d.handling0);
    n = d.note(w.ingrid, 0, 1, {});
    n.case_id = fixed_bytes("other");
    (void)d.put_note("of another case", n, w.ingrid.signing, d.handling0);
    n = d.note(w.ingrid, 0, 1, {});
    n.from = kReporter;
    (void)d.put("by the reporter", "TILLITn1", "note", encode_case_note(n), w.reporter,
                hybrid_recipient(d.handling0));
    (void)d.put_note("sealed to the case", d.note(w.ingrid, 0, 1, {}), w.ingrid.signing,
                     w.case_identity);
}

std::vector<Reading> honest() {
    return {
        {.comment = "two colleagues write to one another",
         .thread = kTwo,
         .grants = {"0 for ingrid"},
         .notes = {"i1", "j1", "i2"},
         .epochs = {0},
         .entries = 3},
        {.comment = "and the other one reads it",
         .reader = "jonas",
         .thread = kTwo,
         .grants = {"0 for jonas"},
         .notes = {"i1", "j1", "i2"},
         .epochs = {0},
         .entries = 3},
        {.comment = "a further colleague reads what was there and writes",
         .reader = "mats",
         .thread = kThree,
         .grants = {"0 for mats"},
         .notes = {"i1", "j1", "m1"},
         .epochs = {0},
         .entries = 3},
        {.comment = "an identity of its own for the next epoch; what a leaver wrote stays",
         .thread = kLeft,
         .grants = {"0 for ingrid", "1 for ingrid"},
         .notes = {"i1", "j1", "i2", "i3 of epoch 1"},
         .epochs = {0, 1},
         .entries = 4},
        {.comment = "the same identity twice is no second one",
         .thread = kTwo,
         .grants = {"0 for ingrid", "0 for ingrid again"},
         .notes = {"i1"},
         .epochs = {0},
         .entries = 1},
    };
}

std::vector<Reading> hostile_notes() {
    const auto with = [](const char* note, const char* fault) {
        return Reading{.comment = note,
                       .thread = kLeft,
                       .grants = {"0 for ingrid", "1 for ingrid"},
                       .notes = {note},
                       .epochs = {0, 1},
                       .faults = {fault}};
    };
    const auto in_order = [](const char* comment, std::vector<const char*> notes,
                             std::vector<const char*> chain) {
        const auto entries = notes.size();
        return Reading{.comment = comment,
                       .thread = kTwo,
                       .grants = {"0 for ingrid"},
                       .notes = std::move(notes),
                       .epochs = {0},
                       .entries = entries,
                       .chain = std::move(chain)};
    };
    Reading late = with("a late one of epoch 0", "old_epoch");
    late.comment = "a note of an epoch that has ended, after one of the next";
    late.notes = {"i1", "j1", "i2", "i3 of epoch 1", "a late one of epoch 0"};
    late.entries = 4;
    return {
        with("forged", "bad_signature"),
        with("to another identity", "not_sealed"),
        with("sealed to the case", "not_sealed"),
        with("by a custodian", "unknown_author"),
        with("by nobody of the directory", "unknown_author"),
        with("m1", "no_key_holder"),
        with("by a leaver in epoch 1", "no_key_holder"),
        with("of epoch 1, sealed for 0", "wrong_case"),
        with("of another case", "wrong_case"),
        with("by the reporter", "malformed"),
        late,
        in_order("one dropped from the middle", {"i1", "i2"}, {"missing_head"}),
        in_order("the first one dropped", {"j1", "i2"}, {"missing_head", "gap"}),
        in_order("in another order", {"j1", "i1", "i2"}, {"missing_head"}),
        in_order("one delivered twice", {"i1", "j1", "i1"}, {"fork"}),
    };
}

std::vector<Reading> hostile_grants() {
    const auto with = [](const char* grant, const std::vector<const char*>& thread) {
        return Reading{.comment = grant,
                       .thread = thread,
                       .grants = {"0 for ingrid", grant},
                       .notes = {"i1"},
                       .epochs = {0},
                       .entries = 1,
                       .faults = {"bad_grant"}};
    };
    Reading second = with("a second 0 for ingrid", kTwo);
    second.faults = {"two_identities"};
    Reading first = second;
    first.comment = "the second identity first";
    first.grants = {"a second 0 for ingrid", "0 for ingrid"};
    first.entries = 0;
    first.faults = {"two_identities", "not_sealed"};
    return {
        with("1 by who has left", kLeft),
        with("0 by a custodian", kTwo),
        with("0 by who holds no key", kTwo),
        with("0 of the server's own", kTwo),
        with("0 for jonas, sealed to ingrid", kTwo),
        with("0 of another case", kTwo),
        {.comment = "an identity of an epoch that has not begun",
         .thread = kTwo,
         .grants = {"1 for ingrid"},
         .notes = {},
         .epochs = {},
         .faults = {"bad_grant"}},
        second,
        first,
        {.comment = "the grant of somebody else",
         .thread = kTwo,
         .grants = {"0 for jonas"},
         .notes = {"i1"},
         .epochs = {},
         .faults = {"not_sealed"}},
        {.comment = "no grant", .thread = kTwo, .notes = {"i1"}, .faults = {"not_sealed"}},
    };
}

std::string replaced(const std::string& text, const std::string& what, const std::string& with) {
    std::string changed = text;
    const auto at = changed.find(what);
    ensure(at != std::string::npos);
    return changed.replace(at, what.size(), with);
}

}  // namespace

Json note_thread_vectors() {
    Desk d;
    make_grants(d);
    make_notes(d);
    Json cases = Json::array();
    for (const auto& all : {honest(), hostile_notes(), hostile_grants()}) {
        for (const auto& reading : all) cases.push_back(to_json(reading));
    }
    return {{"spec", "§7.12"}, {"objects", d.objects}, {"cases", cases}};
}

Json handling_grant_vectors() {
    Desk d;
    const auto& w = d.world;
    const auto& mats = d.mats;
    Json cases = Json::array();
    const auto put = [&](const char* comment, const char* expect, const std::string& text,
                         const SigningSeed& by, std::string_view type = "handling_grant",
                         std::string_view magic = "TILLITh1") {
        (void)d.put(comment, magic, type, text, by, mats.recipient);
        cases.push_back({{"comment", comment},
                         {"expect", expect},
                         {"statement", text},
                         {"sealed", d.objects[comment]}});
    };
    const auto change = [&](const char* comment, const char* expect, auto act) {
        auto grant = d.grant(3, d.handling0, w.ingrid, mats);
        act(grant);
        put(comment, expect, crypto::detail::encode_handling_grant(grant), w.ingrid.signing);
    };
    const std::string text =
        crypto::detail::encode_handling_grant(d.grant(3, d.handling0, w.ingrid, mats));
    put("of the fourth epoch", "success", text, w.ingrid.signing);
    change("of the last epoch", "success", [](auto& g) { g.epoch = 31; });
    change("by nobody of the directory", "unknown_author",
           [](auto& g) { g.from = fixed_id("nobody"); });
    put("signed by another", "bad_signature", text, d.jonas.signing);
    put("signed as another type", "bad_signature", text, w.ingrid.signing, "epoch_grant");
    put("another magic", "malformed", text, w.ingrid.signing, "handling_grant", "TILLITg2");
    change("for somebody else", "not_for_me", [&](auto& g) { g.to = d.jonas.member; });
    change("for another key", "not_for_me",
           [](auto& g) { g.to_recipient_hash = fixed_bytes("other"); });
    change("of another case", "wrong_case", [](auto& g) { g.case_id = fixed_bytes("other"); });
    change("of another organisation", "wrong_case", [](auto& g) { g.org = fixed_id("other"); });
    change("a recipient of another secret", "malformed",
           [](auto& g) { g.recipient_hash = fixed_bytes("other"); });
    put("an epoch past the last", "malformed", replaced(text, "\"epoch\":3", "\"epoch\":32"),
        w.ingrid.signing);
    put("an unknown key", "malformed", replaced(text, "\"epoch\"", "\"more\":1,\"epoch\""),
        w.ingrid.signing);
    put("a secret of three bytes", "malformed",
        replaced(text, to_base64url(d.handling0.expose()), "AAAA"), w.ingrid.signing);
    return {{"spec", "§7.11"},
            {"org", to_hex(w.org)},
            {"case_id", to_hex(w.case_id)},
            {"author", to_hex(w.ingrid.member)},
            {"author_key", to_hex(verify_key(w.ingrid.signing))},
            {"me", to_hex(mats.member)},
            {"identity", to_hex(mats.identity.expose())},
            {"cases", cases}};
}

Json case_note_vectors() {
    Desk d;
    const auto& w = d.world;
    Json cases = Json::array();
    const auto put = [&](const char* comment, const char* expect, const std::string& text,
                         const SigningSeed& by, std::string_view type = "note",
                         std::string_view magic = "TILLITn1") {
        (void)d.put(comment, magic, type, text, by, hybrid_recipient(d.handling0));
        cases.push_back({{"comment", comment},
                         {"expect", expect},
                         {"statement", text},
                         {"sealed", d.objects[comment]}});
    };
    const auto change = [&](const char* comment, const char* expect, auto act) {
        auto note = d.note(w.ingrid, 2, 4, fixed_bytes("before"));
        note.heads = {{.author = d.jonas.member, .seq = 7, .hash = fixed_bytes("his")}};
        act(note);
        put(comment, expect, encode_case_note(note), w.ingrid.signing);
    };
    change("a fourth note", "success", [](auto&) {});
    change("a first note", "success", [](auto& n) {
        n.seq = 1;
        n.prev = {};
        n.heads = {};
        n.body = "\"\\\n\u007f 🙈";
    });
    change("without words", "malformed", [](auto& n) { n.body.clear(); });
    change("by the reporter", "malformed", [](auto& n) { n.from = kReporter; });
    change("number 0", "malformed", [](auto& n) { n.seq = 0; });
    change("a first one that follows", "malformed", [](auto& n) { n.seq = 1; });
    change("a fourth that follows nothing", "malformed", [](auto& n) { n.prev = {}; });
    change("an author twice in heads", "malformed",
           [](auto& n) { n.heads.push_back(n.heads.front()); });
    change("an epoch past the last", "malformed", [](auto& n) { n.epoch = 32; });
    change("of another case", "wrong_case", [](auto& n) { n.case_id = fixed_bytes("other"); });
    change("of another organisation", "wrong_case", [](auto& n) { n.org = fixed_id("other"); });
    const auto text = encode_case_note(d.note(w.ingrid, 0, 1, {}));
    put("signed by another", "bad_signature", text, d.jonas.signing);
    put("signed as an envelope", "bad_signature", text, w.ingrid.signing, "envelope");
    put("in an envelope's place", "malformed", text, w.ingrid.signing, "note", "TILLITe1");
    put("an unknown key", "malformed", replaced(text, "\"body\"", "\"more\":1,\"body\""),
        w.ingrid.signing);
    put("a key missing", "malformed", replaced(text, "\"heads\":[],", ""), w.ingrid.signing);
    put("another t", "malformed", replaced(text, "\"t\":\"note\"", "\"t\":\"envelope\""),
        w.ingrid.signing);
    return {{"spec", "§7.12"},
            {"org", to_hex(w.org)},
            {"case_id", to_hex(w.case_id)},
            {"author_key", to_hex(verify_key(w.ingrid.signing))},
            {"identity", to_hex(d.handling0.expose())},
            {"cases", cases}};
}

}  // namespace tillit::test

#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

constexpr std::uint64_t kToday = 20779;

struct SignerKeys {
    SigningSeed anna = fixed_secret<SigningSeed>("anna");
    SigningSeed bjorn = fixed_secret<SigningSeed>("bjorn");
    SigningSeed chris = fixed_secret<SigningSeed>("chris");
    NamedSeed a{"Anna Berg", &anna};
    NamedSeed b{"Bjørn+Dahl", &bjorn};
    NamedSeed c{"Chris Lund", &chris};
    SignersNote note(std::uint64_t number = 0) const {
        return {.number = number,
                .org = fixed_id("world org"),
                .signers = {{"Anna Berg", "Chief executive", verify_key(anna), false},
                            {"Bjørn+Dahl", "Legal", verify_key(bjorn), false},
                            {"Chris Lund", "IT", verify_key(chris), true}},
                .threshold = 2,
                .log_key = verify_key(fixed_secret<SigningSeed>("log"))};
    }
};

Directory directory() {
    const FixedWorld world;
    const auto member = [](const FixedMember& m, const char* name, Role role) {
        return DirectoryMember{.member = m.member,
                               .person = m.person,
                               .name = name,
                               .office = "Internal audit",
                               .role = role,
                               .recipient = m.recipient,
                               .verify_key = verify_key(m.signing),
                               .since_day = kToday - 10,
                               .is_default = true};
    };
    return {.org = world.org,
            .version = 1,
            .day = kToday,
            .expires_day = kToday + 400,
            .previous = {},
            .members = {member(world.ingrid, "Ingrid Sæther", Role::investigator),
                        member(world.kari, "Kari Moe", Role::custodian)}};
}

Json entry(const char* comment, const char* expect, const std::string& note) {
    return {{"comment", comment},
            {"expect", expect},
            {"note", note},
            {"note_hash", to_hex(note_hash(note))}};
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
    const std::size_t at = text.find(what);
    ensure(at != std::string::npos);
    return text.replace(at, what.size(), instead);
}

Json first_notes(const SignerKeys& k) {
    Json all = Json::array();
    const std::string good = sign_signers_note(k.note(), {k.a, k.b});
    all.push_back(entry("two of three", "success", good));
    all.back()["organisation_fingerprint"] = to_hex(organisation_fingerprint(good));
    all.back()["words"] = fingerprint_words(organisation_fingerprint(good));
    const auto add = [&](const char* comment, const char* expect, const std::string& note) {
        all.push_back(entry(comment, expect, note));
    };
    add("one of three", "below_threshold", sign_signers_note(k.note(), {k.a}));
    add("one of three, twice", "below_threshold", sign_signers_note(k.note(), {k.a, k.a}));
    const SigningSeed stranger = fixed_secret<SigningSeed>("stranger");
    add("one of three and a stranger of the same name", "below_threshold",
        sign_signers_note(k.note(), {k.a, {"Bjørn+Dahl", &stranger}}));
    SignersNote note = k.note();
    note.signers[1].key = note.signers[0].key;
    add("a key listed twice", "malformed", sign_signers_note(note, {k.a, k.b}));
    note = k.note();
    note.threshold = 1;
    add("threshold one", "malformed", sign_signers_note(note, {k.a, k.b}));
    note = k.note();
    note.threshold = 4;
    add("threshold above the signers", "malformed", sign_signers_note(note, {k.a, k.b}));
    note = k.note();
    for (Signer& signer : note.signers) signer.is_administrator = true;
    add("administrators only", "malformed", sign_signers_note(note, {k.a, k.b}));
    add("number one as the first", "wrong_order", sign_signers_note(k.note(1), {k.a, k.b}));
    add("text changed after signing", "bad_signature", with(good, "Legal", "Loyal"));
    add("no signatures", "malformed", good.substr(0, good.find("\n\n") + 2));
    add("no line feed at the end", "malformed", good.substr(0, good.size() - 1));
    add("a carriage return", "malformed", with(good, "signers\n", "signers\r\n"));
    add("another header", "malformed", with(good, "tillit/v1/signers", "tillit/v1/directory"));
    const std::string bare =
        with(good, ",\"log_key\":\"" + to_base64url(k.note().log_key) + "\"", "");
    add("without the log's key", "malformed", bare);
    return all;
}

Json next_notes(const SignerKeys& k) {
    SignersNote next = k.note(1);
    const SigningSeed dag = fixed_secret<SigningSeed>("dag");
    const NamedSeed d{"Dag Vik", &dag};
    next.signers[1] = {"Dag Vik", "Legal", verify_key(dag), false};
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const std::string& note) {
        all.push_back(entry(comment, expect, note));
    };
    add("signed by two of the old and two of the new", "success",
        sign_signers_note(next, {k.a, k.b, d}));
    add("signed by the old only", "below_threshold", sign_signers_note(next, {k.a, k.b}));
    add("signed by the new only", "below_threshold", sign_signers_note(next, {k.a, d}));
    SignersNote other = next;
    other.number = 2;
    add("a number left out", "wrong_order", sign_signers_note(other, {k.a, k.b, d}));
    other = next;
    other.org = fixed_id("other org");
    add("of another organisation", "wrong_org", sign_signers_note(other, {k.a, k.b, d}));
    return all;
}

/// What a client that starts with nothing is sent: all notes from 0 on, and the newest directory.
struct Rotation {
    SignerKeys k;
    SigningSeed dag = fixed_secret<SigningSeed>("dag");
    NamedSeed d{"Dag Vik", &dag};
    std::string first = sign_signers_note(k.note(), {k.a, k.b});
    Json all = Json::array();

    /// Bjørn is lost; Dag comes in his place.
    [[nodiscard]] SignersNote without_bjorn(std::uint64_t number = 1) const {
        SignersNote note = k.note(number);
        note.signers[1] = {"Dag Vik", "Legal", verify_key(dag), false};
        return note;
    }
    void add(const char* comment, const char* expect, const std::vector<std::string>& notes) {
        all.push_back({{"comment", comment}, {"expect", expect}, {"notes", notes}});
    }
    void add_directory(const char* comment, const char* expect,
                       const std::vector<std::string>& notes, const std::string& note,
                       std::uint64_t today = kToday) {
        add(comment, "success", notes);
        all.back()["directory"] = {{"note", note}, {"today", today}, {"expect", expect}};
    }
};

void threshold_chains(Rotation& r) {
    const SignerKeys& k = r.k;
    SignersNote raised = k.note(1);
    raised.threshold = 3;
    r.add("the threshold raised to three, signed by three", "success",
          {r.first, sign_signers_note(raised, {k.a, k.b, k.c})});
    r.add("the threshold raised to three, signed by two", "below_threshold",
          {r.first, sign_signers_note(raised, {k.a, k.b})});
    SignersNote three = k.note();
    three.threshold = 3;
    const std::string first = sign_signers_note(three, {k.a, k.b, k.c});
    r.add("the threshold lowered to two, signed by three", "success",
          {first, sign_signers_note(k.note(1), {k.a, k.b, k.c})});
    r.add("the threshold lowered to two by two", "below_threshold",
          {first, sign_signers_note(k.note(1), {k.a, k.b})});
}

void names_chains(Rotation& r) {
    const SignerKeys& k = r.k;
    SignersNote twice = k.note(1);
    twice.signers[1] = twice.signers[0];
    twice.signers[1].name = "Anna Dahl";
    r.add("a key under two names in one note", "malformed",
          {r.first, sign_signers_note(twice, {k.a, {"Anna Dahl", &k.anna}, k.c})});
    SignersNote renamed = k.note(1);
    renamed.signers[0].name = "Anna Dahl";
    const NamedSeed married{"Anna Dahl", &k.anna};
    r.add("a signer of a new name, who signs under both, and a second", "success",
          {r.first, sign_signers_note(renamed, {k.a, married, k.b})});
    r.add("a signer of a new name, who signs under both, and nobody else", "below_threshold",
          {r.first, sign_signers_note(renamed, {k.a, married})});
}

Json chains() {
    Rotation r;
    const SignerKeys& k = r.k;
    const std::string second = sign_signers_note(r.without_bjorn(), {k.a, k.c});
    r.add("no note", "malformed", {});
    r.add("only the first", "success", {r.first});
    r.add("one signer lost, the others suffice", "success", {r.first, second});
    r.add("one signer lost, signed by one of the others and the new one", "below_threshold",
          {r.first, sign_signers_note(r.without_bjorn(), {k.a, r.d})});
    r.add("the third note by those of the second", "success",
          {r.first, second, sign_signers_note(r.without_bjorn(2), {k.a, r.d})});
    r.add("the third note by one who has been rotated out and one more", "below_threshold",
          {r.first, second, sign_signers_note(r.without_bjorn(2), {k.a, k.b})});
    r.add("back to the first signers by their own signatures", "below_threshold",
          {r.first, second, sign_signers_note(k.note(2), {k.a, k.b})});
    r.add("a number skipped", "wrong_order",
          {r.first, sign_signers_note(r.without_bjorn(2), {k.a, k.c, r.d})});
    r.add("the first note left out", "wrong_order", {second});
    r.add("the same note twice", "wrong_order", {r.first, second, second});
    r.add("in the wrong order", "wrong_order", {second, r.first});
    r.add("a byte of the first note changed", "bad_signature",
          {with(r.first, "Chief", "Thief"), second});
    threshold_chains(r);
    names_chains(r);
    r.add_directory("a directory by the new signers", "success", {r.first, second},
                    sign_directory(directory(), {k.a, r.d}));
    r.add_directory("a directory of before that enough of the new signers have signed", "success",
                    {r.first, second}, sign_directory(directory(), {k.a, k.b, k.c}));
    r.add_directory("a directory by one signer and one rotated out", "below_threshold",
                    {r.first, second}, sign_directory(directory(), {k.a, k.b}));
    r.add_directory("the same one before the rotation", "success", {r.first},
                    sign_directory(directory(), {k.a, k.b}));
    r.add_directory("a directory by signers who come later", "below_threshold", {r.first},
                    sign_directory(directory(), {k.a, r.d}));
    r.add_directory("a directory by the new signers that has expired", "expired", {r.first, second},
                    sign_directory(directory(), {k.a, r.d}), kToday + 401);
    return r.all;
}

Json directories(const SignerKeys& k) {
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const std::string& note,
                         std::uint64_t today = kToday) {
        all.push_back(entry(comment, expect, note));
        all.back()["today"] = today;
    };
    const std::string good = sign_directory(directory(), {k.a, k.c});
    add("signed by two", "success", good);
    add("on its last day", "success", good, kToday + 400);
    add("a day later", "expired", good, kToday + 401);
    add("signed by one", "below_threshold", sign_directory(directory(), {k.a}));
    add("signed by one twice", "below_threshold", sign_directory(directory(), {k.a, k.a}));
    add("a member's name changed", "bad_signature", with(good, "Kari Moe", "Kari Mo3"));
    Directory changed = directory();
    changed.org = fixed_id("other org");
    add("of another organisation", "wrong_org", sign_directory(changed, {k.a, k.b}));
    changed = directory();
    changed.expires_day = kToday + 401;
    add("valid for 401 days", "malformed", sign_directory(changed, {k.a, k.b}));
    changed = directory();
    changed.members.push_back(changed.members.front());
    add("a member twice", "malformed", sign_directory(changed, {k.a, k.b}));
    changed = directory();
    changed.version = 2;
    add("version 2 without predecessor", "malformed", sign_directory(changed, {k.a, k.b}));
    changed = directory();
    changed.members[0].name = "Ingrid\nSæther";
    add("a line feed in a name", "malformed", sign_directory(changed, {k.a, k.b}));
    changed = directory();
    changed.members[0].recipient = {};
    changed.members[0].recipient.fill(0xff);
    add("a recipient that is no key", "malformed", sign_directory(changed, {k.a, k.b}));
    return all;
}

/// What the newest directory vouches for of those before it.
Json histories(const SignerKeys& k) {
    Directory one = directory();
    const std::string first = sign_directory(one, {k.a, k.b});
    Directory two = directory();
    two.version = 2;
    two.previous = note_hash(first);
    const std::string second = sign_directory(two, {k.a, k.b});
    Directory three = directory();
    three.version = 3;
    three.previous = note_hash(second);
    const std::string newest = sign_directory(three, {k.a, k.b});
    Directory other = two;
    other.day += 1;
    const std::string stranger = sign_directory(other, {k.a, k.b});
    Json all = Json::array();
    const auto add = [&](const char* comment, const std::vector<std::string>& notes,
                         const std::vector<int>& versions) {
        all.push_back(
            {{"comment", comment}, {"newest", newest}, {"notes", notes}, {"versions", versions}});
    };
    add("two versions before it", {first, second}, {2, 1});
    add("in any order, with the newest among them", {newest, second, first}, {2, 1});
    add("version 2 left out", {first}, {});
    add("another version 2, as well signed", {first, stranger}, {});
    add("version 1 left out", {second}, {2});
    return all;
}

}  // namespace

Json directory_vectors() {
    const SignerKeys keys;
    const FixedWorld world;
    const Hash fingerprint = member_fingerprint(
        world.org, world.ingrid.person, world.ingrid.recipient, verify_key(world.ingrid.signing));
    return {{"spec", "§3"},
            {"signers_first", first_notes(keys)},
            {"signers_next", next_notes(keys)},
            {"signers_next_follows", "the first entry of signers_first"},
            {"chains", chains()},
            {"directories", directories(keys)},
            {"histories", histories(keys)},
            {"member_fingerprint",
             {{"org", to_hex(world.org)},
              {"person", to_hex(world.ingrid.person)},
              {"recipient", to_hex(world.ingrid.recipient)},
              {"verify_key", to_hex(verify_key(world.ingrid.signing))},
              {"hash", to_hex(fingerprint)},
              {"words", fingerprint_words(fingerprint)}}}};
}

}  // namespace tillit::test

#include "crypto/act.h"
#include "crypto/checkpoint.h"
#include "crypto/log_day.h"
#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

std::vector<Hash> leaves(std::size_t count) {
    std::vector<Hash> all;
    for (std::size_t i = 0; i < count; ++i) {
        all.push_back(merkle_leaf(view("entry " + std::to_string(i))));
    }
    return all;
}

Json hex_list(const std::vector<Hash>& hashes) {
    Json list = Json::array();
    for (const Hash& hash : hashes) list.push_back(to_hex(hash));
    return list;
}

Json trees() {
    Json all = Json::array();
    for (std::size_t size = 0; size <= 9; ++size) {
        Json one = {{"comment", std::to_string(size) + " leaves: entry 0, entry 1, …"},
                    {"leaves", hex_list(leaves(size))},
                    {"root", to_hex(merkle_root(leaves(size)))},
                    {"inclusion", Json::array()},
                    {"consistency", Json::array()}};
        for (std::size_t i = 0; i < size; ++i) {
            one["inclusion"].push_back(hex_list(inclusion_proof(leaves(size), i)));
            one["consistency"].push_back(
                {{"old_root", to_hex(merkle_root(leaves(i + 1)))},
                 {"proof", hex_list(consistency_proof(leaves(size), i + 1))}});
        }
        all.push_back(one);
    }
    return all;
}

LogEvent envelope_event() {
    const FixedWorld world;
    const Act act{.org = world.org,
                  .kind = "envelope",
                  .object = fixed_bytes("an envelope"),
                  .member = world.ingrid.member,
                  .minute = 29921760};
    LogEvent event{.kind = "envelope",
                   .by = LogActor::member,
                   .member = act.member,
                   .case_reference = fixed_id("a case in the log"),
                   .day = 20779,
                   .minute = 29921761,
                   .object = act.object,
                   .act = encode_act(act),
                   .signature = {}};
    event.signature = sign_act(event.act, world.ingrid.signing);
    return event;
}

Json event_entry(const char* comment, const char* expect, const std::string& text) {
    EventSalt salt{};
    std::copy_n(fixed_bytes(comment).begin(), salt.size(), salt.begin());
    return {{"comment", comment},
            {"expect", expect},
            {"event", text},
            {"salt", to_hex(salt)},
            {"hash", to_hex(event_hash(salt, text))}};
}

std::string with(std::string text, const std::string& what, const std::string& instead) {
    const std::size_t at = text.find(what);
    ensure(at != std::string::npos);
    return text.replace(at, what.size(), instead);
}

Json events() {
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const std::string& text) {
        all.push_back(event_entry(comment, expect, text));
    };
    const LogEvent signed_event = envelope_event();
    const std::string good = encode_event(signed_event);
    add("an envelope of a member, signed by her client", "success", good);
    LogEvent report{.kind = "submission",
                    .by = LogActor::reporter,
                    .member = {},
                    .case_reference = fixed_id("a case in the log"),
                    .day = 20779,
                    .minute = 0,
                    .object = fixed_bytes("a report"),
                    .act = {},
                    .signature = {}};
    const std::string plain = encode_event(report);
    add("a submission: by a day", "success", plain);
    report.minute = 29921760;
    add("a submission with its minute", "malformed", encode_event(report));
    add("a reporter who is a member", "malformed", with(good, "\"member\"", "\"reporter\""));
    add("an actor of no kind", "malformed", with(plain, "\"reporter\"", "\"server\""));
    add("a kind with a capital", "malformed", with(plain, "submission", "Submission"));
    add("no kind", "malformed", with(plain, "submission", ""));
    add("a field too many", "malformed", with(plain, "\"day\"", "\"title\":\"x\",\"day\""));
    LogEvent unsigned_event = signed_event;
    unsigned_event.signature = {};
    add("an act without a signature", "malformed", encode_event(unsigned_event));
    return all;
}

Json acts() {
    const FixedWorld world;
    const LogEvent event = envelope_event();
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const std::string& statement,
                         const Signature& signature) {
        all.push_back({{"comment", comment},
                       {"expect", expect},
                       {"statement", statement},
                       {"signature", to_hex(signature)},
                       {"key", to_hex(verify_key(world.ingrid.signing))},
                       {"org", to_hex(world.org)},
                       {"kind", event.kind},
                       {"object", to_hex(event.object)},
                       {"member", to_hex(event.member)}});
    };
    const auto sign = [&](const std::string& text) { return sign_act(text, world.ingrid.signing); };
    add("an envelope", "success", event.act, event.signature);
    add("signed by somebody else", "bad_signature", event.act,
        sign_act(event.act, world.kari.signing));
    add("signed as another type", "bad_signature", event.act,
        sign_statement("envelope", view(event.act), world.ingrid.signing));
    const std::string later = with(event.act, "29921760", "29921799");
    add("the minute changed after signing", "bad_signature", later, event.signature);
    add("another minute than the event", "success", later, sign(later));
    const std::string other_kind = with(event.act, "envelope", "opening");
    add("of another kind", "wrong_act", other_kind, sign(other_kind));
    const std::string other_object =
        with(event.act, to_base64url(event.object), to_base64url(fixed_bytes("another")));
    add("about another object", "wrong_act", other_object, sign(other_object));
    const std::string other_org =
        with(event.act, to_base64url(world.org), to_base64url(fixed_id("other org")));
    add("in another organisation", "wrong_org", other_org, sign(other_org));
    const std::string more = with(event.act, "\"minute\"", "\"note\":\"x\",\"minute\"");
    add("a field too many", "malformed", more, sign(more));
    return all;
}

Json days() {
    Json all = Json::array();
    for (const std::size_t count : {0U, 1U, 64U, 65U}) {
        std::vector<Hash> hashes;
        for (std::size_t i = 0; i < count; ++i) {
            hashes.push_back(fixed_bytes("event hash " + std::to_string(i)));
        }
        const Hash seed = fixed_bytes("day seed");
        const auto all_leaves = day_leaves(hashes, seed);
        const Hash root = merkle_root(all_leaves);
        all.push_back({{"comment", std::to_string(count) + " events"},
                       {"events", hex_list(hashes)},
                       {"seed", to_hex(seed)},
                       {"width", all_leaves.size()},
                       {"root", to_hex(root)},
                       {"day", 20779},
                       {"leaf", to_hex(day_leaf(20779, root))}});
    }
    return all;
}

Json checkpoints() {
    const SigningSeed seed = fixed_secret<SigningSeed>("log");
    const std::string origin = checkpoint_origin(fixed_bytes("fingerprint"));
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const std::string& text) {
        all.push_back({{"comment", comment},
                       {"expect", expect},
                       {"text", text},
                       {"origin", origin},
                       {"name", origin},
                       {"key", to_hex(verify_key(seed))}});
    };
    const Checkpoint checkpoint{.origin = origin, .size = 7, .root = merkle_root(leaves(7))};
    const std::string good = sign_checkpoint(checkpoint, seed);
    add("seven days", "success", good);
    add("with a line of a witness", "success",
        good + "\xe2\x80\x94 witness.example/w1 " + to_base64_padded(Bytes(76, 9)) + "\n");
    add("the size changed after signing", "bad_signature", with(good, "\n7\n", "\n8\n"));
    add("signed by a stranger", "not_signed",
        sign_checkpoint(checkpoint, fixed_secret<SigningSeed>("stranger")));
    Checkpoint other = checkpoint;
    other.origin = "tillit/other";
    add("of another log", "wrong_log", sign_checkpoint(other, seed));
    add("a size with a leading zero", "malformed", with(good, "\n7\n", "\n07\n"));
    add("a root of 31 bytes", "malformed",
        with(good, to_base64_padded(checkpoint.root), to_base64_padded(Bytes(31, 1))));
    add("no empty line", "malformed", with(good, "\n\n", "\n"));
    add("no line feed at the end", "malformed", good.substr(0, good.size() - 1));
    add("no signatures", "not_signed", good.substr(0, good.find("\n\n") + 2));
    // Of the Go checksum database: what any C2SP verifier reads, we read.
    all.push_back(
        {{"comment", "signed by another program: the log of Go's modules"},
         {"expect", "success"},
         {"text",
          "go.sum database tree\n65209736\n5+uGFjx6xBZG8ip1+wi77v+grwbhhukIrxEUS8PXvRo=\n\n"
          "\xe2\x80\x94 sum.golang.org Az3grnbssgK7ubgFX36gVETtNv0U23qxyAhAMai2QUfeGa3nB/akvkMdlUEr"
          "fcZz7l/R3cVtYspg3dxXABkGZZKdsQ8=\n"},
         {"origin", "go.sum database tree"},
         {"name", "sum.golang.org"},
         {"key", "ce3372d75ad1ee5ecdaf8727293d4b111d87eb37531d7c86d4d3003f0eb809fc"}});
    return all;
}

}  // namespace

Json log_vectors() {
    return {{"spec", "§10"},  {"trees", trees()}, {"events", events()},
            {"acts", acts()}, {"days", days()},   {"checkpoints", checkpoints()}};
}

}  // namespace tillit::test

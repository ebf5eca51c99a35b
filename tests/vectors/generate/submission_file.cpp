#include "crypto/submission_file.h"

#include "tests/support/submission_vectors.h"
#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

/// The sealed things that heads name as "$NAME"; what lies inside is not looked at here.
Json sealed_parts(const FixedWorld& world) {
    const auto part = [](const char* name, std::size_t bytes, const HybridRecipient& to) {
        return to_base64url(fixed_seal(name, Bytes(bytes), to));
    };
    Bytes not_hybrid = fixed_seal("grant i", Bytes(4096), world.ingrid.recipient);
    not_hybrid[30] ^= 1;  // within the name of the stanza
    return {{"grant", part("grant i", 4096, world.ingrid.recipient)},
            {"grant_k", part("grant k", 4096, world.kari.recipient)},
            {"identity", part("identity", 4096, world.case_recipient)},
            {"report", part("report", 4096, world.case_recipient)},
            {"odd", part("odd", 4097, world.case_recipient)},
            {"not_hybrid", to_base64url(not_hybrid)},
            {"case", to_base64url(world.case_recipient)},
            {"reporter", to_base64url(world.reporter_recipient)},
            {"file", part("file", kMinAttachmentBucket, world.case_recipient)}};
}

Json file_entry(const char* id, std::uint64_t size, const Hash& hash) {
    return {{"id", to_base64url(fixed_id(id))},
            {"stored_size", size},
            {"stored_hash", to_base64url(hash)}};
}

Json head_of(const FixedWorld& world, const Json& files) {
    return {
        {"t", "submission"},
        {"org", to_base64url(world.org)},
        {"lookup_hash", to_base64url(lookup_hash(lookup_token(world.key, world.org)))},
        {"case_recipient", "$case"},
        {"reporter_recipient", "$reporter"},
        {"verify_key", to_base64url(world.reporter_key)},
        {"grants",
         Json::array({Json{{"member", to_base64url(world.ingrid.member)}, {"sealed", "$grant"}},
                      Json{{"member", to_base64url(world.kari.member)}, {"sealed", "$grant_k"}}})},
        {"identity", "$identity"},
        {"report", "$report"},
        {"attachments", files}};
}

class Cases {
  public:
    explicit Cases(Json parts) : parts_(std::move(parts)) {}

    Json& add(const char* comment, const char* expect, const Json& head, Json more = {}) {
        Json entry = {{"comment", comment}, {"expect", expect}, {"head", head.dump()}};
        for (const auto& [name, value] : more.items()) entry[name] = value;
        all_.push_back(std::move(entry));
        return all_.back();
    }
    Json take() { return {{"spec", "§4.6"}, {"parts", parts_}, {"cases", all_}}; }

  private:
    Json parts_;
    Json all_ = Json::array();
};

}  // namespace

Json submission_file_vectors() {
    const FixedWorld world;
    const Json parts = sealed_parts(world);
    const auto sealed = from_base64url(parts["file"].get<std::string>()).value();
    StoredHasher hasher;
    hasher.update(sealed);
    const Hash hash = hasher.finish();
    const Json good = file_entry("file", sealed.size(), hash);
    const Json none = head_of(world, Json::array());
    const Json one = head_of(world, Json::array({good}));
    Cases cases(parts);

    const auto pinned = [&](Json& entry) {
        const auto vector = nlohmann::json::parse(entry.dump());
        const auto table = nlohmann::json::parse(parts.dump());
        entry["file_sha256"] = to_hex(sha256(submission_vector_file(vector, table)));
    };
    pinned(cases.add("no attachments", "success", none));
    pinned(cases.add("one attachment", "success", one, {{"then", Json::array({"file"})}}));
    auto changed = none;
    changed["lookup_hash"] = to_base64url(fixed_bytes("other"));
    cases.add("another magic", "not_a_submission", none, {{"magic", "TILLITs2"}});
    cases.add("seven bytes", "not_a_submission", none, {{"cut", 7}});
    cases.add("only the magic", "truncated", none, {{"cut", 8}});
    cases.add("ends within the head", "truncated", none, {{"cut", 3000}});
    cases.add("a head of more than 1 MiB, whatever follows", "too_large", none,
              {{"length", kMaxSubmissionHeadBytes + 1}});
    cases.add("a flipped byte in the head", "damaged", none, {{"flip", 100}});
    cases.add("a flipped byte in its hash", "damaged", none, {{"flip", 12}});
    cases.add("a flipped byte in the attachment", "damaged", one,
              {{"then", Json::array({"file"})}, {"flip_from_end", 1000}});
    cases.add("an attachment that is no age file of ours", "malformed", one,
              {{"then", Json::array({"file"})}, {"flip_from_end", sealed.size() - 30}});
    cases.add("the attachment is missing", "truncated", one);
    cases.add("the attachment lacks its last byte", "truncated", one,
              {{"then", Json::array({"file"})}, {"cut_from_end", 1}});
    cases.add("a byte too many", "trailing", none, {{"append", "00"}});
    cases.add("an attachment nobody announced", "trailing", none,
              {{"then", Json::array({"file"})}});

    const auto broken = [&](const char* comment, const auto& change) {
        Json head = one;
        change(head);
        cases.add(comment, "malformed", head, {{"then", Json::array({"file"})}});
    };
    broken("an unknown key", [](Json& head) { head["name"] = "x"; });
    broken("no report", [](Json& head) { head.erase("report"); });
    broken("another type", [](Json& head) { head["t"] = "envelope"; });
    broken("nobody is granted it", [](Json& head) { head["grants"] = Json::array(); });
    broken("two grants for one",
           [](Json& head) { head["grants"][1]["member"] = head["grants"][0]["member"]; });
    broken("a grant that is not sealed",
           [](Json& head) { head["grants"][0]["sealed"] = "$not_hybrid"; });
    broken("a grant of another length", [](Json& head) { head["grants"][0]["sealed"] = "$odd"; });
    broken("an identity envelope of another length", [](Json& head) { head["identity"] = "$odd"; });
    broken("a report of a length that tells something",
           [](Json& head) { head["report"] = "$odd"; });
    broken("two attachments of one id", [&](Json& head) {
        head["attachments"] = Json::array({good, good});
    });
    broken("seventeen attachments", [&](Json& head) {
        head["attachments"] = Json::array();
        for (int i = 0; i < 17; ++i) {
            head["attachments"].push_back(
                file_entry(("file " + std::to_string(i)).c_str(), sealed.size(), hash));
        }
    });
    broken("an attachment of no bucket",
           [&](Json& head) { head["attachments"][0]["stored_size"] = sealed.size() + 1; });
    broken("an attachment without bytes",
           [](Json& head) { head["attachments"][0]["stored_size"] = 0; });
    return cases.take();
}

}  // namespace tillit::test

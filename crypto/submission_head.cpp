#include "crypto/submission_head.h"

#include <algorithm>
#include <set>

#include "crypto/envelope.h"
#include "crypto/grant.h"
#include "crypto/json_writer.h"
#include "crypto/strict_json.h"

namespace tillit::crypto::detail {
namespace {

Bytes read_sealed(FieldReader& fields, const char* name) {
    // The largest envelope is 263,900 bytes; what is longer is no part of ours.
    auto bytes = from_base64url(fields.text(name, kMaxSubmissionHeadBytes));
    if (!bytes) fields.fail();
    return std::move(bytes).value_or(Bytes{});
}

bool is_sealed(const Bytes& sealed, std::size_t plain_bytes) {
    return sealed.size() == age::sealed_size(plain_bytes) && age::is_strict_hybrid_file(sealed);
}

std::optional<SubmissionHead::Grant> read_grant(const nlohmann::json& item) {
    if (!item.is_object()) return std::nullopt;
    FieldReader fields(item);
    SubmissionHead::Grant grant;
    grant.member = fields.array<16>("member");
    grant.sealed = read_sealed(fields, "sealed");
    if (!fields.done() || !is_sealed(grant.sealed, kGrantPlainBytes)) return std::nullopt;
    return grant;
}

std::optional<SubmissionHead::File> read_file(const nlohmann::json& item) {
    if (!item.is_object()) return std::nullopt;
    FieldReader fields(item);
    SubmissionHead::File file;
    file.id = fields.array<16>("id");
    file.stored_size = fields.integer("stored_size");
    file.stored_hash = fields.array<32>("stored_hash");
    if (!fields.done() || !is_attachment_stored_size(file.stored_size)) return std::nullopt;
    return file;
}

/// No member is given two grants, and no two files share an id.
bool is_sound(const SubmissionHead& head) {
    std::set<Id> members;
    std::set<Id> files;
    for (const auto& grant : head.grants) members.insert(grant.member);
    for (const auto& file : head.attachments) files.insert(file.id);
    return !head.grants.empty() && members.size() == head.grants.size() &&
           files.size() == head.attachments.size() &&
           is_sealed(head.identity, kIdentityPlainBytes) && is_sealed_envelope(head.report);
}

}  // namespace

std::string encode_submission_head(const SubmissionHead& head) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("submission");
    out.key("org").bytes(head.org);
    out.key("lookup_hash").bytes(head.lookup_hash);
    out.key("case_recipient").bytes(head.case_recipient);
    out.key("reporter_recipient").bytes(head.reporter_recipient);
    out.key("verify_key").bytes(head.verify_key);
    out.key("grants").begin_list();
    for (const auto& grant : head.grants) {
        out.begin_object();
        out.key("member").bytes(grant.member);
        out.key("sealed").bytes(grant.sealed);
        out.end_object();
    }
    out.end_list();
    out.key("identity").bytes(head.identity);
    out.key("report").bytes(head.report);
    out.key("attachments").begin_list();
    for (const auto& file : head.attachments) {
        out.begin_object();
        out.key("id").bytes(file.id);
        out.key("stored_size").integer(file.stored_size);
        out.key("stored_hash").bytes(file.stored_hash);
        out.end_object();
    }
    out.end_list();
    out.end_object();
    return text;
}

std::optional<SubmissionHead> decode_submission_head(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader fields(*object);
    const bool is_submission = fields.text("t", 16) == "submission";
    SubmissionHead head;
    head.org = fields.array<16>("org");
    head.lookup_hash = fields.array<32>("lookup_hash");
    head.case_recipient = fields.array<kHybridRecipientBytes>("case_recipient");
    head.reporter_recipient = fields.array<kHybridRecipientBytes>("reporter_recipient");
    head.verify_key = fields.array<32>("verify_key");
    for (const auto& item : fields.list("grants", kMaxGrants)) {
        auto grant = read_grant(item);
        if (!grant) return std::nullopt;
        head.grants.push_back(std::move(*grant));
    }
    head.identity = read_sealed(fields, "identity");
    head.report = read_sealed(fields, "report");
    for (const auto& item : fields.list("attachments", kMaxSubmissionFiles)) {
        const auto file = read_file(item);
        if (!file) return std::nullopt;
        head.attachments.push_back(*file);
    }
    if (!fields.done() || !is_submission || !is_sound(head)) return std::nullopt;
    return head;
}

}  // namespace tillit::crypto::detail

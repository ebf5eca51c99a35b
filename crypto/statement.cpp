// The JSON of an envelope's statement: docs/protocol.md §5.2 lists keys, order and limits.
#include <algorithm>
#include <array>

#include "crypto/envelope.h"
#include "crypto/json_writer.h"
#include "crypto/statement_parts.h"
#include "crypto/strict_json.h"

namespace tillit::crypto {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 9> kKinds = {"report",  "message",         "ack",
                                                    "status",  "identity_notice", "access",
                                                    "recusal", "epoch",           "door_closed"};
constexpr std::array<std::string_view, 3> kSealedBy = {"browser", "cli", "server"};
static_assert(static_cast<int>(Kind::door_closed) == 8 && static_cast<int>(SealedBy::server) == 2);

template <class E, std::size_t N>
E read_name(FieldReader& fields, const char* key, const std::array<std::string_view, N>& names) {
    const std::string text = fields.text(key, 16);
    const auto found = std::ranges::find(names, text);
    if (found == names.end()) {
        fields.fail();
        return E{};
    }
    return static_cast<E>(found - names.begin());
}

template <class E, std::size_t N>
std::string_view name_of(E value, const std::array<std::string_view, N>& names) {
    return names.at(static_cast<std::size_t>(value));
}

void write_attachments(JsonWriter& out, const std::vector<AttachmentRef>& attachments) {
    out.begin_list();
    for (const AttachmentRef& attachment : attachments) {
        out.begin_object();
        out.key("id").bytes(attachment.id);
        out.key("name").text(attachment.name);
        out.key("type").text(attachment.type);
        out.key("size").integer(attachment.size);
        out.key("stored_hash").bytes(attachment.stored_hash);
        out.end_object();
    }
    out.end_list();
}

void write_grant(JsonWriter& out, const ManifestGrant& grant) {
    out.begin_object();
    out.key("member").bytes(grant.member);
    out.key("recipient_hash").bytes(grant.recipient_hash);
    out.key("sha256").bytes(grant.sha256);
    out.end_object();
}

void write_grants(JsonWriter& out, const std::vector<ManifestGrant>& grants) {
    out.begin_list();
    for (const ManifestGrant& grant : grants) write_grant(out, grant);
    out.end_list();
}

void write_change(JsonWriter& out, const EpochChange& change) {
    out.begin_object();
    out.key("recipient_hash").bytes(change.recipient_hash);
    out.key("reporter_hash").bytes(change.reporter_hash);
    out.key("grants");
    write_grants(out, change.grants);
    if (change.rekey) {
        out.key("rekey").begin_object();
        out.key("reporter_recipient").bytes(change.rekey->reporter_recipient);
        out.key("verify_key").bytes(change.rekey->verify_key);
        out.end_object();
    }
    out.end_object();
}

void write_manifest(JsonWriter& out, const Manifest& manifest) {
    out.begin_object();
    out.key("grants");
    write_grants(out, manifest.grants);
    out.key("identity_hash").bytes(manifest.identity_hash);
    out.key("identity_given").boolean(manifest.identity_given);
    out.key("dir_version").integer(manifest.dir_version);
    out.key("dir_hash").bytes(manifest.dir_hash);
    out.key("excluded");
    detail::write_excluded(out, manifest.excluded);
    out.end_object();
}

std::vector<AttachmentRef> read_attachments(FieldReader& fields) {
    std::vector<AttachmentRef> attachments;
    for (const json& item : fields.list("attachments", kMaxAttachments)) {
        FieldReader read(item);
        attachments.push_back({.id = read.array<16>("id"),
                               .name = read.text("name", kMaxFileNameBytes),
                               .type = read.text("type", kMaxFileTypeBytes),
                               .size = read.integer("size"),
                               .stored_hash = read.array<32>("stored_hash")});
        if (!read.done()) fields.fail();
    }
    return attachments;
}

ManifestGrant read_grant(FieldReader& fields, const json& item) {
    FieldReader read(item);
    const ManifestGrant grant{.member = read.array<16>("member"),
                              .recipient_hash = read.array<32>("recipient_hash"),
                              .sha256 = read.array<32>("sha256")};
    if (!read.done()) fields.fail();
    return grant;
}

std::vector<ManifestGrant> read_grants(FieldReader& fields) {
    std::vector<ManifestGrant> grants;
    for (const json& item : fields.list("grants", kMaxGrants)) {
        grants.push_back(read_grant(fields, item));
    }
    return grants;
}

EpochChange read_change(FieldReader& fields) {
    EpochChange change;
    FieldReader read(fields.object("change"));
    change.recipient_hash = read.array<32>("recipient_hash");
    change.reporter_hash = read.array<32>("reporter_hash");
    change.grants = read_grants(read);
    if (const json* rekey = read.optional("rekey")) {
        FieldReader keys(*rekey);
        change.rekey = {.reporter_recipient = keys.array<1216>("reporter_recipient"),
                        .verify_key = keys.array<32>("verify_key")};
        if (!keys.done()) fields.fail();
    }
    if (!read.done() || change.grants.empty()) fields.fail();
    return change;
}

Manifest read_manifest(FieldReader& fields) {
    Manifest manifest;
    FieldReader read(fields.object("manifest"));
    manifest.grants = read_grants(read);
    manifest.identity_hash = read.array<32>("identity_hash");
    manifest.identity_given = read.boolean("identity_given");
    manifest.dir_version = read.integer("dir_version");
    manifest.dir_hash = read.array<32>("dir_hash");
    manifest.excluded = detail::read_excluded(read);
    if (!read.done()) fields.fail();
    return manifest;
}

/// What the fields must be to one another.
bool is_consistent(const Statement& s) {
    const bool by_reporter = s.from == kReporter;
    if (s.seq == 0 || (s.seq == 1) != (s.prev == Hash{})) return false;
    if (s.kind == Kind::report && (!by_reporter || s.seq != 1)) return false;
    const bool is_members_act = s.kind == Kind::ack || s.kind == Kind::status ||
                                s.kind == Kind::identity_notice || s.kind == Kind::access ||
                                s.kind == Kind::recusal;
    if (is_members_act && by_reporter) return false;
    if (s.kind == Kind::door_closed && !by_reporter) return false;
    if (s.change && s.change->rekey && !by_reporter) return false;
    const bool needs_words = s.kind == Kind::identity_notice || s.kind == Kind::access;
    if (needs_words && s.body.empty()) return false;
    return (s.kind == Kind::status) == !s.state.empty();
}

std::size_t text_bytes(const Statement& statement) {
    std::size_t bytes = statement.body.size() + statement.state.size();
    for (const AttachmentRef& a : statement.attachments) bytes += a.name.size() + a.type.size();
    return bytes;
}

}  // namespace

std::string encode_statement(const Statement& statement) {
    std::string text;
    const std::size_t items = statement.heads.size() + statement.attachments.size();
    text.reserve(2048 + text_bytes(statement) * 5 / 4 + items * 192);
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("envelope");
    out.key("org").bytes(statement.org);
    out.key("case_id").bytes(statement.case_id);
    out.key("epoch").integer(statement.epoch);
    out.key("kind").text(name_of(statement.kind, kKinds));
    out.key("from").bytes(statement.from);
    out.key("seq").integer(statement.seq);
    out.key("prev").bytes(statement.prev);
    out.key("heads");
    detail::write_heads(out, statement.heads);
    out.key("sealed_by").text(name_of(statement.sealed_by, kSealedBy));
    out.key("body").text(statement.body);
    out.key("state").text(statement.state);
    out.key("attachments");
    write_attachments(out, statement.attachments);
    if (statement.manifest) {
        out.key("manifest");
        write_manifest(out, *statement.manifest);
    }
    if (statement.access) {
        out.key("access");
        write_grant(out, *statement.access);
    }
    if (statement.change) {
        out.key("change");
        write_change(out, *statement.change);
    }
    out.end_object();
    return text;
}

Result<Statement, EnvelopeError> decode_statement(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return unexpected(EnvelopeError::malformed);
    FieldReader read(*object);
    if (read.text("t", 16) != "envelope") return unexpected(EnvelopeError::malformed);
    Statement s;
    s.org = read.array<16>("org");
    s.case_id = read.array<32>("case_id");
    s.epoch = read.integer("epoch");
    s.kind = read_name<Kind>(read, "kind", kKinds);
    s.from = read.array<16>("from");
    s.seq = read.integer("seq");
    s.prev = read.array<32>("prev");
    s.heads = detail::read_heads(read);
    s.sealed_by = read_name<SealedBy>(read, "sealed_by", kSealedBy);
    s.body = read.text("body", kMaxStatementBytes);
    s.state = read.text("state", kMaxStateBytes);
    s.attachments = read_attachments(read);
    // Where the kind has no such field it stays unread, so it is refused as unknown.
    if (s.kind == Kind::report) s.manifest = read_manifest(read);
    if (s.kind == Kind::access) s.access = read_grant(read, read.object("access"));
    if (s.kind == Kind::epoch) s.change = read_change(read);
    if (!read.done() || !is_consistent(s)) return unexpected(EnvelopeError::malformed);
    return s;
}

}  // namespace tillit::crypto

#include "crypto/grant.h"

#include <algorithm>
#include <array>

#include "crypto/signed_plaintext.h"
#include "crypto/statement_parts.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITg1";
constexpr std::array<std::string_view, 5> kRoles = {"investigator", "custodian", "alternate",
                                                    "administrator", "auditor"};
static_assert(static_cast<int>(Role::auditor) == 4);

/// Investigators and alternates read the case and hold share b; custodians hold share a, no more.
bool holds_what_its_role_may(const Grant& grant) {
    const bool reads = grant.role == Role::investigator || grant.role == Role::alternate;
    const bool keeps = grant.role == Role::custodian;
    return (reads || keeps) && grant.secret.has_value() == reads && grant.share.has_value();
}

std::string encode_grant(const Grant& grant) {
    std::string text;
    text.reserve(kGrantPlainBytes);  // never grows, so no copies are left behind
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("grant");
    out.key("org").bytes(grant.org);
    out.key("case_id").bytes(grant.case_id);
    out.key("epoch").integer(grant.epoch);
    out.key("to").bytes(grant.to);
    out.key("to_recipient_hash").bytes(grant.to_recipient_hash);
    out.key("dir_version").integer(grant.dir_version);
    out.key("dir_hash").bytes(grant.dir_hash);
    out.key("role").text(to_text(grant.role));
    if (grant.secret) out.key("secret").bytes(grant.secret->expose());
    if (grant.share) out.key("identity_share").bytes(grant.share->expose());
    out.key("verify_key").bytes(grant.verify_key);
    out.key("reporter_recipient_hash").bytes(grant.reporter_recipient_hash);
    out.key("excluded");
    detail::write_excluded(out, grant.excluded);
    out.end_object();
    return text;
}

/// An optional 32-byte secret field; absent is no error, anything else than 32 bytes is.
template <class S>
std::optional<S> read_secret(FieldReader& fields, const char* name, bool is_present) {
    if (!is_present) return std::nullopt;
    detail::Wiped<ByteArray<S::kSize>> bytes;
    bytes.value = fields.array<S::kSize>(name);
    return S::copy_of(bytes.value);
}

std::optional<Grant> decode_grant(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != "grant") return std::nullopt;
    Grant grant;
    grant.org = read.array<16>("org");
    grant.case_id = read.array<32>("case_id");
    grant.epoch = read.integer("epoch");
    grant.to = read.array<16>("to");
    grant.to_recipient_hash = read.array<32>("to_recipient_hash");
    grant.dir_version = read.integer("dir_version");
    grant.dir_hash = read.array<32>("dir_hash");
    const auto role = role_from_text(read.text("role", 16));
    if (!role) return std::nullopt;
    grant.role = *role;
    grant.secret = read_secret<AgeSeed>(read, "secret", object->contains("secret"));
    grant.share =
        read_secret<IdentityShare>(read, "identity_share", object->contains("identity_share"));
    grant.verify_key = read.array<32>("verify_key");
    grant.reporter_recipient_hash = read.array<32>("reporter_recipient_hash");
    grant.excluded = detail::read_excluded(read);
    if (!read.done() || !holds_what_its_role_may(grant)) return std::nullopt;
    return grant;
}

}  // namespace

std::string_view to_text(Role role) { return kRoles.at(static_cast<std::size_t>(role)); }

std::optional<Role> role_from_text(std::string_view text) {
    const auto found = std::ranges::find(kRoles, text);
    if (found == kRoles.end()) return std::nullopt;
    return static_cast<Role>(found - kRoles.begin());
}

Hash recipient_hash(const HybridRecipient& recipient) {
    return labelled_hash("tillit/v1/recipient", {recipient});
}

Bytes seal_grant(const Grant& grant, const SigningSeed& reporter, const HybridRecipient& member) {
    ensure(holds_what_its_role_may(grant) && grant.excluded.size() <= kMaxExcluded);
    for (const Exclusion& exclusion : grant.excluded) {
        ensure(detail::is_person_name(exclusion.name));  // from a verified directory
    }
    std::string text = encode_grant(grant);
    const detail::WipeString wipe_text(text);
    const Signature signature = sign_statement("grant", view(text), reporter);
    const SecretBytes plain = detail::pack_signed(kMagic, text, signature, kGrantPlainBytes);
    auto sealed = age::seal(plain.expose(), member);
    ensure(sealed.has_value());  // a member's recipient comes from a verified directory
    return std::move(*sealed);
}

Result<Grant, GrantError> open_grant(ByteView sealed, const AgeSeed& member, const Id& org,
                                     const Hash& expected_case,
                                     const HybridRecipient& case_recipient,
                                     const HybridRecipient& reporter_recipient) {
    if (sealed.size() != age::sealed_size(kGrantPlainBytes)) {
        return unexpected(GrantError::not_sealed);
    }
    const auto plain = age::open(sealed, member);
    if (!plain) return unexpected(GrantError::not_sealed);
    const auto parts = detail::unpack_signed(kMagic, plain->expose());
    if (!parts) return unexpected(GrantError::malformed);
    auto grant = decode_grant(parts->statement);
    if (!grant) return unexpected(GrantError::malformed);

    if (!verify_statement("grant", parts->statement, parts->signature, grant->verify_key)) {
        return unexpected(GrantError::bad_signature);
    }
    if (grant->to_recipient_hash != recipient_hash(hybrid_recipient(member))) {
        return unexpected(GrantError::not_for_me);
    }
    // The case id certifies both recipients and the key that signed: whoever made another grant for
    // this case would have to find a second preimage.
    const bool is_this_case =
        grant->org == org && grant->case_id == expected_case &&
        case_id(org, case_recipient, reporter_recipient, grant->verify_key) == expected_case &&
        grant->reporter_recipient_hash == recipient_hash(reporter_recipient) &&
        (!grant->secret || hybrid_recipient(*grant->secret) == case_recipient);
    if (!is_this_case) return unexpected(GrantError::wrong_case);
    return std::move(*grant);
}

}  // namespace tillit::crypto

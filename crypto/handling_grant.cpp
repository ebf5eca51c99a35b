#include "crypto/handling_grant.h"

#include "crypto/json_writer.h"
#include "crypto/signed_plaintext.h"
#include "crypto/strict_json.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITh1";
constexpr std::string_view kType = "handling_grant";

}  // namespace

std::string detail::encode_handling_grant(const HandlingGrant& grant) {
    std::string text;
    text.reserve(kGrantPlainBytes);  // never grows, so no copies are left behind
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text(kType);
    out.key("org").bytes(grant.org);
    out.key("case_id").bytes(grant.case_id);
    out.key("epoch").integer(grant.epoch);
    out.key("from").bytes(grant.from);
    out.key("to").bytes(grant.to);
    out.key("to_recipient_hash").bytes(grant.to_recipient_hash);
    out.key("secret").bytes(grant.secret.expose());
    out.key("recipient_hash").bytes(grant.recipient_hash);
    out.end_object();
    return text;
}

std::optional<HandlingGrant> detail::decode_handling_grant(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != kType) return std::nullopt;
    HandlingGrant grant{.secret = AgeSeed::zeroed()};
    grant.org = read.array<16>("org");
    grant.case_id = read.array<32>("case_id");
    grant.epoch = read.integer("epoch", kMaxEpoch);
    grant.from = read.array<16>("from");
    grant.to = read.array<16>("to");
    grant.to_recipient_hash = read.array<32>("to_recipient_hash");
    Wiped<ByteArray<32>> secret;
    secret.value = read.array<32>("secret");
    grant.secret = AgeSeed::copy_of(secret.value);
    grant.recipient_hash = read.array<32>("recipient_hash");
    if (!read.done()) return std::nullopt;
    if (recipient_hash(hybrid_recipient(grant.secret)) != grant.recipient_hash) return std::nullopt;
    return grant;
}

Result<Bytes, GrantError> seal_handling_grant(const HandlingGrant& grant, const SigningSeed& from,
                                              const HybridRecipient& to) {
    ensure(grant.epoch <= kMaxEpoch);
    std::string text = detail::encode_handling_grant(grant);
    const detail::WipeString wipe_text(text);
    const Signature signature = sign_statement(kType, view(text), from);
    const SecretBytes plain = detail::pack_signed(kMagic, text, signature, kGrantPlainBytes);
    auto sealed = age::seal(plain.expose(), to);
    if (!sealed) return unexpected(GrantError::not_sealed);
    return std::move(*sealed);
}

Result<HandlingGrant, GrantError> open_handling_grant(ByteView sealed, const AgeSeed& identity,
                                                      const Author& me, const Id& org,
                                                      const Hash& case_id,
                                                      const HandlerKey& author_key) {
    if (sealed.size() != age::sealed_size(kGrantPlainBytes)) {
        return unexpected(GrantError::not_sealed);
    }
    const auto plain = age::open(sealed, identity);
    if (!plain) return unexpected(GrantError::not_sealed);
    const auto parts = detail::unpack_signed(kMagic, plain->expose());
    if (!parts) return unexpected(GrantError::malformed);
    auto grant = detail::decode_handling_grant(parts->statement);
    if (!grant) return unexpected(GrantError::malformed);
    const auto key = author_key(grant->from, grant->epoch);
    if (!key) return unexpected(GrantError::unknown_author);
    if (!verify_statement(kType, parts->statement, parts->signature, *key)) {
        return unexpected(GrantError::bad_signature);
    }
    const Hash mine = recipient_hash(hybrid_recipient(identity));
    if (grant->to != me || grant->to_recipient_hash != mine) {
        return unexpected(GrantError::not_for_me);
    }
    if (grant->org != org || grant->case_id != case_id) return unexpected(GrantError::wrong_case);
    return std::move(*grant);
}

}  // namespace tillit::crypto

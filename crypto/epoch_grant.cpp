#include "crypto/epoch_grant.h"

#include "crypto/json_writer.h"
#include "crypto/signed_plaintext.h"
#include "crypto/strict_json.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITg2";
constexpr std::string_view kType = "epoch_grant";

bool read_secrets(FieldReader& fields, EpochGrant& grant) {
    for (const nlohmann::json& item : fields.list("secrets", kMaxEpoch + 1)) {
        if (!item.is_string()) return false;
        detail::Wiped<ByteArray<32>> bytes;
        const auto read = array_from_base64url<32>(item.get_ref<const std::string&>());
        if (!read) return false;
        bytes.value = *read;
        grant.secrets.push_back(AgeSeed::copy_of(bytes.value));
    }
    return !grant.secrets.empty() && grant.first_epoch + grant.secrets.size() - 1 <= kMaxEpoch;
}

}  // namespace

std::string detail::encode_epoch_grant(const EpochGrant& grant) {
    std::string text;
    text.reserve(kGrantPlainBytes);  // never grows, so no copies are left behind
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text(kType);
    out.key("org").bytes(grant.org);
    out.key("case_id").bytes(grant.case_id);
    out.key("from").bytes(grant.from);
    out.key("to").bytes(grant.to);
    out.key("to_recipient_hash").bytes(grant.to_recipient_hash);
    out.key("first_epoch").integer(grant.first_epoch);
    out.key("secrets").begin_list();
    for (const AgeSeed& secret : grant.secrets) out.bytes(secret.expose());
    out.end_list();
    if (grant.share) out.key("identity_share").bytes(grant.share->expose());
    out.key("verify_key").bytes(grant.verify_key);
    out.end_object();
    return text;
}

std::optional<EpochGrant> detail::decode_epoch_grant(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != kType) return std::nullopt;
    EpochGrant grant;
    grant.org = read.array<16>("org");
    grant.case_id = read.array<32>("case_id");
    grant.from = read.array<16>("from");
    grant.to = read.array<16>("to");
    grant.to_recipient_hash = read.array<32>("to_recipient_hash");
    grant.first_epoch = read.integer("first_epoch", kMaxEpoch);
    const bool has_secrets = read_secrets(read, grant);
    if (object->contains("identity_share")) {
        detail::Wiped<ByteArray<32>> bytes;
        bytes.value = read.array<32>("identity_share");
        grant.share = IdentityShare::copy_of(bytes.value);
    }
    grant.verify_key = read.array<32>("verify_key");
    if (!read.done() || !has_secrets) return std::nullopt;
    return grant;
}

Result<Bytes, GrantError> seal_epoch_grant(const EpochGrant& grant, const SigningSeed& from,
                                           const HybridRecipient& to) {
    ensure(!grant.secrets.empty() && grant.first_epoch + grant.secrets.size() - 1 <= kMaxEpoch);
    std::string text = detail::encode_epoch_grant(grant);
    const detail::WipeString wipe_text(text);
    const Signature signature = sign_statement(kType, view(text), from);
    const SecretBytes plain = detail::pack_signed(kMagic, text, signature, kGrantPlainBytes);
    auto sealed = age::seal(plain.expose(), to);
    if (!sealed) return unexpected(GrantError::not_sealed);
    return std::move(*sealed);
}

Result<EpochGrant, GrantError> open_epoch_grant(ByteView sealed, const AgeSeed& identity,
                                                const Author& me, const Id& org,
                                                const Hash& case_id, const AuthorKey& author_key) {
    if (sealed.size() != age::sealed_size(kGrantPlainBytes)) {
        return unexpected(GrantError::not_sealed);
    }
    const auto plain = age::open(sealed, identity);
    if (!plain) return unexpected(GrantError::not_sealed);
    const auto parts = detail::unpack_signed(kMagic, plain->expose());
    if (!parts) return unexpected(GrantError::malformed);
    auto grant = detail::decode_epoch_grant(parts->statement);
    if (!grant) return unexpected(GrantError::malformed);
    const auto key = author_key(grant->from);
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

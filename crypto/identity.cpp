// The identity envelope (docs/protocol.md §4.4): opens only with both shares.
#include "crypto/grant.h"
#include "crypto/json_writer.h"
#include "crypto/signed_plaintext.h"
#include "crypto/strict_json.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITi1";

std::string encode_identity(const Identity& identity) {
    std::string text;
    text.reserve(kIdentityPlainBytes);
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("identity");
    out.key("org").bytes(identity.org);
    out.key("case_id").bytes(identity.case_id);
    out.key("given").boolean(identity.given);
    out.key("name").text(identity.name);
    out.key("contact").text(identity.contact);
    out.end_object();
    return text;
}

std::optional<Identity> decode_identity(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != "identity") return std::nullopt;
    Identity identity;
    identity.org = read.array<16>("org");
    identity.case_id = read.array<32>("case_id");
    identity.given = read.boolean("given");
    identity.name = read.text("name", kIdentityPlainBytes);
    identity.contact = read.text("contact", kIdentityPlainBytes);
    const bool is_empty = identity.name.empty() && identity.contact.empty();
    if (!read.done() || identity.given == is_empty) return std::nullopt;
    return identity;
}

}  // namespace

Result<Bytes, EnvelopeError> seal_identity(const Identity& identity, const SigningSeed& reporter,
                                           const IdentityShare& a, const IdentityShare& b) {
    std::string text = encode_identity(identity);
    const detail::WipeString wipe_text(text);
    if (detail::kFrameBytes + text.size() > kIdentityPlainBytes) {
        return unexpected(EnvelopeError::too_large);
    }
    if (!decode_identity(view(text))) return unexpected(EnvelopeError::malformed);
    const Signature signature = sign_statement("identity", view(text), reporter);
    const SecretBytes plain = detail::pack_signed(kMagic, text, signature, kIdentityPlainBytes);
    const AgeSeed seed = identity_envelope_seed(a, b);
    auto sealed = age::seal(plain.expose(), hybrid_recipient(seed));
    ensure(sealed.has_value());  // a recipient made from a seed is a key
    return std::move(*sealed);
}

Result<Identity, EnvelopeError> open_identity(ByteView sealed, const IdentityShare& a,
                                              const IdentityShare& b, const VerifyKey& reporter,
                                              const Id& org, const Hash& case_id) {
    if (sealed.size() != age::sealed_size(kIdentityPlainBytes)) {
        return unexpected(EnvelopeError::not_sealed);
    }
    const auto plain = age::open(sealed, identity_envelope_seed(a, b));
    if (!plain) return unexpected(EnvelopeError::not_sealed);
    const auto parts = detail::unpack_signed(kMagic, plain->expose());
    if (!parts) return unexpected(EnvelopeError::malformed);
    auto identity = decode_identity(parts->statement);
    if (!identity) return unexpected(EnvelopeError::malformed);
    if (!verify_statement("identity", parts->statement, parts->signature, reporter)) {
        return unexpected(EnvelopeError::bad_signature);
    }
    if (identity->org != org || identity->case_id != case_id) {
        return unexpected(EnvelopeError::wrong_case);
    }
    return std::move(*identity);
}

}  // namespace tillit::crypto

#include "crypto/envelope.h"

#include <algorithm>

#include "crypto/signed_plaintext.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITe1";

}  // namespace

std::optional<std::size_t> detail::envelope_bucket(std::size_t bytes) {
    const auto* found = std::ranges::lower_bound(kEnvelopeBuckets, bytes);
    if (found == std::end(kEnvelopeBuckets)) return std::nullopt;
    return *found;
}

Result<Bytes, EnvelopeError> seal_envelope(const Statement& statement, const SigningSeed& author,
                                           const HybridRecipient& case_recipient) {
    std::string text = encode_statement(statement);
    const detail::WipeString wipe_text(text);
    const auto size = detail::envelope_bucket(detail::kFrameBytes + text.size());
    if (!size) return unexpected(EnvelopeError::too_large);
    // Reading back costs little beside the key encapsulation, and nothing goes out that no reader
    // would accept: bad UTF-8, a NUL, a list too long, a state where none belongs.
    if (!decode_statement(view(text))) return unexpected(EnvelopeError::malformed);

    const Signature signature = sign_statement("envelope", view(text), author);
    const SecretBytes plain = detail::pack_signed(kMagic, text, signature, *size);
    auto sealed = age::seal(plain.expose(), case_recipient);
    if (!sealed) return unexpected(EnvelopeError::not_sealed);
    return std::move(*sealed);
}

Result<UnverifiedEnvelope, EnvelopeError> open_envelope(ByteView sealed,
                                                        const AgeSeed& case_identity) {
    if (sealed.size() > age::sealed_size(kEnvelopeBuckets[3])) {
        return unexpected(EnvelopeError::too_large);
    }
    auto plain = age::open(sealed, case_identity);
    if (!plain) return unexpected(EnvelopeError::not_sealed);
    const bool is_bucket = detail::envelope_bucket(plain->size()) == plain->size();
    const auto parts = detail::unpack_signed(kMagic, plain->expose());
    if (!is_bucket || !parts) return unexpected(EnvelopeError::malformed);
    auto statement = decode_statement(parts->statement);
    if (!statement) return unexpected(statement.error());

    UnverifiedEnvelope envelope;
    envelope.statement_ = std::move(*statement);
    envelope.plain_ = std::move(*plain);
    return envelope;
}

Result<Statement, EnvelopeError> UnverifiedEnvelope::verify(const VerifyKey& author, const Id& org,
                                                            const Hash& case_id,
                                                            std::uint64_t epoch) && {
    const auto parts = detail::unpack_signed(kMagic, plain_.expose());
    ensure(parts.has_value());  // open_envelope() unpacked the same bytes
    if (!verify_statement("envelope", parts->statement, parts->signature, author)) {
        return unexpected(EnvelopeError::bad_signature);
    }
    if (statement_.org != org || statement_.case_id != case_id || statement_.epoch != epoch) {
        return unexpected(EnvelopeError::wrong_case);
    }
    return std::move(statement_);
}

bool is_sealed_envelope(ByteView sealed) {
    const auto is_bucket = [&](std::size_t plain) {
        return sealed.size() == age::sealed_size(plain);
    };
    return std::any_of(std::begin(kEnvelopeBuckets), std::end(kEnvelopeBuckets), is_bucket) &&
           age::is_strict_hybrid_file(sealed);
}

Hash envelope_hash(ByteView sealed) { return labelled_hash("tillit/v1/envelope", {sealed}); }

}  // namespace tillit::crypto

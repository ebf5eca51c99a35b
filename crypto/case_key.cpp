#include "crypto/case_key.h"

#include "crypto/code_text.h"

namespace tillit::crypto {

SecretBytes case_key_words(const CaseKey& key) { return detail::code_words(key.expose()); }
SecretBytes case_key_numbers(const CaseKey& key) { return detail::code_numbers(key.expose()); }

Result<CaseKey, CaseKeyError> parse_case_key(ByteView text) {
    CaseKey key = CaseKey::zeroed();
    const auto error = detail::parse_code(text, key.mutable_bytes());
    if (error) return unexpected(*error);
    return key;
}

LookupToken lookup_token(const CaseKey& key, const Id& org_id) {
    return derive<LookupToken>(key.expose(), org_id, "tillit/v1/lookup");
}
AgeSeed reporter_identity(const CaseKey& key, const Id& org_id) {
    return derive<AgeSeed>(key.expose(), org_id, "tillit/v1/reporter-identity");
}
AgeSeed case_identity(const CaseKey& key, const Id& org_id) {
    return derive<AgeSeed>(key.expose(), org_id, "tillit/v1/case-identity");
}
IdentityShare identity_share_a(const CaseKey& key, const Id& org_id) {
    return derive<IdentityShare>(key.expose(), org_id, "tillit/v1/identity-share-a");
}
IdentityShare identity_share_b(const CaseKey& key, const Id& org_id) {
    return derive<IdentityShare>(key.expose(), org_id, "tillit/v1/identity-share-b");
}
SigningSeed reporter_signing_seed(const CaseKey& key, const Id& org_id) {
    return derive<SigningSeed>(key.expose(), org_id, "tillit/v1/reporter-signature");
}

Hash lookup_hash(const LookupToken& token) {
    return labelled_hash("tillit/v1/lookup-hash", {token.expose()});
}

AgeSeed identity_envelope_seed(const IdentityShare& a, const IdentityShare& b) {
    AgeSeed seed = AgeSeed::zeroed();
    const auto out = seed.mutable_bytes();
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<std::uint8_t>(a.expose()[i] ^ b.expose()[i]);
    }
    return seed;
}

Hash case_id(const Id& org_id, const HybridRecipient& case_recipient,
             const HybridRecipient& reporter_recipient, const VerifyKey& reporter) {
    return labelled_hash("tillit/v1/case-id",
                         {org_id, case_recipient, reporter_recipient, reporter});
}

std::string short_case_id(const Hash& case_id) {
    constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::uint64_t first_40_bits = 0;
    for (std::size_t i = 0; i < 5; ++i) first_40_bits = first_40_bits << 8 | case_id[i];
    std::string text;
    for (unsigned shift = 40; shift != 0;) {
        shift -= 5;
        text += kAlphabet[first_40_bits >> shift & 31];
    }
    return text;
}

std::string fingerprint_words(const Hash& hash, std::size_t words) {
    ensure(words * 11 <= hash.size() * 8);
    std::string text;
    for (std::size_t i = 0; i < words; ++i) {
        if (i != 0) text += ' ';
        text += kWords[detail::bits_11(hash, 11 * i)];
    }
    return text;
}

SecretBytes generate_passphrase() {
    constexpr int kPassphraseWords = 7;
    SecretBytes text;
    for (int i = 0; i < kPassphraseWords; ++i) {
        if (i != 0) text.push_back(' ');
        text.append(kWords[random_below(kWordCount)]);
    }
    return text;
}

}  // namespace tillit::crypto

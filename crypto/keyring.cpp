#include "crypto/keyring.h"

#include "crypto/code_text.h"

namespace tillit::crypto {
namespace {

constexpr std::size_t kKeyBytes = AgeSeed::kSize + SigningSeed::kSize;
constexpr std::size_t kNonceBytes = 24;

Bytes associated_data(const Id& org, const Id& person, std::uint32_t version) {
    constexpr std::string_view kLabel = "tillit/v1/keyring";
    Bytes data(kLabel.begin(), kLabel.end());
    data.push_back(0);
    data.insert(data.end(), org.begin(), org.end());
    data.insert(data.end(), person.begin(), person.end());
    const auto number = be32(version);
    data.insert(data.end(), number.begin(), number.end());
    return data;
}

}  // namespace

SecretBytes read_passphrase(const SecretBytes& passphrase) {
    SecretBytes words;
    bool is_between = false;
    for (std::uint8_t byte : passphrase.expose()) {
        if (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
            is_between = !words.empty();
            continue;
        }
        if (is_between) words.push_back(' ');
        is_between = false;
        if (byte >= 'A' && byte <= 'Z') byte = static_cast<std::uint8_t>(byte + ('a' - 'A'));
        words.push_back(byte);
    }
    return words;
}

LoginKeys login_keys(const SecretBytes& passphrase, const Id& org, std::string_view login) {
    const Hash salt = labelled_hash("tillit/v1/login-salt", {org, view(login)});
    const SymmetricKey stretched =
        argon2id(read_passphrase(passphrase), std::span<const std::uint8_t, 32>(salt).first<16>());
    return {.auth = derive<SymmetricKey>(stretched.expose(), org, "tillit/v1/auth-key"),
            .wrap = derive<SymmetricKey>(stretched.expose(), org, "tillit/v1/wrap-key")};
}

SecretBytes recovery_code_words(const RecoveryCode& code) {
    return detail::code_words(code.expose());
}
SecretBytes recovery_code_numbers(const RecoveryCode& code) {
    return detail::code_numbers(code.expose());
}

Result<RecoveryCode, CaseKeyError> parse_recovery_code(ByteView text) {
    RecoveryCode code = RecoveryCode::zeroed();
    const auto error = detail::parse_code(text, code.mutable_bytes());
    if (error) return unexpected(*error);
    return code;
}

LoginKeys recovery_keys(const RecoveryCode& code, const Id& org) {
    return {.auth = derive<SymmetricKey>(code.expose(), org, "tillit/v1/recovery-auth"),
            .wrap = derive<SymmetricKey>(code.expose(), org, "tillit/v1/recovery-wrap")};
}

Hash auth_hash(const SymmetricKey& auth) {
    return labelled_hash("tillit/v1/auth-hash", {auth.expose()});
}

Bytes wrap_keyring(const Keyring& keyring, const SymmetricKey& wrap, const Id& org,
                   const Id& person, std::uint32_t version) {
    SecretBytes plain;
    plain.append(keyring.identity.expose());
    plain.append(keyring.signing.expose());
    plain.append(keyring.heads.expose());
    return xchacha_seal(plain.expose(), associated_data(org, person, version), wrap);
}

std::optional<Keyring> unwrap_keyring(ByteView wrapped, const SymmetricKey& wrap, const Id& org,
                                      const Id& person, std::uint32_t version) {
    if (wrapped.size() < kNonceBytes + kKeyBytes + kTagBytes) return std::nullopt;
    const auto plain = xchacha_open(wrapped, associated_data(org, person, version), wrap);
    if (!plain) return std::nullopt;
    const ByteView bytes = plain->expose();
    return Keyring{.identity = AgeSeed::copy_of(bytes.first<32>()),
                   .signing = SigningSeed::copy_of(bytes.subspan<32, 32>()),
                   .heads = SecretBytes(bytes.subspan(kKeyBytes))};
}

}  // namespace tillit::crypto

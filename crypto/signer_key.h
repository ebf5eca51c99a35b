/// A signer's key as a file (protocol §3.5): age v1 under a generated passphrase, so that any age
/// program opens it. It never touches a browser or the server.
#pragma once

#include <string>

#include "crypto/directory.h"

namespace tillit::crypto {

struct SignerKey {
    std::string name;
    std::string office;
    bool is_administrator = false;
    SigningSeed seed = SigningSeed::zeroed();
};
enum class SignerKeyError {
    not_a_key_file,    // no age file under a passphrase, or one that holds something else
    wrong_passphrase,  // or changed
};
inline constexpr std::size_t kMaxSignerKeyBytes = 8192;

/// Binary age file with one scrypt stanza of N = 2^16: the passphrase is generated (§7.1) and has
/// 77 bits by itself. Takes 64 MiB and some 0.2 s, opening too.
[[nodiscard]] Bytes seal_signer_key(const SignerKey& key, const SecretBytes& passphrase);
[[nodiscard]] Result<SignerKey, SignerKeyError> open_signer_key(ByteView file,
                                                                const SecretBytes& passphrase);

/// H("tillit/v1/signer", key): eight words that the signer reads out when somebody is to sign that
/// this key is hers.
[[nodiscard]] Hash signer_fingerprint(const VerifyKey& key);

/// What may be handed round: the signer without the seed, strict JSON and a line feed.
[[nodiscard]] std::string encode_signer_card(const Signer& signer);
[[nodiscard]] std::optional<Signer> parse_signer_card(std::string_view text);

}  // namespace tillit::crypto

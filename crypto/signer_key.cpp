#include "crypto/signer_key.h"

#include <algorithm>

#include "crypto/age/reader.h"
#include "crypto/json_writer.h"
#include "crypto/keyring.h"
#include "crypto/statement_parts.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr unsigned kLog2N = 16;

std::string encode(const SignerKey& key) {
    std::string text;
    text.reserve(1024);  // never grows, so that WipeString sees all of it
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("signer");
    out.key("name").text(key.name);
    out.key("office").text(key.office);
    out.key("administrator").boolean(key.is_administrator);
    out.key("seed").bytes(key.seed.expose());
    out.end_object();
    return text;
}

std::optional<SignerKey> decode(ByteView text) {
    const auto json = parse_strict_json(text);
    if (!json) return std::nullopt;
    FieldReader read(*json);
    const bool is_signer = read.text("t", 16) == "signer";
    SignerKey key;
    key.name = read.text("name", kMaxPersonNameBytes);
    key.office = read.text("office", kMaxPersonNameBytes);
    key.is_administrator = read.boolean("administrator");
    key.seed = SigningSeed::copy_of(read.array<32>("seed"));
    if (!read.done() || !is_signer || !detail::is_person_name(key.name) ||
        !detail::is_person_name(key.office)) {
        return std::nullopt;
    }
    return key;
}

}  // namespace

Bytes seal_signer_key(const SignerKey& key, const SecretBytes& passphrase) {
    age::FileKey file_key;
    detail::fill_random(file_key.mutable_bytes());
    ByteArray<age::kNonceBytes> nonce{};
    detail::fill_random(nonce);
    std::vector<age::Stanza> stanzas;
    stanzas.push_back(age::wrap_scrypt(file_key, read_passphrase(passphrase), kLog2N));
    const std::string header = age::encode_header(stanzas, file_key);
    Bytes file(header.begin(), header.end());
    file.insert(file.end(), nonce.begin(), nonce.end());
    std::string text = encode(key);
    const detail::WipeString wiped(text);
    age::ChunkSealer chunks(file_key, nonce, [&file](ByteView part) {
        file.insert(file.end(), part.begin(), part.end());
    });
    chunks.write(view(text));
    chunks.finish();
    return file;
}

Result<SignerKey, SignerKeyError> open_signer_key(ByteView file, const SecretBytes& passphrase) {
    const auto header = age::parse_header(file, kMaxSignerKeyBytes);
    const bool is_under_passphrase =
        header && header->stanzas.size() == 1 && header->stanzas.front().args.front() == "scrypt";
    if (!is_under_passphrase || file.size() > kMaxSignerKeyBytes) {
        return unexpected(SignerKeyError::not_a_key_file);
    }
    std::vector<age::Identity> identities;
    identities.emplace_back(age::Passphrase{.text = read_passphrase(passphrase), .max_log2_n = 20});
    SecretBytes plain;
    age::Reader reader(std::move(identities), [&plain](ByteView part) { plain.append(part); });
    if (!reader.write(file) || !reader.finish()) {
        return unexpected(SignerKeyError::wrong_passphrase);
    }
    auto key = decode(plain.expose());
    if (!key) return unexpected(SignerKeyError::not_a_key_file);
    return std::move(*key);
}

Hash signer_fingerprint(const VerifyKey& key) { return labelled_hash("tillit/v1/signer", {key}); }

std::string encode_signer_card(const Signer& signer) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("signer_card");
    out.key("name").text(signer.name);
    out.key("office").text(signer.office);
    out.key("key").bytes(signer.key);
    out.key("administrator").boolean(signer.is_administrator);
    out.end_object();
    return text + "\n";
}

std::optional<Signer> parse_signer_card(std::string_view text) {
    const auto json = parse_strict_json(view(text));
    if (!json) return std::nullopt;
    FieldReader read(*json);
    const bool is_card = read.text("t", 16) == "signer_card";
    Signer signer{.name = read.text("name", kMaxPersonNameBytes),
                  .office = read.text("office", kMaxPersonNameBytes),
                  .key = read.array<32>("key"),
                  .is_administrator = read.boolean("administrator")};
    if (!read.done() || !is_card || !detail::is_person_name(signer.name) ||
        !detail::is_person_name(signer.office)) {
        return std::nullopt;
    }
    return signer;
}

}  // namespace tillit::crypto

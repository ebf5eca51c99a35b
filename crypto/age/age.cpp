#include "crypto/age/age.h"

#include <algorithm>

#include "crypto/age/detail.h"
#include "crypto/age/reader.h"

namespace tillit::crypto::age {

std::size_t sealed_size(std::size_t plain_bytes) noexcept {
    return kHybridHeaderBytes + kNonceBytes + sealed_payload_size(plain_bytes);
}

// --- sealing ---

namespace detail {

SealRandomness::SealRandomness() {
    fill_random(file_key.mutable_bytes());
    fill_random(encapsulation.mutable_bytes());
    fill_random(nonce);
}

Result<Bytes, Error> seal_with(const SealRandomness& randomness, ByteView plain,
                               const HybridRecipient& to) {
    auto stanza = wrap_hybrid(randomness.file_key, to, randomness.encapsulation);
    if (!stanza) return unexpected(Error::bad_header);
    std::vector<Stanza> stanzas;
    stanzas.push_back(std::move(*stanza));
    const std::string header = encode_header(stanzas, randomness.file_key);
    Bytes out;
    out.reserve(sealed_size(plain.size()));
    out.insert(out.end(), header.begin(), header.end());
    out.insert(out.end(), randomness.nonce.begin(), randomness.nonce.end());
    std::size_t at = out.size();
    out.resize(sealed_size(plain.size()));
    const PayloadKey key(randomness.file_key, randomness.nonce);
    std::uint64_t chunk = 0;
    do {
        const ByteView part = plain.first(std::min(plain.size(), kChunkBytes));
        plain = plain.subspan(part.size());
        key.seal(std::span(out).subspan(at, part.size() + kTagBytes), part, chunk++, plain.empty());
        at += part.size() + kTagBytes;
    } while (!plain.empty());
    return out;
}

}  // namespace detail

Result<Bytes, Error> seal(ByteView plain, const HybridRecipient& to) {
    return detail::seal_with(detail::SealRandomness(), plain, to);
}

struct Sealer::State {
    State(const detail::SealRandomness& randomness, const HybridRecipient& to, Sink to_sink)
        : sink(std::move(to_sink)),
          chunks(randomness.file_key, randomness.nonce, [this](ByteView part) { sink(part); }) {
        auto stanza = wrap_hybrid(randomness.file_key, to, randomness.encapsulation);
        ensure(stanza.has_value());
        std::vector<Stanza> stanzas;
        stanzas.push_back(std::move(*stanza));
        sink(view(encode_header(stanzas, randomness.file_key)));
        sink(randomness.nonce);
    }
    Sink sink;
    ChunkSealer chunks;
};

Sealer::Sealer(const HybridRecipient& to, Sink sink)
    : state_(std::make_unique<State>(detail::SealRandomness(), to, std::move(sink))) {}
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer::~Sealer() = default;
void Sealer::write(ByteView plain) { state_->chunks.write(plain); }
void Sealer::finish() { state_->chunks.finish(); }

// --- opening ---

namespace {
std::vector<Identity> only(AgeSeed identity) {
    std::vector<Identity> out;
    out.emplace_back(std::move(identity));
    return out;
}
}  // namespace

struct Opener::State {
    State(AgeSeed identity, Sink sink)
        : reader(only(std::move(identity)), std::move(sink), Profile::strict_hybrid) {}
    Reader reader;
};

Opener::Opener(AgeSeed identity, Sink sink)
    : state_(std::make_unique<State>(std::move(identity), std::move(sink))) {}
Opener::Opener(Opener&&) noexcept = default;
Opener::~Opener() = default;
Result<std::monostate, Error> Opener::write(ByteView sealed) {
    return state_->reader.write(sealed);
}
Result<std::monostate, Error> Opener::finish() { return state_->reader.finish(); }

namespace {

Result<SecretBytes, Error> open_payload(const PayloadKey& key, ByteView payload) {
    SecretBytes plain;
    // A size that no payload has: cut, or grown at the end. Which, only the chunks can say.
    plain.resize(payload.size());
    std::size_t at = 0;
    std::uint64_t chunk = 0;
    for (; payload.size() > kSealedChunkBytes; payload = payload.subspan(kSealedChunkBytes)) {
        const auto out = plain.mutable_bytes().subspan(at, kChunkBytes);
        if (!key.open(out, payload.first(kSealedChunkBytes), chunk++, false)) {
            return unexpected(Error::not_authentic);
        }
        at += kChunkBytes;
    }
    const std::size_t rest = payload.size() < kTagBytes ? 0 : payload.size() - kTagBytes;
    if (const auto error = key.open_last(plain.mutable_bytes().subspan(at, rest), payload, chunk)) {
        return unexpected(*error);
    }
    plain.resize(at + rest);
    return plain;
}

}  // namespace

Result<SecretBytes, Error> open(ByteView sealed, const AgeSeed& identity) {
    const auto header = parse_header(sealed, kHybridHeaderBytes);
    if (!header || !is_strict_hybrid(*header)) return unexpected(Error::bad_header);
    FileKey key;
    const auto unwrapped = unwrap_hybrid(header->stanzas, identity, key);
    if (!unwrapped) return unexpected(unwrapped.error());
    if (!*unwrapped) return unexpected(Error::no_match);
    if (!has_valid_mac(*header, key)) return unexpected(Error::bad_mac);
    sealed = sealed.subspan(header->text.size());
    if (sealed.size() < kNonceBytes) return unexpected(Error::bad_header);
    return open_payload(PayloadKey(key, sealed.first<kNonceBytes>()), sealed.subspan(kNonceBytes));
}

// --- what a server without keys can check ---

bool is_strict_hybrid_header(ByteView first_bytes) {
    const auto header = parse_header(first_bytes, kHybridHeaderBytes);
    return header && is_strict_hybrid(*header);
}

bool is_possible_sealed_size(std::uint64_t sealed_bytes) noexcept {
    constexpr std::uint64_t before = kHybridHeaderBytes + kNonceBytes;
    return sealed_bytes > before && plain_payload_size(sealed_bytes - before).has_value();
}

bool is_strict_hybrid_file(ByteView sealed) {
    return is_possible_sealed_size(sealed.size()) && is_strict_hybrid_header(sealed);
}

}  // namespace tillit::crypto::age

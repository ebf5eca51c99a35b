#include "crypto/age/stream.h"

#include <algorithm>

namespace tillit::crypto::age {

namespace {

// Eleven bytes of big-endian chunk number, one byte that marks the last chunk.
ByteArray<12> chunk_nonce(std::uint64_t chunk, bool is_last) {
    ByteArray<12> nonce{};
    for (std::size_t i = 0; i < 8; ++i) {
        nonce[10 - i] = static_cast<std::uint8_t>(chunk >> (8 * i));
    }
    nonce[11] = is_last ? 1 : 0;
    return nonce;
}

}  // namespace

PayloadKey::PayloadKey(const FileKey& key, std::span<const std::uint8_t, kNonceBytes> nonce) {
    hkdf_sha256(key.expose(), nonce, view("payload"), key_.mutable_bytes());
}

void PayloadKey::seal(std::span<std::uint8_t> out, ByteView plain, std::uint64_t chunk,
                      bool is_last) const {
    chacha_seal(out, plain, chunk_nonce(chunk, is_last), key_);
}

bool PayloadKey::open(std::span<std::uint8_t> out, ByteView sealed, std::uint64_t chunk,
                      bool is_last) const {
    return chacha_open(out, sealed, chunk_nonce(chunk, is_last), key_);
}

std::optional<Error> PayloadKey::open_last(std::span<std::uint8_t> out, ByteView sealed,
                                           std::uint64_t chunk) const {
    if (sealed.empty()) return Error::truncated;
    if (sealed.size() < kTagBytes) return Error::not_authentic;
    if (sealed.size() == kTagBytes && chunk > 0) return Error::not_authentic;
    if (open(out, sealed, chunk, true)) return std::nullopt;
    // A whole chunk that is genuine but not marked as the last: the rest was cut off. Only the last
    // may be short, so a short one without the mark is none of ours.
    const bool is_inner = sealed.size() == kSealedChunkBytes && open(out, sealed, chunk, false);
    return is_inner ? Error::truncated : Error::not_authentic;
}

std::uint64_t sealed_payload_size(std::uint64_t plain_bytes) noexcept {
    const std::uint64_t chunks =
        plain_bytes == 0 ? 1 : (plain_bytes - 1) / kChunkBytes + 1;  // rounds up, cannot overflow
    return plain_bytes + chunks * kTagBytes;
}

std::optional<std::uint64_t> plain_payload_size(std::uint64_t sealed_bytes) noexcept {
    const std::uint64_t whole = sealed_bytes / kSealedChunkBytes;
    const std::uint64_t rest = sealed_bytes % kSealedChunkBytes;
    if (rest == 0) return whole == 0 ? std::nullopt : std::optional(whole * kChunkBytes);
    if (rest < kTagBytes || (rest == kTagBytes && whole > 0)) return std::nullopt;
    return whole * kChunkBytes + rest - kTagBytes;
}

// --- streams ---

ChunkSealer::ChunkSealer(const FileKey& key, std::span<const std::uint8_t, kNonceBytes> nonce,
                         Sink sink)
    : key_(key, nonce), sink_(std::move(sink)) {}

void ChunkSealer::write(ByteView plain) {
    ensure(!finished_);
    while (!plain.empty()) {
        if (waiting_.size() == kChunkBytes) {
            seal(waiting_.expose(), false);
            waiting_.clear();
        }
        if (waiting_.empty() && plain.size() > kChunkBytes) {  // no need to copy whole chunks
            seal(plain.first(kChunkBytes), false);
            plain = plain.subspan(kChunkBytes);
            continue;
        }
        const std::size_t part = std::min(plain.size(), kChunkBytes - waiting_.size());
        waiting_.append(plain.first(part));
        plain = plain.subspan(part);
    }
}

void ChunkSealer::finish() {
    ensure(!finished_);
    finished_ = true;
    seal(waiting_.expose(), true);
    waiting_ = SecretBytes();
}

void ChunkSealer::seal(ByteView plain, bool is_last) {
    out_.resize(plain.size() + kTagBytes);
    key_.seal(out_, plain, chunk_++, is_last);
    sink_(out_);
}

ChunkOpener::ChunkOpener(const FileKey& key, std::span<const std::uint8_t, kNonceBytes> nonce)
    : key_(key, nonce) {}

Result<std::monostate, Error> ChunkOpener::write(ByteView sealed, const Sink& sink) {
    while (!sealed.empty()) {
        if (waiting_.size() == kSealedChunkBytes) {
            if (auto r = open(waiting_, sink); !r) return r;
            waiting_.clear();
        }
        if (waiting_.empty() && sealed.size() > kSealedChunkBytes) {
            if (auto r = open(sealed.first(kSealedChunkBytes), sink); !r) return r;
            sealed = sealed.subspan(kSealedChunkBytes);
            continue;
        }
        const std::size_t part = std::min(sealed.size(), kSealedChunkBytes - waiting_.size());
        waiting_.insert(waiting_.end(), sealed.begin(),
                        sealed.begin() + static_cast<std::ptrdiff_t>(part));
        sealed = sealed.subspan(part);
    }
    return std::monostate{};
}

Result<std::monostate, Error> ChunkOpener::open(ByteView sealed, const Sink& sink) {
    plain_.resize(kChunkBytes);
    const bool is_inner = key_.open(plain_.mutable_bytes(), sealed, chunk_, false);
    // Bytes after a genuine last chunk: that chunk is handed on as the kit wants it, the file
    // fails.
    if (!is_inner && !key_.open(plain_.mutable_bytes(), sealed, chunk_, true)) {
        return unexpected(Error::not_authentic);
    }
    ++chunk_;
    sink(plain_.expose());
    if (!is_inner) return unexpected(Error::not_authentic);
    return std::monostate{};
}

Result<std::monostate, Error> ChunkOpener::finish(const Sink& sink) {
    plain_.resize(waiting_.size() < kTagBytes ? 0 : waiting_.size() - kTagBytes);
    const auto error = key_.open_last(plain_.mutable_bytes(), waiting_, chunk_);
    // A truncated file ends with a genuine chunk, which is handed on like those before it.
    const bool is_genuine = !error || *error == Error::truncated;
    if (is_genuine && !plain_.empty()) sink(plain_.expose());
    if (error) return unexpected(*error);
    return std::monostate{};
}

}  // namespace tillit::crypto::age

/// The payload of an age file (C2SP age.md "Payload"): 64 KiB chunks, each sealed under the payload
/// key with its number and a mark on the last.
#pragma once

#include "crypto/age/header.h"

namespace tillit::crypto::age {

inline constexpr std::size_t kNonceBytes = 16;
inline constexpr std::size_t kSealedChunkBytes = kChunkBytes + kTagBytes;

/// Seals or opens single chunks; the whole-file functions and the streams share it.
class PayloadKey {
  public:
    PayloadKey(const FileKey& key, std::span<const std::uint8_t, kNonceBytes> nonce);
    void seal(std::span<std::uint8_t> out, ByteView plain, std::uint64_t chunk, bool is_last) const;
    [[nodiscard]] bool open(std::span<std::uint8_t> out, ByteView sealed, std::uint64_t chunk,
                            bool is_last) const;
    /// Opens what is left at the end of a file as its last chunk; the empty chunk only as chunk 0.
    /// truncated: nothing is left, or (then `out` is filled) a genuine chunk that is not the last.
    [[nodiscard]] std::optional<Error> open_last(std::span<std::uint8_t> out, ByteView sealed,
                                                 std::uint64_t chunk) const;

  private:
    WipedArray<32> key_;
};

/// Payload bytes after the nonce, for `plain_bytes` of plaintext.
[[nodiscard]] std::uint64_t sealed_payload_size(std::uint64_t plain_bytes) noexcept;
/// The other way; nothing if no payload has this size.
[[nodiscard]] std::optional<std::uint64_t> plain_payload_size(std::uint64_t sealed_bytes) noexcept;

class ChunkSealer {
  public:
    ChunkSealer(const FileKey& key, std::span<const std::uint8_t, kNonceBytes> nonce, Sink sink);
    void write(ByteView plain);
    void finish();

  private:
    void seal(ByteView plain, bool is_last);
    PayloadKey key_;
    Sink sink_;
    SecretBytes waiting_;  // less than or exactly a chunk: whether it is the last is not known yet
    Bytes out_;
    std::uint64_t chunk_ = 0;
    bool finished_ = false;
};

class ChunkOpener {
  public:
    ChunkOpener(const FileKey& key, std::span<const std::uint8_t, kNonceBytes> nonce);
    [[nodiscard]] Result<std::monostate, Error> write(ByteView sealed, const Sink& sink);
    [[nodiscard]] Result<std::monostate, Error> finish(const Sink& sink);

  private:
    [[nodiscard]] Result<std::monostate, Error> open(ByteView sealed, const Sink& sink);
    PayloadKey key_;
    Bytes waiting_;
    SecretBytes plain_;
    std::uint64_t chunk_ = 0;
};

}  // namespace tillit::crypto::age

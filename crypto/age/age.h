/// age v1 files (C2SP age.md) on libsodium: the sealing format of every Tillit object.
///
/// Tillit seals to `mlkem768x25519` recipients only; X25519, scrypt and armor are here so that the
/// independent test kit can judge the whole and files from the outside can be read.
#pragma once

#include <functional>
#include <memory>
#include <variant>
#include <vector>

#include "crypto/primitives.h"

namespace tillit::crypto::age {

enum class Error {
    bad_header,     // not an age header, or one outside the profile
    bad_mac,        // header MAC wrong
    no_match,       // none of the identities opens it
    not_authentic,  // a payload chunk fails
    truncated,      // the payload ends without a final chunk
    bad_armor,
    too_large,
};

using Sink = std::function<void(ByteView)>;

inline constexpr std::size_t kChunkBytes = std::size_t{64} * 1024;

/// Bytes of the sealed file for one hybrid stanza and `plain_bytes` of plaintext.
[[nodiscard]] std::size_t sealed_size(std::size_t plain_bytes) noexcept;

/// Seals a stream to one hybrid recipient. Memory: one chunk. Output goes to `sink` as it is ready.
/// `to` must be an X-Wing key (ensure); check one from outside with is_hybrid_recipient().
/// write() any number of times, finish() exactly once; a stream dropped unfinished is truncated.
class Sealer {
  public:
    Sealer(const HybridRecipient& to, Sink sink);
    Sealer(Sealer&&) noexcept;
    ~Sealer();
    void write(ByteView plain);
    void finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Opens a stream. Plaintext is handed on chunk by chunk, each authenticated; the whole is
/// authentic only when finish() returns no error. Strict profile: exactly one mlkem768x25519
/// stanza.
class Opener {
  public:
    Opener(AgeSeed identity, Sink sink);
    Opener(Opener&&) noexcept;
    ~Opener();
    [[nodiscard]] Result<std::monostate, Error> write(ByteView sealed);
    [[nodiscard]] Result<std::monostate, Error> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Whole files in memory, for envelopes and grants. Throws nothing but std::bad_alloc; a recipient
/// that is no key is bad_header.
[[nodiscard]] Result<Bytes, Error> seal(ByteView plain, const HybridRecipient& to);
[[nodiscard]] Result<SecretBytes, Error> open(ByteView sealed, const AgeSeed& identity);

/// True if the bytes begin with a header of exactly one mlkem768x25519 stanza (what a server that
/// holds no key can check) and the length is one the format can have.
[[nodiscard]] bool is_strict_hybrid_file(ByteView sealed);
/// The two halves of it, for an upload that is not held in memory: the first kHybridHeaderBytes or
/// more, and the length in all.
inline constexpr std::size_t kHybridHeaderBytes = 1627;
[[nodiscard]] bool is_strict_hybrid_header(ByteView first_bytes);
[[nodiscard]] bool is_possible_sealed_size(std::uint64_t sealed_bytes) noexcept;

}  // namespace tillit::crypto::age

/// Secrets in guarded memory: locked best effort, canaries and guard pages, wiped when freed.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

#include "crypto/bytes.h"

namespace tillit::crypto {

struct SecretFree {
    void operator()(std::uint8_t* p) const noexcept;
};

namespace detail {
[[nodiscard]] std::unique_ptr<std::uint8_t[], SecretFree> guarded(std::size_t size);
void fill_random(std::span<std::uint8_t> out) noexcept;
[[nodiscard]] bool equal(ByteView a, ByteView b) noexcept;  // constant time in the contents
void wipe(std::span<std::uint8_t> bytes) noexcept;
}  // namespace detail

/// N secret bytes in guarded memory. Move-only; no operator<<, no JSON, no hash. A moved-from
/// secret is empty and may only be destroyed or assigned to. `expose()` is the audited way in.
/// Cost: a slot of 64 bytes (see secret_memory.h), well under a microsecond.
template <class Tag, std::size_t N>
class Secret {
  public:
    static constexpr std::size_t kSize = N;
    static Secret random() {
        Secret s;
        detail::fill_random({s.bytes_.get(), N});
        return s;
    }
    static Secret copy_of(std::span<const std::uint8_t, N> bytes) {
        Secret s;
        for (std::size_t i = 0; i < N; ++i) s.bytes_[i] = bytes[i];
        return s;
    }
    /// Zero bytes, to be filled through `mutable_bytes()`.
    static Secret zeroed() { return Secret(); }

    Secret(Secret&&) noexcept = default;
    Secret& operator=(Secret&&) noexcept = default;
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() = default;

    [[nodiscard]] std::span<const std::uint8_t, N> expose() const noexcept {
        return std::span<const std::uint8_t, N>(bytes_.get(), N);
    }
    [[nodiscard]] std::span<std::uint8_t, N> mutable_bytes() noexcept {
        return std::span<std::uint8_t, N>(bytes_.get(), N);
    }
    [[nodiscard]] Secret clone() const { return copy_of(expose()); }
    friend bool operator==(const Secret& a, const Secret& b) noexcept {
        return detail::equal(a.expose(), b.expose());
    }

  private:
    Secret() : bytes_(detail::guarded(N)) {}
    std::unique_ptr<std::uint8_t[], SecretFree> bytes_;
};

/// N bytes in place (stack, member), wiped at the end of scope: for values that live for one call,
/// where a place in guarded memory would only be given back again. Not movable.
template <std::size_t N>
class WipedArray {
  public:
    WipedArray() noexcept = default;
    WipedArray(const WipedArray&) = delete;
    WipedArray& operator=(const WipedArray&) = delete;
    ~WipedArray() { detail::wipe(bytes_); }

    [[nodiscard]] std::span<const std::uint8_t, N> expose() const noexcept { return bytes_; }
    [[nodiscard]] std::span<std::uint8_t, N> mutable_bytes() noexcept { return bytes_; }

  private:
    std::array<std::uint8_t, N> bytes_{};
};

/// Secret bytes of run-time length (plaintext, bodies, passphrases). Grows by doubling into fresh
/// memory and wipes what it leaves; never a std::string. Plain heap, wiped on free, not guarded or
/// locked: plaintext is large and comes by the hundred per second, locked pages are few
/// (RLIMIT_MEMLOCK), and the system is set up without swap to plain disk and without core dumps.
class SecretBytes {
  public:
    SecretBytes() noexcept = default;
    explicit SecretBytes(ByteView bytes) { append(bytes); }
    explicit SecretBytes(std::string_view text) { append(view(text)); }
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    ~SecretBytes();

    void append(ByteView bytes);
    void append(std::string_view text) { append(view(text)); }
    void push_back(std::uint8_t byte) { append(ByteView(&byte, 1)); }
    void resize(std::size_t size);  // new bytes are zero; cut bytes are wiped
    void clear() noexcept;          // wipes

    [[nodiscard]] ByteView expose() const noexcept { return {data_, size_}; }
    [[nodiscard]] std::string_view expose_text() const noexcept {
        return {reinterpret_cast<const char*>(data_), size_};
    }
    [[nodiscard]] std::span<std::uint8_t> mutable_bytes() noexcept { return {data_, size_}; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    friend bool operator==(const SecretBytes& a, const SecretBytes& b) noexcept {
        return detail::equal(a.expose(), b.expose());
    }

  private:
    void reserve(std::size_t capacity);
    void release() noexcept;
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

using CaseKey = Secret<struct CaseKeyTag, 16>;          // protocol §2
using LookupToken = Secret<struct LookupTokenTag, 32>;  // finds a case; the server stores its hash
using AgeSeed = Secret<struct AgeSeedTag, 32>;          // X-Wing seed: an age identity of anybody
using SigningSeed = Secret<struct SigningSeedTag, 32>;  // Ed25519 seed
using IdentityShare = Secret<struct IdentityShareTag, 32>;  // half of the identity envelope's seed
using SymmetricKey = Secret<struct SymmetricKeyTag, 32>;    // wrap keys, auth keys, file keys

static_assert(!std::is_copy_constructible_v<CaseKey>);

}  // namespace tillit::crypto

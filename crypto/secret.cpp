#include "crypto/secret.h"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "crypto/result.h"
#include "crypto/secret_memory.h"

namespace tillit::crypto {

void SecretFree::operator()(std::uint8_t* p) const noexcept { detail::give_back_secret_memory(p); }

namespace detail {

std::unique_ptr<std::uint8_t[], SecretFree> guarded(std::size_t size) {
    return std::unique_ptr<std::uint8_t[], SecretFree>(take_secret_memory(size));
}

bool equal(ByteView a, ByteView b) noexcept {
    if (a.size() != b.size()) return false;
    return a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<std::uint8_t> bytes) noexcept {
    if (!bytes.empty()) sodium_memzero(bytes.data(), bytes.size());
}

}  // namespace detail

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    if (this == &other) return *this;
    release();
    data_ = std::exchange(other.data_, nullptr);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
}

SecretBytes::~SecretBytes() { release(); }

void SecretBytes::append(ByteView bytes) {
    if (bytes.empty()) return;
    ensure(bytes.size() <= SIZE_MAX / 4 - size_);
    if (size_ + bytes.size() > capacity_) {
        // Bytes of our own (appending a part of itself) would move away under us.
        ensure(data_ == nullptr || bytes.data() >= data_ + capacity_ ||
               bytes.data() + bytes.size() <= data_);
        reserve(std::max(size_ + bytes.size(), 2 * capacity_));
    }
    std::memmove(data_ + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
}

void SecretBytes::resize(std::size_t size) {
    if (size > capacity_) reserve(size);
    if (size > size_) std::memset(data_ + size_, 0, size - size_);
    if (size < size_) detail::wipe({data_ + size, size_ - size});
    size_ = size;
}

void SecretBytes::clear() noexcept {
    detail::wipe({data_, size_});
    size_ = 0;
}

void SecretBytes::reserve(std::size_t capacity) {
    auto* fresh = static_cast<std::uint8_t*>(std::malloc(capacity));
    if (fresh == nullptr) throw std::bad_alloc();
    const std::size_t kept = size_;
    if (kept > 0) std::memcpy(fresh, data_, kept);
    release();
    data_ = fresh;
    size_ = kept;
    capacity_ = capacity;
}

void SecretBytes::release() noexcept {
    // Bytes past size_ were wiped when they were cut, or never written.
    detail::wipe({data_, size_});
    std::free(data_);
    data_ = nullptr;
    size_ = capacity_ = 0;
}

}  // namespace tillit::crypto

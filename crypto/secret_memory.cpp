#include "crypto/secret_memory.h"

#include <sanitizer/asan_interface.h>  // macros that do nothing without the sanitizer
#include <sodium.h>

#include <cstring>
#include <functional>
#include <mutex>
#include <new>
#include <vector>

#include "crypto/result.h"

namespace tillit::crypto::detail {

namespace {

constexpr std::size_t kSlotBytes = 64;
constexpr std::size_t kCanaryBytes = kSlotBytes - kMaxSlotBytes;
constexpr std::size_t kSlabBytes = std::size_t{64} * 1024;

class SecretMemory {
  public:
    /// Never destroyed: secrets in static storage outlive everything else.
    static SecretMemory& instance() {
        static auto* memory = new SecretMemory;
        return *memory;
    }

    std::uint8_t* take(std::size_t size) {
        const std::lock_guard lock(mutex_);
        if (free_.empty()) add_slab();
        std::uint8_t* slot = free_.back();
        free_.pop_back();
        ASAN_UNPOISON_MEMORY_REGION(slot, kMaxSlotBytes);
        return slot + (kMaxSlotBytes - size);
    }

    /// False if `p` is not from a slot.
    bool give_back(std::uint8_t* p) {
        const std::lock_guard lock(mutex_);
        for (std::uint8_t* slab : slabs_) {
            if (std::less<>()(p, slab) || !std::less<>()(p, slab + kSlabBytes)) continue;
            std::uint8_t* slot = p - static_cast<std::size_t>(p - slab) % kSlotBytes;
            sodium_memzero(slot, kMaxSlotBytes);
            check_canary(slot);
            ASAN_POISON_MEMORY_REGION(slot, kSlotBytes);
            free_.push_back(slot);  // add_slab() made room
            return true;
        }
        return false;
    }

  private:
    SecretMemory() { randombytes_buf(canary_, sizeof canary_); }

    void add_slab() {
        slabs_.reserve(slabs_.size() + 1);
        free_.reserve((slabs_.size() + 1) * (kSlabBytes / kSlotBytes));
        auto* slab = static_cast<std::uint8_t*>(sodium_malloc(kSlabBytes));
        if (slab == nullptr) throw std::bad_alloc();
        std::memset(slab, 0, kSlabBytes);  // sodium fills with 0xdb
        slabs_.push_back(slab);
        for (std::size_t at = 0; at < kSlabBytes; at += kSlotBytes) {
            std::memcpy(slab + at + kMaxSlotBytes, canary_, kCanaryBytes);
            free_.push_back(slab + at);
        }
        ASAN_POISON_MEMORY_REGION(slab, kSlabBytes);
    }

    void check_canary(std::uint8_t* slot) {
        ASAN_UNPOISON_MEMORY_REGION(slot + kMaxSlotBytes, kCanaryBytes);
        ensure(sodium_memcmp(slot + kMaxSlotBytes, canary_, kCanaryBytes) == 0);
    }

    std::mutex mutex_;
    std::vector<std::uint8_t*> slabs_;  // a handful; searched from the first
    std::vector<std::uint8_t*> free_;
    std::uint8_t canary_[kCanaryBytes];
};

}  // namespace

std::uint8_t* take_secret_memory(std::size_t size) {
    if (size <= kMaxSlotBytes) return SecretMemory::instance().take(size);
    auto* p = static_cast<std::uint8_t*>(sodium_malloc(size));
    if (p == nullptr) throw std::bad_alloc();
    std::memset(p, 0, size);
    return p;
}

void give_back_secret_memory(std::uint8_t* p) noexcept {
    if (p == nullptr || SecretMemory::instance().give_back(p)) return;
    sodium_free(p);
}

}  // namespace tillit::crypto::detail

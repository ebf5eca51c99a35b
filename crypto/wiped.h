/// Small working memory on the stack that is zeroed when it goes out of scope.
#pragma once

#include <cstring>
#include <string>
#include <type_traits>

namespace tillit::crypto::detail {

/// Zeroes `size` bytes in a way the optimiser may not leave out.
inline void wipe(void* memory, std::size_t size) noexcept {
    if (size == 0) return;
    std::memset(memory, 0, size);
    asm volatile("" : : "r"(memory) : "memory");
}

/// A plain value that is wiped on leaving; for indexes and the like, never for keys (see Secret).
template <class T>
struct Wiped {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    Wiped() = default;
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { wipe(&value, sizeof value); }
};

/// Wipes a string's present buffer on leaving. Buffers it outgrew before are the allocator's to
/// wipe, so reserve first.
struct WipeString {
    std::string& text;
    explicit WipeString(std::string& t) : text(t) {}
    WipeString(const WipeString&) = delete;
    WipeString& operator=(const WipeString&) = delete;
    ~WipeString() { wipe(text.data(), text.capacity()); }
};

}  // namespace tillit::crypto::detail

// Replaces the global operator new and delete so that freed memory is zeroed: httplib,
// nlohmann::json, std::string and the rest hold copies of what a reporter typed that no destructor
// of ours reaches.
//
// The whole usable block is wiped, since containers don't tell how much they wrote. Memory from
// malloc itself (SQLCipher, libc) is not covered; SQLCipher wipes its own pages
// (cipher_memory_security). Linked into the program as an object, so that it also serves code
// compiled elsewhere.
#include <malloc.h>

#include <cstdlib>
#include <cstring>
#include <new>

namespace {

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (size == 0) size = 1;
    for (;;) {
        void* block =
            alignment <= __STDCPP_DEFAULT_NEW_ALIGNMENT__
                ? std::malloc(size)
                : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
        if (block) return block;
        const auto handler = std::get_new_handler();
        if (!handler) return nullptr;
        handler();
    }
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    void* block = allocate(size, alignment);
    if (!block) throw std::bad_alloc();
    return block;
}

void wipe_and_free(void* block) noexcept {
    if (!block) return;
    std::memset(block, 0, malloc_usable_size(block));
    asm volatile(""
                 :
                 : "r"(block)
                 : "memory");  // a store to memory about to be freed is else "dead"
    std::free(block);
}

constexpr std::size_t kDefault = __STDCPP_DEFAULT_NEW_ALIGNMENT__;

}  // namespace

void* operator new(std::size_t n) { return allocate_or_throw(n, kDefault); }
void* operator new[](std::size_t n) { return allocate_or_throw(n, kDefault); }
void* operator new(std::size_t n, const std::nothrow_t&) noexcept { return allocate(n, kDefault); }
void* operator new[](std::size_t n, const std::nothrow_t&) noexcept {
    return allocate(n, kDefault);
}
void* operator new(std::size_t n, std::align_val_t a) {
    return allocate_or_throw(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a) {
    return allocate_or_throw(n, static_cast<std::size_t>(a));
}
void* operator new(std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return allocate(n, static_cast<std::size_t>(a));
}
void* operator new[](std::size_t n, std::align_val_t a, const std::nothrow_t&) noexcept {
    return allocate(n, static_cast<std::size_t>(a));
}

void operator delete(void* p) noexcept { wipe_and_free(p); }
void operator delete[](void* p) noexcept { wipe_and_free(p); }
void operator delete(void* p, std::size_t) noexcept { wipe_and_free(p); }
void operator delete[](void* p, std::size_t) noexcept { wipe_and_free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { wipe_and_free(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { wipe_and_free(p); }
void operator delete(void* p, std::align_val_t) noexcept { wipe_and_free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { wipe_and_free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { wipe_and_free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { wipe_and_free(p); }
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept {
    wipe_and_free(p);
}
void operator delete[](void* p, std::align_val_t, const std::nothrow_t&) noexcept {
    wipe_and_free(p);
}

// These tests look at memory that is no longer theirs; that is their point. Addresses are kept as
// numbers, so that the compiler draws no conclusions, and no sanitizer build has them.
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "server/memory/process.h"
#include "server/memory/scrub_stack.h"

namespace {

// glibc keeps two pointers in the head of a freed block.
constexpr std::size_t kAllocatorBytes = 16;
constexpr std::size_t kMarkBytes = 64;

bool holds_mark(std::uintptr_t address, std::size_t size) {
    const auto* bytes = reinterpret_cast<const volatile char*>(address);
    for (std::size_t i = 0; i < size; ++i) {
        if (bytes[i] == 'M') return true;
    }
    return false;
}

[[gnu::noinline]] std::uintptr_t leave_mark_on_stack() {
    volatile char mark[4096];
    for (auto& c : mark) c = 'M';
    return reinterpret_cast<std::uintptr_t>(&mark[0]);
}

}  // namespace

TEST_CASE("freed memory holds nothing of what was in it", "[memory]") {
    REQUIRE(tillit::memory::wipes_freed_memory());
    for (const std::size_t size : {100U, 1000U, 20'000U}) {
        auto* text = new std::string(size, 'M');
        const auto address = reinterpret_cast<std::uintptr_t>(text->data());
        CHECK(holds_mark(address + kAllocatorBytes, kMarkBytes));  // the test can find it
        delete text;
        CHECK_FALSE(holds_mark(address + kAllocatorBytes, size - kAllocatorBytes));
    }
}

TEST_CASE("a growing text leaves nothing behind in its smaller blocks", "[memory]") {
    std::string text(200, 'M');
    const auto address = reinterpret_cast<std::uintptr_t>(text.data());
    text.append(4000, 'M');
    REQUIRE(reinterpret_cast<std::uintptr_t>(text.data()) != address);
    CHECK_FALSE(holds_mark(address + kAllocatorBytes, 200 - kAllocatorBytes));
}

TEST_CASE("over-aligned and array forms are wiped too", "[memory]") {
    struct alignas(64) Aligned {
        char bytes[256];
    };
    auto* aligned = new Aligned;
    std::memset(aligned->bytes, 'M', sizeof aligned->bytes);
    const auto one = reinterpret_cast<std::uintptr_t>(aligned);
    CHECK(one % 64 == 0);
    delete aligned;
    CHECK_FALSE(holds_mark(one + kAllocatorBytes, 256 - kAllocatorBytes));
    auto* array = new char[300];
    std::memset(array, 'M', 300);
    asm volatile("" : : "r"(array) : "memory");
    const auto two = reinterpret_cast<std::uintptr_t>(array);
    delete[] array;
    CHECK_FALSE(holds_mark(two + kAllocatorBytes, 300 - kAllocatorBytes));
}

TEST_CASE("scrubbing the stack removes what a returned function left", "[memory]") {
    const auto address = leave_mark_on_stack();
    const bool was_there = holds_mark(address, 4096);
    (void)leave_mark_on_stack();
    tillit::memory::scrub_stack();
    const bool is_there = holds_mark(address, 4096);
    CHECK(was_there);
    CHECK_FALSE(is_there);
}

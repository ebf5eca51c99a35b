// Preloaded into the program by tests that need a day to be over: the time of day is off by
// TILLIT_TEST_SHIFT seconds. Clocks that only measure are left alone.
#include <dlfcn.h>

#include <cstdlib>
#include <ctime>

namespace {

time_t shift() {
    const char* seconds = std::getenv("TILLIT_TEST_SHIFT");
    return seconds == nullptr ? 0 : std::atol(seconds);
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
    using Function = int (*)(clockid_t, timespec*);
    static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "clock_gettime"));
    const int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += shift();
    return result;
}

extern "C" time_t time(time_t* out) noexcept {
    timespec now{};
    if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
    if (out != nullptr) *out = now.tv_sec;
    return now.tv_sec;
}

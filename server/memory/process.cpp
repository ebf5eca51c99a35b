#include "server/memory/process.h"

#include <malloc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

namespace tillit::memory {

namespace {
// Sessions hold a few guarded secrets of one locked page each; this many bytes serve some hundred.
constexpr rlim_t kWantedLockedBytes = 4U << 20;
}  // namespace

std::vector<std::string> harden_process() {
    std::vector<std::string> missing;
    umask(077);
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        missing.emplace_back("core dumps could not be turned off");
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        missing.emplace_back("the process could not be closed to debuggers");
    }
    rlimit locked{};
    if (getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur < kWantedLockedBytes) {
        locked.rlim_cur =
            locked.rlim_max < kWantedLockedBytes ? locked.rlim_max : kWantedLockedBytes;
        if (setrlimit(RLIMIT_MEMLOCK, &locked) != 0 || locked.rlim_cur < kWantedLockedBytes) {
            missing.emplace_back(
                "less than 4 MiB of memory may be locked (RLIMIT_MEMLOCK): keys may reach swap");
        }
    }
    // Two arenas keep idle memory low with a thread for each connection; big blocks go back at
    // once. Before any thread is made, so that nobody races with it.
    // NOLINTBEGIN(concurrency-mt-unsafe)
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 512 * 1024);
    // NOLINTEND(concurrency-mt-unsafe)
    return missing;
}

bool wipes_freed_memory() noexcept {
#ifdef TILLIT_WIPE
    return true;
#else
    return false;
#endif
}

}  // namespace tillit::memory

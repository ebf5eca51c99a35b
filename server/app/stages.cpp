#include "server/app/stages.h"

#ifdef TILLIT_TEST_HOOKS

#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace tillit::app {

void reached(Stage stage) noexcept {
    static const char* const where = std::getenv("TILLIT_TEST_STAGES");
    int file = -1;
    int milliseconds = 0;
    if (where == nullptr || std::sscanf(where, "%d:%d", &file, &milliseconds) != 2) return;
    char line[32];
    const int size = std::snprintf(line, sizeof line, "%c %ld\n", static_cast<char>(stage),
                                   static_cast<long>(syscall(SYS_gettid)));
    if (::write(file, line, static_cast<std::size_t>(size)) != size) return;
    if (stage != Stage::answered) {
        std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
    }
}

}  // namespace tillit::app

#endif

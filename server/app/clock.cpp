#include "server/app/clock.h"

#include <chrono>

namespace tillit::app {

Clock Clock::system() {
    return {.unix_seconds = [] {
        return std::chrono::duration_cast<std::chrono::seconds>(
                   std::chrono::system_clock::now().time_since_epoch())
            .count();
    }};
}

}  // namespace tillit::app

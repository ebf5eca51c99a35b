/// Time is an argument. Reporters' acts know only the day.
#pragma once

#include <cstdint>
#include <functional>

#include "storage/types.h"

namespace tillit::app {

struct Clock {
    std::function<std::int64_t()> unix_seconds;  // for handlers' sessions and limits
    [[nodiscard]] storage::Day today() const { return unix_seconds() / 86400; }
    static Clock system();
};

}  // namespace tillit::app

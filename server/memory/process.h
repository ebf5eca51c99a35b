/// What a process that handles secrets asks of the system at its start.
#pragma once

#include <string>
#include <vector>

namespace tillit::memory {

/// No core dumps, not traceable by others of the same user, new files for the owner alone,
/// allocator that hands freed pages back early. Returns what could not be had, in plain words, for
/// the log.
[[nodiscard]] std::vector<std::string> harden_process();

/// True if freed memory is wiped in this build (CMake option TILLIT_WIPE).
[[nodiscard]] bool wipes_freed_memory() noexcept;

}  // namespace tillit::memory

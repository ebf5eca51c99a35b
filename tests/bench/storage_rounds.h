/// The cases the storage benches hand in, and the bare loop they are compared with.
#pragma once

#include <string>
#include <vector>

#include "storage/cases.h"

namespace tillit::bench {

inline constexpr storage::Id kMembers[3] = {{1}, {2}, {3}};

void put_members(storage::Database& db);

/// Random bytes in the sizes a report of 2 kB with three grantees has.
[[nodiscard]] std::vector<storage::NewCase> make_cases(std::size_t count);

/// The same rows into the same schema with the engine's own C API, one thread, `group` cases a
/// transaction, same pragmas. Returns cases per second.
[[nodiscard]] double bare_loop(const std::string& path, const std::vector<storage::NewCase>& cases,
                               std::size_t group);

}  // namespace tillit::bench

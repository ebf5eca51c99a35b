/// The schema's history: forward only, one transaction each, PRAGMA user_version counts them.
/// An applied file is never edited.
#pragma once

#include <vector>

#include "storage/database.h"

namespace tillit::storage {

struct Migration {
    const char* name;  // 0001_create_tables
    const char* sql;
};

/// All of them, in order; the version of a database is how many have been applied.
[[nodiscard]] const std::vector<Migration>& migrations();
[[nodiscard]] std::int64_t newest_version();

/// Applies what is missing, up to `version` (tests stop earlier).
void migrate(Database& db, std::int64_t version = newest_version());

}  // namespace tillit::storage

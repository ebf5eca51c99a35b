/// A consistent copy of a database that is in use.
#pragma once

#include <string>

#include "storage/database.h"

namespace tillit::storage {

/// Copies all pages of `from`, as they stand at one moment, into the new file `path` (0600) under
/// `key`, which may be another than its own. Writers go on meanwhile; what they write is not in it.
/// Throws storage::Error (exists, io, ...); what was begun of the file stays for the caller to
/// remove. Needs the room of the database once more. Source: sqlite.org/backup.html.
void copy_to_new_file(Database& from, const std::string& path, const DatabaseKey& key);

}  // namespace tillit::storage

/// Who of those that hold a grant of a case handles it, as the database has it. Clients judge by
/// signed statements alone; these decide what the server hands out and takes.
#pragma once

#include <vector>

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::app {

/// By role: investigators and alternates.
[[nodiscard]] bool may_read(storage::Database& db, const crypto::Id& member);
/// The same with an account that is not closed: somebody who can really open the case.
[[nodiscard]] bool can_come_in(storage::Database& db, const crypto::Id& member);
/// Those of the case who read it; custodians only guard a share, which no epoch changes.
[[nodiscard]] std::vector<crypto::Id> readers_of(storage::Database& db,
                                                 const crypto::Hash& case_id);
/// A sealed grant of any kind by its length and header: what can be told without a key.
[[nodiscard]] bool is_sealed_grant(const crypto::Bytes& sealed);

}  // namespace tillit::app

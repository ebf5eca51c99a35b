#include "storage/migrate.h"

#include "crypto/result.h"

namespace tillit::storage {

std::int64_t newest_version() { return static_cast<std::int64_t>(migrations().size()); }

void migrate(Database& db, std::int64_t version) {
    crypto::ensure(version >= 0 && version <= newest_version());
    for (;;) {
        // Read inside the transaction: two processes starting at once must not both apply one.
        Transaction transaction(db);
        const auto current = db.query_integer("PRAGMA user_version");
        if (current >= version) return;
        db.execute(migrations()[static_cast<std::size_t>(current)].sql);
        db.execute(("PRAGMA user_version = " + std::to_string(current + 1)).c_str());
        transaction.commit();
    }
}

}  // namespace tillit::storage

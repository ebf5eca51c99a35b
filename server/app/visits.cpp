#include "server/app/visits.h"

#include "storage/cases.h"

namespace tillit::app {

void note_visit(Organisation& organisation, const crypto::Hash& case_id) {
    try {
        organisation.store().write_relaxed([&](storage::Database& db) {
            storage::Cases(db).record_visit(case_id, organisation.clock().today());
        });
    } catch (const storage::Error&) {
        // Full, as a rule. If there is more to it the reading that follows fails, too.
    }
}

}  // namespace tillit::app

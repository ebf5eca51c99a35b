#include "server/app/holders.h"

#include "crypto/case_thread.h"
#include "storage/cases.h"
#include "storage/members.h"

namespace tillit::app {

bool may_read(storage::Database& db, const crypto::Id& member) {
    const auto row = storage::Members(db).by_id(member);
    const auto role = row ? crypto::role_from_text(row->role) : std::nullopt;
    return role && crypto::is_handler(*role);
}

bool can_come_in(storage::Database& db, const crypto::Id& member) {
    const auto row = storage::Members(db).by_id(member);
    return may_read(db, member) && row->status != storage::MemberStatus::closed;
}

std::vector<crypto::Id> readers_of(storage::Database& db, const crypto::Hash& case_id) {
    std::vector<crypto::Id> readers;
    for (const auto& member : storage::Cases(db).grantees(case_id)) {
        if (may_read(db, member)) readers.push_back(member);
    }
    return readers;
}

bool is_sealed_grant(const crypto::Bytes& sealed) {
    return sealed.size() == crypto::age::sealed_size(crypto::kGrantPlainBytes) &&
           crypto::age::is_strict_hybrid_file(sealed);
}

}  // namespace tillit::app

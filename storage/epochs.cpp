#include "storage/epochs.h"

#include "crypto/primitives.h"
#include "storage/statement.h"

namespace tillit::storage {
namespace {

constexpr Id kReporter{};

}  // namespace

std::uint64_t Epochs::current(const Hash& case_id) {
    Statement s(db_, "SELECT epoch FROM case_epoch WHERE case_id = ?1");
    s.bind(case_id);
    return s.step() ? s.count(0) : 0;
}

std::vector<EpochCopy> Epochs::copies(const Hash& case_id, const Id& holder) {
    Statement s(db_,
                "SELECT epoch, sealed FROM epoch_grant WHERE case_id = ?1 AND holder = ?2"
                " ORDER BY epoch");
    s.bind(case_id).bind(holder);
    std::vector<EpochCopy> copies;
    while (s.step()) copies.push_back({.epoch = s.count(0), .sealed = s.blob(1)});
    return copies;
}

void Epochs::begin(const Hash& case_id, const std::vector<NewGrant>& grants,
                   const Bytes& reporter_copy, const std::vector<Id>& leaving) {
    const bool is_door_open = !is_door_closed(case_id);
    Statement(db_,
              "INSERT INTO case_epoch (case_id, epoch, verify_key) VALUES (?1, 1, x'')"
              " ON CONFLICT (case_id) DO UPDATE SET epoch = epoch + 1")
        .bind(case_id)
        .run();
    const auto epoch = current(case_id);
    for (const NewGrant& grant : grants) {
        insert_copy(case_id, epoch, grant.member_id, grant.sealed);
    }
    if (is_door_open) insert_copy(case_id, epoch, kReporter, reporter_copy);
    for (const Id& member : leaving) remove_holder(case_id, member);
}

void Epochs::insert_copy(const Hash& case_id, std::uint64_t epoch, const Id& holder,
                         const Bytes& sealed) {
    Statement(db_,
              "INSERT INTO epoch_grant (row, case_id, epoch, holder, sealed)"
              " VALUES (random(), ?1, ?2, ?3, ?4)")
        .bind(case_id)
        .bind(epoch)
        .bind(holder)
        .bind(sealed)
        .run();
}

bool Epochs::add_holder(const Hash& case_id, const NewGrant& grant) {
    return Statement(db_,
                     "INSERT INTO case_grant (row, case_id, member_id, received_day, sealed)"
                     " SELECT random(), case_id, ?2, received_day, ?3 FROM \"case\""
                     " WHERE case_id = ?1 ON CONFLICT (case_id, member_id) DO NOTHING")
               .bind(case_id)
               .bind(grant.member_id)
               .bind(grant.sealed)
               .run() == 1;
}

void Epochs::remove_holder(const Hash& case_id, const Id& member) {
    for (const char* sql :
         {"INSERT INTO ended_grant (row, case_id, member_id, sealed) SELECT random(),"
          " case_id, member_id, sealed FROM case_grant"
          " WHERE case_id = ?1 AND member_id = ?2",
          "DELETE FROM case_grant WHERE case_id = ?1 AND member_id = ?2",
          "DELETE FROM read_mark WHERE case_id = ?1 AND member_id = ?2"}) {
        Statement(db_, sql).bind(case_id).bind(member).run();
    }
}

crypto::ByteArray<32> Epochs::reporter_key(const Hash& case_id) {
    Statement s(db_,
                "SELECT CASE WHEN length(e.verify_key) = 32 THEN e.verify_key ELSE k.verify_key END"
                " FROM case_key k LEFT JOIN case_epoch e ON e.case_id = k.case_id"
                " WHERE k.case_id = ?1");
    s.bind(case_id);
    if (!s.step()) throw Error(Error::not_found, "epochs: no such case");
    return s.hash(0);
}

void Epochs::set_lookup_hash(const Hash& case_id, const Hash& lookup_hash) {
    Statement(db_, "UPDATE \"case\" SET lookup_hash = ?2 WHERE case_id = ?1")
        .bind(case_id)
        .bind(lookup_hash)
        .run();
}

void Epochs::change_words(const Hash& case_id, const Hash& lookup_hash, ByteView verify_key) {
    set_lookup_hash(case_id, lookup_hash);
    Statement(db_, "UPDATE case_epoch SET verify_key = ?2 WHERE case_id = ?1")
        .bind(case_id)
        .bind(verify_key)
        .run();
    Statement(db_, "DELETE FROM epoch_grant WHERE case_id = ?1 AND holder = ?2 AND epoch < ?3")
        .bind(case_id)
        .bind(kReporter)
        .bind(current(case_id))
        .run();
}

void Epochs::close_door(const Hash& case_id) {
    // No words derive a hash that was drawn at random.
    set_lookup_hash(case_id, crypto::random_array<32>());
    Statement(db_, "DELETE FROM epoch_grant WHERE case_id = ?1 AND holder = ?2")
        .bind(case_id)
        .bind(kReporter)
        .run();
    Statement(db_, "INSERT INTO closed_door (case_id) VALUES (?1)").bind(case_id).run();
}

bool Epochs::is_door_closed(const Hash& case_id) {
    Statement s(db_, "SELECT 1 FROM closed_door WHERE case_id = ?1");
    return s.bind(case_id).step();
}

}  // namespace tillit::storage

#include "storage/attachments.h"

#include <limits>

#include "storage/statement.h"

namespace tillit::storage {

void Attachments::begin(const Id& upload, Day started_day) {
    Statement(db_, "INSERT INTO attachment (attachment_id, started_day) VALUES (?1, ?2)")
        .bind(upload)
        .bind(started_day)
        .run();
}

void Attachments::add_piece(const Id& upload, std::uint64_t index, ByteView sealed) {
    // In one statement: only while the upload is open, only the next piece, only after full ones.
    const auto added =
        Statement(db_,
                  "INSERT INTO attachment_piece (row, attachment_id, piece, sealed)"
                  " SELECT random(), ?1, ?2, ?3"
                  " WHERE EXISTS (SELECT 1 FROM attachment WHERE attachment_id = ?1"
                  "  AND stored_size IS NULL)"
                  " AND (?2 = 0 OR EXISTS (SELECT 1 FROM attachment_piece"
                  "  WHERE attachment_id = ?1 AND piece = ?2 - 1 AND length(sealed) = ?4))")
            .bind(upload)
            .bind(index)
            .bind(sealed)
            .bind(kPieceBytes)
            .run();
    if (added == 0) throw Error(Error::refused, "attachment: not the next piece of an open upload");
}

bool Attachments::seal(const Id& upload, std::uint64_t stored_size) {
    // length() of a blob is read from the row's header, not from its bytes.
    return Statement(db_,
                     "UPDATE attachment SET stored_size = ?2 WHERE attachment_id = ?1"
                     " AND case_id IS NULL AND stored_size IS NULL AND ?2 ="
                     " (SELECT sum(length(sealed)) FROM attachment_piece WHERE attachment_id = ?1)")
               .bind(upload)
               .bind(stored_size)
               .run() == 1;
}

bool Attachments::bind(const Id& upload, const Hash& case_id) {
    return Statement(db_,
                     "UPDATE attachment SET case_id = ?2, started_day = NULL"
                     " WHERE attachment_id = ?1 AND case_id IS NULL AND stored_size IS NOT NULL")
               .bind(upload)
               .bind(case_id)
               .run() == 1;
}

std::optional<AttachmentInfo> Attachments::find(const Hash& case_id, const Id& attachment) {
    Statement s(db_,
                "SELECT stored_size FROM attachment WHERE attachment_id = ?1 AND case_id = ?2");
    s.bind(attachment).bind(case_id);
    if (!s.step()) return std::nullopt;
    const auto size = s.count(0);
    return AttachmentInfo{
        .id = attachment, .stored_size = size, .pieces = (size + kPieceBytes - 1) / kPieceBytes};
}

Bytes Attachments::piece(const Id& attachment, std::uint64_t index) {
    Statement s(db_, "SELECT sealed FROM attachment_piece WHERE attachment_id = ?1 AND piece = ?2");
    s.bind(attachment).bind(index);
    if (!s.step()) throw Error(Error::not_found, "attachment: no such piece");
    return s.blob(0);
}

bool Attachments::drop(const Id& upload, std::uint64_t max_pieces) {
    Statement(db_,
              "DELETE FROM attachment_piece WHERE attachment_id = ?1 AND piece IN"
              " (SELECT piece FROM attachment_piece WHERE attachment_id = ?1"
              "  ORDER BY piece DESC LIMIT ?2)"
              " AND EXISTS (SELECT 1 FROM attachment WHERE attachment_id = ?1 AND case_id IS NULL)")
        .bind(upload)
        .bind(max_pieces)
        .run();
    // What has lost pieces must not be bound any more.
    Statement(db_,
              "UPDATE attachment SET stored_size = NULL"
              " WHERE attachment_id = ?1 AND case_id IS NULL")
        .bind(upload)
        .run();
    Statement(db_,
              "DELETE FROM attachment WHERE attachment_id = ?1 AND case_id IS NULL AND NOT EXISTS"
              " (SELECT 1 FROM attachment_piece WHERE attachment_id = ?1)")
        .bind(upload)
        .run();
    Statement left(db_, "SELECT 1 FROM attachment WHERE attachment_id = ?1 AND case_id IS NULL");
    return !left.bind(upload).step();
}

std::vector<Id> Attachments::unbound_before(Day day) {
    Statement s(db_, "SELECT attachment_id FROM attachment WHERE started_day < ?1");
    s.bind(day);
    std::vector<Id> uploads;
    while (s.step()) uploads.push_back(s.id(0));
    return uploads;
}

std::uint64_t Attachments::drop_unbound_before(Day day) {
    const auto uploads = unbound_before(day);
    for (const Id& upload : uploads) drop(upload);
    return uploads.size();
}

std::uint64_t Attachments::drop_all_unbound() {
    return drop_unbound_before(std::numeric_limits<Day>::max());
}

}  // namespace tillit::storage

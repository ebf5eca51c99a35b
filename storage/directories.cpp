#include "storage/directories.h"

#include "storage/statement.h"

namespace tillit::storage {

void Directories::put_signers_note(std::uint64_t number, std::string_view note) {
    Statement(db_, "INSERT INTO signers_note (number, note) VALUES (?1, ?2)")
        .bind(number)
        .bind(note)
        .run();
}

std::vector<std::string> Directories::signers_notes() {
    Statement s(db_, "SELECT note FROM signers_note ORDER BY number");
    std::vector<std::string> notes;
    while (s.step()) notes.push_back(s.text(0));
    return notes;
}

void Directories::put_directory(std::uint64_t version, std::string_view note) {
    Statement(db_, "INSERT INTO directory (version, note) VALUES (?1, ?2)")
        .bind(version)
        .bind(note)
        .run();
}

std::vector<std::string> Directories::all_directories() {
    Statement s(db_, "SELECT note FROM directory ORDER BY version");
    std::vector<std::string> notes;
    while (s.step()) notes.push_back(s.text(0));
    return notes;
}

std::optional<std::string> Directories::newest_directory() {
    Statement s(db_, "SELECT note FROM directory ORDER BY version DESC LIMIT 1");
    if (!s.step()) return std::nullopt;
    return s.text(0);
}

}  // namespace tillit::storage

/// Signed notes as they were signed: the signers notes and the directory's versions (protocol §3).
/// Nothing here is checked; what is handed in has been verified. Errors: storage::Error, `exists`
/// for a number that is taken (a note is never replaced).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/database.h"

namespace tillit::storage {

class Directories {
  public:
    explicit Directories(Database& db) : db_(db) {}

    void put_signers_note(std::uint64_t number, std::string_view note);
    [[nodiscard]] std::vector<std::string> signers_notes();  // from note 0 on
    void put_directory(std::uint64_t version, std::string_view note);
    [[nodiscard]] std::optional<std::string> newest_directory();
    [[nodiscard]] std::vector<std::string> all_directories();  // from version 1 on

  private:
    Database& db_;
};

}  // namespace tillit::storage

/// The one organisation of a database file. Errors: storage::Error.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

class Organisations {
  public:
    explicit Organisations(Database& db) : db_(db) {}

    void create(const Organisation& organisation);  // once; a second one is Error::exists
    [[nodiscard]] Organisation get();               // Error::not_found before create()
    void set_contact(std::string_view contact);

  private:
    Database& db_;
};

}  // namespace tillit::storage

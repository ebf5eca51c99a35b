/// Where an organisation's database key is when its database is opened. In this order:
///
///   $CREDENTIALS_DIRECTORY/SLUG.db.key         a key file handed over by systemd (LoadCredential=)
///   DIR/orgs/SLUG/db.key                       a key file beside the database, or a link to one
///   DIR/orgs/SLUG/db.key.json                  the record of a passphrase, which is taken from
///       $CREDENTIALS_DIRECTORY/SLUG.db.passphrase, else asked for at the terminal
///
/// Errors: storage::Error for a key that is unsafe or broken, std::runtime_error when there is
/// none.
#pragma once

#include "server/cli/data_dir.h"
#include "storage/key_source.h"

namespace tillit::cli {

enum class KeyPlace { credential, file_beside, passphrase, nowhere };

[[nodiscard]] KeyPlace key_place(const DataDir& data, const std::string& slug);
[[nodiscard]] storage::DatabaseKey open_database_key(const DataDir& data, const std::string& slug);
/// Draws a key for a new database. With `by_passphrase` the seven words go to `show`, once, and
/// only the record of them is written.
[[nodiscard]] storage::DatabaseKey create_database_key(const DataDir& data, const std::string& slug,
                                                       bool by_passphrase, std::ostream& show);

}  // namespace tillit::cli

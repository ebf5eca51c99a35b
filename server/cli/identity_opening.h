/// Opening a reporter's name with keyrings in hand (protocol §4.5), by the same rules as the
/// console: asked for, announced, disclosed; recorded first, opened then.
///
/// This is an honest program: whoever holds both shares and writes another one needs none of it.
/// What it can't be made to do is open with one person's keys, for they are not enough.
#pragma once

#include "crypto/disclosure.h"
#include "server/app/organisation.h"
#include "server/cli/case_reader.h"

namespace tillit::cli {

/// `asked`: the investigator or alternate who asked, with her case. `guards`: the custodian who
/// was asked, if her keyring is here too; then her share comes from her own grant, else from the
/// disclosure that she sent. Either way the request must have been disclosed, the notice that it
/// promises must stand in the thread, and the opening is stored for all its readers before any
/// share is combined.
/// Throws std::runtime_error with why it stays shut.
[[nodiscard]] crypto::Identity open_the_identity(app::Organisation& organisation,
                                                 const ReadCase& asked, const Account& account,
                                                 const Account* guards,
                                                 const KnownDirectory& known);

}  // namespace tillit::cli

/// The weekly mail with the checkpoint (docs/protocol.md §10.6): when it is due, and what it says.
/// It goes out every Monday, whatever happened; a missing one is the alarm.
#pragma once

#include <optional>
#include <string>

#include "server/app/organisation.h"

namespace tillit::app {

struct WitnessMail {
    storage::Day monday = 0;  // of the week it is for
    std::string subject;
    std::string body;
};

/// The mail to send now, or nothing: sent already this week, tried less than an hour ago, or
/// yesterday is not closed yet, or a day that is not over is. Taking it counts as a try, decided in
/// the writing transaction.
[[nodiscard]] std::optional<WitnessMail> take_witness_mail(Organisation& organisation);
/// It was handed over.
void witness_mail_sent(Organisation& organisation, const WitnessMail& mail);

}  // namespace tillit::app

/// Closes the days of the log that are over (docs/protocol.md §10.2, §10.3): builds the day's tree,
/// signs the checkpoint, stores both. Also days on which nothing happened, and all that were missed
/// while nothing ran.
///
/// The first day is that of the first event, or yesterday. Without a signers note nothing is closed
/// yet: there is no name to sign under.
///
/// A closed day stays closed: a clock that steps ahead once would sign all days up to there for
/// good. So more than kMostDaysUnattended after the last closed one are closed only for somebody
/// who says that the clock is right (`tillit audit close`).
#pragma once

#include "crypto/secret.h"
#include "server/app/clock.h"
#include "storage/store.h"

namespace tillit::app {

inline constexpr storage::Day kMostDaysUnattended = 40;

struct Closing {
    enum class Trouble {
        none,
        no_signers,
        broken_signers,
        other_key,
        too_many,  // days at once: nothing was closed
        ahead      // today is closed already: the clock was ahead, or went back
    };
    std::size_t days = 0;  // closed now
    Trouble trouble = Trouble::none;
};

/// Threads and processes may call this at once: each day is decided in the writing transaction, and
/// closed once. Throws storage::Error.
[[nodiscard]] Closing close_finished_days(storage::Store& store, const Clock& clock,
                                          const crypto::SigningSeed& log_key,
                                          bool is_attended = false);

/// How many days are over and not closed.
[[nodiscard]] storage::Day days_due(storage::Store& store, const Clock& clock);

}  // namespace tillit::app

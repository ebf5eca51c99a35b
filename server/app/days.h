/// Calendar days as law counts them.
#pragma once

#include "storage/types.h"

namespace tillit::app {

struct Date {
    int year;
    int month;    // 1..12
    int day;      // 1..31
    int weekday;  // 0 Sunday .. 6 Saturday
};
[[nodiscard]] Date date_of(storage::Day day);
[[nodiscard]] storage::Day day_of(int year, int month, int day);

/// The same day of the month `months` later, or that month's last day (Regulation 1182/71, art. 3).
[[nodiscard]] storage::Day add_months(storage::Day day, int months);

/// Directive (EU) 2019/1937 art. 9(1)(b): seven days to acknowledge.
[[nodiscard]] storage::Day acknowledge_due(storage::Day received);
/// Art. 9(1)(f): three months from the acknowledgement, or from the end of the seven days.
[[nodiscard]] storage::Day feedback_due(storage::Day received,
                                        std::optional<storage::Day> acknowledged);

}  // namespace tillit::app

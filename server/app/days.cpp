#include "server/app/days.h"

#include <algorithm>
#include <chrono>

namespace tillit::app {

namespace chrono = std::chrono;

Date date_of(storage::Day day) {
    const chrono::sys_days point{chrono::days{day}};
    const chrono::year_month_day date{point};
    return {.year = static_cast<int>(date.year()),
            .month = static_cast<int>(static_cast<unsigned>(date.month())),
            .day = static_cast<int>(static_cast<unsigned>(date.day())),
            .weekday = static_cast<int>(chrono::weekday{point}.c_encoding())};
}

storage::Day day_of(int year, int month, int day) {
    const chrono::year_month_day date{chrono::year{year},
                                      chrono::month{static_cast<unsigned>(month)},
                                      chrono::day{static_cast<unsigned>(day)}};
    return chrono::sys_days{date}.time_since_epoch().count();
}

storage::Day add_months(storage::Day day, int months) {
    const chrono::year_month_day from{chrono::sys_days{chrono::days{day}}};
    const auto month = chrono::year_month{from.year(), from.month()} + chrono::months{months};
    const chrono::year_month_day_last last{month.year(), chrono::month_day_last{month.month()}};
    const chrono::year_month_day to{month.year(), month.month(), std::min(from.day(), last.day())};
    return chrono::sys_days{to}.time_since_epoch().count();
}

storage::Day acknowledge_due(storage::Day received) { return received + 7; }

storage::Day feedback_due(storage::Day received, std::optional<storage::Day> acknowledged) {
    const auto limit = acknowledge_due(received);
    return add_months(std::min(acknowledged.value_or(limit), limit), 3);
}

}  // namespace tillit::app

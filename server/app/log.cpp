#include "server/app/log.h"

#include <algorithm>

#include "storage/log_events.h"

namespace tillit::app {
namespace {

crypto::LogActor actor_of(const LogEntry& entry) {
    crypto::ensure(!entry.by_reporter || !entry.member);
    if (entry.by_reporter) return crypto::LogActor::reporter;
    return entry.member ? crypto::LogActor::member : crypto::LogActor::operator_;
}

}  // namespace

void record(storage::Database& db, const Clock& clock, const LogEntry& entry) {
    storage::LogEvents log(db);
    const auto now = clock.unix_seconds();
    auto day = now / 86400;
    if (const auto closed = log.last_closed_day()) day = std::max(day, *closed + 1);
    crypto::LogEvent event{.kind = std::string(entry.kind),
                           .by = actor_of(entry),
                           .member = entry.member.value_or(crypto::Id{}),
                           .case_reference = {},
                           .day = static_cast<std::uint64_t>(day),
                           .minute = 0,
                           .object = entry.object,
                           .act = {},
                           .signature = {}};
    if (entry.case_id) event.case_reference = log.case_reference(*entry.case_id);
    if (!entry.by_reporter) event.minute = static_cast<std::uint64_t>(now / 60);
    if (entry.act) {
        event.act = entry.act->statement;
        event.signature = entry.act->signature;
    }
    storage::NewLogEvent row{.day = day,
                             .hash = {},
                             .salt = crypto::random_array<16>(),
                             .event = crypto::encode_event(event)};
    row.hash = crypto::event_hash(row.salt, row.event);
    storage::append_event(db, row);
}

}  // namespace tillit::app

#include "server/app/log.h"

#include <algorithm>

#include "crypto/act.h"
#include "storage/log_events.h"
#include "storage/members.h"

namespace tillit::app {
namespace {

crypto::LogActor actor_of(const LogEntry& entry) {
    crypto::ensure(!entry.by_reporter || !entry.member);
    if (entry.by_reporter) return crypto::LogActor::reporter;
    return entry.member ? crypto::LogActor::member : crypto::LogActor::operator_;
}

}  // namespace

bool is_signed_by(storage::Database& db, const crypto::Id& org, const crypto::Id& member,
                  std::string_view kind, const std::optional<crypto::Hash>& object,
                  const SignedAct& act) {
    const auto row = storage::Members(db).by_id(member);
    crypto::VerifyKey key{};
    if (!row || row->verify_key.size() != key.size()) return false;
    std::copy(row->verify_key.begin(), row->verify_key.end(), key.begin());
    const crypto::Act expected{.org = org,
                               .kind = std::string(kind),
                               .object = object.value_or(object_of(act)),
                               .member = member,
                               .minute = 0};
    return crypto::verify_act(act.statement, act.signature, key, expected).has_value();
}

crypto::Hash object_of(const std::optional<SignedAct>& act) {
    const auto decoded = act ? crypto::decode_act(act->statement) : std::nullopt;
    return decoded ? decoded->object : crypto::Hash{};
}

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
    // The same act once more (a name looked at twice within a minute, an answer that was lost) is a
    // second event, and nobody signed twice: auditors refuse a log in which one act stands for two.
    if (entry.act && log.use_act(crypto::sha256(crypto::view(entry.act->statement)))) {
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

std::optional<storage::LogDay> newest_day(storage::Store& store) {
    return store.read([](storage::Database& db) { return storage::LogEvents(db).newest_day(); });
}

FinishedDays finished_days(storage::Store& store) {
    auto rows = store.read([](storage::Database& db) { return storage::LogEvents(db).days(); });
    FinishedDays finished;
    for (const auto& row : rows) finished.days.push_back(row.day);
    if (!rows.empty()) finished.checkpoint = std::move(rows.back().checkpoint);
    return finished;
}

std::optional<std::vector<storage::LogEventRow>> events_of_finished_day(storage::Store& store,
                                                                        storage::Day day) {
    using Rows = std::optional<std::vector<storage::LogEventRow>>;
    return store.read([&](storage::Database& db) -> Rows {
        storage::LogEvents log(db);
        const auto last = log.last_closed_day();
        if (!last || day > *last) return std::nullopt;
        return log.of_day(day);
    });
}

void record_submission(storage::Database& db, const Clock& clock, const storage::NewCase& rows) {
    record(db, clock,
           {.kind = kSubmissionStored,
            .by_reporter = true,
            .case_id = rows.case_id,
            .object = rows.report.hash});
}

}  // namespace tillit::app

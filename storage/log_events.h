/// The log's events and finished days (docs/protocol.md §10). Use cases record through
/// server/app/log.h; nothing here checks what an event says.
///
/// Errors: storage::Error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

struct NewLogEvent {
    Day day = 0;  // after last_closed_day()
    Hash hash{};
    crypto::ByteArray<16> salt{};
    std::string event;
};
struct LogEventRow {
    Hash hash{};
    std::optional<crypto::ByteArray<16>> salt;  // none, and event empty, once erased
    std::string event;
};
struct LogDay {
    Day day = 0;
    Hash seed{};
    Hash root{};
    std::string checkpoint;  // signed, over all days up to this one
};

struct WitnessMailRow {
    Day sent_monday = 0;  // 0: never
    std::int64_t tried_unix = 0;
};

/// Stores an event in the transaction of the act it speaks of.
void append_event(Database& db, const NewLogEvent& event);

class LogEvents {
  public:
    explicit LogEvents(Database& db) : db_(db) {}

    [[nodiscard]] std::vector<LogEventRow> of_day(Day day);  // by hash
    [[nodiscard]] std::optional<Day> first_event_day();
    /// Empties salt and event; the hash stays. False if there is no such event.
    bool erase(Day day, const Hash& hash);

    /// False if an event has this act (hash of its statement) already.
    bool use_act(const Hash& act);

    void put_day(const LogDay& day);  // Error::exists for one that is there
    [[nodiscard]] std::optional<Day> last_closed_day();
    [[nodiscard]] std::optional<LogDay> newest_day();
    [[nodiscard]] std::vector<LogDay> days();  // from the first on

    /// The name of a case in the log; drawn now if it has none yet.
    [[nodiscard]] Id case_reference(const Hash& case_id);

    [[nodiscard]] WitnessMailRow witness();
    void put_witness(const WitnessMailRow& row);

  private:
    Database& db_;
};

}  // namespace tillit::storage

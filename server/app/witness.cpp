#include "server/app/witness.h"

#include "server/app/days.h"
#include "server/app/log.h"

namespace tillit::app {
namespace {

constexpr std::int64_t kRetrySeconds = 3600;

storage::Day monday_of(storage::Day today) { return today - (date_of(today).weekday + 6) % 7; }

std::string iso(storage::Day day) {
    const auto date = date_of(day);
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(date.year) + "-" + two(date.month) + "-" + two(date.day);
}

WitnessMail write_mail(const Organisation& organisation, const storage::LogDay& newest,
                       const std::string& words, storage::Day monday) {
    return {.monday = monday,
            .subject = "Tillit: checkpoint of the log, " + iso(newest.day),
            .body = "This is the checkpoint of the log of\n\n  " + organisation.settings().name +
                    "\n  " + words + "\n\nover all days up to " + iso(newest.day) + ":\n\n" +
                    newest.checkpoint +
                    "\nPlease keep this mail. You need not do anything else with it. One like it "
                    "comes\nevery Monday, whether anything happened or not. If one does not come, "
                    "ask why,\nand ask an auditor to compare the log with the mails you have:\n\n"
                    "  tillit audit verify LOG --checkpoint THIS-MAIL\n"};
}

}  // namespace

std::optional<WitnessMail> take_witness_mail(Organisation& organisation) {
    const auto now = organisation.clock().unix_seconds();
    const auto today = now / 86400;
    const auto monday = monday_of(today);
    const auto newest = newest_day(organisation.store());
    // A day that is not over was closed by a clock that was ahead: no checkpoint to vouch for.
    if (!newest || newest->day != today - 1) return std::nullopt;
    const auto is_open = [&](storage::Database& db) {
        const auto last = storage::LogEvents(db).witness();
        return last.sent_monday < monday && now - last.tried_unix >= kRetrySeconds;
    };
    if (!organisation.store().read(is_open)) return std::nullopt;
    const bool is_mine = organisation.store().write([&](storage::Database& db) {
        if (!is_open(db)) return false;
        storage::LogEvents log(db);
        log.put_witness({.sent_monday = log.witness().sent_monday, .tried_unix = now});
        return true;
    });
    if (!is_mine) return std::nullopt;
    const auto readers = organisation.readers();
    return write_mail(organisation, *newest, readers ? readers->fingerprint_words : "", monday);
}

void witness_mail_sent(Organisation& organisation, const WitnessMail& mail) {
    organisation.store().write([&](storage::Database& db) {
        storage::LogEvents log(db);
        log.put_witness({.sent_monday = mail.monday, .tried_unix = log.witness().tried_unix});
    });
}

}  // namespace tillit::app

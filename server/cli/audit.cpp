// tillit audit: the log, taken out and looked through.
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "server/app/audit_verify.h"
#include "server/app/day_closer.h"
#include "server/app/days.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/log_key.h"

namespace tillit::cli {
namespace {

enum ExitCode { sound = 0, not_closed = 3, not_sound = 3, not_a_continuation = 4 };

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), {}};
}

void print(const app::AuditReport& report) {
    std::cout << "Organisation: " << report.fingerprint_words
              << "\n  (compare these words with its "
              << "poster or its site)\nLog:          " << report.origin
              << "\nDays:         " << report.days << "\nEvents:       " << report.events
              << ", signed by their authors: " << report.signed_acts
              << ", erased: " << report.erased << "\n";
    for (const auto& remark : report.remarks) std::cout << "Remark:       " << remark << ".\n";
    for (const auto& problem : report.problems) std::cout << "PROBLEM:      " << problem << ".\n";
}

}  // namespace

int run_audit_export(const AuditExportOptions& options) {
    const DataDir data(options.data);
    const auto store = data.open(data.choose(options.slug));
    const auto log = app::read_log(*store);
    if (log.days.empty()) {
        throw std::runtime_error(
            "the log has no finished day yet: it begins when the first directory is published");
    }
    write_private_file(options.out, app::encode_log(log));
    std::cout << "Wrote " << log.days.size() << " days with " << log.events.size() << " events to "
              << options.out << ". Look through it anywhere: tillit audit verify " << options.out
              << "\n";
    return sound;
}

int run_audit_close(const AuditCloseOptions& options) {
    const DataDir data(options.data);
    const auto slug = data.choose(options.slug);
    const auto store = data.open(slug);
    const auto clock = app::Clock::system();
    const auto due = app::days_due(*store, clock);
    const auto last = app::date_of(clock.today() - 1);
    std::cout << due << " days are to be closed, the last one " << last.year << "-" << last.month
              << "-" << last.day << " (year-month-day). What is closed stays closed.\n";
    if (!options.yes) {
        std::cout << "Nothing was done. If the clock of this machine is right: --yes\n";
        return due == 0 ? sound : not_closed;
    }
    const auto closing =
        app::close_finished_days(*store, clock, open_log_key(data, slug), /*is_attended=*/true);
    std::cout << "Closed: " << closing.days << "\n";
    return closing.trouble == app::Closing::Trouble::none ? sound : not_closed;
}

int run_audit_verify(const AuditVerifyOptions& options) {
    const auto log = app::decode_log(read_file(options.file));
    if (!log) {
        std::cout << "PROBLEM: " << options.file
                  << " is no exported log, or bytes of it were changed.\n";
        return not_sound;
    }
    const auto report = app::verify_log(*log);
    print(report);
    if (!report.problems.empty()) {
        std::cout << "The log does not hold.\n";
        return not_sound;
    }
    for (const auto& older : options.checkpoints) {
        if (const auto problem = app::compare_with_checkpoint(*log, read_file(older))) {
            std::cout << "PROBLEM:      " << *problem << " (" << older << ").\n";
            return not_a_continuation;
        }
        std::cout << "Continues:    " << older << "\n";
    }
    std::cout << "The log holds.\n";
    return sound;
}

}  // namespace tillit::cli

// tillit receipt: a reporter's proof of lodgement, looked through by anybody.
#include "server/app/receipt.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "server/app/days.h"
#include "server/cli/commands.h"

namespace tillit::cli {

namespace {

enum ExitCode { holds = 0, proves_nothing = 3, another_log = 4, cannot_tell = 5 };

std::string whole_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(in), {}};
}

int compare(const app::Receipt& receipt, const std::string& file) {
    switch (app::compare_with_checkpoint(receipt, whole_file(file))) {
        case app::Compared::equal:
            std::cout << "The log is the one of " << file << ": the same days, unchanged.\n";
            return holds;
        case app::Compared::other:
            std::cout
                << "PROBLEM: " << file
                << " stands for as many days, but not for the same: the log was rewritten, or "
                   "different people are shown different ones. Keep both files.\n";
            return another_log;
        case app::Compared::not_of_log:
            std::cout << "PROBLEM: " << file
                      << " holds no checkpoint that was signed by the log of this proof.\n";
            return another_log;
        case app::Compared::other_length:
            break;
    }
    std::cout << file
              << " stands for another number of days. Whether one continues the other cannot be "
                 "told from these two: an auditor can tell (`tillit audit verify`). Give him this "
                 "checkpoint, which does not say who reported, and not the proof:\n\n"
              << receipt.checkpoint;
    return cannot_tell;
}

}  // namespace

int run_receipt_verify(const ReceiptOptions& options) {
    const auto receipt = app::decode_receipt(whole_file(options.file));
    if (!receipt) {
        std::cout << "PROBLEM: this is no proof of a report, or bytes of it were changed.\n";
        return proves_nothing;
    }
    const auto report = app::verify_receipt(*receipt);
    for (const auto& problem : report.problems) std::cout << "PROBLEM: " << problem << ".\n";
    if (!report.problems.empty()) return proves_nothing;
    const auto date = app::date_of(static_cast<storage::Day>(report.day));
    std::cout << "The log of the organisation with these words,\n\n  " << report.fingerprint_words
              << "\n  (compare them with its poster or its site)\n\nholds this report, taken on "
              << date.year << "-" << date.month << "-" << date.day << " (year-month-day), and "
              << receipt->envelopes.size() - 1
              << " further messages of the thread.\nIts checkpoint stands for " << report.days
              << " days. Whoever holds this file reported: keep it as you keep the key.\n";
    int worst = holds;
    for (const auto& file : options.checkpoints) {
        const int found = compare(*receipt, file);
        if (worst != another_log && found != holds) worst = found;
    }
    return worst;
}

}  // namespace tillit::cli

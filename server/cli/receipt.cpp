// tillit receipt: a reporter's proof of lodgement, looked through by anybody.
#include "server/app/receipt.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "server/app/days.h"
#include "server/cli/commands.h"

namespace tillit::cli {

int run_receipt_verify(const ReceiptOptions& options) {
    std::ifstream in(options.file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + options.file);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto receipt = app::decode_receipt(text);
    if (!receipt) {
        std::cout << "PROBLEM: this is no proof of a report, or bytes of it were changed.\n";
        return 3;
    }
    const auto report = app::verify_receipt(*receipt);
    for (const auto& problem : report.problems) std::cout << "PROBLEM: " << problem << ".\n";
    if (!report.problems.empty()) return 3;
    const auto date = app::date_of(static_cast<storage::Day>(report.day));
    std::cout << "The log of the organisation with these words,\n\n  " << report.fingerprint_words
              << "\n  (compare them with its poster or its site)\n\nholds this report, taken on "
              << date.year << "-" << date.month << "-" << date.day << " (year-month-day), and "
              << receipt->envelopes.size() - 1
              << " further messages of the thread.\nIts checkpoint stands for " << report.days
              << " days. Whoever holds this file reported: keep it as you keep the key.\n";
    return 0;
}

}  // namespace tillit::cli

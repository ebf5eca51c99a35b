// A proof of lodgement that the reporter kept, beside the thread as it is now (protocol §10.7.4).
#include <algorithm>
#include <set>

#include "server/app/mailbox_thread.h"

namespace tillit::app {
namespace {

MailboxMissing missing_of(const crypto::CaseThread& thread, const ReceiptEntry& entry) {
    const auto* member = thread.find(entry.author);
    return {.is_mine = entry.author == crypto::kReporter,
            .author_name = member == nullptr ? std::string{} : member->name,
            .author_office = member == nullptr ? std::string{} : member->office,
            .day = static_cast<storage::Day>(entry.day)};
}

}  // namespace

crypto::Result<MailboxComparison, CompareError> Mailbox::compare(const Receipt& receipt) {
    using crypto::unexpected;
    if (!begins_with_its_report(receipt)) return unexpected(CompareError::no_proof);
    const auto thread = read_thread();
    if (!thread) return unexpected(CompareError::gone);
    // By the keys and not by what the thread begins with now, which somebody may have exchanged.
    auto report = crypto::open_envelope(receipt.report, keys_.secrets.front());
    const auto& org = organisation_.settings().org_id;
    if (!report || !std::move(*report).verify(keys_.first_verify_key, org, row_.case_id)) {
        return unexpected(CompareError::another_case);
    }
    std::set<crypto::Hash> shown;
    for (const auto& entry : thread->read.entries()) shown.insert(entry.hash);
    MailboxComparison comparison{.held = receipt.envelopes.size(), .newest_day = 0, .missing = {}};
    for (const auto& entry : receipt.envelopes) {
        comparison.newest_day =
            std::max(comparison.newest_day, static_cast<storage::Day>(entry.day));
        if (!shown.contains(entry.hash)) {
            comparison.missing.push_back(missing_of(thread->read, entry));
        }
    }
    return comparison;
}

}  // namespace tillit::app

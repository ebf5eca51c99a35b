#include "server/app/sealed_intake.h"

#include <algorithm>
#include <set>

#include "crypto/age/age.h"
#include "crypto/envelope.h"
#include "crypto/grant.h"
#include "server/app/days.h"
#include "server/app/log.h"
#include "storage/cases.h"
#include "storage/envelopes.h"

namespace tillit::app {

namespace {

bool is_sealed(const crypto::Bytes& sealed, std::size_t plain_bytes) {
    return sealed.size() == crypto::age::sealed_size(plain_bytes) &&
           crypto::age::is_strict_hybrid_file(sealed);
}

bool is_whole(const SealedReport& report) {
    return crypto::is_sealed_envelope(report.report) &&
           is_sealed(report.identity, crypto::kIdentityPlainBytes) &&
           std::all_of(report.grants.begin(), report.grants.end(), [](const auto& grant) {
               return is_sealed(grant.sealed, crypto::kGrantPlainBytes);
           });
}

/// Each grantee once, all of them listed today, and one of them at least can read.
bool are_known(const std::vector<SealedReport::Grant>& grants, const Readers& readers) {
    std::set<crypto::Id> seen;
    bool has_reader = false;
    for (const auto& grant : grants) {
        const auto& members = readers.directory.members;
        const auto member = std::find_if(members.begin(), members.end(), [&](const auto& listed) {
            return listed.member == grant.member;
        });
        if (member == members.end() || !seen.insert(grant.member).second) return false;
        has_reader |= member->role != crypto::Role::custodian;
    }
    return has_reader;
}

crypto::Bytes to_bytes(crypto::ByteView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

storage::NewCase to_rows(const SealedReport& report, const crypto::Id& org, storage::Day today) {
    storage::NewCase rows;
    rows.case_id =
        crypto::case_id(org, report.case_recipient, report.reporter_recipient, report.verify_key);
    rows.lookup_hash = report.lookup_hash;
    rows.case_recipient = to_bytes(report.case_recipient);
    rows.reporter_recipient = to_bytes(report.reporter_recipient);
    rows.verify_key = to_bytes(report.verify_key);
    rows.received_day = today;
    rows.acknowledge_due_day = acknowledge_due(today);
    rows.feedback_due_day = feedback_due(today, std::nullopt);
    for (const auto& grant : report.grants) rows.grants.push_back({grant.member, grant.sealed});
    rows.report = {.author = crypto::kReporter,
                   .seq = 1,
                   .prev = {},
                   .hash = crypto::envelope_hash(report.report),
                   .sealed = report.report};
    rows.identity = report.identity;
    rows.attachments = report.attachments;
    return rows;
}

namespace {

/// Whether what is stored under this look-up hash is this very report.
bool is_stored(storage::Database& db, const storage::NewCase& rows) {
    const auto found = storage::Cases(db).find_by_lookup(rows.lookup_hash);
    if (!found || found->case_id != rows.case_id) return false;
    const auto thread = storage::Envelopes(db).thread(rows.case_id);
    return !thread.empty() && thread.front().hash == rows.report.hash;
}

}  // namespace

bool is_stored(Organisation& organisation, const SealedReport& report) {
    const auto rows = to_rows(report, organisation.settings().org_id, organisation.clock().today());
    return organisation.store().read([&](storage::Database& db) { return is_stored(db, rows); });
}

crypto::Result<std::monostate, SealedReportError> accept_report(Organisation& organisation,
                                                                PendingUploads& uploads,
                                                                const crypto::Hash& sender,
                                                                const SealedReport& report) {
    using crypto::unexpected;
    const auto rows = to_rows(report, organisation.settings().org_id, organisation.clock().today());
    const auto is_there = [&](storage::Database& db) { return is_stored(db, rows); };
    // Before all other checks: its uploads are bound by now, and the directory may have changed.
    if (organisation.store().read(is_there)) return std::monostate{};

    const auto readers = organisation.readers();
    if (!readers || readers->state != IntakeState::open) {
        return unexpected(SealedReportError::not_receiving);
    }
    if (!is_whole(report)) return unexpected(SealedReportError::not_sealed);
    if (!are_known(report.grants, *readers)) return unexpected(SealedReportError::unknown_member);
    if (!uploads.owns_complete(sender, report.attachments)) {
        // Or they are bound already: the same report, sent twice, may have come in meanwhile.
        if (organisation.store().read(is_there)) return std::monostate{};
        return unexpected(SealedReportError::no_such_upload);
    }
    bool is_new = false;
    try {
        is_new = organisation.store().write([&](storage::Database& db) {
            const bool is_first = storage::Cases(db).insert(rows);
            if (is_first) record_submission(db, organisation.clock(), rows);
            return is_first;
        });
    } catch (const storage::Error&) {
        return unexpected(SealedReportError::storage_full);
    }
    if (!is_new && !organisation.store().read(is_there)) {
        return unexpected(SealedReportError::taken);
    }
    uploads.forget(report.attachments);
    return std::monostate{};
}

}  // namespace tillit::app

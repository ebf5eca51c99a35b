/// Reports that come sealed (protocol §4): the server checks what can be checked without a key, and
/// stores.
#pragma once

#include <vector>

#include "crypto/case_key.h"
#include "server/app/pending_uploads.h"
#include "storage/cases.h"

namespace tillit::app {

struct SealedReport {
    crypto::Hash lookup_hash{};
    crypto::HybridRecipient case_recipient{};
    crypto::HybridRecipient reporter_recipient{};
    crypto::VerifyKey verify_key{};
    struct Grant {
        crypto::Id member{};
        crypto::Bytes sealed;
    };
    std::vector<Grant> grants;
    crypto::Bytes identity;
    crypto::Bytes report;
    std::vector<crypto::Id> attachments;  // complete uploads of this sender
};

enum class SealedReportError {
    not_receiving,   // IntakeState is not open
    not_sealed,      // a part that honest software does not make: header, length
    unknown_member,  // a grant to nobody who may get one today, two to one, none to a reader
    no_such_upload,  // not this sender's, or not complete
    taken,           // another case has this look-up hash
    storage_full,
};

/// The rows that one report becomes, however it was sealed.
[[nodiscard]] storage::NewCase to_rows(const SealedReport& report, const crypto::Id& org,
                                       storage::Day today);

/// Whether this very report is stored already.
[[nodiscard]] bool is_stored(Organisation& organisation, const SealedReport& report);

/// Returns once it is durable. The very same report once more is a success that stores nothing: the
/// answer to the first may have been lost. `sender` owns the uploads.
[[nodiscard]] crypto::Result<std::monostate, SealedReportError> accept_report(
    Organisation& organisation, PendingUploads& uploads, const crypto::Hash& sender,
    const SealedReport& report);

}  // namespace tillit::app

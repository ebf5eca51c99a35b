/// Sealing a whole submission with a case key at hand (protocol §4): by the server where no script
/// runs, and by `tillit seal` on a machine of the reporter's.
#pragma once

#include "server/app/intake.h"
#include "server/app/sealed_intake.h"

namespace tillit::app {

/// With whose keys, and by whom. All of it must outlive the call.
struct SealingFor {
    const crypto::Id& org;
    const crypto::Directory& directory;
    const crypto::Hash& directory_hash;
    const crypto::CaseKey& key;
    crypto::SealedBy sealed_by;
};

/// Grants, identity and report; `files` are sealed to the case already and named here by hash. The
/// result's list of attachments is left empty.
/// Errors: empty, nobody_left, too_many_excluded, no_custodian, too_long.
[[nodiscard]] crypto::Result<SealedReport, SubmitError> seal_submission(
    const SealingFor& sealing, const Recipients& chosen, const crypto::SecretBytes& text,
    const IdentityFields& identity, const std::vector<crypto::AttachmentRef>& files);

}  // namespace tillit::app

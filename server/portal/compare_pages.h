/// What a comparison with a saved proof found, said to the reporter.
#pragma once

#include "server/app/mailbox.h"
#include "server/portal/pages.h"

namespace tillit::portal {

/// `compared`: what was found, or why nothing could be compared; 422 then.
[[nodiscard]] http::Reply compared_page(
    const Pages& pages, const Frame& frame,
    const crypto::Result<app::MailboxComparison, app::CompareError>& compared, storage::Day today);
/// No file came with the form.
[[nodiscard]] http::Reply no_proof_sent_page(const Pages& pages, const Frame& frame);

}  // namespace tillit::portal

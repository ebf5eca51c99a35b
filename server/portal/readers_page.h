/// Who can read new reports, since when, and who says so (protocol §3): without scripts, for
/// anybody.
#pragma once

#include "server/app/organisation.h"
#include "server/portal/pages.h"

namespace tillit::portal {

/// `earlier`: the versions before the one in use, newest first. An expired directory is shown and
/// said to be expired.
[[nodiscard]] http::Reply readers_page(const Pages& pages, const Frame& frame,
                                       const app::Readers& readers,
                                       const std::vector<crypto::Directory>& earlier,
                                       storage::Day today);

}  // namespace tillit::portal

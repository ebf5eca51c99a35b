/// The page that shows the log's newest checkpoint, for whoever wants to keep it (protocol §10.3).
#pragma once

#include <optional>

#include "server/app/log.h"
#include "server/portal/pages.h"

namespace tillit::portal {

/// `newest` is none before the first day is closed; `fingerprint` may be empty.
[[nodiscard]] http::Reply log_page(const Pages& pages, const Frame& frame,
                                   const std::optional<storage::LogDay>& newest,
                                   const std::string& fingerprint, storage::Day today);

}  // namespace tillit::portal

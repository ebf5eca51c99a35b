/// The signed act that a client may hand in with what it stores (docs/protocol.md §10.4).
#pragma once

#include <optional>

#include "crypto/strict_json.h"
#include "server/app/log.h"

namespace tillit::console {

/// "act": {"statement", "signature"}; none if absent, and `fields` fails if it is something else.
[[nodiscard]] std::optional<app::SignedAct> read_act(crypto::FieldReader& fields);

}  // namespace tillit::console

/// The token of a request, as a secret.
#pragma once

#include <optional>

#include "crypto/case_key.h"
#include "server/http/message.h"

namespace tillit::portal {

[[nodiscard]] inline std::optional<crypto::LookupToken> token_of(const http::Request& request) {
    auto bytes = crypto::array_from_base64url<crypto::LookupToken::kSize>(request.token);
    if (!bytes) return std::nullopt;
    auto token = crypto::LookupToken::copy_of(*bytes);
    bytes->fill(0);
    return token;
}

}  // namespace tillit::portal

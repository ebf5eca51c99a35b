/// Fingerprints as people type them from a poster or hear them read out (protocol §3.2.4).
#pragma once

#include <string_view>

#include "crypto/bytes.h"

namespace tillit::crypto {

/// Whether `typed` says the eight words of `hash`: in any case, each word whole or its first four
/// or more letters, with anything that is no letter between (spaces, commas, line numbers).
[[nodiscard]] bool says_fingerprint(std::string_view typed, const Hash& hash);

}  // namespace tillit::crypto

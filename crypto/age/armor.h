/// ASCII armor (C2SP age.md): strict PEM with label "AGE ENCRYPTED FILE". Whole files in memory;
/// Tillit's own objects are binary.
#pragma once

#include <string>

#include "crypto/age/age.h"

namespace tillit::crypto::age {

[[nodiscard]] std::string encode_armor(ByteView sealed);
/// White space before and after and CRLF line ends are accepted, nothing else that encode_armor()
/// would not write.
[[nodiscard]] Result<Bytes, Error> decode_armor(ByteView text);

}  // namespace tillit::crypto::age

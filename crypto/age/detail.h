/// Sealing with given randomness: what the test vectors drive. The product calls age::seal().
#pragma once

#include "crypto/age/stream.h"

namespace tillit::crypto::age::detail {

struct SealRandomness {
    SealRandomness();  // fresh
    FileKey file_key;
    EncapsulationSeed encapsulation;
    ByteArray<kNonceBytes> nonce{};
};

[[nodiscard]] Result<Bytes, Error> seal_with(const SealRandomness& randomness, ByteView plain,
                                             const HybridRecipient& to);

}  // namespace tillit::crypto::age::detail

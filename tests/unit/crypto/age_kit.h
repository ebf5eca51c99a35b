/// The independent age test kit (npm package cctv-age): its vectors, unpacked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace tillit::test {

struct KitVector {
    std::string name;
    std::multimap<std::string, std::string> fields;  // "expect", "identity", "payload" …
    crypto::Bytes file;

    [[nodiscard]] std::string field(const std::string& key) const;  // the first, or ""
    [[nodiscard]] bool has(const std::string& key) const { return fields.count(key) > 0; }
};

/// Reads frontend/node_modules/cctv-age/index.js, or what TILLIT_AGE_KIT names. Throws if it is not
/// there or can't be read: a missing judge is a failure, not a reason to skip.
[[nodiscard]] std::vector<KitVector> read_age_kit();

}  // namespace tillit::test

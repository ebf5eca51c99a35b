/// The vector files of tests/vectors, as every implementation reads them.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/error_names.h"

namespace tillit::test {

using Json = nlohmann::json;

/// Tests run in the root of the repository (cmake/Testing.cmake). Throws if the file is missing.
[[nodiscard]] inline Json read_vectors(const std::string& name) {
    std::ifstream in("tests/vectors/" + name + ".json");
    if (!in) throw std::runtime_error("no vectors named " + name);
    return Json::parse(in);
}

template <class S>
[[nodiscard]] S secret_of(const Json& hex) {
    const auto bytes = crypto::from_hex(hex.get<std::string>());
    if (!bytes || bytes->size() != S::kSize) throw std::runtime_error("a vector is no secret");
    S secret = S::zeroed();
    std::copy(bytes->begin(), bytes->end(), secret.mutable_bytes().begin());
    return secret;
}
template <std::size_t N>
[[nodiscard]] crypto::ByteArray<N> array_of(const Json& hex) {
    const auto bytes = crypto::from_hex(hex.get<std::string>());
    if (!bytes || bytes->size() != N) throw std::runtime_error("a vector has another length");
    crypto::ByteArray<N> array{};
    std::copy(bytes->begin(), bytes->end(), array.begin());
    return array;
}
[[nodiscard]] inline crypto::Bytes bytes_of(const Json& base64url) {
    return crypto::from_base64url(base64url.get<std::string>()).value();
}

}  // namespace tillit::test

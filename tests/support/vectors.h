/// Reading tests/vectors/*.json, which both twins share. Throws where a file or field is missing.
#pragma once

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "crypto/bytes.h"

namespace tillit::test {

inline nlohmann::json read_vectors(const std::string& name) {
    std::ifstream in("tests/vectors/" + name, std::ios::binary);
    if (!in) throw std::runtime_error("no tests/vectors/" + name);
    return nlohmann::json::parse(in);
}

inline crypto::Bytes hex_field(const nlohmann::json& object, const char* name) {
    auto bytes = crypto::from_hex(object.at(name).get<std::string>());
    if (!bytes) throw std::runtime_error(std::string("no hex in ") + name);
    return std::move(*bytes);
}

template <std::size_t N>
crypto::ByteArray<N> hex_array(const nlohmann::json& object, const char* name) {
    const auto bytes = hex_field(object, name);
    if (bytes.size() != N) throw std::runtime_error(std::string("wrong length of ") + name);
    crypto::ByteArray<N> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

/// S is a Secret or a WipedArray.
template <class S>
void fill_from_hex(S& out, const nlohmann::json& object, const char* name) {
    const auto bytes = hex_field(object, name);
    const auto target = out.mutable_bytes();
    if (bytes.size() != target.size()) throw std::runtime_error(std::string("length of ") + name);
    std::copy(bytes.begin(), bytes.end(), target.begin());
}

}  // namespace tillit::test

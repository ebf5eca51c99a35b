/// A submission file as tests/vectors/submission_file.json describes one: heads name sealed parts
/// as "$NAME", and a case says what is changed of the file that they would give.
#pragma once

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/primitives.h"

namespace tillit::test {

[[nodiscard]] inline crypto::Bytes submission_vector_file(const nlohmann::json& vector,
                                                          const nlohmann::json& parts) {
    auto head = vector.at("head").get<std::string>();
    for (const auto& [name, value] : parts.items()) {
        const std::string slot = "\"$" + name + "\"";
        for (auto at = head.find(slot); at != std::string::npos; at = head.find(slot, at)) {
            head.replace(at, slot.size(), "\"" + value.get<std::string>() + "\"");
        }
    }
    const auto magic = vector.value("magic", std::string("TILLITs1"));
    crypto::Bytes file(magic.begin(), magic.end());
    const auto append = [&](crypto::ByteView part) {
        file.insert(file.end(), part.begin(), part.end());
    };
    append(crypto::be32(vector.value("length", static_cast<std::uint32_t>(head.size()))));
    append(crypto::sha256(crypto::view(head)));
    append(crypto::view(head));
    for (const auto& name : vector.value("then", nlohmann::json::array())) {
        append(*crypto::from_base64url(parts.at(name.get<std::string>()).get<std::string>()));
    }
    append(*crypto::from_hex(vector.value("append", std::string())));
    const auto number = [&](const char* name, std::size_t otherwise) {
        return vector.value(name, otherwise);
    };
    if (vector.contains("flip")) file[number("flip", 0)] ^= 1;
    if (vector.contains("flip_from_end")) file[file.size() - number("flip_from_end", 0)] ^= 1;
    file.resize(std::min(file.size() - number("cut_from_end", 0), number("cut", file.size())));
    return file;
}

}  // namespace tillit::test

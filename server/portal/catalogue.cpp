#include "server/portal/catalogue.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace tillit::portal {

Catalogue Catalogue::parse(std::string_view json, std::string language) {
    const auto parsed = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object()) throw std::runtime_error("catalogue: not a JSON object");
    Catalogue catalogue;
    catalogue.language_ = std::move(language);
    for (const auto& [key, value] : parsed.items()) {
        if (!value.is_string()) throw std::runtime_error("catalogue: not a text: " + key);
        catalogue.texts_.emplace(key, value.get<std::string>());
    }
    return catalogue;
}

const std::string& Catalogue::text(std::string_view key) const {
    const auto found = texts_.find(key);
    if (found == texts_.end()) throw std::logic_error("no text for " + std::string(key));
    return found->second;
}

std::string Catalogue::text(std::string_view key, const Values& values) const {
    const std::string& pattern = text(key);
    std::string out;
    std::size_t filled = 0;
    for (std::size_t at = 0; at < pattern.size();) {
        const auto open = pattern.find('{', at);
        out.append(pattern, at, open - at);
        if (open == std::string::npos) break;
        const auto close = pattern.find('}', open);
        const auto name = std::string_view(pattern).substr(open + 1, close - open - 1);
        const auto* value = [&]() -> const std::string* {
            for (const auto& [its_name, its_value] : values) {
                if (its_name == name) return &its_value;
            }
            return nullptr;
        }();
        if (value == nullptr) throw std::logic_error("unfilled place in " + std::string(key));
        out += *value;
        ++filled;
        at = close + 1;
    }
    if (filled < values.size()) throw std::logic_error("unused value for " + std::string(key));
    return out;
}

std::vector<std::string> Catalogue::keys() const {
    std::vector<std::string> keys;
    for (const auto& [key, text] : texts_) keys.push_back(key);
    return keys;
}

}  // namespace tillit::portal

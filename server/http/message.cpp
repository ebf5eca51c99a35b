#include "server/http/message.h"

namespace tillit::http {

namespace {
std::string_view find(const std::vector<std::pair<std::string, std::string>>& pairs,
                      std::string_view name) noexcept {
    for (const auto& [key, value] : pairs) {
        if (key == name) return value;
    }
    return {};
}
}  // namespace

std::string_view Request::cookie(std::string_view name) const noexcept {
    return find(cookies, name);
}
std::string_view Request::query_value(std::string_view name) const noexcept {
    return find(query, name);
}
std::string_view Request::arg(std::string_view name) const noexcept {
    return find(path_args, name);
}

}  // namespace tillit::http

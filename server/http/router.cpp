#include "server/http/router.h"

#include <algorithm>

namespace tillit::http {

namespace {

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> out;
    for (;;) {
        const auto slash = path.find('/');
        out.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return out;
        path.remove_prefix(slash + 1);
    }
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path,
             std::vector<std::pair<std::string, std::string>>& args) {
    if (pattern.size() != path.size()) return false;
    args.clear();
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i].starts_with(':')) {
            if (path[i].empty()) return false;
            args.emplace_back(pattern[i].substr(1), std::string(path[i]));
        } else if (pattern[i] != path[i]) {
            return false;
        }
    }
    return true;
}

}  // namespace

Router::Router(std::vector<Route> routes) {
    for (auto& route : routes) {
        Entry entry{.route = std::move(route), .segments = {}};
        for (const auto segment : split(entry.route.pattern)) entry.segments.emplace_back(segment);
        entries_.push_back(std::move(entry));
    }
}

Match Router::find(Method method, std::string_view path) const {
    Match match;
    const auto wanted = method == Method::head ? Method::get : method;
    const auto segments = split(path);
    for (const auto& entry : entries_) {
        if (!matches(entry.segments, segments, match.args)) continue;
        match.status = 405;
        if (entry.route.method != wanted) continue;
        match.route = &entry.route;
        match.status = 200;
        return match;
    }
    match.args.clear();
    return match;
}

}  // namespace tillit::http

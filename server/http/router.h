/// Finds the route of a request. Deny by default: what no route names is 404.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/http/message.h"

namespace tillit::http {

struct Match {
    const Route* route = nullptr;  // null: `status` says why
    int status = 404;              // 404, or 405 when only the method is wrong
    std::vector<std::pair<std::string, std::string>> args;
};

class Router {
  public:
    explicit Router(std::vector<Route> routes);
    /// `path` decoded. HEAD is served by GET's route.
    [[nodiscard]] Match find(Method method, std::string_view path) const;

  private:
    struct Entry {
        Route route;
        std::vector<std::string> segments;
    };
    std::vector<Entry> entries_;
};

}  // namespace tillit::http

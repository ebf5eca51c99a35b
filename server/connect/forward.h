/// Passes one API call on to the service and its answer back, by the rules of rules.h. Bodies of
/// calls are held whole (kMaxBodyBytes at most), those of answers go through a buffer.
/// Threads: calls run concurrently, each on a connection of its own.
#pragma once

#include <string>
#include <vector>

#include "server/http/message.h"

namespace tillit::connect {

/// One route for each method and number of path segments: a new API call needs nothing here.
/// `origin` as parse_origin() gives it.
[[nodiscard]] std::vector<http::Route> api_routes(const std::string& origin);

}  // namespace tillit::connect

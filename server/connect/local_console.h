/// The console's pages as this machine has them, with the API of a service elsewhere.
///
/// It answers to one name, drawn at random for this run: `http://NAME.localhost:PORT`. Who does not
/// know the name gets nothing, whichever account of the machine or page of the browser asks; and
/// since cookies do not know ports, it keeps them from whatever else runs under localhost.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "server/http/server.h"

namespace tillit::connect {

/// "tillit-" and 80 random bits in hex, under localhost: browsers know by themselves that it is
/// this machine, and ask no name server.
[[nodiscard]] std::string draw_name();

/// `origin` as parse_origin() gives it; `assets` is the front end's build on this machine. Throws
/// std::runtime_error if the console's page is not there.
[[nodiscard]] std::vector<http::Route> local_routes(const std::string& origin,
                                                    const std::filesystem::path& assets);

/// For host `name`, on 127.0.0.1. The policy is the console's own, whatever the service says.
[[nodiscard]] http::ListenerOptions local_options(const std::string& name, int port);

}  // namespace tillit::connect

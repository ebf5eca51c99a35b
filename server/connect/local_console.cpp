#include "server/connect/local_console.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>

#include "crypto/primitives.h"
#include "server/connect/forward.h"
#include "server/console/console.h"
#include "server/http/static_files.h"

namespace tillit::connect {

namespace {

constexpr std::string_view kServed = R"(<meta name="tillit-served-by" content="service">)";
constexpr std::string_view kLocal = R"(<meta name="tillit-served-by" content="this-machine">)";
constexpr std::string_view kElsewhere =
    "This is a console for one browser. Open the address that `tillit console` printed: it answers "
    "under no other name.\n";

/// The page, which then says that it comes from here and not from the service.
std::string local_page(const std::filesystem::path& assets) {
    const auto file = assets / "console" / "index.html";
    std::ifstream in(file, std::ios::binary);
    std::string page{std::istreambuf_iterator<char>(in), {}};
    const auto at = page.find(kServed);
    if (at == std::string::npos) {
        throw std::runtime_error("no console of this version at " + file.string() +
                                 " (--assets names the folder of the built front end)");
    }
    return page.replace(at, kServed.size(), kLocal);
}

http::Reply error_page(int status) {
    http::Reply reply;
    reply.status = status;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = status == 421 ? std::string(kElsewhere) : std::to_string(status) + "\n";
    return reply;
}

}  // namespace

std::string draw_name() {
    return "tillit-" + crypto::to_hex(crypto::random_array<10>()) + ".localhost";
}

std::vector<http::Route> local_routes(const std::string& origin,
                                      const std::filesystem::path& assets) {
    const auto page = [text = local_page(assets)](http::Request&) {
        http::Reply reply;
        reply.body = text;
        return reply;
    };
    const auto files = std::make_shared<const http::StaticFiles>(assets / "console" / "assets");
    const auto asset = [files](http::Request& request) {
        auto reply = files->serve(request.arg("name"), request.accepts_gzip);
        return reply.status == 404 ? error_page(404) : reply;
    };
    auto routes = api_routes(origin);
    for (const char* place : {"/", "/enrol"}) {
        routes.push_back({http::Method::get, place, 0, page});
    }
    routes.push_back({http::Method::get, "/assets/:name", 0, asset});
    return routes;
}

http::ListenerOptions local_options(const std::string& name, int port) {
    http::ListenerOptions options;
    options.host = "127.0.0.1";
    options.port = port;
    options.hosts = {name + ":" + std::to_string(port)};
    options.cookie_names = {console::kSessionCookie, console::kDeviceCookie};
    options.content_security_policy = console::kContentSecurityPolicy;
    options.refuses_other_sites = true;
    options.error_page = error_page;
    return options;
}

}  // namespace tillit::connect

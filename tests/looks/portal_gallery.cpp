/// Writes every page and state of the portal as a file, and the route table beside them, so that a
/// browser can look at all of them:  portal_gallery ASSETS OUT
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/primitives.h"
#include "server/portal/portal.h"
#include "tests/unit/portal/gallery.h"

namespace {

const char* name_of(tillit::http::Method method) {
    using tillit::http::Method;
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::del:
            return "DELETE";
    }
    return "";
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: portal_gallery ASSETS OUT\n");
        return 2;
    }
    tillit::crypto::init();
    const std::filesystem::path out = argv[2];
    std::filesystem::create_directories(out);
    auto names = nlohmann::json::array();
    for (const auto& page : tillit::test::gallery()) {
        std::ofstream(out / (page.name + ".html")) << page.reply.body;
        names.push_back(page.name);
    }
    auto routes = nlohmann::json::array();
    tillit::portal::Portal portal({.assets = argv[1], .exit_url = {}});
    for (const auto& route : portal.routes()) {
        routes.push_back(std::string(name_of(route.method)) + " " + route.pattern);
    }
    std::ofstream(out / "gallery.json") << nlohmann::json{{"pages", names}, {"routes", routes}};
    return 0;
}

#include "server/connect/local_console.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "server/connect/loopback.h"

using namespace tillit;
using namespace tillit::connect;

namespace {

/// A built front end whose page is this.
class Assets {
  public:
    explicit Assets(const std::string& page)
        : folder_(std::filesystem::temp_directory_path() / draw_name()) {
        std::filesystem::create_directories(folder_ / "console" / "assets");
        std::ofstream(folder_ / "console" / "index.html") << page;
    }
    ~Assets() { std::filesystem::remove_all(folder_); }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  private:
    std::filesystem::path folder_;
};

std::string page_of(const std::vector<http::Route>& routes) {
    for (const auto& route : routes) {
        http::Request request;
        if (route.pattern == "/") return route.handler(request).body;
    }
    return {};
}

}  // namespace

TEST_CASE("the page served here says so", "[connect]") {
    const Assets assets(R"(<head><meta name="tillit-served-by" content="service"></head>)");
    CHECK(page_of(local_routes("http://localhost:1", assets.folder())) ==
          R"(<head><meta name="tillit-served-by" content="this-machine"></head>)");
}

TEST_CASE("without its own page there is no local console", "[connect]") {
    const Assets assets("<head></head>");
    CHECK_THROWS(local_routes("http://localhost:1", assets.folder()));
    CHECK_THROWS(local_routes("http://localhost:1", assets.folder() / "nowhere"));
}

TEST_CASE("its name is drawn anew and the only one it answers to, on this machine", "[connect]") {
    CHECK(draw_name() != draw_name());
    CHECK(draw_name().size() == std::string("tillit-.localhost").size() + 20);
    const auto options = local_options("tillit-x.localhost", 4321);
    CHECK(options.host == "127.0.0.1");
    CHECK(options.hosts == std::vector<std::string>{"tillit-x.localhost:4321"});
    CHECK(options.refuses_other_sites);
}

TEST_CASE("a port is ours alone", "[connect]") {
    const LoopbackPort port(0);
    CHECK(port.port() > 0);
    CHECK(port.port() != LoopbackPort(0).port());
}

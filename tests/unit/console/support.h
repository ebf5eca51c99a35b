// The console's routes called without a socket, as one member's browser calls them.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "server/console/console.h"
#include "tests/support/demo_organisation.h"

namespace tillit::console::test {

inline constexpr const char* kHost = "console.test";

struct Answer {
    int status = 0;
    nlohmann::json json;
    http::Reply reply;
};

/// One organisation behind the console, and log-in keys for its people.
class World {
  public:
    World();
    [[nodiscard]] Console& console() { return *console_; }
    tillit::test::DemoOrganisation org;
    /// The auth key that `set_auth` gave this login.
    [[nodiscard]] static crypto::SymmetricKey auth_of(const std::string& login,
                                                      bool recovery = false);
    /// Gives a member another role, or adds one with it.
    void add_member(const std::string& login, const std::string& role);
    /// A case that "Ingrid" and "Kari" hold grants for, nobody else.
    [[nodiscard]] crypto::Hash submit_case();

  private:
    std::unique_ptr<Console> console_;
};

/// A browser: cookies and the csrf token.
class Browser {
  public:
    explicit Browser(World& world) : world_(world), routes_(world.console().routes()) {}
    Answer get(const std::string& path) { return call(http::Method::get, path, ""); }
    Answer post(const std::string& path, const nlohmann::json& body) {
        return call(http::Method::post, path, body.dump());
    }
    Answer put(const std::string& path, std::string bytes) {
        return call(http::Method::put, path, std::move(bytes), "application/octet-stream");
    }
    Answer call(http::Method method, const std::string& path, std::string body,
                std::string type = "application/json");
    Answer log_in(const std::string& login, bool recovery = false);
    std::map<std::string, std::string> cookies;
    std::string csrf = "1";
    std::string host = kHost;

  private:
    World& world_;
    std::vector<http::Route> routes_;
};

}  // namespace tillit::console::test

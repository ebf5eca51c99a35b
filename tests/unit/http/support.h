// A listener on a free port of this machine, and a socket that says exactly what a test wants said.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/http/form.h"
#include "server/http/server.h"

namespace tillit::http::test {

inline constexpr const char* kHost = "portal.test";

class Running {
  public:
    explicit Running(std::vector<Route> routes,
                     const std::function<void(ListenerOptions&)>& change = {});
    ~Running();
    /// Sends the bytes, reads until the other side closes or nothing comes for `seconds`.
    [[nodiscard]] std::string say(const std::string& bytes, int seconds = 2) const;
    [[nodiscard]] int connect() const;
    int port = 0;

  private:
    std::unique_ptr<Listener> listener_;
    std::thread thread_;
};

[[nodiscard]] std::string receive(int socket, int seconds = 2);
void send_all(int socket, const std::string& bytes);
[[nodiscard]] int status_of(const std::string& reply);
[[nodiscard]] std::string get(const std::string& path, const std::string& more_headers = {});
[[nodiscard]] std::string post(const std::string& path, const std::string& body,
                               const std::string& more_headers = {});

/// A request with this body, handed over in slices of `slice` bytes.
[[nodiscard]] Request request_with(std::string body, std::string content_type,
                                   std::size_t slice = 65536, BodyEnd end = BodyEnd::complete);

}  // namespace tillit::http::test

/// A listener on cpp-httplib: the only place where <httplib.h> is included.
#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/http/message.h"

namespace tillit::http {

struct ListenerOptions {
    std::string host;                // "127.0.0.1", "localhost", or "unix:/run/tillit/portal.sock"
    int port = 0;                    // 0: any free one
    std::vector<std::string> hosts;  // Host values answered ("127.0.0.1:8080"); others 421
    std::vector<std::string> cookie_names;  // copied into Request::cookies; all others are ignored
    std::string content_security_policy;
    // Requests that a browser says come from pages of another site are refused; following a link
    // is not. For listeners without a proxy in front.
    bool refuses_other_sites = false;
    std::size_t threads = 8;
    std::size_t max_waiting = 256;  // connections beyond threads; more are closed
    int read_timeout_seconds = 15;
    int write_timeout_seconds = 15;
    int keep_alive_seconds = 5;
    std::function<Reply(int status)> error_page;  // uniform pages for 400, 404, 405, 413, 421, 500
    std::function<void()> after_request;          // runs on the worker thread after each answer
    std::function<void(std::exception_ptr)>
        on_exception;  // for the log; the client sees a 500 page
};

class Listener {
  public:
    Listener(ListenerOptions options, std::vector<Route> routes);
    ~Listener();
    /// Binds; throws std::runtime_error with the address if that fails. Returns the port.
    int bind();
    void run();   // until stop()
    void stop();  // from any thread

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tillit::http

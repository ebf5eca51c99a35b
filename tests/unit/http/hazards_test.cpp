// Each hazard of the HTTP library, on a real socket.
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <chrono>
#include <stdexcept>

#include "tests/unit/http/support.h"

using namespace tillit;
using namespace tillit::http;
using namespace tillit::http::test;

namespace {

std::vector<Route> echo() {
    const auto handler = [](Request& request) {
        Reply reply;
        std::uint64_t size = 0;
        const auto end = request.read_body([&](crypto::ByteView b) {
            size += b.size();
            return true;
        });
        reply.body = end == BodyEnd::complete    ? "read " + std::to_string(size)
                     : end == BodyEnd::too_large ? "too large after " + std::to_string(size)
                                                 : "cut off";
        if (end != BodyEnd::complete) reply.status = 422;
        return reply;
    };
    return {{.method = Method::get, .pattern = "/", .max_body_bytes = 0, .handler = handler},
            {.method = Method::post, .pattern = "/", .max_body_bytes = 1000, .handler = handler},
            {.method = Method::post, .pattern = "/none", .max_body_bytes = 0, .handler = handler},
            {.method = Method::get,
             .pattern = "/throws",
             .max_body_bytes = 0,
             .handler = [](Request&) -> Reply { throw std::runtime_error("secret inner state"); }}};
}

std::string raw(const std::string& start, const std::string& headers) {
    return start + " HTTP/1.1\r\n" + headers + "\r\n";
}
const std::string kHostLine = "Host: portal.test\r\n";

}  // namespace

TEST_CASE("what the adapter does not understand it refuses before reading a body",
          "[http][hazards]") {
    const Running server(echo());
    struct Case {
        const char* what;
        std::string request;
        int status;
    };
    const auto c = GENERATE_COPY(values<Case>({
        {"chunked",
         raw("POST /", kHostLine + "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n",
         411},
        {"both lengths",
         raw("POST /", kHostLine + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") + "hello",
         400},
        {"no length", raw("POST /", kHostLine), 411},
        {"two lengths",
         raw("POST /", kHostLine + "Content-Length: 5\r\nContent-Length: 5\r\n") + "hello", 400},
        {"different lengths",
         raw("POST /", kHostLine + "Content-Length: 5\r\nContent-Length: 6\r\n") + "hello", 400},
        {"a signed length", raw("POST /", kHostLine + "Content-Length: +5\r\n") + "hello", 400},
        {"a length of words", raw("POST /", kHostLine + "Content-Length: five\r\n"), 400},
        {"compressed",
         raw("POST /", kHostLine + "Content-Encoding: gzip\r\nContent-Length: 5\r\n") + "hello",
         415},
        {"urlencoded", post("/", "a=b", "Content-Type: application/x-www-form-urlencoded\r\n"),
         415},
        {"a range", get("/", "Range: bytes=0-1\r\n"), 416},
        {"a thousand ranges",
         get(
             "/", "Range: bytes=0-1" +
                      [] {
                          std::string s;
                          for (int i = 0; i < 1500; ++i) s += ",0-";
                          return s;
                      }() +
                      "\r\n"),
         416},
        {"a body on GET", raw("GET /", kHostLine + "Content-Length: 5\r\n") + "hello", 400},
        {"a socket upgrade", get("/", "Upgrade: websocket\r\n"), 400},
        {"no host", raw("GET /", ""), 400},
        {"two hosts", raw("GET /", kHostLine + kHostLine), 400},
        {"another host", raw("GET /", "Host: console.test\r\n"), 421},
        {"an address as host", raw("GET /", "Host: 127.0.0.1\r\n"), 421},
        {"an odd method", raw("PATCH /", kHostLine + "Content-Length: 0\r\n"), 405},
        {"no method at all", raw("FROB /", kHostLine), 400},
        {"a wrong method", post("/throws", "x"), 405},
        {"no route", get("/nothing"), 404},
        {"an absolute target", get("http://portal.test/"), 400},
        {"NUL in the path", get("/%00"), 400},
        {"invalid UTF-8 in the path", get("/%C3%28"), 400},
        {"a long path", get("/" + std::string(2000, 'a')), 400},
        {"no HTTP", "hello\r\n\r\n", 400},
        {"a body where none may be", post("/none", "x"), 413},
    }));
    INFO(c.what);
    const auto reply = server.say(c.request);
    CHECK(status_of(reply) == c.status);
    CHECK(reply.ends_with("error page " + std::to_string(c.status)));
    CHECK(reply.find("Content-Security-Policy: default-src 'none'\r\n") != std::string::npos);
    CHECK(reply.find("Cache-Control: no-store\r\n") != std::string::npos);
    CHECK(reply.find("Referrer-Policy: no-referrer\r\n") != std::string::npos);
    CHECK(reply.find("X-Content-Type-Options: nosniff\r\n") != std::string::npos);
    CHECK(status_of(server.say(get("/"))) == 200);  // and goes on
}

TEST_CASE("an exception gives the error page and none of its words", "[http][hazards]") {
    int seen = 0;
    const Running server(
        echo(), [&](ListenerOptions& o) { o.on_exception = [&](std::exception_ptr) { ++seen; }; });
    const auto reply = server.say(get("/throws"));
    CHECK(status_of(reply) == 500);
    CHECK(reply.ends_with("error page 500"));
    CHECK(reply.find("secret") == std::string::npos);
    CHECK(reply.find("EXCEPTION") == std::string::npos);
    CHECK(seen == 1);
}

TEST_CASE("a body over the limit is read up to it and answered, however long it says it is",
          "[http][hazards]") {
    const Running server(echo());
    CHECK(server.say(post("/", std::string(1000, 'x'))).ends_with("read 1000"));
    CHECK(server.say(post("/", std::string(1001, 'x'))).ends_with("too large after 1000"));
    CHECK(server.say(post("/", std::string(15'000, 'x'))).ends_with("too large after 1000"));
    CHECK(status_of(server.say(post("/", std::string(3U << 20, 'x')), 5)) == 413);
    const int socket = server.connect();
    send_all(socket, raw("POST /", kHostLine + "Content-Length: 9007199254740000\r\n") +
                         std::string(5000, 'x'));
    CHECK(status_of(receive(socket)) == 413);  // said before the body is sent
    ::close(socket);
}

TEST_CASE("a body that breaks off is told from a whole one", "[http][hazards]") {
    const Running server(echo());
    const int socket = server.connect();
    send_all(socket, raw("POST /", kHostLine + "Content-Length: 10\r\n") + "half");
    ::shutdown(socket, SHUT_WR);
    CHECK(receive(socket).find("cut off") != std::string::npos);
    ::close(socket);
}

TEST_CASE("headers without an end are cut at 16 KiB", "[http][hazards]") {
    const Running server(echo());
    CHECK(status_of(server.say(get("/", "X: " + std::string(7000, 'x') + "\r\n"))) == 200);
    const auto one_line =
        server.say("GET / HTTP/1.1\r\n" + kHostLine + "X: " + std::string(1U << 20, 'x'));
    CHECK(status_of(one_line) == 400);
    std::string lines;
    for (int i = 0; i < 90; ++i)
        lines += "X-" + std::to_string(i) + ": " + std::string(300, 'x') + "\r\n";
    CHECK(status_of(server.say(get("/", lines))) == 400);
}

TEST_CASE("slow headers and silent bodies lose their thread", "[http][hazards]") {
    const Running server(echo(), [](ListenerOptions& o) {
        o.threads = 2;
        o.read_timeout_seconds = 1;
    });
    std::vector<int> sockets;
    for (int i = 0; i < 10; ++i) {
        sockets.push_back(server.connect());
        send_all(sockets.back(),
                 i % 2 ? "GET / HT" : raw("POST /", kHostLine + "Content-Length: 10\r\n") + "ha");
    }
    CHECK(status_of(server.say(get("/"), 30)) == 200);
    for (const int socket : sockets) ::close(socket);
}

TEST_CASE("idle connections give way to those that have something to say", "[http][hazards]") {
    const Running server(echo(), [](ListenerOptions& o) {
        o.threads = 2;
        o.keep_alive_seconds = 60;
    });
    std::vector<int> idle;
    for (int i = 0; i < 2; ++i) {
        idle.push_back(server.connect());
        send_all(idle.back(), raw("GET /", kHostLine));
    }
    CHECK(status_of(server.say(get("/"), 5)) == 200);
    for (const int socket : idle) ::close(socket);
}

TEST_CASE("connections beyond threads and queue are closed at once, the others are served",
          "[http][hazards]") {
    const Running server(echo(), [](ListenerOptions& o) {
        o.threads = 1;
        o.max_waiting = 2;
        o.read_timeout_seconds = 2;
    });
    const int busy = server.connect();
    send_all(busy, raw("GET /", kHostLine));
    REQUIRE(status_of(receive(busy, 1)) == 200);  // the one thread is with it, so it waits nowhere
    send_all(busy, "GET / HT");
    std::vector<int> sockets;
    for (int i = 0; i < 30; ++i) {
        sockets.push_back(server.connect());
        send_all(sockets.back(), get("/"));
    }
    int served = 0;
    for (const int socket : sockets) {
        served += status_of(receive(socket, 5)) == 200 ? 1 : 0;
        ::close(socket);
    }
    ::close(busy);
    CHECK(served >= 2);
    CHECK(served < 30);
    CHECK(status_of(server.say(get("/"), 5)) == 200);
}

TEST_CASE("a client that waits for 100-continue gets it", "[http][hazards]") {
    const Running server(echo());
    const int socket = server.connect();
    send_all(socket,
             raw("POST /",
                 kHostLine + "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"));
    char first[256];
    const auto n = ::read(socket, first, sizeof first);
    REQUIRE(n > 0);
    CHECK(std::string(first, static_cast<std::size_t>(n)).starts_with("HTTP/1.1 100 "));
    send_all(socket, "hello");
    CHECK(receive(socket).ends_with("read 5"));
    ::close(socket);
}

TEST_CASE("two listeners cannot share a port", "[http][hazards]") {
    const Running server(echo());
    ListenerOptions options;
    options.host = "127.0.0.1";
    options.port = server.port;
    Listener second(std::move(options), echo());
    CHECK_THROWS_AS(second.bind(), std::runtime_error);
}

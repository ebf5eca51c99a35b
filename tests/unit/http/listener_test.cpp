#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <fstream>

#include "server/http/client.h"
#include "tests/unit/http/support.h"

using namespace tillit;
using namespace tillit::http;
using namespace tillit::http::test;

namespace {

Reply text(std::string body) {
    Reply reply;
    reply.body = std::move(body);
    return reply;
}

Route route(Method method, const char* pattern, std::uint64_t max_body, Handler handler) {
    return {.method = method,
            .pattern = pattern,
            .max_body_bytes = max_body,
            .handler = std::move(handler)};
}

std::size_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    statm >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("a route gets its named fields and nothing else", "[http][listener]") {
    const Running server({route(Method::get, "/case/:id", 0, [](Request& r) {
        std::string out = std::string(r.arg("id")) + "|" + std::string(r.query_value("q")) + "|";
        for (const auto& [name, value] : r.cookies) out += name + "=" + value + ";";
        return text(out + "|" + r.host);
    })});
    const auto reply = server.say(get("/case/a%20b?q=1", "Cookie: tillit_session=s; other=x\r\n"));
    CHECK(status_of(reply) == 200);
    CHECK(reply.ends_with("a b|1|tillit_session=s;|portal.test"));
}

TEST_CASE("a handler is told when a browser says that another site's page asks",
          "[http][listener]") {
    const Running server({{Method::get, "/", 0, [](Request& request) {
                               Reply reply;
                               reply.body = request.is_from_elsewhere ? "elsewhere" : "here";
                               return reply;
                           }}});
    const auto asked = [&](const std::string& site) {
        const auto reply = server.say(get("/", "Sec-Fetch-Site: " + site + "\r\n"));
        return reply.substr(reply.find("\r\n\r\n") + 4);
    };
    CHECK(asked("cross-site") == "elsewhere");
    CHECK(asked("same-site") == "elsewhere");
    CHECK(asked("same-origin") == "here");
    CHECK(asked("none") == "here");
}

TEST_CASE("HEAD says what GET says, without the body", "[http][listener]") {
    const Running server({route(Method::get, "/", 0, [](Request&) { return text("hello"); })});
    auto request = get("/");
    request.replace(0, 3, "HEAD");
    const auto reply = server.say(request);
    CHECK(status_of(reply) == 200);
    CHECK(reply.find("Content-Length: 5\r\n") != std::string::npos);
    CHECK(reply.ends_with("\r\n\r\n"));
    CHECK(reply.find("Accept-Ranges") == std::string::npos);
}

TEST_CASE("a connection serves several requests, bodies of errors included", "[http][listener]") {
    const Running server({route(Method::get, "/", 0, [](Request&) { return text("hello"); }),
                          route(Method::post, "/", 100, [](Request&) { return text("unread"); })});
    const int socket = server.connect();
    const std::string host = std::string("Host: ") + kHost + "\r\n";
    send_all(socket, "GET / HTTP/1.1\r\n" + host + "\r\nPOST / HTTP/1.1\r\n" + host +
                         "Content-Length: 4\r\n\r\nbodyGET / HTTP/1.1\r\n" + host +
                         "Connection: close\r\n\r\n");
    const auto reply = receive(socket);
    ::close(socket);
    CHECK(reply.find("unread") != std::string::npos);
    CHECK(reply.ends_with("hello"));
    std::size_t replies = 0;
    for (auto at = reply.find("HTTP/1.1 200"); at != std::string::npos;
         at = reply.find("HTTP/1.1 200", at + 1)) {
        ++replies;
    }
    CHECK(replies == 3);
}

TEST_CASE("a streamed reply that breaks off is never a whole file", "[http][listener]") {
    const auto broken = [](bool is_sized) {
        return [is_sized](Request&) {
            Reply reply;
            if (is_sized) reply.stream_size = 100;
            reply.stream = [](const std::function<bool(crypto::ByteView)>& write) {
                return write(crypto::view("only this")) && false;
            };
            return reply;
        };
    };
    const auto whole = [](Request&) {
        Reply reply;
        reply.download_name = "x.bin";
        reply.stream_size = 9;
        reply.stream = [](const std::function<bool(crypto::ByteView)>& write) {
            return write(crypto::view("only ")) && write(crypto::view("this"));
        };
        return reply;
    };
    const Running server({route(Method::get, "/sized", 0, broken(true)),
                          route(Method::get, "/chunked", 0, broken(false)),
                          route(Method::get, "/whole", 0, whole)});
    CHECK(Client("http://127.0.0.1:" + std::to_string(server.port))
              .get("/sized", {{"Host", kHost}})
              .status == 0);
    const auto chunked = server.say(get("/chunked"));
    CHECK(chunked.find("only this") != std::string::npos);
    CHECK(chunked.find("\r\n0\r\n") == std::string::npos);
    CHECK(server.say(get("/whole")).ends_with("\r\n\r\nonly this"));
}

TEST_CASE("uploads pass in pieces: 100 MiB do not make the process grow", "[http][listener]") {
    std::size_t before = 0;
    std::size_t most = 0;
    std::uint64_t bytes = 0;
    const Running server({route(Method::post, "/", 200U << 20, [&](Request& r) {
        FormRules rules;
        rules.file_fields = {"f"};
        const FileSink sink{.begin =
                                [&](const Form&, const FileHeader&) {
                                    before = resident_bytes();
                                    return true;
                                },
                            .write =
                                [&](crypto::ByteView b) {
                                    bytes += b.size();
                                    if (bytes % (1U << 20) < b.size())
                                        most = std::max(most, resident_bytes());
                                    return true;
                                },
                            .end = [] { return true; }};
        return text(read_form(r, rules, sink).error ? "bad" : "good");
    })});
    constexpr std::size_t kMiB = 1U << 20;
    const std::string head =
        "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n";
    const std::string tail = "\r\n--B--\r\n";
    const int socket = server.connect();
    const std::string piece(kMiB, '\r');  // the worst content for a search for CRLF
    send_all(socket,
             std::string("POST / HTTP/1.1\r\nHost: ") + kHost +
                 "\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=B\r\n"
                 "Content-Length: " +
                 std::to_string(head.size() + 100 * kMiB + tail.size()) + "\r\n\r\n" + head);
    for (int i = 0; i < 100; ++i) send_all(socket, piece);
    send_all(socket, tail);
    const auto reply = receive(socket, 10);
    ::close(socket);
    CHECK(reply.ends_with("good"));
    CHECK(bytes == 100 * kMiB);
    CHECK(most <= before + 4 * kMiB);
}

TEST_CASE("a file cached by its hash is answered with 304", "[http][listener]") {
    const Running server({route(Method::get, "/", 0, [](Request&) {
        auto reply = text("body");
        reply.etag = "abc";
        reply.caching = Caching::immutable;
        return reply;
    })});
    CHECK(status_of(server.say(get("/"))) == 200);
    CHECK(status_of(server.say(get("/", "If-None-Match: \"abc\"\r\n"))) == 304);
}

TEST_CASE("a listener can be stopped before, while and after it runs", "[http][listener]") {
    for (int i = 0; i < 20; ++i) {
        const Running server({route(Method::get, "/", 0, [](Request&) { return text("x"); })});
        if (i % 2 == 0) CHECK(status_of(server.say(get("/"))) == 200);
    }
    ListenerOptions options;
    options.host = "127.0.0.1";
    Listener never_run(std::move(options), {});
    CHECK(never_run.bind() > 0);
}

#include "tests/unit/http/support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace tillit::http::test {

Running::Running(std::vector<Route> routes, const std::function<void(ListenerOptions&)>& change) {
    ListenerOptions options;
    options.host = "127.0.0.1";
    options.hosts = {kHost};
    options.cookie_names = {"tillit_session"};
    options.content_security_policy = "default-src 'none'";
    options.error_page = [](int status) {
        Reply reply;
        reply.body = "error page " + std::to_string(status);
        return reply;
    };
    if (change) change(options);
    listener_ = std::make_unique<Listener>(std::move(options), std::move(routes));
    port = listener_->bind();
    thread_ = std::thread([this] { listener_->run(); });
}

Running::~Running() {
    listener_->stop();
    thread_.join();
}

int Running::connect() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect");
    }
    return socket;
}

void send_all(int socket, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
        const auto n = ::send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) return;  // the other side has closed: what it said is what counts
        sent += static_cast<std::size_t>(n);
    }
}

std::string receive(int socket, int seconds) {
    const timeval wait{.tv_sec = seconds, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    std::string out;
    char buffer[16384];
    for (;;) {
        const auto n = ::recv(socket, buffer, sizeof buffer, 0);
        if (n <= 0) return out;
        out.append(buffer, static_cast<std::size_t>(n));
    }
}

std::string Running::say(const std::string& bytes, int seconds) const {
    const int socket = connect();
    send_all(socket, bytes);
    auto reply = receive(socket, seconds);
    ::close(socket);
    return reply;
}

int status_of(const std::string& reply) {
    return reply.size() < 12 || !reply.starts_with("HTTP/1.1 ") ? 0 : std::stoi(reply.substr(9, 3));
}

std::string get(const std::string& path, const std::string& more_headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: " + kHost + "\r\nConnection: close\r\n" +
           more_headers + "\r\n";
}

std::string post(const std::string& path, const std::string& body,
                 const std::string& more_headers) {
    return "POST " + path + " HTTP/1.1\r\nHost: " + kHost +
           "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           more_headers + "\r\n" + body;
}

Request request_with(std::string body, std::string content_type, std::size_t slice, BodyEnd end) {
    Request request;
    request.method = Method::post;
    request.content_type = std::move(content_type);
    request.content_length = body.size();
    request.read_body = [body = std::move(body), slice,
                         end](const std::function<bool(crypto::ByteView)>& on_piece) {
        for (std::size_t at = 0; at < body.size(); at += slice) {
            const auto piece = std::string_view(body).substr(at, slice);
            if (!on_piece(crypto::view(piece))) return BodyEnd::stopped;
        }
        return end;
    };
    return request;
}

}  // namespace tillit::http::test

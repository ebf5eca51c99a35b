#include "tests/load/http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace tillit::load {

std::string_view Answer::header(std::string_view name) const {
    const auto line = "\r\n" + std::string(name) + ": ";
    const auto at = headers.find(line);
    if (at == std::string::npos) return {};
    const auto from = at + line.size();
    return std::string_view(headers).substr(from, headers.find("\r\n", from) - from);
}

std::string Answer::cookie(std::string_view name) const {
    const auto start = headers.find(std::string(name) + "=");
    if (start == std::string::npos) return {};
    return headers.substr(start, headers.find_first_of(";\r", start) - start);
}

Client::Client(std::string host, int port) : host_(std::move(host)), port_(port) { connect(); }

Client::~Client() {
    if (socket_ >= 0) close(socket_);
}

void Client::connect() {
    if (socket_ >= 0) close(socket_);
    buffer_.clear();
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    inet_pton(AF_INET, host_.c_str(), &address.sin_addr);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        throw std::runtime_error("cannot connect to the portal");
    }
    const int on = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void Client::part(std::string& body, std::string_view name, std::string_view value) {
    body.append("--").append(kBoundary).append("\r\nContent-Disposition: form-data; name=\"");
    body.append(name).append("\"\r\n\r\n").append(value).append("\r\n");
}

void Client::end(std::string& body) { body.append("--").append(kBoundary).append("--\r\n"); }

void Client::send_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error("connection lost while sending");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

Answer Client::read_answer() {
    char block[64 * 1024];
    std::size_t header_end = std::string::npos;
    while ((header_end = buffer_.find("\r\n\r\n")) == std::string::npos) {
        const auto got = recv(socket_, block, sizeof block, 0);
        if (got <= 0) throw std::runtime_error("connection lost while reading");
        buffer_.append(block, static_cast<std::size_t>(got));
    }
    Answer answer;
    answer.headers = buffer_.substr(0, header_end + 2);
    answer.status = std::atoi(answer.headers.c_str() + 9);
    const auto length = answer.header("Content-Length");
    const auto size = length.empty() ? 0 : std::strtoull(std::string(length).c_str(), nullptr, 10);
    while (buffer_.size() < header_end + 4 + size) {
        const auto got = recv(socket_, block, sizeof block, 0);
        if (got <= 0) throw std::runtime_error("connection lost while reading");
        buffer_.append(block, static_cast<std::size_t>(got));
    }
    answer.body = buffer_.substr(header_end + 4, size);
    buffer_.erase(0, header_end + 4 + size);
    if (answer.header("Connection") == "close") connect();
    return answer;
}

Answer Client::exchange(std::string_view request) {
    try {
        send_all(request);
        return read_answer();
    } catch (const std::runtime_error&) {
        connect();  // a kept connection may have been closed for its age: once more
        send_all(request);
        return read_answer();
    }
}

Answer Client::get(std::string_view path, std::string_view cookie) {
    std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + host_ + ":" +
                          std::to_string(port_) + "\r\n";
    if (!cookie.empty()) request.append("Cookie: ").append(cookie).append("\r\n");
    return exchange(request + "\r\n");
}

namespace {

std::string post_head(std::string_view path, const std::string& host, int port, std::size_t length,
                      std::string_view cookie) {
    std::string head =
        "POST " + std::string(path) + " HTTP/1.1\r\nHost: " + host + ":" + std::to_string(port) +
        "\r\nContent-Length: " + std::to_string(length) +
        "\r\nContent-Type: multipart/form-data; boundary=" + std::string(Client::kBoundary) +
        "\r\n";
    if (!cookie.empty()) head.append("Cookie: ").append(cookie).append("\r\n");
    return head + "\r\n";
}

}  // namespace

Answer Client::post(std::string_view path, std::string_view body, std::string_view cookie) {
    return exchange(post_head(path, host_, port_, body.size(), cookie).append(body));
}

Answer Client::post_with_file(std::string_view path, std::string fields, std::size_t file_bytes) {
    fields.append("--").append(kBoundary);
    fields.append("\r\nContent-Disposition: form-data; name=\"file1\"; filename=\"load.bin\"\r\n");
    fields.append("Content-Type: application/octet-stream\r\n\r\n");
    std::string tail = "\r\n";
    end(tail);
    connect();
    send_all(post_head(path, host_, port_, fields.size() + file_bytes + tail.size(), {}));
    send_all(fields);
    const std::string block(1 << 20, 'x');
    for (std::size_t left = file_bytes; left > 0;) {
        const auto n = std::min(left, block.size());
        send_all(std::string_view(block).substr(0, n));
        left -= n;
    }
    send_all(tail);
    return read_answer();
}

}  // namespace tillit::load

#include "server/connect/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <string>
#include <utility>

namespace tillit::connect {

namespace {

/// A port nobody listens on at 127.0.0.1, for machines without IPv6. Let go at once.
int any_free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    const bool is_bound =
        ::bind(probe, generic, size) == 0 && ::getsockname(probe, generic, &size) == 0;
    ::close(probe);
    if (!is_bound) throw std::runtime_error("this machine gives no port on 127.0.0.1");
    return ntohs(address.sin_port);
}

}  // namespace

LoopbackPort::LoopbackPort(int port) : port_(port) {
    socket_ = ::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = htons(static_cast<std::uint16_t>(port));
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    // No SO_REUSEADDR: with it, somebody else's socket with the same wish could share the port.
    if (socket_ >= 0 && ::bind(socket_, generic, size) == 0 &&
        ::getsockname(socket_, generic, &size) == 0) {
        port_ = ntohs(address.sin6_port);
        return;
    }
    const bool is_taken = socket_ >= 0 && errno == EADDRINUSE;
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
    if (is_taken) {
        throw std::runtime_error("port " + std::to_string(port) +
                                 " of this machine is taken; choose another, or leave --port out");
    }
    if (port_ == 0) port_ = any_free_port();
}

LoopbackPort::~LoopbackPort() {
    if (socket_ >= 0) ::close(socket_);
}

}  // namespace tillit::connect

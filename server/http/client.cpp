#include "server/http/client.h"

#include <limits>

#include "server/http/headers.h"
#include "server/http/library.h"

namespace tillit::http {

/// The connection is the handle's; the client holds what TLS needs as long as it lives.
struct ClientStream::Impl {
    std::unique_ptr<httplib::Client> client;
    httplib::ClientImpl::StreamHandle handle;
    Client::Headers headers;
};

namespace {

constexpr time_t kConnectSeconds = 15;
constexpr time_t kWaitSeconds = 60;  // for each piece: a service under load, a slow line

httplib::Headers to_library(const Client::Headers& headers) {
    httplib::Headers out;
    for (const auto& [name, value] : headers) out.emplace(name, value);
    return out;
}
ClientReply to_reply(const httplib::Result& result) {
    ClientReply reply;
    if (!result) return reply;
    reply.status = result->status;
    reply.content_type = result->get_header_value("Content-Type");
    reply.body = result->body;
    for (const auto& [name, value] : result->headers) {
        reply.headers.emplace_back(to_lower(name), value);
    }
    return reply;
}

}  // namespace

ClientStream::ClientStream(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ClientStream::~ClientStream() = default;
int ClientStream::status() const { return impl_->handle.response->status; }
const Client::Headers& ClientStream::headers() const { return impl_->headers; }

long ClientStream::read(char* out, std::size_t size) {
    const auto count = impl_->handle.read(out, size);
    // The library tells an end too early from the end by its error alone.
    return count == 0 && impl_->handle.has_read_error() ? -1 : count;
}

Client::Client(std::string origin) : origin_(std::move(origin)) {}

bool Client::has_tls() noexcept {
#ifdef CPPHTTPLIB_SSL_ENABLED
    return true;
#else
    return false;
#endif
}

ClientReply Client::get(const std::string& path, const Headers& headers) {
    httplib::Client client(origin_);
    return to_reply(client.Get(path, to_library(headers)));
}
ClientReply Client::post(const std::string& path, const std::string& body,
                         const std::string& content_type, const Headers& headers) {
    httplib::Client client(origin_);
    return to_reply(client.Post(path, to_library(headers), body, content_type));
}
ClientReply Client::put(const std::string& path, const std::string& body,
                        const std::string& content_type, const Headers& headers) {
    httplib::Client client(origin_);
    return to_reply(client.Put(path, to_library(headers), body, content_type));
}

std::unique_ptr<ClientStream> Client::open(const std::string& method, const std::string& target,
                                           const Headers& headers, const std::string& body) {
    auto impl = std::make_unique<ClientStream::Impl>();
    impl->client = std::make_unique<httplib::Client>(origin_);
    impl->client->set_connection_timeout(kConnectSeconds);
    impl->client->set_read_timeout(kWaitSeconds);
    impl->client->set_write_timeout(kWaitSeconds);
    impl->client->set_payload_max_length((std::numeric_limits<std::size_t>::max)());
    auto sent = to_library(headers);
    if (!sent.contains("Accept-Encoding")) sent.emplace("Accept-Encoding", "identity");
    sent.emplace("Connection", "close");
    // The library leaves the length of an empty body out, which a server must then ask for.
    if (body.empty() && method != "GET") sent.emplace("Content-Length", "0");
    impl->handle = impl->client->open_stream(method, target, {}, sent, body);
    if (!impl->handle.is_valid()) return nullptr;
    for (const auto& [name, value] : impl->handle.response->headers) {
        impl->headers.emplace_back(to_lower(name), value);
    }
    return std::make_unique<ClientStream>(std::move(impl));
}

}  // namespace tillit::http

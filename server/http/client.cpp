#include "server/http/client.h"

#include "server/http/headers.h"
#include "server/http/library.h"

namespace tillit::http {

namespace {
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

Client::Client(std::string origin) : origin_(std::move(origin)) {}

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

}  // namespace tillit::http

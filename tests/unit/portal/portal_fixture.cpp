#include "tests/unit/portal/portal_fixture.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "storage/cases.h"

namespace tillit::test {

namespace {

constexpr const char* kBoundary = "----formboundary7MA4YWxkTrZu0gW";

std::string multipart(const Fields& fields, const std::vector<FormFile>& files) {
    std::string body;
    for (const auto& [name, value] : fields) {
        body += "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; name=\"" +
                name + "\"\r\n\r\n" + value + "\r\n";
    }
    for (const auto& file : files) {
        body += "--" + std::string(kBoundary) + "\r\nContent-Disposition: form-data; name=\"" +
                file.field + "\"; filename=\"" + file.name +
                "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + file.content + "\r\n";
    }
    return body + "--" + kBoundary + "--\r\n";
}

std::string multipart_type() { return std::string("multipart/form-data; boundary=") + kBoundary; }

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t at = 1; at <= path.size();) {
        const auto end = std::min(path.find('/', at), path.size());
        parts.push_back(path.substr(at, end - at));
        at = end + 1;
    }
    return parts;
}

}  // namespace

Browser::Browser(portal::Portal& portal, std::string host)
    : routes_(portal.routes()), host_(std::move(host)) {}

http::Reply Browser::send(http::Method method, const std::string& target, const std::string& type,
                          const std::string& body, std::size_t announced) {
    http::Request request;
    request.method = method;
    request.host = host_;
    request.path = target.substr(0, target.find('?'));
    if (target.find('?') != std::string::npos) {
        const auto query = target.substr(target.find('?') + 1);
        request.query.emplace_back(query.substr(0, query.find('=')),
                                   query.substr(query.find('=') + 1));
    }
    request.content_type = type;
    request.content_length = announced;
    request.is_from_elsewhere = is_elsewhere;
    if (!cookie_.empty()) request.cookies.emplace_back(portal::kCaseCookie, cookie_);
    const auto wanted = split(request.path);
    for (const auto& route : routes_) {
        const auto parts = split(route.pattern);
        if (route.method != method || parts.size() != wanted.size()) continue;
        request.path_args.clear();
        bool fits = true;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].starts_with(':')) {
                request.path_args.emplace_back(parts[i].substr(1), wanted[i]);
            } else if (parts[i] != wanted[i]) {
                fits = false;
            }
        }
        if (!fits) continue;
        request.read_body = [&](const std::function<bool(crypto::ByteView)>& on_piece) {
            constexpr std::size_t kPiece = 10'007;  // not a multiple of anything
            for (std::size_t at = 0; at < body.size(); at += kPiece) {
                if (at >= route.max_body_bytes) return http::BodyEnd::too_large;
                const auto piece = std::string_view(body).substr(at, kPiece);
                if (!on_piece(crypto::view(piece))) return http::BodyEnd::stopped;
            }
            return body.size() < announced ? http::BodyEnd::cut_off : http::BodyEnd::complete;
        };
        auto reply = route.handler(request);
        for (const auto& cookie : reply.cookies) cookie_ = cookie.value;
        return reply;
    }
    FAIL("no route for " << target);
    return {};
}

http::Reply Browser::get(const std::string& target) {
    return send(http::Method::get, target, "", "", 0);
}

http::Reply Browser::post(const std::string& path, const Fields& fields,
                          const std::vector<FormFile>& files) {
    return post_raw(path, multipart_type(), multipart(fields, files));
}

http::Reply Browser::post_raw(const std::string& path, const std::string& type, std::string body) {
    return send(http::Method::post, path, type, body, body.size());
}

http::Reply Browser::post_cut(const std::string& path, const Fields& fields,
                              const std::vector<FormFile>& files, std::size_t bytes) {
    const auto body = multipart(fields, files);
    return send(http::Method::post, path, multipart_type(), body.substr(0, bytes), body.size());
}

std::string input_value(const std::string& html, const std::string& name) {
    const auto at = html.find("name=\"" + name + "\" value=\"");
    if (at == std::string::npos) return {};
    const auto start = at + name.size() + 15;
    return html.substr(start, html.find('"', start) - start);
}

std::string key_words(const std::string& html) {
    std::string words;
    const auto list = html.find("<ol class=\"words\"");
    if (list == std::string::npos) return {};
    const auto end = html.find("</ol>", list);
    for (auto at = html.find("<li>", list); at < end; at = html.find("<li>", at + 1)) {
        words += html.substr(at + 4, html.find("</li>", at) - at - 4) + " ";
    }
    return words;
}

std::optional<std::string> download(const http::Reply& reply) {
    std::string content;
    const bool is_whole = reply.stream([&](crypto::ByteView piece) {
        content.append(piece.begin(), piece.end());
        return true;
    });
    if (!is_whole || content.size() != reply.stream_size) return std::nullopt;
    return content;
}

World::World(const OrganisationSetup& setup)
    : org(setup), portal({.assets = TILLIT_TEST_ASSETS, .exit_url = ""}), browser([this] {
          portal.add_site({"portal.test"}, org.organisation());
          return Browser(portal, "portal.test");
      }()) {}

Fields World::report(const std::string& text) {
    const auto form = browser.get("/report");
    Fields fields = {{"token", input_value(form.body, "token")}, {"text", text}};
    for (const auto& id : org.default_readers()) {
        fields.emplace_back("to", crypto::to_base64url(id));
    }
    return fields;
}

std::string World::hand_in(const Fields& fields, const std::vector<FormFile>& files) {
    const auto reply = browser.post("/report", fields, files);
    REQUIRE(reply.status == 200);
    const auto words = key_words(reply.body);
    REQUIRE_FALSE(words.empty());
    return words;
}

void World::come_back(Browser& with, const std::string& words) {
    const auto reply = with.post("/return", {{"key", words}});
    REQUIRE(reply.status == 303);
    REQUIRE(reply.location == "/case");
}

std::size_t World::cases_of(std::string_view name) {
    const auto member = org.person(name).listed.member;
    return org.store().read([&](storage::Database& db) {
        return static_cast<std::size_t>(storage::Cases(db).inbox_count(member));
    });
}

}  // namespace tillit::test

/// Requests and replies as handlers see them: named fields only. No address, no user agent, no raw
/// header can reach a handler, because the adapter (server/http/server.cpp) does not copy them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/secret.h"

namespace tillit::http {

enum class Method { get, head, post, put, del };

/// Reads the body once, in order, in pieces, up to the route's limit.
/// `on_piece` returns false to stop reading. Returns how it ended.
enum class BodyEnd { complete, stopped, too_large, cut_off };
using BodyReader = std::function<BodyEnd(const std::function<bool(crypto::ByteView)>& on_piece)>;

struct Request {
    Method method = Method::get;
    std::string path;                                            // decoded, without the query
    std::vector<std::pair<std::string, std::string>> query;      // never a secret
    std::vector<std::pair<std::string, std::string>> path_args;  // ":name" of the route
    std::string host;                                            // Host header, lower case
    std::string content_type;                                    // of the body
    std::uint64_t content_length = 0;
    std::string csrf;             // X-Tillit-Csrf
    std::string token;            // X-Tillit-Token: what a reporter's script proves itself by
    std::string accept_language;  // for choosing a language; at most 200 bytes
    bool if_none_match_hit = false;
    std::string if_none_match;
    bool accepts_gzip = false;
    bool is_from_elsewhere = false;  // a browser says that another site's page asks
    bool is_https = false;  // X-Forwarded-Proto from the trusted proxy, or an onion host: false
    std::vector<std::pair<std::string, std::string>> cookies;  // only names this listener knows

    BodyReader read_body;  // valid during the handler

    [[nodiscard]] std::string_view cookie(std::string_view name) const noexcept;
    [[nodiscard]] std::string_view query_value(std::string_view name) const noexcept;
    [[nodiscard]] std::string_view arg(std::string_view name) const noexcept;
};

struct SetCookie {
    std::string name;
    std::string value;  // empty: delete it
    std::string path = "/";
    std::optional<std::int64_t> max_age_seconds;  // none: a session cookie
    // HttpOnly and SameSite=Strict always; Secure and the __Host- prefix when the listener is
    // https.
};

/// What the browser may keep.
enum class Caching {
    no_store,      // content, keys, errors: the default
    private_form,  // a blank form: "private, no-cache", so that Back keeps a typed text
    immutable      // static files with a hash in their name
};

struct Reply {
    int status = 200;
    std::string content_type = "text/html; charset=utf-8";
    std::string body;
    std::string location;  // for 303
    std::vector<SetCookie> cookies;
    Caching caching = Caching::no_store;
    bool clear_site_data = false;  // on leaving: Clear-Site-Data: "cache", "cookies", "storage"
    bool keeps_cookies = false;    // with it: leaves cookies (the console's known-device cookie)
    std::string download_name;     // Content-Disposition: attachment; cleaned by the adapter
    std::optional<std::int64_t> retry_after_seconds;
    std::string etag;
    std::string content_security_policy;  // in place of the listener's, for pages with a script
    bool is_gzip = false;                 // body is gzip-compressed already (static files only)
    /// If set, the body is written by this function, piece by piece; `size` bytes in all if known.
    /// It returns false to break off (the client sees a broken transfer, never a complete file).
    std::function<bool(const std::function<bool(crypto::ByteView)>& write)> stream;
    std::optional<std::uint64_t> stream_size;
};

using Handler = std::function<Reply(Request&)>;

/// One route. A path segment ":name" matches one segment. Deny by default: what no route names is
/// 404.
struct Route {
    Method method;
    std::string pattern;
    std::uint64_t max_body_bytes;  // 0: a body is refused
    Handler handler;
};

}  // namespace tillit::http

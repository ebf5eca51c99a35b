// The adapter. What of cpp-httplib 0.41 it works around, each with a test in tests/unit/http:
//   * it asks for the peer's address and offers it to handlers: process_and_close_socket is ours
//   and
//     passes empty text; there is no address in the process to leak;
//   * header lines, slow headers and slow bodies are unbounded, unread bodies are drained whole:
//     Connection bounds them, and never reads past the declared body;
//   * multipart bodies go through its own parser if the Content-Type says so, so that header is
//   taken
//     away before routing and ours sees the raw bytes; Transfer-Encoding, Content-Encoding, Range
//     and WebSocket upgrades are refused before a byte of a body is read;
//   * SO_REUSEPORT by default would let a second process of the same user take half the visitors.
#include "server/http/server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "crypto/strict_json.h"
#include "server/http/connection.h"
#include "server/http/headers.h"
#include "server/http/library.h"
#include "server/http/router.h"
#include "server/http/worker_pool.h"
#include "server/memory/scrub_stack.h"

namespace tillit::http {

namespace {

constexpr std::size_t kMaxPathBytes = 1024;
constexpr std::size_t kMaxSmallHeader = 200;
constexpr std::uint64_t kReadableExcess = 16;
constexpr std::size_t kRequestsPerConnection = 1000;
constexpr std::string_view kUnixPrefix = "unix:";

std::string header(const httplib::Request& request, const char* name, std::size_t max_bytes) {
    auto value = request.get_header_value(name);
    if (value.size() > max_bytes) value.clear();
    return value;
}

std::optional<Method> method_of(const std::string& name) {
    if (name == "GET") return Method::get;
    if (name == "HEAD") return Method::head;
    if (name == "POST") return Method::post;
    if (name == "PUT") return Method::put;
    if (name == "DELETE") return Method::del;
    return std::nullopt;
}

bool is_clean_path(const std::string& path) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    };
    return path.starts_with('/') && path.size() <= kMaxPathBytes &&
           std::none_of(path.begin(), path.end(), is_control) &&
           crypto::is_clean_utf8(crypto::view(path));
}

bool is_sent_by_another_site(const httplib::Request& request) {
    const auto site = header(request, "Sec-Fetch-Site", kMaxSmallHeader);
    return site == "cross-site" || site == "same-site";
}

/// A page elsewhere asks, as far as browsers tell: they do for every post, and for all since 2023.
bool is_from_elsewhere(const httplib::Request& request, const std::string& host) {
    if (request.has_header("Origin") && request.get_header_value("Origin") != "http://" + host) {
        return true;
    }
    return is_sent_by_another_site(request) &&
           header(request, "Sec-Fetch-Mode", kMaxSmallHeader) != "navigate";
}

/// What one request needs beyond the library's objects, on its thread while it is served.
struct Context {
    Connection& connection;
    std::string content_type;
    std::uint64_t content_length = 0;
    bool is_answered = false;  // by us: the library's error hook leaves it alone
    Caching caching = Caching::no_store;
    std::string content_security_policy;
};
thread_local Context* current = nullptr;

class LibraryStream final : public httplib::Stream {
  public:
    explicit LibraryStream(Connection& connection) : connection_(connection) {}
    [[nodiscard]] bool is_readable() const override { return connection_.has_buffered(); }
    [[nodiscard]] bool wait_readable() const override {
        return true;
    }  // read() waits, with its own limits
    [[nodiscard]] bool wait_writable() const override { return connection_.wait_writable(); }
    [[nodiscard]] bool is_peer_alive() const override { return true; }  // write() finds out
    ssize_t read(char* out, size_t size) override { return connection_.read(out, size); }
    ssize_t write(const char* bytes, size_t size) override {
        return connection_.write(bytes, size);
    }
    void get_remote_ip_and_port(std::string&, int&) const override {}
    void get_local_ip_and_port(std::string&, int&) const override {}
    [[nodiscard]] socket_t socket() const override { return connection_.socket(); }
    [[nodiscard]] time_t duration() const override { return 0; }

  private:
    Connection& connection_;
};

}  // namespace

struct Listener::Impl final : public httplib::Server {
    Impl(ListenerOptions o, std::vector<Route> routes)
        : options(std::move(o)),
          router(std::move(routes)),
          fixed_headers(security_headers(options.content_security_policy)) {
        set_up();
    }

    void set_up();
    void serve_connection(int socket);
    bool serve_request(Connection& connection, bool is_last);
    std::optional<int> refusal(const httplib::Request& request) const;
    void dispatch(const httplib::Request& request, httplib::Response& response,
                  const httplib::ContentReader* body);
    Request to_request(const httplib::Request& request, Method method) const;
    void send(Reply reply, const httplib::Request& request, httplib::Response& response) const;
    void send_error(int status, const httplib::Request& request, httplib::Response& response) const;
    void finish_headers(httplib::Response& response) const;
    [[nodiscard]] bool is_https(const httplib::Request& request) const {
        return header(request, "X-Forwarded-Proto", 10) == "https";
    }

    bool process_and_close_socket(socket_t socket) override {
        serve_connection(socket);
        return true;
    }

    ListenerOptions options;
    Router router;
    HeaderList fixed_headers;
    WorkerPool* pool = nullptr;  // owned by the library's listening loop
    std::atomic<bool> is_stopping = false;
    std::atomic<bool> has_started = false;
    std::atomic<bool> has_ended = false;
};

namespace {
/// The library owns and deletes its queue; ours lives inside.
class LibraryQueue final : public httplib::TaskQueue {
  public:
    LibraryQueue(std::size_t threads, std::size_t max_waiting) : pool(threads, max_waiting) {}
    bool enqueue(std::function<void()> job) override { return pool.enqueue(std::move(job)); }
    void shutdown() override { pool.shut_down(); }
    WorkerPool pool;
};
}  // namespace

void Listener::Impl::set_up() {
    set_tcp_nodelay(true);
    // A second less than we wait, so that a client never sends into a connection just being closed.
    set_keep_alive_timeout(std::max(1, options.keep_alive_seconds - 1));
    set_keep_alive_max_count(kRequestsPerConnection);
    set_payload_max_length((std::numeric_limits<size_t>::max)());  // routes have their own
    set_socket_options([](socket_t s) { httplib::set_socket_opt(s, SOL_SOCKET, SO_REUSEADDR, 1); });
    new_task_queue = [this] {
        auto* queue = new LibraryQueue(options.threads, options.max_waiting);
        pool = &queue->pool;
        return queue;
    };
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
        const auto status = refusal(request);
        if (status) {
            send_error(*status, request, response);
            return HandlerResponse::Handled;
        }
        // Ours to change: the library made it for this request and hands it out const.
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
        auto& headers = const_cast<httplib::Request&>(request).headers;
        current->content_type = header(request, "Content-Type", kMaxSmallHeader);
        headers.erase("Content-Type");
        return HandlerResponse::Unhandled;
    });
    // One pattern: routing is ours. Paths are capped by refusal() before the regular expression
    // runs.
    const auto without_body = [this](const httplib::Request& request, httplib::Response& response) {
        dispatch(request, response, nullptr);
    };
    const auto with_body = [this](const httplib::Request& request, httplib::Response& response,
                                  const httplib::ContentReader& body) {
        dispatch(request, response, &body);
    };
    Get("/.*", without_body);
    Post("/.*", with_body);
    Put("/.*", with_body);
    Delete("/.*", with_body);
    set_exception_handler([this](const httplib::Request& request, httplib::Response& response,
                                 std::exception_ptr trouble) {
        if (options.on_exception) options.on_exception(std::move(trouble));
        send_error(500, request, response);
    });
    set_error_handler([this](const httplib::Request& request, httplib::Response& response) {
        if (!current->is_answered) send_error(response.status, request, response);
    });
    set_post_routing_handler(
        [this](const httplib::Request&, httplib::Response& response) { finish_headers(response); });
}

void Listener::Impl::serve_connection(int socket) {
    Connection connection(
        socket,
        {.read_timeout_seconds = options.read_timeout_seconds,
         .write_timeout_seconds = options.write_timeout_seconds,
         .keep_alive_seconds = options.keep_alive_seconds},
        [this] { return is_stopping.load(); }, [this] { return pool && pool->waiting() > 0; });
    bool goes_on = true;
    for (std::size_t n = 0; goes_on && n < kRequestsPerConnection; ++n) {
        if (!connection.wait_for_request()) break;
        goes_on = serve_request(connection, /*is_last=*/n + 1 == kRequestsPerConnection);
        memory::scrub_stack();
        if (options.after_request) options.after_request();
    }
    connection.linger();
}

[[gnu::noinline]] bool Listener::Impl::serve_request(Connection& connection, bool is_last) {
    LibraryStream stream(connection);
    Context context{.connection = connection, .content_type = {}};
    current = &context;
    bool is_closed = false;
    const auto headers_are_read = [&](httplib::Request& request) {
        const auto length = parse_length(request.get_header_value("Content-Length"));
        context.content_length = length.value_or(0);
        connection.start_body(context.content_length);
    };
    const bool is_sent = process_request(stream, "", 0, "", 0, /*close_connection=*/is_last,
                                         is_closed, headers_are_read);
    current = nullptr;
    return connection.finish_request() && is_sent && !is_closed;
}

std::optional<int> Listener::Impl::refusal(const httplib::Request& request) const {
    if (request.get_header_value_count("Host") != 1) return 400;
    const auto host = to_lower(request.get_header_value("Host"));
    if (std::find(options.hosts.begin(), options.hosts.end(), host) == options.hosts.end())
        return 421;
    if (options.refuses_other_sites && is_from_elsewhere(request, host)) return 403;
    if (!is_clean_path(request.path)) return 400;
    const auto method = method_of(request.method);
    if (!method) return 405;
    if (request.has_header("Transfer-Encoding")) return 411;
    if (request.has_header("Content-Encoding")) return 415;
    if (request.has_header("Range")) return 416;
    if (to_lower(request.get_header_value("Upgrade")) == "websocket") return 400;
    const auto lengths = request.get_header_value_count("Content-Length");
    const bool may_have_body = *method == Method::post || *method == Method::put;
    if (lengths == 0) return may_have_body ? std::optional(411) : std::nullopt;
    const auto length = parse_length(request.get_header_value("Content-Length"));
    if (lengths > 1 || !length) return 400;
    if (!may_have_body && *length > 0) return 400;
    // Its limit is baked into the library (8,192 bytes), and its text would lie in its strings.
    const auto type = to_lower(request.get_header_value("Content-Type"));
    if (type.starts_with("application/x-www-form-urlencoded")) return 415;
    return std::nullopt;
}

Request Listener::Impl::to_request(const httplib::Request& from, Method method) const {
    Request to;
    to.method = method;
    to.path = from.path;
    for (const auto& [name, value] : from.params) to.query.emplace_back(name, value);
    to.host = to_lower(from.get_header_value("Host"));
    to.content_type = current->content_type;
    to.content_length = current->content_length;
    to.csrf = header(from, "X-Tillit-Csrf", kMaxSmallHeader);
    to.token = header(from, "X-Tillit-Token", kMaxSmallHeader);
    to.accept_language = header(from, "Accept-Language", kMaxSmallHeader);
    to.if_none_match = header(from, "If-None-Match", kMaxSmallHeader);
    to.accepts_gzip = from.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
    to.is_from_elsewhere = is_sent_by_another_site(from);
    to.is_https = is_https(from);
    for (std::size_t i = 0; i < from.get_header_value_count("Cookie"); ++i) {
        for (auto& cookie : known_cookies(from.get_header_value("Cookie", "", i),
                                          options.cookie_names, to.is_https)) {
            to.cookies.push_back(std::move(cookie));
        }
    }
    return to;
}

void Listener::Impl::dispatch(const httplib::Request& from, httplib::Response& response,
                              const httplib::ContentReader* body) {
    const auto method = method_of(from.method).value_or(Method::get);
    auto match = router.find(method, from.path);
    if (!match.route) return send_error(match.status, from, response);
    const std::uint64_t limit = match.route->max_body_bytes;
    // A body somewhat too large is read up to the limit, so that the text before a large file is
    // not lost; one beyond all reason is refused before it is sent.
    if (current->content_length / kReadableExcess > limit) return send_error(413, from, response);
    if (limit == 0 && current->content_length > 0) return send_error(413, from, response);

    auto request = to_request(from, method);
    request.path_args = std::move(match.args);
    bool was_read = false;
    request.read_body = [&](const std::function<bool(crypto::ByteView)>& on_piece) {
        if (std::exchange(was_read, true) || !body) return BodyEnd::complete;
        std::uint64_t taken = 0;
        auto end = BodyEnd::cut_off;
        const bool is_whole = (*body)([&](const char* bytes, std::size_t size) {
            const auto room =
                static_cast<std::size_t>(std::min<std::uint64_t>(size, limit - taken));
            taken += room;
            if (room > 0 && !on_piece({reinterpret_cast<const std::uint8_t*>(bytes), room})) {
                end = BodyEnd::stopped;
                return false;
            }
            if (room < size) end = BodyEnd::too_large;
            return room == size;
        });
        return is_whole ? BodyEnd::complete : end;
    };
    send(match.route->handler(request), from, response);
}

void Listener::Impl::send(Reply reply, const httplib::Request& request,
                          httplib::Response& response) const {
    current->is_answered = true;
    current->caching = reply.caching;
    current->content_security_policy = std::move(reply.content_security_policy);
    response.headers.clear();
    response.status = reply.status;
    if (!reply.etag.empty()) {
        const auto etag = "\"" + reply.etag + "\"";
        response.set_header("ETag", etag);
        if (reply.status == 200 && header(request, "If-None-Match", kMaxSmallHeader) == etag) {
            response.status = 304;
            reply.body.clear();
            reply.stream = nullptr;
        }
    }
    if (!reply.location.empty()) response.set_header("Location", reply.location);
    for (const auto& cookie : reply.cookies) {
        response.set_header("Set-Cookie", render_cookie(cookie, is_https(request)));
    }
    if (reply.clear_site_data) {
        response.set_header("Clear-Site-Data", reply.keeps_cookies
                                                   ? "\"cache\", \"storage\""
                                                   : "\"cache\", \"cookies\", \"storage\"");
    }
    if (!reply.download_name.empty()) {
        response.set_header("Content-Disposition", content_disposition(reply.download_name));
    }
    if (reply.retry_after_seconds) {
        response.set_header("Retry-After", std::to_string(*reply.retry_after_seconds));
    }
    if (reply.is_gzip) response.set_header("Content-Encoding", "gzip");
    if (reply.caching == Caching::immutable) response.set_header("Vary", "Accept-Encoding");
    if (!reply.stream) {
        if (!reply.body.empty()) response.set_content(std::move(reply.body), reply.content_type);
        return;
    }
    const auto run = [stream = std::move(reply.stream)](httplib::DataSink& sink) {
        return stream([&](crypto::ByteView piece) {
            return sink.write(reinterpret_cast<const char*>(piece.data()), piece.size());
        });
    };
    if (reply.stream_size && *reply.stream_size > 0) {
        // One call writes all; a stream that ends short breaks the transfer instead of being asked
        // on.
        response.set_content_provider(
            *reply.stream_size, reply.content_type,
            [run, is_done = false](size_t, size_t, httplib::DataSink& sink) mutable {
                return !std::exchange(is_done, true) && run(sink);
            });
    } else {
        response.set_chunked_content_provider(reply.content_type,
                                              [run](size_t, httplib::DataSink& sink) {
                                                  if (!run(sink)) return false;
                                                  sink.done();
                                                  return true;
                                              });
    }
}

void Listener::Impl::send_error(int status, const httplib::Request& request,
                                httplib::Response& response) const {
    Reply reply;
    if (options.error_page) {
        reply = options.error_page(status);
    } else {
        reply.content_type = "text/plain; charset=utf-8";
        reply.body = std::to_string(status) + "\n";
    }
    reply.status = status;
    send(std::move(reply), request, response);
}

void Listener::Impl::finish_headers(httplib::Response& response) const {
    response.headers.erase("Accept-Ranges");  // the library adds it to HEAD
    for (const auto& [name, value] : fixed_headers) response.set_header(name, value);
    if (!current->content_security_policy.empty()) {
        response.headers.erase("Content-Security-Policy");
        response.set_header("Content-Security-Policy", current->content_security_policy);
    }
    response.set_header("Cache-Control", cache_control(current->caching));
    if (response.status >= 400) {
        current->connection.close_after_reply();
        response.headers.erase("Connection");
        response.set_header("Connection", "close");
    }
    current->connection.start_drain();  // whatever of the body is still to come
}

Listener::Listener(ListenerOptions options, std::vector<Route> routes)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(routes))) {}
Listener::~Listener() { stop(); }

int Listener::bind() {
    const auto& o = impl_->options;
    if (o.host.starts_with(kUnixPrefix)) {
        const auto path = o.host.substr(kUnixPrefix.size());
        ::unlink(path.c_str());
        impl_->set_address_family(AF_UNIX);
        if (!impl_->bind_to_port(path, 80)) throw std::runtime_error("cannot listen on " + o.host);
        // The proxy runs under another user of our group; the directory's mode is the real guard.
        ::chmod(path.c_str(), 0660);
        return 0;
    }
    const int port = o.port == 0 ? impl_->bind_to_any_port(o.host)
                                 : (impl_->bind_to_port(o.host, o.port) ? o.port : -1);
    if (port <= 0) {
        throw std::runtime_error("cannot listen on " + o.host + ":" + std::to_string(o.port) +
                                 " (is the address in use?)");
    }
    return port;
}

void Listener::run() {
    impl_->has_started = true;
    if (!impl_->is_stopping) impl_->listen_after_bind();
    impl_->has_ended = true;
}

void Listener::stop() {
    if (impl_->is_stopping.exchange(true) || !impl_->has_started) return;
    // The library can only stop a loop that runs; run() is between its first lines for a moment.
    while (!impl_->is_running() && !impl_->has_ended) std::this_thread::yield();
    impl_->httplib::Server::stop();
}

}  // namespace tillit::http

/// A small blocking HTTP/1.1 client that keeps its connection: cheap, because it shares two cores
/// with the service it measures.
#pragma once

#include <string>
#include <string_view>

namespace tillit::load {

struct Answer {
    int status = 0;
    std::string headers;
    std::string body;
    /// Value of a header (names as the service writes them), or empty.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    /// "name=value" of a Set-Cookie, for sending back.
    [[nodiscard]] std::string cookie(std::string_view name) const;
};

class Client {
  public:
    Client(std::string host, int port);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    Answer get(std::string_view path, std::string_view cookie = {});
    /// multipart/form-data whose parts the caller wrote with `part()` and this boundary.
    Answer post(std::string_view path, std::string_view body, std::string_view cookie = {});
    /// The same with a file of `file_bytes` bytes as the last part, sent in blocks.
    Answer post_with_file(std::string_view path, std::string fields, std::size_t file_bytes);

    static constexpr std::string_view kBoundary = "tillit-load-7d1f";
    static void part(std::string& body, std::string_view name, std::string_view value);
    static void end(std::string& body);

  private:
    void connect();
    void send_all(std::string_view bytes);
    Answer exchange(std::string_view request);
    Answer read_answer();
    std::string host_;
    int port_;
    int socket_ = -1;
    std::string buffer_;
};

}  // namespace tillit::load

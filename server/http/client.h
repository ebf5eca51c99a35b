/// A tiny client for `tillit demo`, which talks to the console as a browser would, for `tillit
/// console` and `tillit site`, and for tests. Follows no redirects, keeps no connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tillit::http {

struct ClientReply {
    int status = 0;  // 0: no answer
    std::string content_type;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
};

/// A reply whose body still has to be read, piece by piece: memory does not grow with it.
/// Threads: one at a time.
class ClientStream {
  public:
    struct Impl;
    explicit ClientStream(std::unique_ptr<Impl> impl);
    ~ClientStream();
    ClientStream(const ClientStream&) = delete;
    ClientStream& operator=(const ClientStream&) = delete;
    [[nodiscard]] int status() const;
    /// Names in lower case, in the order received.
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& headers() const;
    /// Bytes read, at most `size`; 0 at the whole body's end; negative: it broke off.
    [[nodiscard]] long read(char* out, std::size_t size);

  private:
    std::unique_ptr<Impl> impl_;
};

class Client {
  public:
    /// `origin` is "http://host:port" or, where has_tls(), "https://host:port": certificate and
    /// name are checked against what the system trusts (SSL_CERT_FILE names another list).
    explicit Client(std::string origin);
    [[nodiscard]] static bool has_tls() noexcept;
    using Headers = std::vector<std::pair<std::string, std::string>>;
    [[nodiscard]] ClientReply get(const std::string& path, const Headers& headers = {});
    [[nodiscard]] ClientReply post(const std::string& path, const std::string& body,
                                   const std::string& content_type, const Headers& headers = {});
    [[nodiscard]] ClientReply put(const std::string& path, const std::string& body,
                                  const std::string& content_type, const Headers& headers = {});
    /// Sends a request and reads the reply's head. `method` as on the wire. Null: no answer.
    [[nodiscard]] std::unique_ptr<ClientStream> open(const std::string& method,
                                                     const std::string& target,
                                                     const Headers& headers,
                                                     const std::string& body = {});

  private:
    std::string origin_;
};

}  // namespace tillit::http

/// A tiny client for `tillit demo`, which talks to the console as a browser would, and for tests.
#pragma once

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

class Client {
  public:
    /// `origin` is "http://host:port", plain http on this machine.
    explicit Client(std::string origin);
    using Headers = std::vector<std::pair<std::string, std::string>>;
    [[nodiscard]] ClientReply get(const std::string& path, const Headers& headers = {});
    [[nodiscard]] ClientReply post(const std::string& path, const std::string& body,
                                   const std::string& content_type, const Headers& headers = {});
    [[nodiscard]] ClientReply put(const std::string& path, const std::string& body,
                                  const std::string& content_type, const Headers& headers = {});

  private:
    std::string origin_;
};

}  // namespace tillit::http

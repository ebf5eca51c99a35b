/// Hands one mail to a mail server (RFC 5321, by libcurl).
///
/// Encryption: smtps:// from the first byte; smtp:// only with STARTTLS, unless the server is this
/// machine. Certificates are checked. Gives up after 20 seconds.
/// Threads: safe to call concurrently. Keeps and logs nothing.
#pragma once

#include <optional>
#include <string>

#include "crypto/secret.h"
#include "server/config/config.h"

namespace tillit::mail {

struct Mail {
    std::string to;
    std::string subject;  // ASCII
    std::string body;     // UTF-8, lines of at most 900 bytes
    std::int64_t unix_seconds = 0;
};

/// Headers and body as they are sent, lines ended by CR LF.
[[nodiscard]] std::string message_of(const std::string& from, const Mail& mail);

/// Nothing: the server took it. Else why not, without addresses. `password` may be empty.
[[nodiscard]] std::optional<std::string> send(const config::MailConfig& server,
                                              const crypto::SecretBytes& password,
                                              const Mail& mail);

}  // namespace tillit::mail

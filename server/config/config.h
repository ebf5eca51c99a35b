/// The one settings file, DIR/tillit.toml. What is wrong with it is told with line and plain words,
/// all at once; a file with problems starts nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tillit::config {

struct Address {
    std::string host;  // a name or address, or "unix:/path"
    int port = 0;
    [[nodiscard]] bool is_unix() const { return host.starts_with("unix:"); }
    [[nodiscard]] std::string text() const;  // "host:port", what a browser sends as Host
};
/// "host:port" or "unix:/path". Nothing if it is neither.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

struct OrganisationConfig {
    std::string slug;                       // folder below DIR/orgs: a-z, 0-9, "-"
    std::vector<std::string> portal_hosts;  // Host values; empty: the listener's own address
    std::vector<std::string> console_hosts;
};

/// [mail]: absent, nothing is ever sent.
struct MailConfig {
    std::string server;         // smtps://HOST[:PORT] or smtp://HOST[:PORT]
    std::string user;           // empty: no log-in
    std::string password_file;  // of `user`
    std::string from;
    std::string witness;  // receives the checkpoint every Monday
    [[nodiscard]] bool is_configured() const { return !server.empty(); }
    /// Only this machine may be spoken to without encryption.
    [[nodiscard]] bool is_local() const;
};

struct Config {
    Address portal{.host = "127.0.0.1", .port = 8080};
    Address console{.host = "localhost", .port = 8081};
    std::string exit_url;  // where the quick exit leads; empty: an empty page of ours
    int threads = 16;      // of each listener
    MailConfig mail;
    std::vector<OrganisationConfig> organisations;
};

struct Problem {
    unsigned line = 0;  // 0: the file as a whole
    std::string text;
};

struct ReadConfig {
    Config config;  // meaningful only without problems
    std::vector<Problem> problems;
};
[[nodiscard]] ReadConfig parse_config(std::string_view text);
[[nodiscard]] ReadConfig load_config(const std::string& path);
/// What `tillit init` writes: the defaults, with a comment on each.
[[nodiscard]] std::string first_config(const std::string& slug);
[[nodiscard]] bool is_slug(std::string_view text);

}  // namespace tillit::config

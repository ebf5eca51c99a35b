/// What each subcommand is told and does. Each returns the exit code; trouble is thrown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tillit::cli {

struct InitOptions {
    std::string data;
    std::string name;
    std::string slug = "default";
    bool is_demo = false;
    bool by_passphrase = false;          // the database key: shown once, instead of a key file
    std::uint64_t max_report_mib = 500;  // files of one report or reply, together
};
int run_init(const InitOptions& options);

struct ServeOptions {
    std::string data;
    std::string portal;  // HOST:PORT; empty: as in tillit.toml
    std::string console;
    std::string assets;
    std::string only;  // "portal", "console" or empty
};
int run_serve(const ServeOptions& options);

struct UserOptions {
    std::string data;
    std::string slug;
    std::string login;
    std::string name;
    std::string office;
    std::string role = "investigator";
    std::string console_url;
    bool is_default = false;
};
int run_user_add(const UserOptions& options);
int run_user_list(const UserOptions& options);
int run_user_close(const UserOptions& options);

struct SignerOptions {
    std::string out;
    std::string name;
    std::string office;
    bool is_administrator = false;
};
int run_user_signer(const SignerOptions& options);

struct PublishOptions {
    std::string data;
    std::string slug;
    std::vector<std::string> signer_files;
    int days = 365;
};
int run_user_publish(const PublishOptions& options);

struct DemoOptions {
    std::string data;
    std::string slug;
    std::string console_url;
};
int run_demo(const DemoOptions& options);

struct ConsoleOptions {
    std::string connect;  // address of the console to work with
    std::string assets;
    int port = 0;  // 0: any free one
};
int run_console(const ConsoleOptions& options);

struct SiteSignOptions {
    std::string hashes;
    std::vector<std::string> signer_files;
    std::string out;
};
int run_site_sign(const SiteSignOptions& options);

struct SiteVerifyOptions {
    std::string url;
    std::string hashes;
    std::vector<std::string> keys;
    std::string door;  // "portal", "console"; empty: as it answers
};
/// 0 as listed, 1 could not be looked at, 3 not as listed, 4 the list is not signed by the keys.
int run_site_verify(const SiteVerifyOptions& options);

struct CheckOptions {
    std::string data;
    bool is_production = false;
};
int run_check(const CheckOptions& options);

}  // namespace tillit::cli

// The recommended way to the console: its pages come from this machine, so that the service,
// whoever runs it, is never in the place to send pages that take the passphrase.
#include <spdlog/spdlog.h>

#include <iostream>
#include <stdexcept>
#include <thread>

#include "server/cli/commands.h"
#include "server/cli/stop_signal.h"
#include "server/connect/local_console.h"
#include "server/connect/loopback.h"
#include "server/connect/rules.h"
#include "server/http/client.h"

namespace tillit::cli {

namespace {

std::string checked_origin(const std::string& url) {
    const auto origin = connect::parse_origin(url);
    if (!origin) {
        throw std::runtime_error(
            "--connect takes the address of the console and nothing more: https://HOST[:PORT]");
    }
    if (origin->starts_with("https://") && !http::Client::has_tls()) {
        throw std::runtime_error(
            "this build speaks no TLS (OpenSSL was missing when it was made): it can connect to "
            "http:// addresses only, as through an SSH tunnel");
    }
    if (!connect::is_private_line(*origin)) {
        spdlog::warn(
            "plain http over a network: whoever sits on the way can take part in your session. "
            "Ask for an https:// address");
    }
    return *origin;
}

void say_whether_it_answers(const std::string& origin) {
    const auto reply = http::Client(origin).open("GET", "/api/v1/organisation", {});
    if (!reply) {
        spdlog::warn("{} does not answer now (or its certificate is not trusted here)", origin);
    } else if (reply->status() != 200) {
        spdlog::warn("{} answers, but not as a console does (status {})", origin, reply->status());
    }
}

}  // namespace

int run_console(const ConsoleOptions& options) {
    const StopSignal stop;
    const auto origin = checked_origin(options.connect);
    const auto name = connect::draw_name();
    const connect::LoopbackPort port(options.port);
    auto settings = connect::local_options(name, port.port());
    const auto address = "http://" + settings.hosts.front() + "/";
    http::Listener listener(std::move(settings), connect::local_routes(origin, options.assets));
    listener.bind();
    std::thread thread([&listener] { listener.run(); });
    say_whether_it_answers(origin);
    std::cout
        << "The console of " << origin << ", with pages from this machine:\n\n  " << address
        << "\n\nOpen it in Firefox, Chrome or Edge on this machine, and tell it to nobody: it "
           "is good for this run.\nAn invitation works here too: put this address in place "
           "of what stands before /enrol.\nCtrl-C ends it."
        << std::endl;
    stop.wait();
    listener.stop();
    thread.join();
    return 0;
}

}  // namespace tillit::cli

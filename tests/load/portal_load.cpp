/// Measures a running service as a reporter's browser sees it. The client runs on the same cores.
///
///   portal_load --portal HOST:PORT --pid PID [--seconds S] [--clients C] [--commit ID]
///
/// Prints one line a figure: name, value, aim, met or missed. Exit status 0 also when an aim is
/// missed: it is a measurement (docs/performance.md explains misses); 1 when the service
/// misbehaves.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>
#include <vector>

#include "crypto/primitives.h"
#include "tests/load/http_client.h"

namespace {

using tillit::load::Answer;
using tillit::load::Client;
using SteadyClock = std::chrono::steady_clock;

struct Options {
    std::string host;
    int port = 0;
    int pid = 0;
    int seconds = 10;
    int clients = 8;
};

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

void report(const std::string& name, double value, const std::string& unit, double aim,
            bool more_is_better) {
    const bool met = more_is_better ? value >= aim : value <= aim;
    std::printf("%-58s %10.1f %-6s aim %s %-8.0f %s\n", name.c_str(), value, unit.c_str(),
                more_is_better ? ">=" : "<=", aim, met ? "met" : "MISSED");
    std::fflush(stdout);
}

double rss_mib(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::atof(line.c_str() + 6) / 1024;
    }
    return 0;
}

double percentile(std::vector<double>& values, double p) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
}

std::vector<std::string> values_of(const std::string& page, const std::string& before) {
    std::vector<std::string> values;
    for (std::size_t at = page.find(before); at != std::string::npos; at = page.find(before, at)) {
        at += before.size();
        values.push_back(page.substr(at, page.find_first_of("\"<", at) - at));
    }
    return values;
}

/// The default receivers, as the form ticks them.
std::vector<std::string> ticked_readers(const Options& options) {
    Client client(options.host, options.port);
    const auto page = client.get("/report").body;
    std::vector<std::string> ticked;
    for (const auto& value : values_of(page, "name=\"to\" value=\"")) {
        const auto at = page.find("id=\"to-" + value + "\"");
        if (page.substr(at, page.find('>', at) - at).find("checked") != std::string::npos) {
            ticked.push_back(value);
        }
    }
    return ticked;
}

std::string report_fields(const std::vector<std::string>& readers, std::size_t text_bytes) {
    std::string body;
    const auto token = tillit::crypto::random_array<16>();
    Client::part(body, "token", tillit::crypto::to_base64url(token));
    Client::part(body, "text", std::string(text_bytes, 'a'));
    for (const auto& reader : readers) Client::part(body, "to", reader);
    return body;
}

std::string numbers_of(const std::string& page) {
    const auto found = values_of(page, "class=\"numbers\">");
    return found.empty() ? std::string() : found.front();
}

/// Runs `step` in every client until the time is up; returns steps a second and fills latencies.
template <class Step>
double run_clients(const Options& options, std::vector<double>& latencies_ms, Step step) {
    std::mutex mutex;
    std::atomic<bool> failed = false;
    std::vector<std::thread> threads;
    const auto start = SteadyClock::now();
    for (int i = 0; i < options.clients; ++i) {
        threads.emplace_back([&, i] {
            std::vector<double> own;
            try {
                Client client(options.host, options.port);
                while (seconds_since(start) < options.seconds) {
                    const auto begin = SteadyClock::now();
                    if (!step(client, i)) failed = true;
                    own.push_back(seconds_since(begin) * 1000);
                }
            } catch (const std::exception& error) {
                std::fprintf(stderr, "portal_load: %s\n", error.what());
                failed = true;
            }
            const std::lock_guard lock(mutex);
            latencies_ms.insert(latencies_ms.end(), own.begin(), own.end());
        });
    }
    for (auto& thread : threads) thread.join();
    if (failed) throw std::runtime_error("the service gave an answer that it should not have");
    return static_cast<double>(latencies_ms.size()) / seconds_since(start);
}

std::vector<std::string> measure_submissions(const Options& options,
                                             const std::vector<std::string>& readers) {
    std::mutex mutex;
    std::vector<std::string> keys;
    std::vector<double> ms;
    const double rate = run_clients(options, ms, [&](Client& client, int) {
        auto body = report_fields(readers, 2000);
        Client::end(body);
        const auto answer = client.post("/report", body);
        const auto numbers = numbers_of(answer.body);
        if (answer.status != 200 || numbers.empty()) return false;
        const std::lock_guard lock(mutex);
        if (keys.size() < 256) keys.push_back(numbers);
        return true;
    });
    const auto who = ", " + std::to_string(options.clients) + " clients";
    report("submissions, 2 kB text, two investigators" + who, rate, "/s", 300, true);
    std::printf("    p50 %.1f ms, p99 %.1f ms\n", percentile(ms, 0.5), percentile(ms, 0.99));
    return keys;
}

void measure_returns(const Options& options, const std::vector<std::string>& keys) {
    std::vector<double> ms;
    std::atomic<std::size_t> next = 0;
    const double rate = run_clients(options, ms, [&](Client& client, int) {
        std::string body;
        Client::part(body, "key", keys[next++ % keys.size()]);
        Client::end(body);
        const auto entered = client.post("/return", body);
        if (entered.status != 303) return false;
        auto cookie = entered.cookie("tillit_case");
        const auto page = client.get("/case", cookie);
        return page.status == 200 && page.body.find("aaaaaaaaaa") != std::string::npos;
    });
    report("returns, key to page with one message (two requests)", rate, "/s", 1000, true);
    std::printf("    p50 %.1f ms, p99 %.1f ms\n", percentile(ms, 0.5), percentile(ms, 0.99));
}

void measure_upload(const Options& options, const std::vector<std::string>& readers) {
    constexpr std::size_t kBytes = 100U << 20;
    const double before = rss_mib(options.pid);
    std::atomic<bool> is_done = false;
    double most = before;
    std::thread watch([&] {
        while (!is_done) {
            most = std::max(most, rss_mib(options.pid));
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    });
    std::vector<double> rates;
    for (int i = 0; i < 3; ++i) {
        Client client(options.host, options.port);
        const auto start = SteadyClock::now();
        const auto answer = client.post_with_file("/report", report_fields(readers, 2000), kBytes);
        if (answer.status != 200 || numbers_of(answer.body).empty()) {
            is_done = true;
            watch.join();
            throw std::runtime_error("the upload was not taken");
        }
        rates.push_back(100 / seconds_since(start));
    }
    is_done = true;
    watch.join();
    report("upload of 100 MiB, one client, median of three", percentile(rates, 0.5), "MiB/s", 60,
           true);
    report("resident memory growth during the uploads", most - before, "MiB", 16, false);
}

Options parse(int argc, char** argv) {
    Options options;
    std::string portal;
    CLI::App app{"Measures a running portal"};
    app.add_option("--portal", portal, "HOST:PORT")->required();
    app.add_option("--pid", options.pid, "the service's process")->required();
    app.add_option("--seconds", options.seconds, "for each figure");
    app.add_option("--clients", options.clients, "at once");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::exit(app.exit(error));
    }
    const auto colon = portal.rfind(':');
    options.host = portal.substr(0, colon);
    options.port = std::atoi(portal.c_str() + colon + 1);
    return options;
}

}  // namespace

int main(int argc, char** argv) {
    const auto options = parse(argc, argv);
    tillit::crypto::init();
    try {
        const auto readers = ticked_readers(options);
        if (readers.size() != 2) throw std::runtime_error("the form does not tick two readers");
        report("resident memory, idle", rss_mib(options.pid), "MiB", 30, false);
        const auto keys = measure_submissions(options, readers);
        measure_returns(options, keys);
        measure_upload(options, readers);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "portal_load: %s\n", error.what());
        return 1;
    }
    return 0;
}

#include <spdlog/spdlog.h>

#include <condition_variable>
#include <iostream>
#include <map>
#include <thread>

#include "server/app/organisation.h"
#include "server/app/stages.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/log_keeper.h"
#include "server/cli/log_key.h"
#include "server/cli/stop_signal.h"
#include "server/console/console.h"
#include "server/http/server.h"
#include "server/portal/portal.h"
#include "storage/attachments.h"
#include "storage/error.h"

namespace tillit::cli {

namespace {

/// Says what broke without saying whose request it was: messages of the store carry no data, those
/// of other exceptions might.
void log_exception(std::exception_ptr trouble) {
    try {
        std::rethrow_exception(std::move(trouble));
    } catch (const storage::Error& error) {
        spdlog::error("a request failed: {}", error.what());
    } catch (const std::exception&) {
        spdlog::error("a request failed inside the program; please report this");
    } catch (...) {
        spdlog::error("a request failed inside the program; please report this");
    }
}

http::ListenerOptions listener_options(const config::Address& address, int threads) {
    http::ListenerOptions options;
    // Browsers try every address that "localhost" has; one of them is enough.
    options.host = address.host == "localhost" ? "127.0.0.1" : address.host;
    options.port = address.port;
    options.threads = static_cast<std::size_t>(threads);
    options.on_exception = log_exception;
    return options;
}

/// The hosts an organisation answers to at one door.
std::vector<std::string> hosts_of(const std::vector<std::string>& configured,
                                  const config::Address& address, bool is_only_one) {
    auto hosts = configured;
    if (is_only_one && !address.is_unix()) hosts.push_back(address.text());
    return hosts;
}

/// One door: a listener and its thread.
class Door {
  public:
    Door(const char* name, const config::Address& address, http::ListenerOptions options,
         std::vector<http::Route> routes)
        : listener_(std::move(options), std::move(routes)) {
        listener_.bind();
        thread_ = std::thread([this] { listener_.run(); });
        spdlog::info("{} on {}", name,
                     address.is_unix() ? address.host : "http://" + address.text());
    }
    ~Door() {
        listener_.stop();
        thread_.join();
    }

  private:
    http::Listener listener_;
    std::thread thread_;
};

/// At the start and once a minute: what is over, goes.
class Housekeeping {
  public:
    explicit Housekeeping(std::function<void()> work)
        : thread_([this, work = std::move(work)] {
              std::unique_lock lock(mutex_);
              do {
                  try {
                      work();
                  } catch (...) {
                      log_exception(std::current_exception());
                  }
              } while (
                  !stopped_.wait_for(lock, std::chrono::minutes(1), [this] { return is_over_; }));
          }) {}
    ~Housekeeping() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        stopped_.notify_all();
        thread_.join();
    }

  private:
    std::mutex mutex_;
    std::condition_variable stopped_;
    bool is_over_ = false;  // GUARDED_BY(mutex_)
    std::thread thread_;
};

using Organisations = std::vector<std::unique_ptr<app::Organisation>>;  // in the settings' order

/// `has_both_doors`: no other process serves these databases.
Organisations open_all(const DataDir& data, const config::Config& config, bool has_both_doors) {
    Organisations all;
    for (const auto& organisation : config.organisations) {
        auto store = data.open(organisation.slug, 4);
        const auto clock = app::Clock::system();
        // No upload outlives the process that received it; where portal and console are processes
        // of their own, the other one may be receiving right now.
        store->write([&](storage::Database& db) {
            storage::Attachments uploads(db);
            if (has_both_doors) {
                uploads.drop_all_unbound();
            } else {
                uploads.drop_unbound_before(clock.today() - 1);
            }
        });
        all.push_back(std::make_unique<app::Organisation>(std::move(store), clock));
    }
    return all;
}

std::vector<LogKeeper> keepers_of(const DataDir& data, const config::Config& config,
                                  const Organisations& all) {
    std::vector<LogKeeper> keepers;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& slug = config.organisations[i].slug;
        keepers.emplace_back(*all[i], open_log_key(data, slug), slug);
    }
    keep_logs(keepers, nullptr);
    return keepers;
}

config::Config load(const DataDir& data, const ServeOptions& options) {
    auto config = data.load_config();
    const auto set = [](const std::string& text, const char* what, config::Address& out) {
        if (text.empty()) return;
        const auto address = config::parse_address(text);
        if (!address)
            throw std::runtime_error(std::string(what) + " must be HOST:PORT or unix:/PATH");
        out = *address;
    };
    set(options.portal, "--portal", config.portal);
    set(options.console, "--console", config.console);
    return config;
}

std::unique_ptr<Door> open_portal(portal::Portal& portal, const config::Config& config,
                                  const Organisations& all) {
    for (std::size_t i = 0; i < all.size(); ++i) {
        portal.add_site(
            hosts_of(config.organisations[i].portal_hosts, config.portal, all.size() == 1),
            *all[i]);
    }
    auto options = listener_options(config.portal, config.threads);
    options.hosts = portal.hosts();
    options.cookie_names = {portal::kCaseCookie};
    options.content_security_policy = portal.content_security_policy();
    options.error_page = [&portal](int status) { return portal.error_page(status); };
    options.after_request = [] { app::reached(app::Stage::answered); };
    return std::make_unique<Door>("portal", config.portal, std::move(options), portal.routes());
}

std::unique_ptr<console::Console> make_console(const config::Config& config,
                                               const Organisations& all, const std::string& assets,
                                               std::vector<std::string>& hosts) {
    std::map<std::string, app::Organisation*> by_host;
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (const auto& host :
             hosts_of(config.organisations[i].console_hosts, config.console, all.size() == 1)) {
            by_host[host] = all[i].get();
            hosts.push_back(host);
        }
    }
    return std::make_unique<console::Console>(by_host, assets);
}

std::unique_ptr<Door> open_console(console::Console& console, const config::Config& config,
                                   std::vector<std::string> hosts) {
    auto options = listener_options(config.console, config.threads);
    options.hosts = std::move(hosts);
    options.cookie_names = {console::kSessionCookie, console::kDeviceCookie};
    options.content_security_policy = console::kContentSecurityPolicy;
    options.error_page = [&console](int status) { return console.error_page(status); };
    return std::make_unique<Door>("console", config.console, std::move(options), console.routes());
}

}  // namespace

int run_serve(const ServeOptions& options) {
    const StopSignal stop;
    const DataDir data(options.data);
    const auto config = load(data, options);
    const auto organisations = open_all(data, config, options.only.empty());
    auto logs = keepers_of(data, config, organisations);

    std::unique_ptr<portal::Portal> portal;
    std::unique_ptr<console::Console> console;
    std::unique_ptr<Door> portal_door;
    std::unique_ptr<Door> console_door;
    if (options.only != "console") {
        portal = std::make_unique<portal::Portal>(
            portal::PortalOptions{.assets = options.assets, .exit_url = config.exit_url});
        portal_door = open_portal(*portal, config, organisations);
    }
    if (options.only != "portal") {
        std::vector<std::string> hosts;
        console = make_console(config, organisations, options.assets, hosts);
        console_door = open_console(*console, config, std::move(hosts));
    }
    const Housekeeping housekeeping([&] {
        // First, so that no trouble of the other work stops it. The portal's own process connects
        // to nothing.
        keep_logs(logs, console ? &config.mail : nullptr);
        if (portal) portal->remove_expired();
        if (console) console->remove_expired();
        for (const auto& organisation : organisations) {
            const auto yesterday = organisation->clock().today() - 1;
            organisation->store().write([&](storage::Database& db) {
                storage::Attachments(db).drop_unbound_before(yesterday);
            });
        }
    });
    stop.wait();
    spdlog::info("stopping");
    return 0;
}

}  // namespace tillit::cli

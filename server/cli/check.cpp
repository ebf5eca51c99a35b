#include <sys/stat.h>

#include <algorithm>
#include <iostream>

#include "server/app/organisation.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/database_key.h"
#include "storage/error.h"
#include "storage/migrate.h"

namespace tillit::cli {

namespace {

// The day this was written: a clock before it is wrong, and every due day with it.
constexpr storage::Day kEarliestDay = 20'400;  // November 2025
constexpr std::uint64_t kReminderDays = 60;

class Findings {
  public:
    void good(const std::string& text) { std::cout << "  ok       " << text << "\n"; }
    void note(const std::string& text) { std::cout << "  look at  " << text << "\n"; }
    void bad(const std::string& text) {
        std::cout << "  PROBLEM  " << text << "\n";
        ++problems_;
    }
    void claim(bool is_true, const std::string& if_true, const std::string& if_not) {
        is_true ? good(if_true) : bad(if_not);
    }
    [[nodiscard]] int problems() const noexcept { return problems_; }

  private:
    int problems_ = 0;
};

bool is_private(const std::string& path) {
    struct stat info {};
    return ::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) == 0;
}

void check_directory(Findings& found, app::Organisation& organisation) {
    const auto readers = organisation.readers();
    if (!readers) {
        return found.bad("no signed directory: invite people, then `tillit directory propose`");
    }
    const auto& directory = readers->directory;
    const auto today = static_cast<std::uint64_t>(organisation.clock().today());
    found.good("directory version " + std::to_string(directory.version) +
               " is signed; words: " + readers->fingerprint_words);
    if (directory.expires_day < today) {
        found.bad("the directory has expired: the portal takes no reports");
    } else if (directory.expires_day <= today + kReminderDays) {
        found.note("the directory expires in " + std::to_string(directory.expires_day - today) +
                   " days: publish the next one");
    }
    const auto count = [&](crypto::Role role) {
        return std::count_if(directory.members.begin(), directory.members.end(),
                             [&](const auto& member) { return member.role == role; });
    };
    found.claim(count(crypto::Role::investigator) >= 2, "at least two investigators hold keys",
                "fewer than two investigators hold keys: one lost passphrase would lose cases, and "
                "the portal takes no reports");
    found.claim(count(crypto::Role::alternate) >= 1, "an alternate receiver is there",
                "no alternate receiver: nobody is left when all investigators are excluded");
    found.claim(count(crypto::Role::custodian) >= 1, "a custodian of names is there",
                "no custodian: names of reporters could never be opened as promised");
}

void check_key(Findings& found, const DataDir& data, const std::string& slug, bool is_production) {
    switch (key_place(data, slug)) {
        case KeyPlace::credential:
            return found.good("its key comes as a credential of the system");
        case KeyPlace::passphrase:
            return found.good("its key comes from a passphrase");
        case KeyPlace::file_beside:
            found.claim(is_private(data.key_file(slug)), "its key file is closed to others",
                        data.key_file(slug) + " is open to others: chmod 600");
            if (is_production && !std::filesystem::is_symlink(data.key_file(slug))) {
                found.note("its key lies beside it: who takes the disk has both");
            }
            return;
        case KeyPlace::nowhere:
            return found.bad("there is no key for the database: " + data.key_file(slug));
    }
}

void check_organisation(Findings& found, const DataDir& data, const std::string& slug,
                        bool is_production) {
    std::cout << "organisation " << slug << "\n";
    found.claim(is_private(data.organisation(slug)), "its folder is closed to others",
                data.organisation(slug) + " is open to others: chmod 700");
    check_key(found, data, slug, is_production);
    try {
        auto store = data.open(slug);
        found.good("the database opens with its key, version " +
                   std::to_string(storage::newest_version()));
        const auto broken = store->integrity_problems();
        found.claim(broken.empty(), "the database is whole", "the database is damaged: " + broken);
        app::Organisation organisation(std::move(store), app::Clock::system());
        if (organisation.settings().is_demo) {
            const std::string text =
                "this is a demonstration: its people are invented and their "
                "passphrases lie in a file";
            is_production ? found.bad(text) : found.note(text);
        }
        check_directory(found, organisation);
    } catch (const storage::Error& error) {
        found.bad(error.what());
    }
}

void check_production(Findings& found, const config::Config& config) {
    const auto is_closed = [](const config::Address& address) {
        return address.is_unix() || address.host == "localhost" || address.host.starts_with("127.");
    };
    found.claim(
        is_closed(config.portal) && is_closed(config.console),
        "both listeners are reached through a proxy on this machine only",
        "a listener is open to the network: Tillit needs a proxy in front (TLS, slow clients)");
    for (const auto& organisation : config.organisations) {
        found.claim(!organisation.portal_hosts.empty() && !organisation.console_hosts.empty(),
                    organisation.slug + " has its host names",
                    organisation.slug + " has no portal_hosts or console_hosts in tillit.toml");
    }
}

}  // namespace

int run_check(const CheckOptions& options) {
    const DataDir data(options.data);
    Findings found;
    std::cout << "settings\n";
    const auto read = config::load_config(data.config_file());
    for (const auto& problem : read.problems) found.bad(describe(problem, data.config_file()));
    if (read.problems.empty()) found.good(data.config_file());
    found.claim(is_private(data.root()), "the data folder is closed to others",
                data.root().string() + " is open to others: chmod 700");
    found.claim(app::Clock::system().today() >= kEarliestDay, "the clock is plausible",
                "the clock is wrong: due days and the directory depend on it");
    if (read.problems.empty()) {
        if (options.is_production) check_production(found, read.config);
        for (const auto& organisation : read.config.organisations) {
            check_organisation(found, data, organisation.slug, options.is_production);
        }
    }
    std::cout << (found.problems() == 0 ? "no problems\n"
                                        : std::to_string(found.problems()) + " problems\n");
    return found.problems() == 0 ? 0 : 1;
}

}  // namespace tillit::cli

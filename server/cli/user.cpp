#include <iomanip>
#include <iostream>
#include <stdexcept>

#include "server/app/clock.h"
#include "server/app/log.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/invitation.h"
#include "storage/members.h"
#include "storage/texts.h"

namespace tillit::cli {

namespace {

/// Where the console is reached: as told, else the first host of the settings.
std::string console_url(const DataDir& data, const UserOptions& options, const std::string& slug) {
    if (!options.console_url.empty()) return options.console_url;
    const auto config = data.load_config();
    for (const auto& organisation : config.organisations) {
        if (organisation.slug != slug || organisation.console_hosts.empty()) continue;
        return "https://" + organisation.console_hosts.front();
    }
    return "http://" + config.console.text();
}

}  // namespace

int run_user_add(const UserOptions& options) {
    const DataDir data(options.data);
    const auto slug = data.choose(options.slug);
    const auto store = data.open(slug);
    const auto token = invite(*store,
                              {.login = options.login,
                               .name = options.name,
                               .office = options.office,
                               .role = options.role,
                               .is_default = options.is_default},
                              app::Clock::system().unix_seconds());
    std::cout << "Give this link to " << options.name
              << ", in person or over a channel you trust. It works once, within 72 hours:\n\n  "
              << console_url(data, options, slug) << "/enrol#" << token
              << "\n\nAfter enrolling she is shown eight words. She reads them out to each signer, "
                 "who types them:\n`tillit directory propose`, `tillit signer sign`, `tillit "
                 "directory publish`.\n";
    return 0;
}

int run_user_list(const UserOptions& options) {
    const DataDir data(options.data);
    const auto store = data.open(data.choose(options.slug));
    const auto all = store->read([](storage::Database& db) { return storage::Members(db).all(); });
    for (const auto& member : all) {
        std::cout << std::left << std::setw(20) << member.login << std::setw(15) << member.role
                  << std::setw(10) << storage::to_text(member.status) << std::setw(9)
                  << (member.is_default ? "default" : "") << member.name << ", " << member.office
                  << "\n";
    }
    return 0;
}

int run_user_close(const UserOptions& options) {
    const DataDir data(options.data);
    const auto store = data.open(data.choose(options.slug));
    store->write([&](storage::Database& db) {
        storage::Members members(db);
        const auto member = members.by_login(options.login);
        if (!member) throw std::runtime_error("nobody has the login \"" + options.login + "\"");
        members.set_status(member->member_id, storage::MemberStatus::closed);
        app::record(db, app::Clock::system(),
                    {.kind = app::kMemberClosed,
                     .object = crypto::labelled_hash("tillit/v1/log-member", {member->member_id})});
    });
    std::cout << "Closed: " << options.login
              << " cannot log in any more and gets no new report. Publish a directory without "
                 "them: `tillit directory propose`.\n";
    return 0;
}

}  // namespace tillit::cli

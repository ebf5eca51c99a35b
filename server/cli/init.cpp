#include <iostream>
#include <stdexcept>

#include "crypto/primitives.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/database_key.h"
#include "server/cli/log_key.h"
#include "storage/organisations.h"

namespace tillit::cli {

int run_init(const InitOptions& options) {
    if (!config::is_slug(options.slug)) {
        throw std::runtime_error("a slug is a-z, 0-9 and \"-\", at most 40 characters");
    }
    if (options.name.empty()) throw std::runtime_error("the organisation needs a name");
    const DataDir data(options.data);
    const bool is_first = !std::filesystem::exists(data.config_file());
    if (std::filesystem::exists(data.database(options.slug))) {
        throw std::runtime_error("there is an organisation already: " +
                                 data.database(options.slug));
    }
    make_private_folder(data.organisation(options.slug));
    const auto key = create_database_key(data, options.slug, options.by_passphrase, std::cout);
    storage::Store store({.path = data.database(options.slug), .create = true, .readers = 1}, key);
    const auto device_key = crypto::random_array<32>();
    const storage::Organisation organisation{
        .org_id = crypto::random_array<16>(),
        .name = options.name,
        .is_demo = options.is_demo,
        .max_report_bytes = options.max_report_mib << 20,
        .device_cookie_key = crypto::Bytes(device_key.begin(), device_key.end()),
        .contact = ""};
    store.write([&](storage::Database& db) { storage::Organisations(db).create(organisation); });
    (void)open_log_key(data, options.slug);
    if (is_first) write_private_file(data.config_file(), config::first_config(options.slug));

    std::cout << "Made " << options.name << " in " << data.organisation(options.slug) << ".\n";
    if (!is_first) std::cout << how_to_list(data, options.slug);
    return 0;
}

}  // namespace tillit::cli

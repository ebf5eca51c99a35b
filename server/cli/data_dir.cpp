#include "server/cli/data_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>

#include "server/cli/database_key.h"
#include "storage/organisations.h"

namespace tillit::cli {

config::Config DataDir::load_config() const {
    if (!std::filesystem::exists(config_file())) {
        throw std::runtime_error("there is no " + config_file() +
                                 ": make an organisation with `tillit init` first");
    }
    auto read = config::load_config(config_file());
    if (read.problems.empty()) return std::move(read.config);
    std::string text;
    for (const auto& problem : read.problems) {
        text += (text.empty() ? "" : "\n") + describe(problem, config_file());
    }
    throw std::runtime_error(text);
}

std::unique_ptr<storage::Store> DataDir::open(const std::string& slug, std::size_t readers) const {
    const auto key = open_database_key(*this, slug);
    return std::make_unique<storage::Store>(
        storage::StoreOptions{.path = database(slug), .create = false, .readers = readers}, key);
}

std::string DataDir::choose(const std::string& slug) const {
    const auto config = load_config();
    if (slug.empty()) {
        if (config.organisations.size() == 1) return config.organisations.front().slug;
        throw std::runtime_error("there are several organisations: say which with --org SLUG");
    }
    for (const auto& organisation : config.organisations) {
        if (organisation.slug == slug) return slug;
    }
    throw std::runtime_error("tillit.toml has no organisation \"" + slug + "\"");
}

void make_private_folder(const std::filesystem::path& path) {
    if (path.has_parent_path() && !std::filesystem::exists(path.parent_path())) {
        make_private_folder(path.parent_path());
    }
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
        throw std::runtime_error("cannot make " + path.string() + ": " +
                                 std::generic_category().message(errno));
    }
}

void write_private_file(const std::filesystem::path& path, std::string_view content) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        throw std::runtime_error("cannot write " + path.string() + ": " +
                                 std::generic_category().message(errno));
    }
    const auto written = ::write(file, content.data(), content.size());
    const bool is_good = written == static_cast<ssize_t>(content.size()) && ::fsync(file) == 0;
    ::close(file);
    if (!is_good) throw std::runtime_error("cannot write all of " + path.string());
}

storage::Organisation settings_of(storage::Store& store) {
    return store.read([](storage::Database& db) { return storage::Organisations(db).get(); });
}

std::string how_to_list(const DataDir& data, const std::string& slug) {
    return "Add it to " + data.config_file() + ":\n\n[[organisation]]\nslug = \"" + slug +
           "\"\nportal_hosts = [\"…\"]\nconsole_hosts = [\"…\"]\n\n";
}

std::string describe(const config::Problem& problem, const std::string& file) {
    const auto line = problem.line == 0 ? std::string() : ":" + std::to_string(problem.line);
    return file + line + ": " + problem.text;
}

}  // namespace tillit::cli

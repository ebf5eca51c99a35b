/// The data directory: where things lie, made private, opened.
///
///   DIR/tillit.toml                settings
///   DIR/orgs/SLUG/tillit.db        one organisation, encrypted
///   DIR/orgs/SLUG/db.key           its key (0600); production takes it from elsewhere
///                                  (server/cli/database_key.h)
///   DIR/orgs/SLUG/log.key          signs the checkpoints of its log (0600, server/cli/log_key.h)
///   DIR/demo.txt, DIR/demo-signers/  demonstrations only
/// Errors: std::runtime_error and storage::Error with what to do about it.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "server/config/config.h"
#include "storage/store.h"
#include "storage/types.h"

namespace tillit::cli {

class DataDir {
  public:
    explicit DataDir(std::filesystem::path root) : root_(std::move(root)) {}
    [[nodiscard]] const std::filesystem::path& root() const noexcept { return root_; }
    [[nodiscard]] std::string config_file() const { return root_ / "tillit.toml"; }
    [[nodiscard]] std::string organisation(const std::string& slug) const {
        return root_ / "orgs" / slug;
    }
    [[nodiscard]] std::string database(const std::string& slug) const {
        return root_ / "orgs" / slug / "tillit.db";
    }
    [[nodiscard]] std::string key_file(const std::string& slug) const {
        return root_ / "orgs" / slug / "db.key";
    }
    [[nodiscard]] std::filesystem::path log_key_file(const std::string& slug) const {
        return root_ / "orgs" / slug / "log.key";
    }
    [[nodiscard]] std::filesystem::path demo_file() const { return root_ / "demo.txt"; }
    [[nodiscard]] std::filesystem::path demo_signers() const { return root_ / "demo-signers"; }

    /// The settings, or throws with every problem and its line.
    [[nodiscard]] config::Config load_config() const;
    [[nodiscard]] std::unique_ptr<storage::Store> open(const std::string& slug,
                                                       std::size_t readers = 1) const;
    /// `slug`, or the only organisation when it is empty.
    [[nodiscard]] std::string choose(const std::string& slug) const;

  private:
    std::filesystem::path root_;
};

/// Makes the folder with mode 0700 if it is not there.
void make_private_folder(const std::filesystem::path& path);
/// Writes a new file with mode 0600; throws if it exists.
void write_private_file(const std::filesystem::path& path, std::string_view content);
[[nodiscard]] storage::Organisation settings_of(storage::Store& store);
/// What to add to tillit.toml for an organisation that is not in it yet.
[[nodiscard]] std::string how_to_list(const DataDir& data, const std::string& slug);
[[nodiscard]] std::string describe(const config::Problem& problem, const std::string& file);

}  // namespace tillit::cli

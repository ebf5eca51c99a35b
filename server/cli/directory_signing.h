/// Signer files and signing the directory at the command line (protocol §3). In production a
/// signer's seed never comes near the server; `tillit user publish` runs where the signers are.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "crypto/directory.h"
#include "server/app/clock.h"
#include "storage/store.h"
#include "storage/types.h"

namespace tillit::cli {

struct SignerFile {
    std::string name;
    std::string office;
    bool is_administrator = false;
    crypto::SigningSeed seed = crypto::SigningSeed::zeroed();
};
/// Draws a key and writes it (0600) to a new file.
SignerFile create_signer(const std::filesystem::path& file, const std::string& name,
                         const std::string& office, bool is_administrator);
/// Throws std::runtime_error for a file that others can read or that is no signer file.
[[nodiscard]] SignerFile load_signer(const std::filesystem::path& file);

/// Signs and stores the next directory version with every enrolled member; the first time also
/// signers note 0, made of these signers and the log's key. Returns the version. Throws
/// std::runtime_error.
std::uint64_t publish_directory(storage::Store& store, const std::vector<SignerFile>& signers,
                                const crypto::VerifyKey& log_key, const app::Clock& clock,
                                int days);

}  // namespace tillit::cli

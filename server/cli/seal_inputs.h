/// What `tillit seal` is given: the signed directory, who may read, text and name.
/// Errors: std::runtime_error with what to do about it.
#pragma once

#include "server/app/intake.h"
#include "server/cli/commands.h"

namespace tillit::cli {

struct VerifiedDirectory {
    crypto::Directory directory;  // without those who have left
    crypto::Hash directory_hash{};
    crypto::Hash fingerprint{};  // of the organisation
    // Of all attachments together. Unsigned: at worst a report is refused here or by the portal.
    std::uint64_t max_report_bytes = 0;
};

/// The file that the portal offers under /hand-in/directory. Verified as a browser does it; what
/// stands beside the signed notes (who has left) can take readers away and never adds one.
[[nodiscard]] VerifiedDirectory read_directory_file(const std::string& path, std::uint64_t today);

/// Readers: the default ones, or those named in `only`; nobody of `exclude`. People are named by
/// their whole name or by the member id.
[[nodiscard]] app::Recipients choose(const crypto::Directory& directory,
                                     const std::vector<std::string>& only,
                                     const std::vector<std::string>& exclude);

/// Throws if the files are more or larger together than one report may have: nobody should carry
/// away a file, and a key, that the portal then refuses. What is no ordinary file has no size yet.
void check_sizes(const std::vector<std::string>& files, std::uint64_t max_bytes);

/// "-" reads standard input.
[[nodiscard]] crypto::SecretBytes read_text(const std::string& path);

/// From the file (first line name, second line contact), asked for, or none.
[[nodiscard]] app::IdentityFields read_identity(const SealOptions& options);

}  // namespace tillit::cli

/// Signers' key files at the command line (protocol §3.5): made, opened, shown. They belong on a
/// stick or a machine of the signer's own, not on the server.
#pragma once

#include <string>
#include <vector>

#include "crypto/signer_key.h"
#include "server/cli/terminal.h"

namespace tillit::cli {

struct NewSigner {
    crypto::SignerKey key;
    crypto::SecretBytes passphrase;  // generated; to be shown once
};
/// Writes `file` (0600) and the public card `file`.card. Both must not exist yet.
[[nodiscard]] NewSigner create_signer(const std::string& file, const std::string& name,
                                      const std::string& office, bool is_administrator);
/// Throws std::runtime_error: no such file, none of a signer, wrong passphrase.
[[nodiscard]] crypto::SignerKey load_signer(const std::string& file, Passphrases& passphrases);

[[nodiscard]] crypto::Signer public_part(const crypto::SignerKey& key);

}  // namespace tillit::cli

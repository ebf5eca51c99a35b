/// A member's keyring as a file, still wrapped (protocol §7.6): what `tillit open` works from where
/// no browser is. With it goes what the member's client knew: whom the organisation's signers are.
#pragma once

#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace tillit::crypto {

struct KeyringFile {
    Id org{};
    Id member{};
    Id person{};
    std::string login;
    std::uint32_t version = 0;  // what `keyring` is bound to
    Bytes keyring;              // §7.5, under the passphrase
    std::vector<std::string> signers_notes;
    std::string directory;  // the newest then; empty if there was none
};
inline constexpr std::size_t kMaxKeyringFileBytes = std::size_t{8} * 1024 * 1024;

/// Strict JSON {"t":"keyring","org","member","person","login","version","keyring","signers_notes",
/// "directory"} and a line feed. Nothing in it is verified by reading it.
[[nodiscard]] std::string encode_keyring_file(const KeyringFile& file);
[[nodiscard]] std::optional<KeyringFile> parse_keyring_file(std::string_view text);

}  // namespace tillit::crypto

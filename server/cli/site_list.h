/// The list of what the two doors serve (protocol §1a): made by the build (assets/hashes.json),
/// signed as a note of type "site" by whoever vouches for it, compared by `tillit site verify`.
///
///     {"t":"site","files":[{"door":"console","path":"/assets/…","sha256":HEX,"bytes":N},…]}
///
/// Hexadecimal, unlike the protocol's other hashes: people compare it with what sha256sum prints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/note.h"

namespace tillit::cli {

struct SiteFile {
    std::string door;  // "portal" or "console"
    std::string path;  // "/" or "/assets/NAME"
    crypto::Hash sha256{};
    std::uint64_t bytes = 0;
};
struct SiteList {
    std::vector<SiteFile> files;
    std::optional<crypto::Note> note;  // none: the bare list
};

/// A list or a signed one; nothing if it is neither to the byte. Signatures are not looked at.
[[nodiscard]] std::optional<SiteList> parse_site_list(std::string_view text);

/// The bare list or the note, with one more signature.
[[nodiscard]] std::string sign_site_list(std::string_view text, std::string_view name,
                                         const crypto::SigningSeed& seed);

/// A key as it is handed on: NAME+HASH+KEY (C2SP signed-note.md "Verifier keys").
[[nodiscard]] std::string verifier_key(std::string_view name, const crypto::VerifyKey& key);
[[nodiscard]] std::optional<crypto::NoteKey> parse_verifier_key(std::string_view text);

/// Every one of `keys` signed, and there is at least one.
[[nodiscard]] bool is_signed_by(const SiteList& list, const std::vector<crypto::NoteKey>& keys);

}  // namespace tillit::cli

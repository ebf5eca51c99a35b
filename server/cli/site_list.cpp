#include "server/cli/site_list.h"

#include <algorithm>

#include "crypto/strict_json.h"

namespace tillit::cli {

namespace {

constexpr std::string_view kType = "site";
constexpr std::string_view kKeyPrefix =
    "\xff"
    "tillit/v1/sig";
constexpr std::size_t kMaxFiles = 1000;
constexpr std::uint64_t kMaxFileBytes = 64U << 20;

bool is_path(std::string_view path) {
    const auto is_plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("/._-").find(c) != std::string_view::npos;
    };
    return path.starts_with('/') && std::all_of(path.begin(), path.end(), is_plain) &&
           path.find("..") == std::string_view::npos;
}

std::optional<SiteFile> parse_file(const nlohmann::json& json) {
    if (!json.is_object()) return std::nullopt;
    crypto::FieldReader fields(json);
    SiteFile file;
    file.door = fields.text("door", 10);
    file.path = fields.text("path", 200);
    const auto hash = crypto::from_hex(fields.text("sha256", 64));
    file.bytes = fields.integer("bytes", kMaxFileBytes);
    const bool is_door = file.door == "portal" || file.door == "console";
    if (!fields.done() || !is_door || !is_path(file.path) || !hash ||
        hash->size() != file.sha256.size()) {
        return std::nullopt;
    }
    std::copy(hash->begin(), hash->end(), file.sha256.begin());
    return file;
}

std::optional<std::vector<SiteFile>> parse_files(std::string_view text) {
    const auto json = crypto::parse_strict_json(crypto::view(text));
    if (!json) return std::nullopt;
    crypto::FieldReader fields(*json);
    const bool is_site = fields.text("t", 10) == kType;
    std::vector<SiteFile> files;
    for (const auto& item : fields.list("files", kMaxFiles)) {
        auto file = parse_file(item);
        if (!file) return std::nullopt;
        files.push_back(std::move(*file));
    }
    if (!fields.done() || !is_site || files.empty()) return std::nullopt;
    return files;
}

}  // namespace

std::optional<SiteList> parse_site_list(std::string_view text) {
    SiteList list;
    if (text.starts_with("tillit/")) {
        list.note = crypto::parse_note(kType, text);
        if (!list.note) return std::nullopt;
    }
    auto files = parse_files(list.note ? list.note->json : text);
    if (!files) return std::nullopt;
    list.files = std::move(*files);
    return list;
}

std::string sign_site_list(std::string_view text, std::string_view name,
                           const crypto::SigningSeed& seed) {
    const auto list = parse_site_list(text);
    if (list && list->note) {
        return std::string(text) + crypto::signature_line(kType, list->note->text, name, seed);
    }
    while (text.ends_with('\n')) text.remove_suffix(1);
    const auto note = crypto::note_text(kType, text);
    return note + "\n" + crypto::signature_line(kType, note, name, seed);
}

std::string verifier_key(std::string_view name, const crypto::VerifyKey& key) {
    const auto listed = crypto::note_name(name);
    crypto::Bytes bytes(kKeyPrefix.begin(), kKeyPrefix.end());
    bytes.insert(bytes.end(), key.begin(), key.end());
    return listed + "+" + crypto::to_hex(crypto::note_key_hash(listed, key)) + "+" +
           crypto::to_base64_padded(bytes);
}

std::optional<crypto::NoteKey> parse_verifier_key(std::string_view text) {
    const auto first = text.find('+');
    const auto second = text.find('+', first == std::string_view::npos ? first : first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto bytes = crypto::from_base64_padded(text.substr(second + 1));
    crypto::NoteKey out{.name = std::string(text.substr(0, first)), .key = {}};
    if (!bytes || bytes->size() != kKeyPrefix.size() + out.key.size()) return std::nullopt;
    std::copy(bytes->begin() + static_cast<std::ptrdiff_t>(kKeyPrefix.size()), bytes->end(),
              out.key.begin());
    // Written anew it must be the same text: then name, hash, label and key belong together.
    if (out.name.empty() || verifier_key(out.name, out.key) != text) return std::nullopt;
    return out;
}

bool is_signed_by(const SiteList& list, const std::vector<crypto::NoteKey>& keys) {
    if (!list.note || keys.empty()) return false;
    return std::all_of(keys.begin(), keys.end(), [&](const crypto::NoteKey& key) {
        return crypto::count_signers(*list.note, kType, {key}) == 1U;
    });
}

}  // namespace tillit::cli

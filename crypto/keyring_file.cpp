#include "crypto/keyring_file.h"

#include "crypto/json_writer.h"
#include "crypto/note.h"
#include "crypto/proposal.h"
#include "crypto/strict_json.h"

namespace tillit::crypto {
namespace {

constexpr std::size_t kMaxLoginBytes = 100;
constexpr std::size_t kMaxWrappedText = std::size_t{1024} * 1024;  // base64url of the keyring

}  // namespace

std::string encode_keyring_file(const KeyringFile& file) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("keyring");
    out.key("org").bytes(file.org);
    out.key("member").bytes(file.member);
    out.key("person").bytes(file.person);
    out.key("login").text(file.login);
    out.key("version").integer(file.version);
    out.key("keyring").bytes(file.keyring);
    out.key("signers_notes").begin_list();
    for (const std::string& note : file.signers_notes) out.text(note);
    out.end_list();
    out.key("directory").text(file.directory);
    out.end_object();
    return text + "\n";
}

std::optional<KeyringFile> parse_keyring_file(std::string_view text) {
    if (text.size() > kMaxKeyringFileBytes) return std::nullopt;
    const auto json = parse_strict_json(view(text));
    if (!json) return std::nullopt;
    FieldReader read(*json);
    const bool is_keyring = read.text("t", 16) == "keyring";
    KeyringFile file;
    file.org = read.array<16>("org");
    file.member = read.array<16>("member");
    file.person = read.array<16>("person");
    file.login = read.text("login", kMaxLoginBytes);
    file.version = static_cast<std::uint32_t>(read.integer("version", 0xffffffffU));
    const auto keyring = from_base64url(read.text("keyring", kMaxWrappedText));
    for (const nlohmann::json& note : read.list("signers_notes", kMaxSignersNotes)) {
        if (!note.is_string()) return std::nullopt;
        file.signers_notes.push_back(note.get<std::string>());
    }
    file.directory = read.text("directory", kMaxNoteBytes);
    if (!read.done() || !is_keyring || !keyring) return std::nullopt;
    file.keyring = *keyring;
    return file;
}

}  // namespace tillit::crypto

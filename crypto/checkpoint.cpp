#include "crypto/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "crypto/strict_json.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kSignatureBytes = 4 + 64;

std::string text_of(const Checkpoint& checkpoint) {
    return checkpoint.origin + "\n" + std::to_string(checkpoint.size) + "\n" +
           to_base64_padded(checkpoint.root) + "\n";
}

/// Takes the text up to the next line feed, which must be there.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

/// Decimal without leading zeros, as it would be written again.
std::optional<std::uint64_t> read_size(std::string_view text) {
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    if (!is_whole || std::to_string(size) != text) return std::nullopt;
    return size;
}

struct Parts {
    Checkpoint checkpoint;
    std::string_view text;  // what is signed
    std::string_view lines;
};

std::optional<Parts> parse(std::string_view whole) {
    if (whole.size() > kMaxCheckpointBytes || !is_clean_utf8(view(whole))) return std::nullopt;
    const std::size_t end = whole.find("\n\n");
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view text = whole.substr(0, end + 1);
    Parts parts{.checkpoint = {}, .text = text, .lines = whole.substr(end + 2)};
    const auto origin = take_line(text);
    const auto size = take_line(text);
    const auto root = take_line(text);
    if (!origin || origin->empty() || !size || !root) return std::nullopt;
    const auto number = read_size(*size);
    const auto hash = from_base64_padded(*root);
    if (!number || !hash || hash->size() != std::tuple_size_v<Hash>) return std::nullopt;
    parts.checkpoint.origin = std::string(*origin);
    parts.checkpoint.size = *number;
    std::ranges::copy(*hash, parts.checkpoint.root.begin());
    return parts;
}

struct Line {
    std::string_view name;
    Bytes bytes;  // key hash and signature, of whatever kind
};

std::optional<Line> parse_line(std::string_view line) {
    if (!line.starts_with(kDash)) return std::nullopt;
    line.remove_prefix(kDash.size());
    const std::size_t space = line.find(' ');
    if (space == 0 || space == std::string_view::npos) return std::nullopt;
    auto bytes = from_base64_padded(line.substr(space + 1));
    if (!bytes || bytes->size() < 5) return std::nullopt;
    return Line{.name = line.substr(0, space), .bytes = std::move(*bytes)};
}

/// Whether this line is by the key; nothing if it claims to be and is not.
std::optional<bool> is_by(const Line& line, std::string_view text, std::string_view name,
                          const VerifyKey& key) {
    const auto hash = plain_note_key_hash(name, key);
    if (line.name != name || !std::equal(hash.begin(), hash.end(), line.bytes.begin())) {
        return false;
    }
    if (line.bytes.size() != kSignatureBytes) return std::nullopt;
    Signature signature{};
    std::copy_n(line.bytes.begin() + 4, signature.size(), signature.begin());
    if (!verify_raw(view(text), signature, key)) return std::nullopt;
    return true;
}

}  // namespace

std::string checkpoint_origin(const Hash& organisation_fingerprint) {
    return "tillit/" + to_hex(organisation_fingerprint);
}

ByteArray<4> plain_note_key_hash(std::string_view name, const VerifyKey& key) {
    Sha256 hash;
    hash.update(view(name));
    hash.update(view("\n\x01"));
    hash.update(key);
    const Hash full = hash.finish();
    return {full[0], full[1], full[2], full[3]};
}

std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningSeed& seed) {
    const std::string text = text_of(checkpoint);
    const auto key_hash = plain_note_key_hash(checkpoint.origin, verify_key(seed));
    const auto signature = sign_raw(view(text), seed);
    Bytes bytes(key_hash.begin(), key_hash.end());
    bytes.insert(bytes.end(), signature.begin(), signature.end());
    return text + "\n" + std::string(kDash) + checkpoint.origin + " " + to_base64_padded(bytes) +
           "\n";
}

Result<Checkpoint, CheckpointError> verify_checkpoint(std::string_view whole,
                                                      std::string_view origin,
                                                      std::string_view name,
                                                      std::span<const VerifyKey> keys) {
    const auto parts = parse(whole);
    if (!parts) return unexpected(CheckpointError::malformed);
    bool is_signed = false;
    bool is_forged = false;
    for (std::string_view rest = parts->lines; !rest.empty();) {
        const auto text = take_line(rest);
        const auto line = text ? parse_line(*text) : std::nullopt;
        if (!line) return unexpected(CheckpointError::malformed);
        for (const VerifyKey& key : keys) {
            const auto verdict = is_by(*line, parts->text, name, key);
            is_signed |= verdict.value_or(false);
            is_forged |= !verdict.has_value();
        }
    }
    if (parts->checkpoint.origin != origin) return unexpected(CheckpointError::wrong_log);
    if (is_forged) return unexpected(CheckpointError::bad_signature);
    if (!is_signed) return unexpected(CheckpointError::not_signed);
    return parts->checkpoint;
}

}  // namespace tillit::crypto

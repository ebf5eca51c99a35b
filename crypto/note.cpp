#include "crypto/note.h"

#include <algorithm>

#include "crypto/strict_json.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kDash = "\xe2\x80\x94 ";  // U+2014 and a space
constexpr std::size_t kSignatureBytes = 4 + 64;
constexpr std::size_t kSignatureText = 92;  // base64 of 68 bytes, one "="
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Notes carry standard base64 with padding; everything else of ours is base64url without.
std::string to_note_base64(ByteView bytes) {
    std::string text = to_base64url(bytes);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    while (text.size() % 4 != 0) text += '=';
    return text;
}

std::optional<ByteArray<kSignatureBytes>> from_note_base64(std::string_view text) {
    if (text.size() != kSignatureText || text.back() != '=') return std::nullopt;
    std::string url(text.substr(0, kSignatureText - 1));
    const auto is_foreign = [](char c) { return kAlphabet.find(c) == std::string_view::npos; };
    if (std::ranges::any_of(url, is_foreign)) return std::nullopt;
    std::ranges::replace(url, '+', '-');
    std::ranges::replace(url, '/', '_');
    return array_from_base64url<kSignatureBytes>(url);
}

/// Takes the text up to the next line feed, which must be there.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    return line;
}

std::optional<NoteSignature> parse_signature_line(std::string_view line) {
    if (!line.starts_with(kDash)) return std::nullopt;
    line.remove_prefix(kDash.size());
    const std::size_t space = line.find(' ');
    if (space == 0 || space == std::string_view::npos) return std::nullopt;
    const std::string_view name = line.substr(0, space);
    const auto bytes = from_note_base64(line.substr(space + 1));
    if (!bytes || name.find('+') != std::string_view::npos) return std::nullopt;
    NoteSignature signature{.name = std::string(name), .key_hash = {}, .signature = {}};
    std::copy_n(bytes->begin(), 4, signature.key_hash.begin());
    std::copy_n(bytes->begin() + 4, 64, signature.signature.begin());
    return signature;
}

}  // namespace

std::string note_name(std::string_view name) {
    std::string text(name);
    std::ranges::replace(text, ' ', '_');
    std::ranges::replace(text, '+', '_');
    return text;
}

ByteArray<4> note_key_hash(std::string_view note_name, const VerifyKey& key) {
    Sha256 hash;
    hash.update(view(note_name));
    hash.update(
        view("\n\xff"
             "tillit/v1/sig"));
    hash.update(key);
    const Hash full = hash.finish();
    return {full[0], full[1], full[2], full[3]};
}

std::optional<Note> parse_note(std::string_view type, std::string_view note) {
    auto parsed = parse_draft(type, note);
    if (parsed && parsed->signatures.empty()) return std::nullopt;
    return parsed;
}

std::optional<Note> parse_draft(std::string_view type, std::string_view note) {
    if (note.size() > kMaxNoteBytes || !is_clean_utf8(view(note))) return std::nullopt;
    std::string_view rest = note;
    const auto header = take_line(rest);
    if (!header || *header != "tillit/v1/" + std::string(type)) return std::nullopt;
    const auto json = take_line(rest);
    if (!json || json->empty()) return std::nullopt;
    const std::size_t text_size = note.size() - rest.size();
    const auto empty = take_line(rest);
    if (!empty || !empty->empty()) return std::nullopt;

    Note parsed{.text = std::string(note.substr(0, text_size)),
                .json = std::string(*json),
                .signatures = {}};
    while (!rest.empty()) {
        const auto line = take_line(rest);
        auto signature = line ? parse_signature_line(*line) : std::nullopt;
        if (!signature || parsed.signatures.size() == kMaxNoteSignatures) return std::nullopt;
        parsed.signatures.push_back(std::move(*signature));
    }
    return parsed;
}

std::optional<std::size_t> count_signers(const Note& note, std::string_view type,
                                         const std::vector<NoteKey>& keys) {
    std::vector<VerifyKey> signed_by;
    for (const NoteSignature& line : note.signatures) {
        const auto key = std::ranges::find_if(keys, [&](const NoteKey& k) {
            const std::string name = note_name(k.name);
            return name == line.name && note_key_hash(name, k.key) == line.key_hash;
        });
        if (key == keys.end()) continue;
        if (!verify_statement(type, view(note.text), line.signature, key->key)) return std::nullopt;
        if (std::ranges::find(signed_by, key->key) == signed_by.end()) {
            signed_by.push_back(key->key);
        }
    }
    return signed_by.size();
}

std::string note_text(std::string_view type, std::string_view json) {
    std::string text = "tillit/v1/";
    text.append(type).append("\n").append(json).append("\n");
    return text;
}

std::string signature_line(std::string_view type, std::string_view text, std::string_view name,
                           const SigningSeed& seed) {
    const std::string listed = note_name(name);
    const ByteArray<4> hash = note_key_hash(listed, verify_key(seed));
    const Signature signature = sign_statement(type, view(text), seed);
    Bytes bytes(hash.begin(), hash.end());
    bytes.insert(bytes.end(), signature.begin(), signature.end());
    return std::string(kDash) + listed + " " + to_note_base64(bytes) + "\n";
}

}  // namespace tillit::crypto

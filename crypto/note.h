/// Signed notes (C2SP signed-note.md) as Tillit uses them: docs/protocol.md §3.1.
///
///     tillit/v1/TYPE ⏎ JSON ⏎ ⏎ — NAME BASE64(key hash (4) ‖ signature (64)) ⏎ …
///
/// The signature is that of every Tillit statement over the two lines of text, so the key hash uses
/// the C2SP type byte 0xff with our own identifier, not the one of plain Ed25519.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/primitives.h"

namespace tillit::crypto {

inline constexpr std::size_t kMaxNoteBytes = std::size_t{1024} * 1024;
inline constexpr std::size_t kMaxNoteSignatures = 32;

/// A name as it stands in a signature line: no space and no plus, both become "_".
[[nodiscard]] std::string note_name(std::string_view name);

/// SHA-256(note_name ‖ 0x0A ‖ 0xff ‖ "tillit/v1/sig" ‖ key)[:4].
[[nodiscard]] ByteArray<4> note_key_hash(std::string_view note_name, const VerifyKey& key);

struct NoteSignature {
    std::string name;
    ByteArray<4> key_hash;
    Signature signature;
};
struct Note {
    std::string text;  // both lines with their line feeds: what is signed
    std::string json;  // the second line
    std::vector<NoteSignature> signatures;
};

/// Splits a note of this type ("signers", "directory"); no signature is checked. Nothing unless it
/// is well-formed to the byte.
[[nodiscard]] std::optional<Note> parse_note(std::string_view type, std::string_view note);
/// The same for a note that goes round to be signed: it may have no signature yet.
[[nodiscard]] std::optional<Note> parse_draft(std::string_view type, std::string_view note);

struct NoteKey {
    std::string name;  // of a person, as listed
    VerifyKey key;
};
/// How many distinct keys of `keys` signed; nothing if a line names one of them and is no signature
/// of its (a note somebody meddled with). Lines of unknown keys are passed over.
[[nodiscard]] std::optional<std::size_t> count_signers(const Note& note, std::string_view type,
                                                       const std::vector<NoteKey>& keys);

/// Text with an empty line and no signatures yet; then one line for each signer.
[[nodiscard]] std::string note_text(std::string_view type, std::string_view json);
[[nodiscard]] std::string signature_line(std::string_view type, std::string_view text,
                                         std::string_view name, const SigningSeed& seed);

}  // namespace tillit::crypto

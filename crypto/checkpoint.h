/// Checkpoints of the log, exactly C2SP tlog-checkpoint (docs/protocol.md §10.3):
///
///     tillit/HEX ⏎ SIZE ⏎ BASE64(root) ⏎ ⏎ — tillit/HEX BASE64(key hash (4) ‖ signature (64)) ⏎
///
/// A C2SP signed note with plain Ed25519 (type 0x01) over the text, so that any verifier of such
/// notes reads it; unlike the notes of note.h. HEX: the organisation's fingerprint (§3.2.3).
/// Twin: frontend/crypto/checkpoint.ts.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/primitives.h"

namespace tillit::crypto {

inline constexpr std::size_t kMaxCheckpointBytes = 16 * 1024;

enum class CheckpointError {
    malformed,     // no checkpoint to the byte
    wrong_log,     // of another origin
    not_signed,    // no line by the log's key
    bad_signature  // a line that claims to be by the log's key, and is not
};

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;  // leaves: days
    Hash root{};
};

/// "tillit/" and 64 hexadecimal digits.
[[nodiscard]] std::string checkpoint_origin(const Hash& organisation_fingerprint);
/// SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)[:4]
[[nodiscard]] ByteArray<4> plain_note_key_hash(std::string_view name, const VerifyKey& key);

[[nodiscard]] std::string sign_checkpoint(const Checkpoint& checkpoint, const SigningSeed& seed);

/// Reads a checkpoint that one of `keys` signed under `name` (ours: the origin). Signature lines of
/// others, such as witnesses, are passed over, and so are extension lines.
[[nodiscard]] Result<Checkpoint, CheckpointError> verify_checkpoint(
    std::string_view text, std::string_view origin, std::string_view name,
    std::span<const VerifyKey> keys);

}  // namespace tillit::crypto

/// Events of the log (docs/protocol.md §10.1): what happened, as strict JSON, and its leaf hash.
///
///     {"t":"event","kind","by","member","case","day","minute","object","act","signature"}
///
/// An event names no person but the member who acted, no case but by a random reference, and of a
/// reporter's act no time but the day. Twins: frontend/crypto/log_event.ts.
#pragma once

#include <optional>
#include <string>

#include "crypto/primitives.h"

namespace tillit::crypto {

inline constexpr std::size_t kMaxEventBytes = 4096;
inline constexpr std::size_t kMaxEventKindBytes = 32;
inline constexpr std::size_t kMaxActBytes = 1024;

enum class LogActor { reporter, member, operator_ };  // operator_: at the command line

using EventSalt = ByteArray<16>;

struct LogEvent {
    std::string kind;  // a word of a-z and _
    LogActor by = LogActor::operator_;
    Id member{};               // zeros unless by a member
    Id case_reference{};       // zeros: of no case, or one that must not be named here
    std::uint64_t day = 0;     // since 1970-01-01
    std::uint64_t minute = 0;  // since 1970-01-01; 0 for a reporter's act
    Hash object{};             // hash of what was stored; zeros where there is none
    std::string act;           // what the member's client signed (act.h); empty: the server says so
    Signature signature{};     // zeros exactly if act is empty
};

[[nodiscard]] std::string encode_event(const LogEvent& event);
/// Nothing if it is not an event to the letter: unknown fields, an actor that does not fit.
[[nodiscard]] std::optional<LogEvent> decode_event(std::string_view text);

/// SHA-256(0x00 ‖ salt ‖ event): an RFC 6962 leaf. Without the salt nobody can try events against
/// a hash, so erasing salt and event leaves nothing to guess at.
[[nodiscard]] Hash event_hash(const EventSalt& salt, std::string_view event);

}  // namespace tillit::crypto

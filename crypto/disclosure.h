/// Letters about the identity (protocol §4.5): request, refusal, disclosure of a share, opening.
///
/// A letter is one signed statement, sealed once for each of its readers; always 4,096 bytes of
/// plaintext, so that no two acts can be told apart by their size. Who may write which letter comes
/// from the directory that the reader verified, never from the server.
/// Threads: safe to call concurrently. Keeps nothing.
#pragma once

#include <span>

#include "crypto/directory.h"

namespace tillit::crypto {

inline constexpr std::size_t kLetterPlainBytes = 4096;
inline constexpr std::size_t kMaxGroundBytes = 32;  // a word of a-z and _
inline constexpr std::size_t kMaxRequestTextBytes = 1200;
inline constexpr std::size_t kMaxExemptionBytes = 600;
inline constexpr std::size_t kMaxReasonBytes = 1200;

/// Was the reporter told beforehand, or is an exemption recorded?
enum class ReporterTold { yes, exempt };

/// By an investigator or alternate: open the identity, on this ground.
struct IdentityRequest {
    Id org{};
    Hash case_id{};
    Id request{};    // random; what the server files it under
    Id from{};       // member who asks
    Id custodian{};  // member who is asked
    std::string ground;
    std::string text;  // 1..kMaxRequestTextBytes
    ReporterTold told = ReporterTold::yes;
    std::string exemption;  // not empty exactly if exempt
    Hash notice{};          // envelope_hash of the notice in the thread; zeros exactly if exempt
};
/// By the custodian, to the one who asked: her share.
struct Disclosure {
    Id org{};
    Hash case_id{};
    Hash request{};  // letter_hash of the request it answers
    Id from{};
    Id to{};
    Hash to_recipient_hash{};
    std::string ground;  // as in the request
    ReporterTold told = ReporterTold::yes;
    IdentityShare share;  // a
};
/// By the custodian: no, and why.
struct Refusal {
    Id org{};
    Hash case_id{};
    Hash request{};
    Id from{};
    std::string reason;  // 1..kMaxReasonBytes
};
/// By the one who asked, before the identity is opened.
struct Opening {
    Id org{};
    Hash case_id{};
    Hash request{};
    Id from{};
    Hash disclosure{};  // letter_hash of the disclosure that is used
};

enum class LetterError {
    too_large,       // does not fit kLetterPlainBytes
    not_sealed,      // no strict hybrid age file of that size, or not for this identity
    malformed,       // padding, magic, JSON, fields
    unknown_author,  // does not stand in the directory
    bad_signature,
    wrong_case,     // another organisation or case
    wrong_role,     // its author's office may not write such a letter
    excluded,       // asked by a person whom the reporter excluded
    same_person,    // one person asks and guards
    not_for_me,     // addressed to somebody else
    wrong_request,  // answers another request, or not as it was asked
};

/// A verified letter. `hash`: what other letters call it.
template <class Letter>
struct Opened {
    Letter letter;
    Hash hash{};
};

/// What a reader knows beforehand. Nothing is owned; all must outlive the call.
struct LetterReader {
    const AgeSeed& identity;
    Id member{};
    Id org{};
    Hash case_id{};
    std::span<const DirectoryMember> directory;       // verified
    std::span<const Exclusion> excluded_by_reporter;  // of the reader's own grant
};

/// Signs and seals to one reader. The same letter gives the same statement for each of them.
/// Errors: too_large, malformed (open_… would refuse its fields), not_sealed (`to` is no key).
[[nodiscard]] Result<Bytes, LetterError> seal_letter(const IdentityRequest&, const SigningSeed&,
                                                     const HybridRecipient& to);
[[nodiscard]] Result<Bytes, LetterError> seal_letter(const Disclosure&, const SigningSeed&,
                                                     const HybridRecipient& to);
[[nodiscard]] Result<Bytes, LetterError> seal_letter(const Refusal&, const SigningSeed&,
                                                     const HybridRecipient& to);
[[nodiscard]] Result<Bytes, LetterError> seal_letter(const Opening&, const SigningSeed&,
                                                     const HybridRecipient& to);

/// What other letters and the log call an opening: letter_hash of the statement that is sealed.
[[nodiscard]] Hash letter_hash(const Opening& letter);

/// Checks in the order of LetterError; §4.5.3 lists them per letter.
[[nodiscard]] Result<Opened<IdentityRequest>, LetterError> open_request(ByteView sealed,
                                                                        const LetterReader& me);
[[nodiscard]] Result<Opened<Disclosure>, LetterError> open_disclosure(
    ByteView sealed, const LetterReader& me, const Opened<IdentityRequest>& answered);
[[nodiscard]] Result<Opened<Refusal>, LetterError> open_refusal(
    ByteView sealed, const LetterReader& me, const Opened<IdentityRequest>& answered);
[[nodiscard]] Result<Opened<Opening>, LetterError> open_opening(
    ByteView sealed, const LetterReader& me, const Opened<IdentityRequest>& answered);

namespace detail {
/// The strict JSON of each letter, for tests and fuzzing; decode gives nothing for what §4.5
/// refuses.
[[nodiscard]] std::string encode_letter(const IdentityRequest& letter);
[[nodiscard]] std::string encode_letter(const Disclosure& letter);
[[nodiscard]] std::string encode_letter(const Refusal& letter);
[[nodiscard]] std::string encode_letter(const Opening& letter);
template <class Letter>
[[nodiscard]] std::optional<Letter> decode_letter(ByteView text);
template <>
std::optional<IdentityRequest> decode_letter(ByteView text);
template <>
std::optional<Disclosure> decode_letter(ByteView text);
template <>
std::optional<Refusal> decode_letter(ByteView text);
template <>
std::optional<Opening> decode_letter(ByteView text);
}  // namespace detail

}  // namespace tillit::crypto

#include "crypto/disclosure.h"

#include <algorithm>

#include "crypto/signed_plaintext.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITl1";

// The type that a signature is for is the letter's "t".
template <class Letter>
constexpr std::string_view kType = "";
template <>
constexpr std::string_view kType<IdentityRequest> = "identity_request";
template <>
constexpr std::string_view kType<Disclosure> = "disclosure";
template <>
constexpr std::string_view kType<Refusal> = "refusal";
template <>
constexpr std::string_view kType<Opening> = "opening";

template <class Letter>
constexpr bool kIsByCustodian =
    std::is_same_v<Letter, Disclosure> || std::is_same_v<Letter, Refusal>;

template <class Letter>
Result<Bytes, LetterError> seal(const Letter& letter, const SigningSeed& author,
                                const HybridRecipient& to) {
    std::string text = detail::encode_letter(letter);
    const detail::WipeString wipe_text(text);
    if (!detail::decode_letter<Letter>(view(text))) return unexpected(LetterError::malformed);
    if (detail::kFrameBytes + text.size() > kLetterPlainBytes) {
        return unexpected(LetterError::too_large);
    }
    const Signature signature = sign_statement(kType<Letter>, view(text), author);
    const SecretBytes plain = detail::pack_signed(kMagic, text, signature, kLetterPlainBytes);
    auto sealed = age::seal(plain.expose(), to);
    if (!sealed) return unexpected(LetterError::not_sealed);
    return std::move(*sealed);
}

const DirectoryMember* find(std::span<const DirectoryMember> directory, const Id& member) {
    const auto found = std::ranges::find(directory, member, &DirectoryMember::member);
    return found == directory.end() ? nullptr : &*found;
}

bool may_write(Role role, bool is_by_custodian) {
    if (is_by_custodian) return role == Role::custodian;
    return role == Role::investigator || role == Role::alternate;
}

/// What all letters share: sealed to me, well-formed, signed by a listed member whose office may
/// write it, and of this case.
template <class Letter>
Result<Opened<Letter>, LetterError> open(ByteView sealed, const LetterReader& me) {
    if (sealed.size() != age::sealed_size(kLetterPlainBytes)) {
        return unexpected(LetterError::not_sealed);
    }
    const auto plain = age::open(sealed, me.identity);
    if (!plain) return unexpected(LetterError::not_sealed);
    const auto parts = detail::unpack_signed(kMagic, plain->expose());
    if (!parts) return unexpected(LetterError::malformed);
    auto letter = detail::decode_letter<Letter>(parts->statement);
    if (!letter) return unexpected(LetterError::malformed);
    const DirectoryMember* author = find(me.directory, letter->from);
    if (author == nullptr) return unexpected(LetterError::unknown_author);
    if (!verify_statement(kType<Letter>, parts->statement, parts->signature, author->verify_key)) {
        return unexpected(LetterError::bad_signature);
    }
    if (letter->org != me.org || letter->case_id != me.case_id) {
        return unexpected(LetterError::wrong_case);
    }
    if (!may_write(author->role, kIsByCustodian<Letter>)) {
        return unexpected(LetterError::wrong_role);
    }
    const Hash hash = labelled_hash("tillit/v1/letter", {parts->statement});
    return Opened<Letter>{std::move(*letter), hash};
}

bool is_one_person(const LetterReader& me, const Id& one, const Id& other) {
    const DirectoryMember* a = find(me.directory, one);
    const DirectoryMember* b = find(me.directory, other);
    return a != nullptr && b != nullptr && a->person == b->person;
}

}  // namespace

Result<Bytes, LetterError> seal_letter(const IdentityRequest& letter, const SigningSeed& author,
                                       const HybridRecipient& to) {
    return seal(letter, author, to);
}
Result<Bytes, LetterError> seal_letter(const Disclosure& letter, const SigningSeed& author,
                                       const HybridRecipient& to) {
    return seal(letter, author, to);
}
Result<Bytes, LetterError> seal_letter(const Refusal& letter, const SigningSeed& author,
                                       const HybridRecipient& to) {
    return seal(letter, author, to);
}
Result<Bytes, LetterError> seal_letter(const Opening& letter, const SigningSeed& author,
                                       const HybridRecipient& to) {
    return seal(letter, author, to);
}

Result<Opened<IdentityRequest>, LetterError> open_request(ByteView sealed, const LetterReader& me) {
    auto opened = open<IdentityRequest>(sealed, me);
    if (!opened) return opened;
    const IdentityRequest& request = opened->letter;
    const DirectoryMember* asks = find(me.directory, request.from);
    const auto is_who_asks = [&](const Exclusion& e) { return e.person == asks->person; };
    if (std::ranges::any_of(me.excluded_by_reporter, is_who_asks)) {
        return unexpected(LetterError::excluded);
    }
    if (is_one_person(me, request.from, request.custodian)) {
        return unexpected(LetterError::same_person);
    }
    // Colleagues on the case get a copy; a custodian only what she is asked herself.
    const DirectoryMember* mine = find(me.directory, me.member);
    const bool am_custodian = mine != nullptr && mine->role == Role::custodian;
    if (am_custodian && request.custodian != me.member) return unexpected(LetterError::not_for_me);
    return opened;
}

Result<Opened<Disclosure>, LetterError> open_disclosure(ByteView sealed, const LetterReader& me,
                                                        const Opened<IdentityRequest>& answered) {
    auto opened = open<Disclosure>(sealed, me);
    if (!opened) return opened;
    const Disclosure& disclosure = opened->letter;
    const IdentityRequest& request = answered.letter;
    if (is_one_person(me, disclosure.from, disclosure.to)) {
        return unexpected(LetterError::same_person);
    }
    const bool is_mine =
        disclosure.to == me.member &&
        disclosure.to_recipient_hash == recipient_hash(hybrid_recipient(me.identity));
    if (!is_mine) return unexpected(LetterError::not_for_me);
    const bool answers = disclosure.request == answered.hash && request.from == me.member &&
                         disclosure.from == request.custodian &&
                         disclosure.ground == request.ground && disclosure.told == request.told;
    if (!answers) return unexpected(LetterError::wrong_request);
    return opened;
}

Hash letter_hash(const Opening& letter) {
    return labelled_hash("tillit/v1/letter", {view(detail::encode_letter(letter))});
}

Result<Opened<Refusal>, LetterError> open_refusal(ByteView sealed, const LetterReader& me,
                                                  const Opened<IdentityRequest>& answered) {
    auto opened = open<Refusal>(sealed, me);
    if (!opened) return opened;
    const bool answers =
        opened->letter.request == answered.hash && opened->letter.from == answered.letter.custodian;
    if (!answers) return unexpected(LetterError::wrong_request);
    return opened;
}

Result<Opened<Opening>, LetterError> open_opening(ByteView sealed, const LetterReader& me,
                                                  const Opened<IdentityRequest>& answered) {
    auto opened = open<Opening>(sealed, me);
    if (!opened) return opened;
    const bool answers =
        opened->letter.request == answered.hash && opened->letter.from == answered.letter.from;
    if (!answers) return unexpected(LetterError::wrong_request);
    return opened;
}

}  // namespace tillit::crypto

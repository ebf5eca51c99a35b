// Signers notes (docs/protocol.md §3.2): who may sign the directory, and how that passes on.
#include <algorithm>

#include "crypto/directory.h"
#include "crypto/json_writer.h"
#include "crypto/note.h"
#include "crypto/statement_parts.h"

namespace tillit::crypto {
namespace {

std::string encode(const SignersNote& note) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("signers");
    out.key("org").bytes(note.org);
    out.key("number").integer(note.number);
    out.key("threshold").integer(note.threshold);
    out.key("signers").begin_list();
    for (const Signer& signer : note.signers) {
        out.begin_object();
        out.key("name").text(signer.name);
        out.key("office").text(signer.office);
        out.key("key").bytes(signer.key);
        out.key("administrator").boolean(signer.is_administrator);
        out.end_object();
    }
    out.end_list();
    out.key("log_key").bytes(note.log_key);
    out.end_object();
    return text;
}

bool are_distinct(const std::vector<Signer>& signers) {
    for (std::size_t i = 0; i < signers.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            if (signers[i].key == signers[k].key) return false;
        }
    }
    return true;
}

/// The rules of §3.2 that one note alone can break.
bool is_sound(const SignersNote& note) {
    const std::size_t count = note.signers.size();
    const bool has_outsider = std::ranges::any_of(
        note.signers, [](const Signer& signer) { return !signer.is_administrator; });
    const bool are_named = std::ranges::all_of(note.signers, [](const Signer& signer) {
        return detail::is_person_name(signer.name) && detail::is_person_name(signer.office);
    });
    return count >= 2 && count <= 5 && note.threshold >= 2 && note.threshold <= count &&
           has_outsider && are_named && are_distinct(note.signers);
}

std::optional<SignersNote> decode(std::string_view json) {
    const auto object = parse_strict_json(view(json));
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != "signers") return std::nullopt;
    SignersNote note;
    note.org = read.array<16>("org");
    note.number = read.integer("number");
    note.threshold = read.integer("threshold");
    for (const nlohmann::json& item : read.list("signers", 5)) {
        FieldReader signer(item);
        note.signers.push_back({.name = signer.text("name", kMaxPersonNameBytes),
                                .office = signer.text("office", kMaxPersonNameBytes),
                                .key = signer.array<32>("key"),
                                .is_administrator = signer.boolean("administrator")});
        if (!signer.done()) read.fail();
    }
    note.log_key = read.array<32>("log_key");
    if (!read.done() || !is_sound(note)) return std::nullopt;
    return note;
}

std::optional<DirectoryError> check_signed(const Note& note, const SignersNote& by) {
    const auto count = count_signers(note, "signers", note_keys(by));
    if (!count) return DirectoryError::bad_signature;
    if (*count < by.threshold) return DirectoryError::below_threshold;
    return std::nullopt;
}

}  // namespace

std::vector<NoteKey> note_keys(const SignersNote& note) {
    std::vector<NoteKey> keys;
    for (const Signer& signer : note.signers) keys.push_back({signer.name, signer.key});
    return keys;
}

std::string sign_signers_note(const SignersNote& note, const std::vector<NamedSeed>& signers) {
    const std::string text = note_text("signers", encode(note));
    std::string whole = text + "\n";
    for (const NamedSeed& signer : signers) {
        whole += signature_line("signers", text, signer.name, *signer.seed);
    }
    return whole;
}

Result<SignersNote, DirectoryError> verify_first_signers_note(std::string_view text) {
    const auto note = parse_note("signers", text);
    auto signers = note ? decode(note->json) : std::nullopt;
    if (!signers) return unexpected(DirectoryError::malformed);
    if (signers->number != 0) return unexpected(DirectoryError::wrong_order);
    if (const auto error = check_signed(*note, *signers)) return unexpected(*error);
    return std::move(*signers);
}

Result<SignersNote, DirectoryError> verify_next_signers_note(std::string_view text,
                                                             const SignersNote& previous) {
    const auto note = parse_note("signers", text);
    auto signers = note ? decode(note->json) : std::nullopt;
    if (!signers) return unexpected(DirectoryError::malformed);
    if (signers->org != previous.org) return unexpected(DirectoryError::wrong_org);
    if (signers->number != previous.number + 1) return unexpected(DirectoryError::wrong_order);
    // Both: the old ones hand over, the new ones show that they hold their keys.
    if (const auto error = check_signed(*note, previous)) return unexpected(*error);
    if (const auto error = check_signed(*note, *signers)) return unexpected(*error);
    return std::move(*signers);
}

Result<std::vector<SignersNote>, DirectoryError> verify_signers_chain(
    std::span<const std::string> notes) {
    if (notes.empty()) return unexpected(DirectoryError::malformed);
    std::vector<SignersNote> chain;
    for (const std::string& text : notes) {
        auto note = chain.empty() ? verify_first_signers_note(text)
                                  : verify_next_signers_note(text, chain.back());
        if (!note) return unexpected(note.error());
        chain.push_back(std::move(*note));
    }
    return chain;
}

std::optional<SignersNote> unverified_signers_note(std::string_view text) {
    const auto note = parse_draft("signers", text);
    return note ? decode(note->json) : std::nullopt;
}

Hash organisation_fingerprint(std::string_view signers_note_0) {
    return labelled_hash("tillit/v1/org", {view(signers_note_0)});
}

}  // namespace tillit::crypto

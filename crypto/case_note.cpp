#include "crypto/case_note.h"

#include "crypto/json_writer.h"
#include "crypto/signed_plaintext.h"
#include "crypto/statement_parts.h"
#include "crypto/strict_json.h"
#include "crypto/wiped.h"

namespace tillit::crypto {
namespace {

constexpr std::string_view kMagic = "TILLITn1";
constexpr std::string_view kType = "note";

}  // namespace

std::string encode_case_note(const CaseNote& note) {
    std::string text;
    text.reserve(1024 + note.body.size() * 5 / 4 + note.heads.size() * 192);
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text(kType);
    out.key("org").bytes(note.org);
    out.key("case_id").bytes(note.case_id);
    out.key("epoch").integer(note.epoch);
    out.key("from").bytes(note.from);
    out.key("seq").integer(note.seq);
    out.key("prev").bytes(note.prev);
    out.key("heads");
    detail::write_heads(out, note.heads);
    out.key("body").text(note.body);
    out.end_object();
    return text;
}

std::optional<CaseNote> decode_case_note(ByteView text) {
    const auto object = parse_strict_json(text);
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != kType) return std::nullopt;
    CaseNote note;
    note.org = read.array<16>("org");
    note.case_id = read.array<32>("case_id");
    note.epoch = read.integer("epoch", kMaxEpoch);
    note.from = read.array<16>("from");
    note.seq = read.integer("seq");
    note.prev = read.array<32>("prev");
    note.heads = detail::read_heads(read);
    note.body = read.text("body", kMaxStatementBytes);
    const bool is_first = note.seq == 1;
    const bool is_consistent = note.from != kReporter && note.seq != 0 &&
                               is_first == (note.prev == Hash{}) && !note.body.empty();
    if (!read.done() || !is_consistent) return std::nullopt;
    return note;
}

Result<Bytes, EnvelopeError> seal_case_note(const CaseNote& note, const SigningSeed& author,
                                            const HybridRecipient& handling) {
    std::string text = encode_case_note(note);
    const detail::WipeString wipe_text(text);
    const auto size = detail::envelope_bucket(detail::kFrameBytes + text.size());
    if (!size) return unexpected(EnvelopeError::too_large);
    if (!decode_case_note(view(text))) return unexpected(EnvelopeError::malformed);

    const Signature signature = sign_statement(kType, view(text), author);
    const SecretBytes plain = detail::pack_signed(kMagic, text, signature, *size);
    auto sealed = age::seal(plain.expose(), handling);
    if (!sealed) return unexpected(EnvelopeError::not_sealed);
    return std::move(*sealed);
}

Result<UnverifiedNote, EnvelopeError> open_case_note(ByteView sealed, const AgeSeed& handling) {
    if (sealed.size() > age::sealed_size(kEnvelopeBuckets[3])) {
        return unexpected(EnvelopeError::too_large);
    }
    auto plain = age::open(sealed, handling);
    if (!plain) return unexpected(EnvelopeError::not_sealed);
    const bool is_bucket = detail::envelope_bucket(plain->size()) == plain->size();
    const auto parts = detail::unpack_signed(kMagic, plain->expose());
    if (!is_bucket || !parts) return unexpected(EnvelopeError::malformed);
    auto note = decode_case_note(parts->statement);
    if (!note) return unexpected(EnvelopeError::malformed);

    UnverifiedNote opened;
    opened.note_ = std::move(*note);
    opened.plain_ = std::move(*plain);
    return opened;
}

Result<CaseNote, EnvelopeError> UnverifiedNote::verify(const VerifyKey& author, const Id& org,
                                                       const Hash& case_id) && {
    const auto parts = detail::unpack_signed(kMagic, plain_.expose());
    ensure(parts.has_value());  // open_case_note() unpacked the same bytes
    if (!verify_statement(kType, parts->statement, parts->signature, author)) {
        return unexpected(EnvelopeError::bad_signature);
    }
    if (note_.org != org || note_.case_id != case_id) return unexpected(EnvelopeError::wrong_case);
    return std::move(note_);
}

Hash case_note_hash(ByteView sealed) { return labelled_hash("tillit/v1/note", {sealed}); }

}  // namespace tillit::crypto

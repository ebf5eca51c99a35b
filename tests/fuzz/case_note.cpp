// An internal note, or a grant of what it is sealed to, that is read is encoded to a text that
// reads and encodes to the same text; no text is both.
#include "crypto/case_note.h"

#include "crypto/handling_grant.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(case_note) {
    const auto note = decode_case_note(data);
    if (note) {
        const std::string text = encode_case_note(*note);
        const auto again = decode_case_note(view(text));
        ensure(again.has_value() && encode_case_note(*again) == text);
        ensure(note->from != kReporter && !note->body.empty());
        const ChainLink link{.hash = sha256(data),
                             .author = note->from,
                             .seq = note->seq,
                             .prev = note->prev,
                             .heads = note->heads};
        ensure(!check_chains(std::vector{link, link}).empty());
    }
    const auto grant = detail::decode_handling_grant(data);
    if (!grant) return;
    ensure(!note && grant->epoch <= kMaxEpoch);
    const std::string text = detail::encode_handling_grant(*grant);
    const auto again = detail::decode_handling_grant(view(text));
    ensure(again.has_value() && detail::encode_handling_grant(*again) == text);
}

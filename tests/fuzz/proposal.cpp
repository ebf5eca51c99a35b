// A proposal that is read is written to a file that reads the same; what is unsigned in it stays
// so.
#include "crypto/proposal.h"

#include "crypto/directory.h"
#include "crypto/signer_key.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(proposal) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    if (const auto card = parse_signer_card(text)) {
        const auto again = parse_signer_card(encode_signer_card(*card));
        ensure(again && again->key == card->key && again->name == card->name);
    }
    const auto proposal = parse_proposal(text);
    if (!proposal) return;
    const std::string written = encode_proposal(*proposal);
    const auto again = parse_proposal(written);
    ensure(again && encode_proposal(*again) == written && again->note == proposal->note);
    const auto note = parse_draft(type_of(*proposal), proposal->note);
    ensure(note.has_value() && count_signers(*note, type_of(*proposal), {}) == std::size_t{0});
    if (note->signatures.empty()) ensure(!parse_note(type_of(*proposal), proposal->note));
}

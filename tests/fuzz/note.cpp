// A note that parses is made of exactly its parts, and unsigned text never verifies.
#include "crypto/note.h"

#include "crypto/directory.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(note) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    for (const std::string_view type : {"signers", "directory"}) {
        const auto note = parse_note(type, text);
        if (!note) continue;
        ensure(note->text == note_text(type, note->json));
        ensure(text.starts_with(note->text + "\n"));
        ensure(!note->signatures.empty() && note->signatures.size() <= kMaxNoteSignatures);
        ensure(count_signers(*note, type, {}) == std::size_t{0});
    }
    const auto signers = verify_first_signers_note(text);
    if (!signers) return;
    ensure(signers->number == 0 && signers->threshold >= 2);
    ensure(verify_next_signers_note(text, *signers).error() == DirectoryError::wrong_order);
}

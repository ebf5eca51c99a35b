// A letter about the identity that is read is encoded to a text that reads and encodes to the same
// text; no text is a letter of two kinds.
#include "crypto/disclosure.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

namespace {

template <class Letter>
int is_read_and_written_alike(ByteView data) {
    const auto letter = detail::decode_letter<Letter>(data);
    if (!letter) return 0;
    const std::string text = detail::encode_letter(*letter);
    const auto again = detail::decode_letter<Letter>(view(text));
    ensure(again.has_value() && detail::encode_letter(*again) == text);
    return 1;
}

}  // namespace

TILLIT_FUZZ_TARGET(letter) {
    const int kinds = is_read_and_written_alike<IdentityRequest>(data) +
                      is_read_and_written_alike<Disclosure>(data) +
                      is_read_and_written_alike<Refusal>(data) +
                      is_read_and_written_alike<Opening>(data);
    ensure(kinds <= 1);
    if (const auto request = detail::decode_letter<IdentityRequest>(data)) {
        const bool is_exempt = request->told == ReporterTold::exempt;
        ensure((request->notice == Hash{}) == is_exempt && request->exemption.empty() != is_exempt);
    }
}

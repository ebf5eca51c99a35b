// A key text that decodes encodes to the same text.
#include "crypto/age/text_keys.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(age_text_keys) {
    const std::string text(data.begin(), data.end());
    if (const auto key = age::x25519_recipient_from_text(text)) ensure(age::to_text(*key) == text);
    if (const auto key = age::hybrid_recipient_from_text(text)) ensure(age::to_text(*key) == text);
    if (const auto identity = age::identity_from_text(text)) {
        if (const auto* seed = std::get_if<AgeSeed>(&*identity)) {
            ensure(age::identity_to_text(*seed).expose_text() == text);
        }
    }
}

// Events, acts and checkpoints: what is read is written again to the byte, and nobody signed it.
#include "crypto/act.h"
#include "crypto/checkpoint.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(log) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    if (const auto event = decode_event(text)) {
        const auto again = decode_event(encode_event(*event));
        ensure(again && encode_event(*again) == encode_event(*event));
        ensure(event->by == LogActor::member || event->act.empty());
    }
    const VerifyKey key{};
    ensure(!verify_act(text, {}, key, {}));
    const auto end = text.find('\n');
    const auto origin = text.substr(0, end == std::string_view::npos ? text.size() : end);
    ensure(!verify_checkpoint(text, origin, origin, {&key, 1}));
}

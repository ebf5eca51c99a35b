// A statement that is read is encoded to a text that reads and encodes to the same text.
#include "crypto/envelope.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(statement) {
    const auto statement = decode_statement(data);
    if (!statement) return;
    const std::string text = encode_statement(*statement);
    const auto again = decode_statement(view(text));
    ensure(again.has_value() && encode_statement(*again) == text);
    ensure(statement->manifest.has_value() == (statement->kind == Kind::report));
    // Chains judge any statement without falling over it.
    const ChainEntry entry{.hash = sha256(data), .statement = &*statement};
    ensure(check_chains({entry, entry}).size() >= 1);
    ensure(heads_of({entry}).size() == 1);
}

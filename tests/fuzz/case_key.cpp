// A key that is read is written as words and as numbers that read back as the same key.
#include "crypto/case_key.h"

#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(case_key) {
    const auto key = parse_case_key(data);
    if (!key) return;
    ensure(parse_case_key(case_key_words(*key).expose()).value() == *key);
    ensure(parse_case_key(case_key_numbers(*key).expose()).value() == *key);
}

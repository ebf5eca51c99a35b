// A keyring file that is read is written to a file that reads the same.
#include "crypto/keyring_file.h"

#include "crypto/result.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(keyring_file) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    const auto file = parse_keyring_file(text);
    if (!file) return;
    const std::string written = encode_keyring_file(*file);
    const auto again = parse_keyring_file(written);
    ensure(again && encode_keyring_file(*again) == written && again->login == file->login);
}

// Armor that decodes is, white space and CRLF aside, what we would have written.
#include "crypto/age/armor.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

TILLIT_FUZZ_TARGET(age_armor) {
    // Any bytes go into armor and come back.
    const auto back = age::decode_armor(view(age::encode_armor(data)));
    ensure(back.has_value() && std::equal(back->begin(), back->end(), data.begin(), data.end()));

    const auto decoded = age::decode_armor(data);
    if (!decoded) return;
    std::string text(data.begin(), data.end());
    constexpr std::string_view space = " \t\r\n";
    text.erase(0, text.find_first_not_of(space));
    text.erase(text.find_last_not_of(space) + 1);
    for (std::size_t at = text.find("\r\n"); at != std::string::npos; at = text.find("\r\n", at)) {
        text.erase(at, 1);
    }
    ensure(age::encode_armor(*decoded) == text + "\n");
}

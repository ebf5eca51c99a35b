// A header that parses is written again byte for byte, and parses alike in one piece and in single
// bytes.
#include <algorithm>

#include "crypto/age/header.h"
#include "crypto/age/reader.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

namespace {

std::string without_mac(const std::string& header) { return header.substr(0, header.rfind(' ')); }

std::optional<age::Header> parse_in_single_bytes(ByteView data) {
    age::HeaderParser parser;
    for (std::size_t at = 0; at < data.size() && !parser.is_complete(); ++at) {
        if (!parser.write(data.subspan(at, 1))) return std::nullopt;
    }
    if (!parser.is_complete()) return std::nullopt;
    return std::move(parser).take();
}

}  // namespace

TILLIT_FUZZ_TARGET(age_header) {
    const auto header = age::parse_header(data);
    const auto slowly = parse_in_single_bytes(data);
    ensure(header.has_value() == slowly.has_value());
    if (!header) {
        ensure(!age::is_strict_hybrid_header(data));
        return;
    }
    ensure(header->text == slowly->text && header->mac == slowly->mac);
    ensure(header->text.size() <= data.size());
    ensure(std::equal(header->text.begin(), header->text.end(), data.begin()));
    const age::FileKey key;
    const std::string again = age::encode_header(header->stanzas, key);
    ensure(without_mac(again) == without_mac(header->text));
    ensure(again.size() == header->text.size());
    if (age::is_strict_hybrid(*header)) {
        ensure(header->text.size() == age::kHybridHeaderBytes);
        ensure(age::is_strict_hybrid_header(data));
    }
}

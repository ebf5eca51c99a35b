// The independent kit judges the reader: every vector must give exactly the verdict it names.
#include "tests/unit/crypto/age_kit.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <optional>

#include "crypto/age/armor.h"
#include "crypto/age/reader.h"
#include "crypto/age/text_keys.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

std::vector<age::Identity> identities_of(const test::KitVector& vector) {
    std::vector<age::Identity> out;
    const auto texts = vector.fields.equal_range("identity");
    for (auto it = texts.first; it != texts.second; ++it) {
        auto identity = age::identity_from_text(it->second);
        REQUIRE(identity);
        out.push_back(std::move(*identity));
    }
    const auto passphrases = vector.fields.equal_range("passphrase");
    for (auto it = passphrases.first; it != passphrases.second; ++it) {
        out.emplace_back(age::Passphrase{SecretBytes(it->second)});
    }
    return out;
}

struct Outcome {
    std::optional<age::Error> error;
    Bytes released;
};

Outcome read_in_pieces(const test::KitVector& vector, ByteView file, std::size_t piece) {
    Outcome out;
    age::Reader reader(identities_of(vector), [&](ByteView plain) {
        out.released.insert(out.released.end(), plain.begin(), plain.end());
    });
    while (!file.empty()) {
        const ByteView part = file.first(std::min(piece, file.size()));
        file = file.subspan(part.size());
        if (const auto r = reader.write(part); !r) {
            out.error = r.error();
            return out;
        }
    }
    if (const auto r = reader.finish(); !r) out.error = r.error();
    return out;
}

Outcome verdict(const test::KitVector& vector, std::size_t piece) {
    if (!vector.has("armored")) return read_in_pieces(vector, vector.file, piece);
    const auto binary = age::decode_armor(vector.file);
    if (!binary) return {binary.error(), {}};
    return read_in_pieces(vector, *binary, piece);
}

std::string name_of(const std::optional<age::Error>& error) {
    if (!error) return "success";
    switch (*error) {
        case age::Error::bad_header:
            return "header failure";
        case age::Error::bad_mac:
            return "HMAC failure";
        case age::Error::no_match:
            return "no match";
        case age::Error::not_authentic:
        case age::Error::truncated:
            return "payload failure";
        case age::Error::bad_armor:
            return "armor failure";
        case age::Error::too_large:
            break;
    }
    return "another failure";
}

}  // namespace

TEST_CASE("every vector of the age kit gives its verdict, however the bytes arrive", "[age][kit]") {
    const auto kit = test::read_age_kit();
    REQUIRE(kit.size() >= 120);
    for (const auto& vector : kit) {
        for (const std::size_t piece : {std::size_t{1} << 30, std::size_t{4096}, std::size_t{1}}) {
            if (piece == 1 && vector.file.size() > 300'000) continue;
            INFO(vector.name << " in pieces of " << piece << " bytes");
            const Outcome outcome = verdict(vector, piece);
            CHECK(name_of(outcome.error) == vector.field("expect"));
            if (vector.has("payload")) {
                CHECK(to_hex(sha256(outcome.released)) == vector.field("payload"));
            } else {
                CHECK(outcome.released.empty());
            }
        }
    }
}

TEST_CASE("headers and payloads of the kit are written again byte for byte", "[age][kit]") {
    std::size_t checked = 0;
    for (const auto& vector : test::read_age_kit()) {
        if (vector.field("expect") != "success") continue;
        INFO(vector.name);
        const auto binary = vector.has("armored") ? age::decode_armor(vector.file)
                                                  : Result<Bytes, age::Error>(vector.file);
        REQUIRE(binary);
        const auto header = age::parse_header(*binary);
        REQUIRE(header);
        const auto key_bytes = from_hex(vector.field("file key"));
        REQUIRE(key_bytes);
        age::FileKey key;
        std::copy(key_bytes->begin(), key_bytes->end(), key.mutable_bytes().begin());
        CHECK(age::encode_header(header->stanzas, key) == header->text);

        const ByteView rest = ByteView(*binary).subspan(header->text.size());
        Bytes again;
        age::ChunkSealer sealer(key, rest.first<age::kNonceBytes>(), [&](ByteView part) {
            again.insert(again.end(), part.begin(), part.end());
        });
        sealer.write(read_in_pieces(vector, *binary, 1 << 20).released);
        sealer.finish();
        const ByteView payload = rest.subspan(age::kNonceBytes);
        CHECK(std::equal(again.begin(), again.end(), payload.begin(), payload.end()));
        ++checked;
    }
    CHECK(checked >= 20);
}

TEST_CASE("armor of the kit is written again as it was", "[age][kit]") {
    for (const auto& vector : test::read_age_kit()) {
        if (!vector.has("armored") || vector.field("expect") != "success") continue;
        INFO(vector.name);
        const auto binary = age::decode_armor(vector.file);
        REQUIRE(binary);
        std::string text(vector.file.begin(), vector.file.end());
        std::erase(text, '\r');
        text.erase(0, text.find_first_not_of(" \t\n"));
        text.erase(text.find_last_not_of(" \t\n") + 1);
        CHECK(age::encode_armor(*binary) == text + "\n");
    }
}

#include "crypto/age/age.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "crypto/age/detail.h"
#include "crypto/age/reader.h"
#include "crypto/age/text_keys.h"
#include "tests/support/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

constexpr std::size_t kSizes[] = {0, 1, 65535, 65536, 65537, 131072, 200'000};

Bytes plain_of(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 7);
    return out;
}

age::Sink into(Bytes& out) {
    return [&out](ByteView part) { out.insert(out.end(), part.begin(), part.end()); };
}

Bytes seal_in_pieces(ByteView plain, const HybridRecipient& to, std::size_t piece) {
    Bytes out;
    age::Sealer sealer(to, into(out));
    while (!plain.empty()) {
        const ByteView part = plain.first(std::min(piece, plain.size()));
        sealer.write(part);
        plain = plain.subspan(part.size());
    }
    sealer.finish();
    return out;
}

Result<Bytes, age::Error> open_in_pieces(ByteView sealed, const AgeSeed& identity,
                                         std::size_t piece) {
    Bytes out;
    age::Opener opener(identity.clone(), into(out));
    while (!sealed.empty()) {
        const ByteView part = sealed.first(std::min(piece, sealed.size()));
        if (const auto r = opener.write(part); !r) return unexpected(r.error());
        sealed = sealed.subspan(part.size());
    }
    if (const auto r = opener.finish(); !r) return unexpected(r.error());
    return out;
}

struct Keys {
    AgeSeed identity = AgeSeed::random();
    HybridRecipient recipient = hybrid_recipient(identity);
};

Bytes joined(ByteView a, ByteView b) {
    Bytes out(a.begin(), a.end());
    out.insert(out.end(), b.begin(), b.end());
    return out;
}

}  // namespace

TEST_CASE("what is sealed opens with its identity, however it is cut", "[age]") {
    const Keys keys;
    for (const std::size_t size : kSizes) {
        const Bytes plain = plain_of(size);
        for (const std::size_t piece :
             {std::size_t{1000}, std::size_t{65536}, std::size_t{1} << 30}) {
            INFO(size << " bytes in pieces of " << piece);
            const Bytes sealed = seal_in_pieces(plain, keys.recipient, piece);
            CHECK(sealed.size() == age::sealed_size(size));
            CHECK(age::is_strict_hybrid_file(sealed));
            const auto opened = open_in_pieces(sealed, keys.identity, piece);
            REQUIRE(opened);
            CHECK(*opened == plain);
            CHECK(age::open(sealed, keys.identity).value() == SecretBytes(plain));
        }
        const Bytes whole = age::seal(plain, keys.recipient).value();
        CHECK(whole.size() == age::sealed_size(size));
        CHECK(open_in_pieces(whole, keys.identity, 777).value() == plain);
    }
}

TEST_CASE("with given randomness a file is the other twin's, byte for byte", "[age][vectors]") {
    for (const auto& v : test::read_vectors("age_hybrid.json")) {
        age::detail::SealRandomness randomness;
        test::fill_from_hex(randomness.file_key, v, "file_key");
        test::fill_from_hex(randomness.encapsulation, v, "randomness");
        randomness.nonce = test::hex_array<16>(v, "nonce");
        AgeSeed seed = AgeSeed::zeroed();
        test::fill_from_hex(seed, v, "seed");
        const auto sealed = age::detail::seal_with(
            randomness, plain_of(v.at("length").get<std::size_t>()), hybrid_recipient(seed));
        REQUIRE(sealed);
        CHECK(sealed->size() == v.at("size").get<std::size_t>());
        CHECK(to_hex(ByteView(*sealed).first(age::kHybridHeaderBytes)) ==
              v.at("header").get<std::string>());
        CHECK(to_hex(sha256(*sealed)) == v.at("sha256").get<std::string>());
    }
}

TEST_CASE("another identity does not open a file", "[age]") {
    const Keys keys;
    const Bytes sealed = age::seal(view("text"), keys.recipient).value();
    CHECK(age::open(sealed, AgeSeed::random()).error() == age::Error::no_match);
    CHECK(open_in_pieces(sealed, AgeSeed::random(), 100).error() == age::Error::no_match);
}

TEST_CASE("any flipped bit of a small file is refused", "[age]") {
    const Keys keys;
    Bytes sealed = age::seal(view("x"), keys.recipient).value();
    std::size_t opened = 0;
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        sealed[bit / 8] = static_cast<std::uint8_t>(sealed[bit / 8] ^ (1U << (bit % 8)));
        opened += age::open(sealed, keys.identity) ? 1U : 0U;
        sealed[bit / 8] = static_cast<std::uint8_t>(sealed[bit / 8] ^ (1U << (bit % 8)));
    }
    CHECK(opened == 0);
    CHECK(age::open(sealed, keys.identity));
}

TEST_CASE("a cut file is refused at every length, streamed and whole", "[age]") {
    const Keys keys;
    const Bytes sealed = age::seal(plain_of(70'000), keys.recipient).value();
    const std::size_t first_chunk_end =
        age::kHybridHeaderBytes + age::kNonceBytes + age::kSealedChunkBytes;
    const auto check_cut = [&](std::size_t size) {
        INFO("cut to " << size);
        const ByteView cut = ByteView(sealed).first(size);
        CHECK_FALSE(age::open(cut, keys.identity));
        CHECK_FALSE(open_in_pieces(cut, keys.identity, 50'000));
    };
    for (std::size_t size = 0; size < sealed.size(); size += 997) check_cut(size);
    for (std::size_t size = first_chunk_end - 20; size < first_chunk_end + 20; ++size) {
        check_cut(size);
    }
    CHECK(age::open(ByteView(sealed).first(first_chunk_end), keys.identity).error() ==
          age::Error::truncated);
    CHECK(
        age::open(ByteView(sealed).first(age::kHybridHeaderBytes + age::kNonceBytes), keys.identity)
            .error() == age::Error::truncated);
}

TEST_CASE("chunks cannot change places, be repeated, dropped or added", "[age]") {
    const Keys keys;
    const Bytes sealed = age::seal(plain_of(3 * age::kChunkBytes), keys.recipient).value();
    const std::size_t start = age::kHybridHeaderBytes + age::kNonceBytes;
    const auto chunk = [&](std::size_t n) {
        return ByteView(sealed).subspan(start + n * age::kSealedChunkBytes, age::kSealedChunkBytes);
    };
    const ByteView head = ByteView(sealed).first(start);
    const auto refused = [&](std::initializer_list<std::size_t> order) {
        Bytes file(head.begin(), head.end());
        for (const std::size_t n : order) file = joined(file, chunk(n));
        return !age::open(file, keys.identity) && !open_in_pieces(file, keys.identity, 100'000);
    };
    CHECK_FALSE(refused({0, 1, 2}));
    CHECK(refused({1, 0, 2}));
    CHECK(refused({0, 2, 1}));
    CHECK(refused({0, 0, 1, 2}));
    CHECK(refused({0, 2}));
    CHECK(refused({1, 2}));
    CHECK(refused({0, 1, 2, 2}));
    CHECK(refused({0, 1}));
    CHECK_FALSE(age::open(joined(sealed, view("x")), keys.identity));
    const Bytes other = age::seal(plain_of(3 * age::kChunkBytes), keys.recipient).value();
    CHECK_FALSE(age::open(joined(head, ByteView(other).subspan(start)), keys.identity));
}

TEST_CASE("the strict profile takes one hybrid stanza and nothing else", "[age]") {
    const Keys keys;
    age::FileKey key;
    fill_random(key.mutable_bytes());
    EncapsulationSeed seed;
    fill_random(seed.mutable_bytes());
    const auto ours = age::wrap_hybrid(key, keys.recipient, seed).value();
    const age::Stanza grease{{"grease"}, {}};
    const auto file_with = [&](const std::vector<age::Stanza>& stanzas) {
        const std::string header = age::encode_header(stanzas, key);
        Bytes out(header.begin(), header.end());
        const ByteArray<age::kNonceBytes> nonce{};
        out.insert(out.end(), nonce.begin(), nonce.end());
        age::ChunkSealer chunks(key, nonce, into(out));
        chunks.write(view("text"));
        chunks.finish();
        return out;
    };
    const auto opens_in_general = [&](const Bytes& file) {
        std::vector<age::Identity> identities;
        identities.emplace_back(keys.identity.clone());
        Bytes out;
        age::Reader reader(std::move(identities), into(out));
        return reader.write(file).has_value() && reader.finish().has_value();
    };
    SECTION("one stanza opens") {
        const Bytes file = file_with({ours});
        CHECK(age::open(file, keys.identity).value() == SecretBytes("text"));
        CHECK(age::is_strict_hybrid_file(file));
    }
    for (const auto& stanzas : {std::vector{ours, ours}, std::vector{ours, grease},
                                std::vector{grease, ours}, std::vector{grease}}) {
        const Bytes file = file_with(stanzas);
        CHECK(age::open(file, keys.identity).error() == age::Error::bad_header);
        CHECK(open_in_pieces(file, keys.identity, 64).error() == age::Error::bad_header);
        CHECK_FALSE(age::is_strict_hybrid_file(file));
        CHECK(opens_in_general(file) == (stanzas.size() == 2));
    }
}

TEST_CASE("a length that no file has is seen without a key", "[age]") {
    for (const std::size_t plain : kSizes) {
        CHECK(age::is_possible_sealed_size(age::sealed_size(plain)));
    }
    const std::size_t before = age::kHybridHeaderBytes + age::kNonceBytes;
    for (const std::size_t payload : {std::size_t{0}, std::size_t{15}, age::kSealedChunkBytes + 1,
                                      age::kSealedChunkBytes + 16}) {
        CHECK_FALSE(age::is_possible_sealed_size(before + payload));
    }
    CHECK_FALSE(age::is_possible_sealed_size(before - 1));
    CHECK_FALSE(age::is_possible_sealed_size(0));
}

TEST_CASE("recipients that are no keys are an error, not a file", "[age]") {
    CHECK(age::seal(view("text"), HybridRecipient{}).error() == age::Error::bad_header);
}

TEST_CASE("after an error an opener stays in error", "[age]") {
    age::Opener opener(AgeSeed::random(), [](ByteView) {});
    CHECK_FALSE(opener.write(view("not an age file\n")));
    const Keys keys;
    CHECK_FALSE(opener.write(age::seal(view("text"), keys.recipient).value()));
    CHECK_FALSE(opener.finish());
}

TEST_CASE("keys go into age's text and back", "[age]") {
    const Keys keys;
    CHECK(age::hybrid_recipient_from_text(age::to_text(keys.recipient)) == keys.recipient);
    const SecretBytes text = age::identity_to_text(keys.identity);
    CHECK(text.expose_text().starts_with("AGE-SECRET-KEY-PQ-1"));
    const auto identity = age::identity_from_text(text.expose_text());
    REQUIRE(identity);
    CHECK(std::get<AgeSeed>(*identity) == keys.identity);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string damaged(text.expose_text());
        damaged[i] = damaged[i] == 'Q' ? 'P' : 'Q';
        CHECK_FALSE(age::identity_from_text(damaged));
    }
    const ByteArray<32> x25519 = random_array<32>();
    CHECK(age::x25519_recipient_from_text(age::to_text(x25519)) == x25519);
    CHECK_FALSE(age::x25519_recipient_from_text(age::to_text(keys.recipient)));
    CHECK_FALSE(age::identity_from_text(""));
}

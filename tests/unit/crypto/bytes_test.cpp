#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <thread>
#include <vector>

#include "crypto/primitives.h"

using namespace tillit::crypto;

namespace {

Bytes some_bytes(std::size_t size) {
    Bytes out(size);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i * 151 + size);
    return out;
}

}  // namespace

TEST_CASE("base64 gives what RFC 4648 lists", "[bytes]") {
    CHECK(to_base64_padded(view("")) == "");
    CHECK(to_base64_padded(view("f")) == "Zg==");
    CHECK(to_base64_padded(view("fo")) == "Zm8=");
    CHECK(to_base64_padded(view("foobar")) == "Zm9vYmFy");
    CHECK(to_base64(view("f")) == "Zg");
    CHECK(to_base64url(Bytes{0xfb, 0xff, 0xfe}) == "-__-");
    CHECK(to_base64(Bytes{0xfb, 0xff, 0xfe}) == "+//+");
    CHECK(to_hex(Bytes{0x00, 0x9f, 0xff}) == "009fff");
}

TEST_CASE("every encoding gives back what it took", "[bytes]") {
    const auto size = GENERATE(range<std::size_t>(0, 70));
    const Bytes bytes = some_bytes(size);
    CHECK(from_base64url(to_base64url(bytes)) == bytes);
    CHECK(from_base64(to_base64(bytes)) == bytes);
    CHECK(from_base64_padded(to_base64_padded(bytes)) == bytes);
    CHECK(from_hex(to_hex(bytes)) == bytes);
}

TEST_CASE("only one text stands for given bytes", "[bytes]") {
    // All texts of up to three characters over a hostile alphabet.
    const std::string_view alphabet = "Aa9-_+/=Zgw \n";
    for (const char a : alphabet) {
        for (const char b : alphabet) {
            for (const char c : alphabet) {
                for (const std::size_t length : {1U, 2U, 3U}) {
                    const std::string text = std::string{a, b, c}.substr(0, length);
                    if (const auto bytes = from_base64url(text))
                        CHECK(to_base64url(*bytes) == text);
                    if (const auto bytes = from_base64(text)) CHECK(to_base64(*bytes) == text);
                    const std::string four = text + std::string(4 - length, '=');
                    if (const auto bytes = from_base64_padded(four)) {
                        CHECK(to_base64_padded(*bytes) == four);
                    }
                }
            }
        }
    }
    CHECK_FALSE(from_base64url("Zh"));    // bits left over
    CHECK_FALSE(from_base64url("Zg=="));  // padding
    CHECK_FALSE(from_base64url("Zm9+"));  // the other alphabet
    CHECK_FALSE(from_base64_padded("===="));
    CHECK_FALSE(from_base64_padded("Zg"));
    CHECK_FALSE(from_base64_padded("Zg==Zg=="));
    CHECK_FALSE(from_hex("AB"));
    CHECK_FALSE(from_hex("abc"));
}

TEST_CASE("arrays come only from text of exactly their length", "[bytes]") {
    CHECK(array_from_base64url<3>("AAEC") == ByteArray<3>{0, 1, 2});
    CHECK_FALSE(array_from_base64url<2>("AAEC"));
    CHECK_FALSE(array_from_base64url<4>("AAEC"));
    CHECK(read_be32(be32(0x01020304)) == 0x01020304);
    CHECK(be32(0x01020304) == ByteArray<4>{1, 2, 3, 4});
}

TEST_CASE("secret bytes grow, shrink and move without losing anything", "[secret]") {
    SecretBytes bytes;
    for (int i = 0; i < 1000; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
    REQUIRE(bytes.size() == 1000);
    CHECK(bytes.expose()[999] == static_cast<std::uint8_t>(999));
    bytes.resize(10);
    bytes.resize(20);
    CHECK(bytes.expose()[9] == 9);
    CHECK(bytes.expose()[10] == 0);  // what was cut does not come back
    SecretBytes moved = std::move(bytes);
    CHECK(moved.size() == 20);
    moved.clear();
    CHECK(moved.empty());
    CHECK(SecretBytes("abc") == SecretBytes("abc"));
    CHECK_FALSE(SecretBytes("abc") == SecretBytes("abd"));
    CHECK_FALSE(SecretBytes("abc") == SecretBytes("ab"));
}

TEST_CASE("secret bytes are wiped when they are cut or cleared", "[secret]") {
    SecretBytes bytes("a secret of some length");
    const ByteView before = bytes.expose();
    bytes.clear();
    for (const std::uint8_t byte : before) CHECK(byte == 0);
}

TEST_CASE("a secret starts as zeros, is random on demand and equal only to itself", "[secret]") {
    const auto zeroed = AgeSeed::zeroed();
    CHECK(to_hex(zeroed.expose()) == std::string(64, '0'));
    const auto one = AgeSeed::random();
    CHECK_FALSE(one == AgeSeed::random());
    CHECK(one == one.clone());
}

TEST_CASE("secrets by the thousand are apart, and given back they are zeros again", "[secret]") {
    std::vector<AgeSeed> seeds;
    for (int i = 0; i < 3000; ++i) {  // more than two slabs
        seeds.push_back(AgeSeed::zeroed());
        CHECK(to_hex(seeds.back().expose()) == std::string(64, '0'));
        for (std::uint8_t& byte : seeds.back().mutable_bytes()) {
            byte = static_cast<std::uint8_t>(i * 31 + 1);
        }
    }
    for (int i = 0; i < 3000; ++i) {
        CHECK(seeds[static_cast<std::size_t>(i)].expose()[31] ==
              static_cast<std::uint8_t>(i * 31 + 1));
    }
    seeds.clear();
    const auto keys = CaseKey::zeroed();
    CHECK(to_hex(keys.expose()) == std::string(32, '0'));
}

TEST_CASE("threads take and give back secrets at once", "[secret]") {
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&wrong] {
            for (int i = 0; i < 2000; ++i) {
                auto one = AgeSeed::random();
                const auto two = one.clone();
                if (!(one == two)) ++wrong;
                one = AgeSeed::zeroed();
                if (one == two) ++wrong;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    CHECK(wrong == 0);
}

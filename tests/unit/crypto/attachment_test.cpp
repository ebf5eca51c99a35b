#include "crypto/attachment.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/support/fixed_world.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

/// Feeds `stored` in steps and returns the verdict; `content` gets what was handed on.
std::string open_in_steps(const Bytes& stored, const AgeSeed& identity, std::uint64_t size,
                          const Hash& stored_hash, std::size_t step, Bytes& content) {
    AttachmentOpener opener(identity.clone(), size, stored_hash, [&](ByteView bytes) {
        content.insert(content.end(), bytes.begin(), bytes.end());
    });
    for (std::size_t at = 0; at < stored.size(); at += step) {
        const ByteView part = ByteView(stored).subspan(at, std::min(step, stored.size() - at));
        const auto written = opener.write(part);
        if (!written) return test::verdict(written);
    }
    return test::verdict(opener.finish());
}

Bytes pattern(std::size_t size) {
    Bytes bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i % 251);
    return bytes;
}

}  // namespace

TEST_CASE("buckets and stored hashes are those of the vectors", "[crypto][attachment]") {
    const auto file = test::read_vectors("attachment");
    for (const auto& v : file["buckets"]) {
        CHECK(attachment_bucket(v["content"]) == v["bucket"].get<std::uint64_t>());
    }
    for (const auto& v : file["stored_hashes"]) {
        const Bytes object = pattern(v["size"]);
        const std::size_t step = GENERATE(1000003, 65536, 7777);
        StoredHasher hasher;
        for (std::size_t at = 0; at < object.size(); at += step) {
            hasher.update(ByteView(object).subspan(at, std::min(step, object.size() - at)));
        }
        CHECK(to_hex(hasher.finish()) == v["stored_hash"]);
    }
}

TEST_CASE("every attachment vector gets its verdict", "[crypto][attachment]") {
    const auto file = test::read_vectors("attachment");
    const auto identity = test::secret_of<AgeSeed>(file["case_identity"]);
    for (const auto& v : file["cases"]) {
        INFO(v["comment"]);
        const Bytes stored = test::bytes_of(file["files"][v["file"].get<std::string>()]);
        Bytes content;
        CHECK(open_in_steps(stored, identity, v["size"], test::array_of<32>(v["stored_hash"]), 4096,
                            content) == v["expect"]);
        if (v["expect"] == "success")
            CHECK(content == [&] {
                const auto text = v["content"].get<std::string>();
                return Bytes(text.begin(), text.end());
            }());
    }
}

TEST_CASE("a file comes back bit for bit, however it was cut on the way", "[crypto][attachment]") {
    const test::FixedWorld world;
    const std::size_t size = GENERATE(0, 1, 65535, 65536, 65537, 300000, 3000000);
    const std::size_t step = GENERATE(997, 65536, 1000000);
    const Bytes content = pattern(size);
    Bytes stored;
    AttachmentSealer sealer(world.case_recipient, [&](ByteView bytes) {
        stored.insert(stored.end(), bytes.begin(), bytes.end());
    });
    for (std::size_t at = 0; at < size; at += step) {
        sealer.write(ByteView(content).subspan(at, std::min(step, size - at)));
    }
    const SealedAttachment sealed = sealer.finish();
    CHECK(sealed.size == size);
    CHECK(sealed.stored_size == stored.size());
    CHECK(stored.size() == age::sealed_size(attachment_bucket(size)));

    Bytes read;
    CHECK(open_in_steps(stored, world.case_identity, size, sealed.stored_hash, step, read) ==
          "success");
    CHECK(read == content);
    stored.resize(stored.size() - 1);
    Bytes partly;
    CHECK(open_in_steps(stored, world.case_identity, size, sealed.stored_hash, step, partly) !=
          "success");
}

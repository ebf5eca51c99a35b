#include "crypto/attachment.h"

#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

Json buckets() {
    Json all = Json::array();
    const std::uint64_t sizes[] = {0,       1,         65535,     65536,      65537,     98304,
                                   98305,   131072,    131073,    196608,     196609,    1000000,
                                   1048576, 104857600, 500000000, 1073741825, 1ULL << 40};
    for (const std::uint64_t size : sizes) {
        all.push_back({{"content", size}, {"bucket", attachment_bucket(size)}});
    }
    return all;
}

/// SHA-256 over pieces of a made-up object: byte i is i mod 251.
Json stored_hashes() {
    Json all = Json::array();
    for (const std::size_t size : {1UL, 1048575UL, 1048576UL, 1048577UL, 2097152UL, 3000000UL}) {
        Bytes object(size);
        for (std::size_t i = 0; i < size; ++i) object[i] = static_cast<std::uint8_t>(i % 251);
        StoredHasher hasher;
        hasher.update(object);
        all.push_back({{"size", size}, {"stored_hash", to_hex(hasher.finish())}});
    }
    return all;
}

Hash hash_of(const Bytes& stored) {
    StoredHasher hasher;
    hasher.update(stored);
    return hasher.finish();
}

}  // namespace

Json attachment_vectors() {
    const FixedWorld world;
    const std::string content = "%PDF-1.7 small\n";
    Bytes plain(kMinAttachmentBucket);
    std::copy(content.begin(), content.end(), plain.begin());
    Json all = Json::array();
    const auto add = [&](const char* comment, const char* expect, const char* file,
                         const Hash& stored_hash, std::uint64_t size) {
        all.push_back({{"comment", comment},
                       {"expect", expect},
                       {"size", size},
                       {"stored_hash", to_hex(stored_hash)},
                       {"file", file}});
    };
    const Bytes good = fixed_seal("attachment", plain, world.case_recipient);
    add("a small file", "success", "good", hash_of(good), content.size());
    all.back()["content"] = content;
    add("another stored hash", "not_authentic", "good", fixed_bytes("other"), content.size());
    add("a size that leaves content as padding", "not_authentic", "good", hash_of(good),
        content.size() - 1);
    add("a size of another bucket", "truncated", "good", hash_of(good), 70000);
    Bytes longer = plain;
    longer.resize(longer.size() + 1);
    const Bytes odd = fixed_seal("odd", longer, world.case_recipient);
    add("a byte more than the bucket", "not_authentic", "odd", hash_of(odd), content.size());
    return {{"spec", "§6"},
            {"buckets", buckets()},
            {"stored_hashes", stored_hashes()},
            {"case_identity", to_hex(world.case_identity.expose())},
            {"files", {{"good", to_base64url(good)}, {"odd", to_base64url(odd)}}},
            {"cases", all}};
}

}  // namespace tillit::test

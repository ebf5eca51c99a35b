#include <catch2/catch_test_macros.hpp>

#include "crypto/act.h"
#include "crypto/checkpoint.h"
#include "crypto/log_day.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

std::vector<Hash> hashes_of(const test::Json& list) {
    std::vector<Hash> all;
    for (const auto& hex : list) all.push_back(test::array_of<32>(hex));
    return all;
}

}  // namespace

TEST_CASE("roots are those that Certificate Transparency's own tests have", "[crypto][log]") {
    // The eight entries of that project's merkle tree tests.
    const char* const entries[] = {"",
                                   "00",
                                   "10",
                                   "2021",
                                   "3031",
                                   "40414243",
                                   "5051525354555657",
                                   "606162636465666768696a6b6c6d6e6f"};
    std::vector<Hash> leaves;
    for (const char* entry : entries) leaves.push_back(merkle_leaf(from_hex(entry).value()));
    CHECK(to_hex(merkle_root({})) ==
          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(to_hex(merkle_root(HashView(leaves).first(1))) ==
          "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    CHECK(to_hex(merkle_root(leaves)) ==
          "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328");
}

TEST_CASE("every proof of a tree holds, and for nothing else", "[crypto][log]") {
    const auto file = test::read_vectors("log");
    for (const auto& v : file["trees"]) {
        INFO(v["comment"]);
        const auto leaves = hashes_of(v["leaves"]);
        const Hash root = merkle_root(leaves);
        REQUIRE(to_hex(root) == v["root"]);
        GrowingTree grown;
        for (const Hash& leaf : leaves) grown.add(leaf);
        CHECK(grown.size() == leaves.size());
        CHECK(grown.root() == root);
        const MerkleTree tree(leaves);
        CHECK(tree.root() == root);
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            auto proof = inclusion_proof(leaves, i);
            REQUIRE(proof == hashes_of(v["inclusion"][i]));
            CHECK(tree.path(i) == proof);
            CHECK(verify_inclusion(leaves[i], i, leaves.size(), proof, root));
            CHECK_FALSE(verify_inclusion(leaves[i], i + 1, leaves.size(), proof, root));
            CHECK_FALSE(verify_inclusion(sha256({}), i, leaves.size(), proof, root));
            CHECK_FALSE(verify_inclusion(leaves[i], i, leaves.size(), proof, sha256({})));
            proof.push_back(root);
            CHECK_FALSE(verify_inclusion(leaves[i], i, leaves.size(), proof, root));

            const auto& c = v["consistency"][i];
            auto path = consistency_proof(leaves, i + 1);
            REQUIRE(path == hashes_of(c["proof"]));
            const Hash old_root = test::array_of<32>(c["old_root"]);
            CHECK(verify_consistency(i + 1, leaves.size(), old_root, root, path));
            CHECK_FALSE(verify_consistency(i + 1, leaves.size(), sha256({}), root, path));
            CHECK_FALSE(verify_consistency(i + 1, leaves.size(), old_root, sha256({}), path));
            path.push_back(root);
            CHECK_FALSE(verify_consistency(i + 1, leaves.size(), old_root, root, path));
        }
    }
}

TEST_CASE("every event of the log gets its verdict and its hash", "[crypto][log]") {
    const auto file = test::read_vectors("log");
    for (const auto& v : file["events"]) {
        INFO(v["comment"]);
        const auto text = v["event"].get<std::string>();
        const auto event = decode_event(text);
        CHECK((event ? "success" : "malformed") == v["expect"]);
        if (event) CHECK(encode_event(*event) == text);
        CHECK(to_hex(event_hash(test::array_of<16>(v["salt"]), text)) == v["hash"]);
    }
}

TEST_CASE("every signed act gets its verdict", "[crypto][log]") {
    const auto file = test::read_vectors("log");
    for (const auto& v : file["acts"]) {
        INFO(v["comment"]);
        const Act expected{.org = test::array_of<16>(v["org"]),
                           .kind = v["kind"],
                           .object = test::array_of<32>(v["object"]),
                           .member = test::array_of<16>(v["member"]),
                           .minute = 0};
        CHECK(test::verdict(verify_act(v["statement"].get<std::string>(),
                                       test::array_of<64>(v["signature"]),
                                       test::array_of<32>(v["key"]), expected)) == v["expect"]);
    }
}

TEST_CASE("a day of the log is filled up and stands in the order of its hashes", "[crypto][log]") {
    const auto file = test::read_vectors("log");
    for (const auto& v : file["days"]) {
        INFO(v["comment"]);
        const auto leaves = day_leaves(hashes_of(v["events"]), test::array_of<32>(v["seed"]));
        CHECK(leaves.size() == v["width"]);
        CHECK(std::is_sorted(leaves.begin(), leaves.end()));
        CHECK(to_hex(merkle_root(leaves)) == v["root"]);
        CHECK(to_hex(day_leaf(v["day"], merkle_root(leaves))) == v["leaf"]);
    }
}

TEST_CASE("every checkpoint gets its verdict", "[crypto][log]") {
    const auto file = test::read_vectors("log");
    for (const auto& v : file["checkpoints"]) {
        INFO(v["comment"]);
        const VerifyKey key = test::array_of<32>(v["key"]);
        CHECK(test::verdict(
                  verify_checkpoint(v["text"].get<std::string>(), v["origin"].get<std::string>(),
                                    v["name"].get<std::string>(), {&key, 1})) == v["expect"]);
    }
}

TEST_CASE("a changed byte anywhere in a checkpoint is refused", "[crypto][log]") {
    const auto v = test::read_vectors("log")["checkpoints"][0];
    const auto good = v["text"].get<std::string>();
    const auto origin = v["origin"].get<std::string>();
    const VerifyKey key = test::array_of<32>(v["key"]);
    REQUIRE(verify_checkpoint(good, origin, origin, {&key, 1}));
    for (std::size_t at = 0; at < good.size(); ++at) {
        INFO(at);
        auto bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 1);
        CHECK_FALSE(verify_checkpoint(bad, origin, origin, {&key, 1}));
    }
}

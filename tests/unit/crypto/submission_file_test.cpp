#include "crypto/submission_file.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "crypto/fingerprint.h"
#include "tests/support/submission_vectors.h"
#include "tests/unit/crypto/vectors.h"

using namespace tillit;
using namespace tillit::crypto;

namespace {

struct Read {
    std::string verdict;
    std::optional<SubmissionHead> head;
    Bytes attachments;  // as handed on
    std::size_t ended = 0;
};

Read read_in_steps(ByteView file, std::size_t step) {
    Read read;
    SubmissionReader reader({.head = [&](const SubmissionHead& head) { read.head = head; },
                             .bytes =
                                 [&](std::size_t, ByteView sealed) {
                                     read.attachments.insert(read.attachments.end(), sealed.begin(),
                                                             sealed.end());
                                 },
                             .end = [&](std::size_t) { ++read.ended; }});
    for (; !file.empty(); file = file.subspan(std::min(step, file.size()))) {
        const auto written = reader.write(file.first(std::min(step, file.size())));
        if (written) continue;
        CHECK(reader.finish().error() == written.error());  // an error stays
        read.verdict = test::name(written.error());
        return read;
    }
    read.verdict = test::verdict(reader.finish());
    return read;
}

}  // namespace

TEST_CASE("every submission file of the vectors gets its verdict, in any slicing",
          "[crypto][submission_file]") {
    const auto file = test::read_vectors("submission_file");
    const std::size_t step = GENERATE(1U << 20, 1021U, 97U);
    for (const auto& v : file["cases"]) {
        INFO(v["comment"]);
        const auto bytes = test::submission_vector_file(v, file["parts"]);
        const auto read = read_in_steps(bytes, step);
        CHECK(read.verdict == v["expect"]);
        if (v["expect"] != "success") continue;
        CHECK(to_hex(sha256(bytes)) == v["file_sha256"]);
        REQUIRE(read.head);
        CHECK(read.ended == read.head->attachments.size());
        auto again = submission_front(*read.head);
        again.insert(again.end(), read.attachments.begin(), read.attachments.end());
        CHECK(again == bytes);
    }
}

TEST_CASE("only the sealed sizes of buckets are sizes of a stored attachment",
          "[crypto][submission_file]") {
    for (const std::uint64_t content : {0ULL, 65537ULL, 1000000ULL, 1ULL << 40}) {
        const auto stored = age::sealed_size(static_cast<std::size_t>(attachment_bucket(content)));
        CHECK(is_attachment_stored_size(stored));
        CHECK_FALSE(is_attachment_stored_size(stored - 1));
        CHECK_FALSE(is_attachment_stored_size(stored + 1));
    }
    CHECK_FALSE(is_attachment_stored_size(~std::uint64_t{0}));
}

TEST_CASE("a typed fingerprint says the words of the vectors, or does not",
          "[crypto][submission_file]") {
    const auto vectors = test::read_vectors("case_key");
    for (const auto& v : vectors.at("typed_fingerprints")) {
        INFO(v["comment"]);
        CHECK(says_fingerprint(v["typed"].get<std::string>(), test::array_of<32>(v["hash"])) ==
              v["is_it"].get<bool>());
    }
}

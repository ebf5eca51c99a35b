// Every fuzz target over its corpus and over seeded mutations of it.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/fuzz.h"

using tillit::crypto::Bytes;

namespace {

std::map<std::string, tillit::test::FuzzFunction>& targets() {
    static std::map<std::string, tillit::test::FuzzFunction> all;
    return all;
}

std::vector<Bytes> corpus_of(const std::string& name) {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator("tests/fuzz/corpus/" + name)) {
        paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    std::vector<Bytes> out;
    for (const auto& path : paths) {
        std::ifstream in(path, std::ios::binary);
        out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return out;
}

/// One to four small changes: flip, overwrite, remove, repeat.
Bytes mutated(Bytes bytes, std::mt19937& random) {
    const auto below = [&random](std::size_t limit) { return random() % limit; };
    for (std::size_t change = 0, n = 1 + below(4); change < n && !bytes.empty(); ++change) {
        const std::size_t at = below(bytes.size());
        const auto here = bytes.begin() + static_cast<std::ptrdiff_t>(at);
        const std::size_t length = std::min(bytes.size() - at, 1 + below(20));
        const auto end = here + static_cast<std::ptrdiff_t>(length);
        switch (below(4)) {
            case 0:
                *here = static_cast<std::uint8_t>(*here ^ (1U << below(8)));
                break;
            case 1:
                *here = static_cast<std::uint8_t>(below(256));
                break;
            case 2:
                bytes.erase(here, end);
                break;
            default: {
                const Bytes part(here, end);
                bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size())),
                             part.begin(), part.end());
            }
        }
    }
    return bytes;
}

}  // namespace

tillit::test::FuzzTarget::FuzzTarget(const char* name, FuzzFunction function) {
    targets()[name] = function;
}

TEST_CASE("no target breaks on its corpus or on mutations of it", "[fuzz]") {
    REQUIRE_FALSE(targets().empty());
    std::mt19937 random(Catch::getSeed());
    for (const auto& [name, run] : targets()) {
        INFO("target " << name << ", seed " << Catch::getSeed());
        const auto corpus = corpus_of(name);
        REQUIRE_FALSE(corpus.empty());
        for (const Bytes& input : corpus) {
            run(input);
            for (int i = 0; i < 300; ++i) run(mutated(input, random));
        }
        CHECK(true);  // a broken relation aborts
    }
}

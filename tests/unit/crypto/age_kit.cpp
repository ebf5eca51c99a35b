#include "tests/unit/crypto/age_kit.h"

#include <zlib.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace tillit::test {

namespace {

constexpr std::string_view kPlace = "frontend/node_modules/cctv-age/index.js";
// The package is a script: a comment with the vector's name, then its bytes in base64.
constexpr std::string_view kNameMark = "// ../testdata/";
constexpr std::string_view kBytesMark = "= __toBinary(\"";

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("no age test kit at " + path + ": run deploy/setup.sh");
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

crypto::Bytes inflated(crypto::ByteView packed) {
    z_stream stream{};
    if (inflateInit(&stream) != Z_OK) throw std::runtime_error("inflateInit");
    stream.next_in = const_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    crypto::Bytes out;
    int rc = Z_OK;
    while (rc == Z_OK) {
        const std::size_t at = out.size();
        out.resize(at + (std::size_t{1} << 20));
        stream.next_out = out.data() + at;
        stream.avail_out = 1U << 20;
        rc = inflate(&stream, Z_NO_FLUSH);
        out.resize(stream.total_out);
    }
    inflateEnd(&stream);
    if (rc != Z_STREAM_END) throw std::runtime_error("a vector does not inflate");
    return out;
}

KitVector parse(std::string name, const crypto::Bytes& raw) {
    const std::string text(raw.begin(), raw.end());
    const std::size_t end = text.find("\n\n");
    if (end == std::string::npos) throw std::runtime_error("a vector without fields: " + name);
    KitVector vector{std::move(name), {}, {}};
    std::istringstream lines(text.substr(0, end));
    for (std::string line; std::getline(lines, line);) {
        const std::size_t colon = line.find(": ");
        if (colon == std::string::npos) throw std::runtime_error("a bad field in " + vector.name);
        vector.fields.emplace(line.substr(0, colon), line.substr(colon + 2));
    }
    vector.file.assign(raw.begin() + static_cast<std::ptrdiff_t>(end) + 2, raw.end());
    if (vector.has("compressed")) vector.file = inflated(vector.file);
    return vector;
}

}  // namespace

std::string KitVector::field(const std::string& key) const {
    const auto found = fields.find(key);
    return found == fields.end() ? "" : found->second;
}

std::vector<KitVector> read_age_kit() {
    const char* elsewhere = std::getenv("TILLIT_AGE_KIT");
    const std::string script = read_file(elsewhere != nullptr ? elsewhere : std::string(kPlace));
    std::vector<KitVector> out;
    for (std::size_t at = script.find(kNameMark); at != std::string::npos;
         at = script.find(kNameMark, at)) {
        at += kNameMark.size();
        const std::string name = script.substr(at, script.find('\n', at) - at);
        const std::size_t begin = script.find(kBytesMark, at);
        if (begin == std::string::npos) throw std::runtime_error("no bytes for " + name);
        const std::size_t from = begin + kBytesMark.size();
        const auto raw = crypto::from_base64_padded(
            std::string_view(script).substr(from, script.find('"', from) - from));
        if (!raw) throw std::runtime_error("no base64 for " + name);
        out.push_back(parse(name, *raw));
    }
    return out;
}

}  // namespace tillit::test

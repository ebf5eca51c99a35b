// However a body is sliced, the parser says the same; parts it finished are written and read again
// as the same parts.
#include "server/http/multipart.h"

#include <algorithm>

#include "crypto/result.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit;
using http::MultipartState;

namespace {

struct Part {
    http::PartHeader header;
    std::string content;
    bool is_ended = false;
    friend bool operator==(const Part& a, const Part& b) {
        return a.header.field == b.header.field && a.header.file_name == b.header.file_name &&
               a.content == b.content && a.is_ended == b.is_ended;
    }
};
struct Outcome {
    MultipartState state;
    std::vector<Part> parts;
};

Outcome parse(crypto::ByteView body, std::size_t slice) {
    std::vector<Part> parts;
    http::MultipartParser parser(
        "B", {.begin =
                  [&](http::PartHeader header) {
                      parts.push_back({.header = std::move(header), .content = {}});
                      return parts.size() < 100;
                  },
              .data =
                  [&](crypto::ByteView piece) {
                      parts.back().content.append(piece.begin(), piece.end());
                      return true;
                  },
              .end =
                  [&] {
                      parts.back().is_ended = true;
                      return true;
                  }});
    while (!body.empty()) {
        const auto n = std::min(slice, body.size());
        if (parser.feed(body.first(n)) == MultipartState::malformed) break;
        body = body.subspan(n);
    }
    return {.state = parser.state(), .parts = std::move(parts)};
}

bool is_plain(const std::string& name) {
    return name.find_first_of("\"\\%\r\n") == std::string::npos &&
           name.find('\0') == std::string::npos;
}

std::string write(const std::vector<Part>& parts) {
    std::string out;
    for (const auto& part : parts) {
        out += "--B\r\nContent-Disposition: form-data; name=\"" + part.header.field + "\"";
        if (part.header.file_name) out += "; filename=\"" + *part.header.file_name + "\"";
        out += "\r\n\r\n" + part.content + "\r\n";
    }
    return out + "--B--\r\n";
}

}  // namespace

TILLIT_FUZZ_TARGET(multipart) {
    const auto whole = parse(data, data.size() + 1);
    for (const std::size_t slice : {1U, 7U}) {
        const auto sliced = parse(data, slice);
        crypto::ensure(sliced.state == whole.state);
        // Of a part that breaks off, how much was handed on depends on the slicing.
        const auto ended = [](const Outcome& o) {
            std::vector<Part> out;
            std::copy_if(o.parts.begin(), o.parts.end(), std::back_inserter(out),
                         [](const Part& part) { return part.is_ended; });
            return out;
        };
        crypto::ensure(ended(sliced) == ended(whole));
    }
    if (whole.state != MultipartState::finished || whole.parts.empty()) return;
    const bool can_be_written =
        std::all_of(whole.parts.begin(), whole.parts.end(), [](const Part& p) {
            return is_plain(p.header.field) && is_plain(p.header.file_name.value_or(""));
        });
    if (!can_be_written) return;
    const auto again = write(whole.parts);
    const auto same = parse(crypto::view(again), 13);
    crypto::ensure(same.state == MultipartState::finished && same.parts == whole.parts);
}

#include "server/http/multipart.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tillit::http {

MultipartParser::MultipartParser(std::string_view boundary, MultipartEvents events)
    : delimiter_("\r\n--" + std::string(boundary)), events_(std::move(events)) {}

MultipartState MultipartParser::feed(crypto::ByteView piece) {
    if (state_ == MultipartState::running || state_ == MultipartState::finished) {
        // What is left over is short (less than a delimiter or a part header), so moving it is
        // cheap.
        const std::size_t left = buffer_.size() - start_;
        if (left > 0 && start_ > 0) {
            std::memmove(buffer_.mutable_bytes().data(), rest().data(), left);
        }
        buffer_.resize(left);
        start_ = 0;
        buffer_.append(piece);
        while (step()) {
        }
    }
    return state_;
}

bool MultipartParser::step() {
    switch (where_) {
        case Where::first_boundary:
            return read_first_boundary();
        case Where::after_boundary:
            return read_after_boundary();
        case Where::header:
            return read_header();
        case Where::content:
            return read_content();
        case Where::epilogue:
            break;
    }
    epilogue_bytes_ += buffer_.size() - start_;
    start_ = buffer_.size();
    if (epilogue_bytes_ > kMaxEpilogueBytes) state_ = MultipartState::malformed;
    return false;
}

bool MultipartParser::read_first_boundary() {
    const auto wanted = crypto::view(delimiter_).subspan(2);  // no CRLF before the first one
    const auto have = rest();
    const std::size_t n = std::min(wanted.size(), have.size());
    if (!std::equal(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(n),
                    have.begin())) {
        return fail(MultipartState::malformed);
    }
    if (n < wanted.size()) return false;
    start_ += n;
    where_ = Where::after_boundary;
    return true;
}

bool MultipartParser::read_after_boundary() {
    const auto have = rest();
    if (have.size() < 2) return false;
    start_ += 2;
    if (have[0] == '\r' && have[1] == '\n') {
        where_ = Where::header;
        return true;
    }
    if (have[0] == '-' && have[1] == '-') {
        state_ = MultipartState::finished;
        where_ = Where::epilogue;
        return true;
    }
    return fail(MultipartState::malformed);
}

bool MultipartParser::read_header() {
    const auto have = rest();
    const auto* found = static_cast<const std::uint8_t*>(
        memmem(have.data(), std::min(have.size(), kMaxPartHeaderBytes), "\r\n\r\n", 4));
    if (!found) {
        return have.size() >= kMaxPartHeaderBytes && fail(MultipartState::malformed);
    }
    const auto size = static_cast<std::size_t>(found - have.data());
    auto header = parse_part_header({reinterpret_cast<const char*>(have.data()), size});
    if (!header) return fail(MultipartState::malformed);
    start_ += size + 4;
    where_ = Where::content;
    return events_.begin(std::move(*header)) || fail(MultipartState::stopped);
}

bool MultipartParser::read_content() {
    const auto have = rest();
    const auto* found = static_cast<const std::uint8_t*>(
        memmem(have.data(), have.size(), delimiter_.data(), delimiter_.size()));
    if (found) {
        if (!emit(static_cast<std::size_t>(found - have.data()))) return false;
        start_ += delimiter_.size();
        where_ = Where::after_boundary;
        if (!events_.end()) return fail(MultipartState::stopped);
        return true;
    }
    // All but a tail that could be the head of a delimiter is content.
    if (have.size() >= delimiter_.size()) emit(have.size() - delimiter_.size() + 1);
    return false;
}

bool MultipartParser::emit(std::size_t size) {
    if (size == 0) return true;
    const auto content = rest().first(size);
    start_ += size;
    return events_.data(content) || fail(MultipartState::stopped);
}

}  // namespace tillit::http

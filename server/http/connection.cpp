#include "server/http/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tillit::http {

namespace {
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t kBufferBytes = 4096;
constexpr auto kSlice = milliseconds(50);  // how soon a waiting thread sees a stop or a crowd
constexpr auto kCrowdedHeader = seconds(3);
// A body may be as slow as a bad mobile or onion connection, not slower.
constexpr auto kBodyGrace = seconds(60);
constexpr std::uint64_t kLeastBytesPerSecond = 1024;
constexpr std::uint64_t kMaxDrainBytes = 64U << 20;
constexpr auto kMaxDrain = seconds(5);
constexpr auto kLinger = seconds(1);
// A client that goes on at once is not cut off for others: it could not know.
constexpr auto kLeastIdle = milliseconds(300);

bool poll_for(int socket, short events, milliseconds timeout) {
    pollfd wanted{.fd = socket, .events = events, .revents = 0};
    return ::poll(&wanted, 1, static_cast<int>(timeout.count())) > 0;
}
}  // namespace

Connection::Connection(int socket, ConnectionLimits limits, std::function<bool()> is_stopping,
                       std::function<bool()> is_crowded)
    : socket_(socket),
      limits_(limits),
      is_stopping_(std::move(is_stopping)),
      is_crowded_(std::move(is_crowded)),
      buffer_(kBufferBytes) {}

Connection::~Connection() { ::close(socket_); }

bool Connection::wait_for_request() {
    phase_ = Phase::header;
    phase_began_ = steady_clock::now();
    header_bytes_ = 0;
    body_left_ = 0;
    // The first request may take its time to arrive; between requests, others go first.
    const bool is_ready =
        is_first_ || has_buffered() ||
        wait_readable(phase_began_ + seconds(limits_.keep_alive_seconds), /*gives_way=*/true);
    is_first_ = false;
    phase_began_ = steady_clock::now();
    return is_ready;
}

void Connection::start_body(std::uint64_t length) {
    phase_ = Phase::body;
    phase_began_ = steady_clock::now();
    body_left_ = length;
    body_read_ = 0;
}

void Connection::start_drain() {
    if (phase_ == Phase::header) return;
    phase_ = Phase::drain;
    phase_began_ = steady_clock::now();
    // From a client that broke off or fell silent nothing more is waited for.
    drain_left_ = must_close_ ? 0 : std::min(body_left_, kMaxDrainBytes);
}

bool Connection::finish_request() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(start_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= start_;
    start_ = 0;
    std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.end(), '\0');
    return !must_close_ && body_left_ == 0 && !is_stopping_();
}

void Connection::linger() {
    ::shutdown(socket_, SHUT_WR);
    const auto until = steady_clock::now() + kLinger;
    char sink[4096];
    for (std::uint64_t n = 0; n < kMaxDrainBytes && wait_readable(until, /*gives_way=*/true);) {
        const auto got = ::recv(socket_, sink, sizeof sink, MSG_DONTWAIT);
        if (got <= 0) break;
        n += static_cast<std::uint64_t>(got);
    }
}

Connection::Time Connection::read_deadline() const {
    const auto now = steady_clock::now();
    if (phase_ == Phase::header) {
        const auto whole = seconds(limits_.read_timeout_seconds);
        return phase_began_ + (is_crowded_() ? std::min<seconds>(whole, kCrowdedHeader) : whole);
    }
    if (phase_ == Phase::drain) return phase_began_ + kMaxDrain;
    const auto slowest = phase_began_ + kBodyGrace + seconds(body_read_ / kLeastBytesPerSecond);
    return std::min(now + seconds(limits_.read_timeout_seconds), slowest);
}

bool Connection::wait_readable(Time deadline, bool gives_way) const {
    const auto began = steady_clock::now();
    for (;;) {
        const auto now = steady_clock::now();
        const auto left = std::chrono::duration_cast<milliseconds>(deadline - now);
        if (left.count() <= 0) return false;
        if (poll_for(socket_, POLLIN, std::min<milliseconds>(left, kSlice))) return true;
        const bool must_go = gives_way && now - began >= kLeastIdle && is_crowded_();
        if (is_stopping_() || must_go) return false;
    }
}

long Connection::receive(char* out, std::size_t size) {
    for (;;) {
        const auto got = ::recv(socket_, out, size, MSG_DONTWAIT);
        if (got >= 0) return got;
        if (errno != EAGAIN && errno != EINTR) return -1;
        if (!wait_readable(read_deadline(), /*gives_way=*/false)) return -1;
    }
}

long Connection::read(char* out, std::size_t size) {
    if (phase_ == Phase::header) {
        if (header_bytes_ >= kMaxHeaderBytes || steady_clock::now() > read_deadline()) {
            must_close_ = true;
            return -1;
        }
    } else {
        size = std::min<std::size_t>(size, phase_ == Phase::drain ? drain_left_ : body_left_);
        if (size == 0) return 0;
    }
    long got = 0;
    if (!has_buffered() && phase_ == Phase::header) {
        got = receive(buffer_.data(), buffer_.size());
        if (got <= 0) return got;
        start_ = 0;
        end_ = static_cast<std::size_t>(got);
    }
    if (has_buffered()) {
        const auto n = std::min(size, end_ - start_);
        std::memcpy(out, buffer_.data() + start_, n);
        start_ += n;
        got = static_cast<long>(n);
    } else {
        got = receive(out, size);  // a body goes straight to its reader
    }
    if (got <= 0) {
        must_close_ = true;
        return got;
    }
    const auto n = static_cast<std::uint64_t>(got);
    if (phase_ == Phase::header) {
        header_bytes_ += n;
    } else {
        body_left_ -= n;
        body_read_ += n;
        if (phase_ == Phase::drain) drain_left_ -= n;
    }
    return got;
}

long Connection::write(const char* bytes, std::size_t size) {
    const auto until = steady_clock::now() + seconds(limits_.write_timeout_seconds);
    for (;;) {
        const auto sent = ::send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) return sent;
        if (errno != EAGAIN && errno != EINTR) return -1;
        if (steady_clock::now() > until || is_stopping_()) return -1;
        poll_for(socket_, POLLOUT, kSlice);
    }
}

bool Connection::wait_writable() const {
    return poll_for(socket_, POLLOUT, seconds(limits_.write_timeout_seconds));
}

}  // namespace tillit::http

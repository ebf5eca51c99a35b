/// One accepted socket with the limits a request may use: header bytes and seconds, body bytes and
/// a least rate, a short drain. The library bounds none of these by itself (a header line is read
/// whole before its length is looked at; a byte every few seconds keeps a thread for ever).
///
/// Never asks for the peer's address. Threads: one. Owns the descriptor.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace tillit::http {

inline constexpr std::size_t kMaxHeaderBytes = 16 * 1024;  // request line and all header lines

struct ConnectionLimits {
    int read_timeout_seconds = 15;  // whole header; each wait within a body
    int write_timeout_seconds = 15;
    int keep_alive_seconds = 5;
};

class Connection {
  public:
    /// `is_stopping` and `is_crowded` (others wait for a thread) are asked while waiting.
    Connection(int socket, ConnectionLimits limits, std::function<bool()> is_stopping,
               std::function<bool()> is_crowded);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] bool wait_for_request();
    void start_body(std::uint64_t length);
    /// The reply is out: what is left of the body may be thrown away, within small limits.
    void start_drain();
    /// Forgets the finished request's bytes. False: the connection can't be used again.
    [[nodiscard]] bool finish_request();
    /// Half-closes and reads on for a moment: closing over unread bytes would reset the connection
    /// and the client might never see the reply.
    void linger();
    void close_after_reply() noexcept { must_close_ = true; }

    [[nodiscard]] long read(char* out, std::size_t size);
    [[nodiscard]] long write(const char* bytes, std::size_t size);
    [[nodiscard]] bool wait_writable() const;
    [[nodiscard]] bool has_buffered() const noexcept { return start_ < end_; }
    [[nodiscard]] int socket() const noexcept { return socket_; }

  private:
    using Time = std::chrono::steady_clock::time_point;
    enum class Phase { header, body, drain };
    [[nodiscard]] Time read_deadline() const;
    [[nodiscard]] bool wait_readable(Time deadline, bool gives_way) const;
    [[nodiscard]] long receive(char* out, std::size_t size);

    int socket_;
    ConnectionLimits limits_;
    std::function<bool()> is_stopping_;
    std::function<bool()> is_crowded_;
    std::vector<char> buffer_;
    std::size_t start_ = 0;
    std::size_t end_ = 0;
    Phase phase_ = Phase::header;
    Time phase_began_{};
    std::size_t header_bytes_ = 0;
    std::uint64_t body_left_ = 0;
    std::uint64_t body_read_ = 0;
    std::uint64_t drain_left_ = 0;
    bool is_first_ = true;
    bool must_close_ = false;
};

}  // namespace tillit::http

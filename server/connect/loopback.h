/// A port of this machine that is ours under both of its addresses.
///
/// Browsers try [::1] before 127.0.0.1 for a name under localhost. Whoever else has an account here
/// could listen there, on the port that we took, and show the page that asks for the passphrase. So
/// the port is taken there too and never listened on: a connection is refused, and the browser goes
/// on to 127.0.0.1.
#pragma once

namespace tillit::connect {

class LoopbackPort {
  public:
    /// `port` 0: any free one. Throws std::runtime_error if it is taken.
    explicit LoopbackPort(int port);
    ~LoopbackPort();
    LoopbackPort(const LoopbackPort&) = delete;
    LoopbackPort& operator=(const LoopbackPort&) = delete;
    [[nodiscard]] int port() const noexcept { return port_; }

  private:
    int socket_ = -1;
    int port_ = 0;
};

}  // namespace tillit::connect

/// Waiting for Ctrl-C or a service manager's stop.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace tillit::cli {

/// Every SIGINT and SIGTERM from now on waits for wait(), in this thread and those made after it.
class StopSignal {
  public:
    StopSignal() {
        (void)::signal(SIGPIPE, SIG_IGN);  // fails for no signal that exists
        ::sigemptyset(&set_);
        ::sigaddset(&set_, SIGINT);
        ::sigaddset(&set_, SIGTERM);
        ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    }
    void wait() const {
        int which = 0;
        ::sigwait(&set_, &which);
    }

  private:
    sigset_t set_{};
};

}  // namespace tillit::cli

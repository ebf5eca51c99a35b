// Linked into test programs that touch crypto: libsodium starts before the first test.
#include <catch2/catch_test_case_info.hpp>
#include <catch2/reporters/catch_reporter_event_listener.hpp>
#include <catch2/reporters/catch_reporter_registrars.hpp>

#include "crypto/primitives.h"

namespace {

class StartCrypto : public Catch::EventListenerBase {
  public:
    using EventListenerBase::EventListenerBase;
    void testRunStarting(const Catch::TestRunInfo&) override { tillit::crypto::init(); }
};

}  // namespace

CATCH_REGISTER_LISTENER(StartCrypto)

/// Where a submission stands, told to the kill test (tests/kill/). Does nothing unless the build
/// has TILLIT_TEST_HOOKS, which no release has.
///
/// With TILLIT_TEST_STAGES="FD:MS" in the environment each stage writes "LETTER THREAD\n" to that
/// file descriptor and then sleeps, so that kills at random moments fall between any two stages.
#pragma once

namespace tillit::app {

enum class Stage : char {
    reading = 'r',    // the form's head has arrived, files are being read
    sealed = 's',     // everything is sealed, the commit comes next
    committed = 'c',  // durable, the answer comes next
    answered = 'a',   // the answer has been handed to the system
};

#ifdef TILLIT_TEST_HOOKS
void reached(Stage stage) noexcept;
#else
inline void reached(Stage) noexcept {}
#endif

}  // namespace tillit::app

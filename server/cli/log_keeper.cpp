#include "server/cli/log_keeper.h"

#include <spdlog/spdlog.h>

namespace tillit::cli {
namespace {

const char* describe(app::Closing::Trouble trouble) {
    switch (trouble) {
        case app::Closing::Trouble::broken_signers:
            return "the stored signers notes are not signed as they must be";
        case app::Closing::Trouble::other_key:
            return "log.key is not the key that the signers note names";
        case app::Closing::Trouble::no_signers:  // a new organisation: nothing to complain about
        case app::Closing::Trouble::none:
            break;
    }
    return nullptr;
}

}  // namespace

void LogKeeper::close_days() {
    const auto closing =
        app::close_finished_days(organisation_.store(), organisation_.clock(), key_);
    if (closing.days > 0) spdlog::info("log of {}: days closed: {}", slug_, closing.days);
    if (closing.trouble == known_) return;
    known_ = closing.trouble;
    if (const auto* text = describe(known_)) {
        spdlog::error("log of {}: its days cannot be closed: {}", slug_, text);
    }
}

}  // namespace tillit::cli

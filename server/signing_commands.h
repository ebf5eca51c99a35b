/// The command line of signers and of who publishes what they sign.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace tillit {

/// Adds `signer`, `signers` and `directory`; the one that is called sets `run`, which must outlive
/// parsing.
void add_signing(CLI::App& app, std::function<int()>& run);

}  // namespace tillit

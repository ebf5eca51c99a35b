/// The command line of who holds keys: signers, who publishes what they sign, and readers.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace tillit {

/// Adds `signer`, `signers`, `directory` and `open`; the one that is called sets `run`, which must
/// outlive parsing.
void add_signing(CLI::App& app, std::function<int()>& run);

}  // namespace tillit

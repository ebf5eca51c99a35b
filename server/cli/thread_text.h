/// A thread as `tillit open` prints it. Lines of ours begin with "--- " or "  [file] "; what
/// somebody wrote stands behind "> " (quoted()), so that no text can pass for another entry.
#pragma once

#include <string>
#include <vector>

#include "server/cli/case_reader.h"

namespace tillit::cli {

[[nodiscard]] std::string thread_text(const std::vector<ReadEntry>& entries,
                                      const KnownDirectory& known);

/// Internal notes apart from it, under "=== "; nothing where there are none.
[[nodiscard]] std::string notes_text(const std::vector<crypto::NoteEntry>& notes,
                                     const KnownDirectory& known);

}  // namespace tillit::cli

/// Asking a person at the terminal, and showing her texts and dates.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/secret.h"
#include "storage/types.h"

namespace tillit::cli {

/// Asks on stderr and reads a line of the terminal without showing it. Nothing if standard input is
/// no terminal.
[[nodiscard]] std::optional<crypto::SecretBytes> ask_secret(const std::string& prompt);

/// Where passphrases come from: the lines of a private file one after another, else the terminal.
class Passphrases {
  public:
    /// `file` may be empty. Throws storage::Error for a file that others can read.
    explicit Passphrases(const std::string& file);
    /// Throws std::runtime_error when there is nobody to ask.
    [[nodiscard]] crypto::SecretBytes next(const std::string& prompt);

  private:
    bool is_from_file_;
    crypto::SecretBytes lines_;
    std::size_t at_ = 0;
};

/// Answers one question with one line; nothing when there are no more lines.
using Ask = std::function<std::optional<std::string>(const std::string& question)>;
/// Lines of a file, or of standard input when `file` is empty.
[[nodiscard]] Ask asking(const std::string& file);

/// `text` so that it cannot rewrite what the terminal shows: control characters (C0, DEL, C1),
/// those of bidirectional text, line and paragraph separators as \u{202e}, bytes that are no UTF-8
/// as \x{9b}. `kept`: ASCII characters left as they are, "\n\t" for a text of many lines.
[[nodiscard]] std::string visible(std::string_view text, std::string_view kept = {});

/// A text of many lines by somebody else, so that it cannot pass for a line of ours: visible, each
/// line behind "> ", and behind "+ " where a line too long for a terminal goes on. Ends in a line
/// feed; nothing for no text.
[[nodiscard]] std::string quoted(std::string_view text);

/// "2026-11-22".
[[nodiscard]] std::string day_text(storage::Day day);

/// The whole file; throws std::runtime_error if it cannot be read or has more than `max_bytes`.
[[nodiscard]] std::string read_file(const std::string& path, std::size_t max_bytes);
/// Replaces the file in one step, so that a full stick leaves the old one.
void replace_file(const std::string& path, std::string_view content);

}  // namespace tillit::cli

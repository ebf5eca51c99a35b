/// Whether a report seems to mention somebody who would get a key to it: a suggestion on the check
/// page, before anything is stored. It searches for names and nothing else, and nothing is kept of
/// it. The twin is frontend/portal/mentions.ts; tests/vectors/mentions.json holds both to one rule:
///
/// A text is cut into words of letters and digits (ASCII, U+00C0–1FFF but × and ÷, U+3040–D7FF), in
/// lower case (ASCII; Latin up to U+017F but İ, and U+1E00–1EFF; the main letters of Greek and
/// Cyrillic). Sought are a person's whole name, each word of what stands behind the last space of
/// it (so each half of a double family name), and the office, of at least three characters each: as
/// whole words in a row, the last one with or without an s behind it, as a genitive has.
///
/// Threads: pure; safe to call concurrently.
#pragma once

#include <string_view>

#include "crypto/secret.h"

namespace tillit::portal {

/// A text cut into words: one space before each, and one at the end. `text`: clean UTF-8.
[[nodiscard]] crypto::SecretBytes words_of(std::string_view text);
/// `words`: of the whole report, as words_of() gives them.
[[nodiscard]] bool mentions(const crypto::SecretBytes& words, std::string_view name,
                            std::string_view office);

}  // namespace tillit::portal

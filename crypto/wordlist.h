/// The BIP39 English word list: 2,048 sorted words of 3–8 letters, each known by its first four.
/// We use the words and the 4-bit checksum idea, not BIP39's seed derivation (protocol §2).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace tillit::crypto {

inline constexpr std::size_t kWordCount = 2048;
extern const std::array<std::string_view, kWordCount> kWords;

/// Index of a word, or of the one word that begins with these four or more letters. Lower case
/// only. Compares with every word, so that time tells nothing of which one it was.
[[nodiscard]] std::optional<std::uint16_t> word_index(std::string_view letters) noexcept;

}  // namespace tillit::crypto

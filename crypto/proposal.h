/// A signers note or a directory on its way from signer to signer (protocol §3.6): one file that
/// carries what is needed to judge it away from the server.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/note.h"

namespace tillit::crypto {

/// Nothing in it is verified. `note` has the signatures it has got so far, perhaps none.
struct Proposal {
    std::vector<std::string> signers_notes;  // published, from number 0 on; empty before the first
    std::string directory;                   // the newest published; empty before the first
    std::string note;                        // what is proposed
};
inline constexpr std::size_t kMaxProposalBytes = std::size_t{8} * 1024 * 1024;
inline constexpr std::size_t kMaxSignersNotes = 256;

/// Strict JSON {"t":"proposal","signers_notes":[…],"directory","note"} and a line feed.
[[nodiscard]] std::string encode_proposal(const Proposal& proposal);
/// Nothing unless every note in it is well-formed; one that is proposed needs no signature.
[[nodiscard]] std::optional<Proposal> parse_proposal(std::string_view text);

/// "signers" or "directory".
[[nodiscard]] std::string_view type_of(const Proposal& proposal);

}  // namespace tillit::crypto

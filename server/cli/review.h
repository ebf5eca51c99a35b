/// What a signer is asked to sign, in plain words, judged against what was signed before
/// (protocol §3.6). Works from the proposal alone: no server, no network.
#pragma once

#include <string>
#include <vector>

#include "crypto/directory.h"
#include "crypto/proposal.h"
#include "crypto/signer_key.h"

namespace tillit::cli {

/// A person whose keys nobody of the signers has vouched for before.
struct NewKeys {
    std::string name;
    std::string words;  // eight, as the person reads them out
};
struct Review {
    std::string organisation_words;  // empty before the first signers note is signed
    std::vector<std::string> lines;  // what changes, one thing each
    std::vector<NewKeys> new_keys;
    std::vector<crypto::Signer> may_sign;
};

/// Throws std::runtime_error with the reason if nobody should sign this: signers notes or a
/// directory before it that do not verify, a draft that is no successor, another organisation, a
/// "since" that is not true.
[[nodiscard]] Review review(const crypto::Proposal& proposal);

/// The proposal with this signer's line. Throws if the key is none that may sign it or has signed.
[[nodiscard]] crypto::Proposal sign_proposal(const crypto::Proposal& proposal,
                                             const Review& reviewed, const crypto::SignerKey& key);

/// Eight words as they are compared: small letters, single spaces.
[[nodiscard]] std::string typed_words(std::string_view typed);

[[nodiscard]] std::string reason(crypto::DirectoryError error);

}  // namespace tillit::cli

/// The names that vectors and docs/protocol.md have for errors.
#pragma once

#include "crypto/act.h"
#include "crypto/checkpoint.h"
#include "crypto/disclosure.h"
#include "crypto/strict_json.h"
#include "crypto/submission_file.h"

namespace tillit::test {

[[nodiscard]] std::string name(crypto::CaseKeyError error);
[[nodiscard]] std::string name(crypto::JsonError error);
[[nodiscard]] std::string name(crypto::EnvelopeError error);
[[nodiscard]] std::string name(crypto::GrantError error);
[[nodiscard]] std::string name(crypto::DirectoryError error);
[[nodiscard]] std::string name(crypto::LetterError error);
[[nodiscard]] std::string name(crypto::ActError error);
[[nodiscard]] std::string name(crypto::CheckpointError error);
[[nodiscard]] std::string name(crypto::SubmissionFileError error);
[[nodiscard]] std::string name(crypto::age::Error error);
[[nodiscard]] std::string name(crypto::ChainFault::What what);

/// "success", or the name of the error.
template <class T, class E>
[[nodiscard]] std::string verdict(const crypto::Result<T, E>& result) {
    return result ? "success" : name(result.error());
}

}  // namespace tillit::test

/// The head of a submission file as strict JSON (protocol §4.6).
#pragma once

#include <optional>
#include <string>

#include "crypto/submission_file.h"

namespace tillit::crypto::detail {

[[nodiscard]] std::string encode_submission_head(const SubmissionHead& head);
/// Nothing: other fields, over a limit, or a part that no honest software seals (0.2).
[[nodiscard]] std::optional<SubmissionHead> decode_submission_head(ByteView text);

}  // namespace tillit::crypto::detail

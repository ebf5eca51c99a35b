/// One function for each vector file.
#pragma once

#include <nlohmann/json.hpp>

#include "tests/support/fixed_world.h"

namespace tillit::test {

using Json = nlohmann::ordered_json;

[[nodiscard]] Json case_key_vectors();
[[nodiscard]] Json statement_accept_vectors();
[[nodiscard]] Json statement_reject_vectors();
[[nodiscard]] Json envelope_vectors();
[[nodiscard]] Json grant_vectors();
[[nodiscard]] Json identity_vectors();
[[nodiscard]] Json attachment_vectors();
[[nodiscard]] Json disclosure_vectors();
[[nodiscard]] Json epoch_grant_vectors();
[[nodiscard]] Json case_thread_vectors();
[[nodiscard]] Json handling_grant_vectors();
[[nodiscard]] Json case_note_vectors();
[[nodiscard]] Json note_thread_vectors();
[[nodiscard]] Json directory_vectors();
[[nodiscard]] Json keyring_vectors();
[[nodiscard]] Json submission_file_vectors();
[[nodiscard]] Json chain_vectors();
[[nodiscard]] Json log_vectors();

}  // namespace tillit::test

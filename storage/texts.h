/// How enums stand in columns; also the words of the API.
#pragma once

#include <optional>
#include <string_view>

#include "storage/identity_requests.h"
#include "storage/types.h"

namespace tillit::storage {

[[nodiscard]] std::string_view to_text(CaseState state) noexcept;
[[nodiscard]] std::optional<CaseState> case_state_from(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_text(MemberStatus status) noexcept;
[[nodiscard]] std::optional<MemberStatus> member_status_from(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_text(RequestState state) noexcept;
[[nodiscard]] std::optional<RequestState> request_state_from(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_text(LetterKind kind) noexcept;
[[nodiscard]] std::optional<LetterKind> letter_kind_from(std::string_view text) noexcept;

}  // namespace tillit::storage

#include "storage/texts.h"

#include <array>
#include <utility>

namespace tillit::storage {
namespace {

constexpr std::array<std::pair<CaseState, std::string_view>, 5> kCaseStates = {{
    {CaseState::received, "received"},
    {CaseState::acknowledged, "acknowledged"},
    {CaseState::investigating, "investigating"},
    {CaseState::waiting_for_reporter, "waiting_for_reporter"},
    {CaseState::closed, "closed"},
}};
constexpr std::array<std::pair<MemberStatus, std::string_view>, 4> kMemberStatuses = {{
    {MemberStatus::invited, "invited"},
    {MemberStatus::enrolled, "enrolled"},
    {MemberStatus::active, "active"},
    {MemberStatus::closed, "closed"},
}};

constexpr std::array<std::pair<RequestState, std::string_view>, 3> kRequestStates = {{
    {RequestState::open, "open"},
    {RequestState::disclosed, "disclosed"},
    {RequestState::refused, "refused"},
}};
constexpr std::array<std::pair<LetterKind, std::string_view>, 4> kLetterKinds = {{
    {LetterKind::request, "request"},
    {LetterKind::disclosure, "disclosure"},
    {LetterKind::refusal, "refusal"},
    {LetterKind::opening, "opening"},
}};

template <class Table, class Value>
std::string_view text_of(const Table& table, Value value) noexcept {
    for (const auto& [entry, text] : table) {
        if (entry == value) return text;
    }
    return {};
}

template <class Table>
auto value_of(const Table& table, std::string_view wanted) noexcept
    -> std::optional<decltype(table[0].first)> {
    for (const auto& [entry, text] : table) {
        if (text == wanted) return entry;
    }
    return std::nullopt;
}

}  // namespace

std::string_view to_text(CaseState state) noexcept { return text_of(kCaseStates, state); }
std::optional<CaseState> case_state_from(std::string_view text) noexcept {
    return value_of(kCaseStates, text);
}
std::string_view to_text(MemberStatus status) noexcept { return text_of(kMemberStatuses, status); }
std::optional<MemberStatus> member_status_from(std::string_view text) noexcept {
    return value_of(kMemberStatuses, text);
}

std::string_view to_text(RequestState state) noexcept { return text_of(kRequestStates, state); }
std::optional<RequestState> request_state_from(std::string_view text) noexcept {
    return value_of(kRequestStates, text);
}
std::string_view to_text(LetterKind kind) noexcept { return text_of(kLetterKinds, kind); }
std::optional<LetterKind> letter_kind_from(std::string_view text) noexcept {
    return value_of(kLetterKinds, text);
}

}  // namespace tillit::storage

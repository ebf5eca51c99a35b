/// A report as typed, between form, check page and handing in. The server keeps nothing between
/// these: the pages carry it.
#pragma once

#include <string>
#include <vector>

#include "crypto/directory.h"
#include "server/app/intake.h"
#include "server/http/form.h"
#include "server/portal/pages.h"

namespace tillit::portal {

inline constexpr std::size_t kMaxTextBytes = 200'000;
inline constexpr std::size_t kMaxNameBytes = 500;
inline constexpr std::size_t kMaxTokenBytes = 64;
inline constexpr std::size_t kReportFiles = 5;
inline constexpr std::size_t kReplyFiles = 3;

struct Draft {
    std::string token;
    crypto::SecretBytes text;
    std::vector<crypto::Id> to;      // investigators left ticked
    std::vector<crypto::Id> not_to;  // people who must not get a key
    bool has_unknown_member = false;
    bool asks_name = false;  // the fields are shown
    crypto::SecretBytes name;
    crypto::SecretBytes contact;

    [[nodiscard]] app::IdentityFields identity() const;
    [[nodiscard]] bool has_identity() const noexcept { return !name.empty() || !contact.empty(); }
};

/// A fresh form: a new token, the channel's default receivers ticked.
[[nodiscard]] Draft blank_draft(const app::Readers& readers);
/// What a form holds; ids that nobody in the directory has are left out and noted. A person in its
/// field "leave" (of a suggestion on the check page) gets no key, whatever else is ticked.
[[nodiscard]] Draft read_draft(const http::Form& form, const app::Readers& readers);

/// What keeps a draft from being handed in, in the order of the form. Empty: nothing.
[[nodiscard]] std::vector<Problem> problems_of(const Draft& draft, const app::Readers& readers,
                                               const Catalogue& texts);
/// The problem that the reading of a form met, if any.
[[nodiscard]] std::vector<Problem> problems_of(const http::Form& form, const Catalogue& texts);

/// Fields of the form and of the check page. Limits lie above what is accepted, so that a text that
/// is a little too long comes back with a message instead of being lost.
[[nodiscard]] http::FormRules draft_rules(std::size_t file_fields);

/// CR LF of the wire as LF; a text of only white space is empty.
[[nodiscard]] crypto::SecretBytes clean_text(std::string_view text);

}  // namespace tillit::portal

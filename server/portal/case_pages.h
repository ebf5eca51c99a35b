/// Pages on the way back: key entry, thread, after leaving.
#pragma once

#include "server/app/mailbox.h"
#include "server/portal/pages.h"

namespace tillit::portal {

/// Key entry. The same page, status and size for a mistyped and for an unknown key.
struct ReturnPage {
    crypto::SecretBytes key;        // as typed, so that a slip can be mended
    crypto::SecretBytes kept_text;  // a reply that was not sent, carried through
    bool is_refused = false;
    bool has_ended = false;  // a session ended or was unknown
};
[[nodiscard]] http::Reply return_page(const Pages& pages, const Frame& frame,
                                      const ReturnPage& how);

struct CasePage {
    std::string form_token;
    crypto::SecretBytes text;  // of a reply that could not be sent
    std::vector<Problem> problems;
    storage::Day today = 0;
    std::uint64_t max_report_bytes = 0;
};
[[nodiscard]] http::Reply case_page(const Pages& pages, const Frame& frame,
                                    const app::MailboxView& view, const CasePage& how);
[[nodiscard]] http::Reply left_page(const Pages& pages, const Frame& frame);

}  // namespace tillit::portal

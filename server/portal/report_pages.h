/// Pages on the way in: landing, form, check, key, done.
#pragma once

#include "server/app/submission_tokens.h"
#include "server/portal/draft.h"

namespace tillit::portal {

[[nodiscard]] http::Reply landing_page(const Pages& pages, const Frame& frame,
                                       const app::Readers& readers);
/// `is_closed`: no report can be taken; the page says so and the status is 503.
[[nodiscard]] http::Reply other_ways_page(const Pages& pages,
                                          const storage::Organisation& organisation,
                                          bool is_closed);
/// The form, blank or filled; 422 with problems.
[[nodiscard]] http::Reply report_page(const Pages& pages, const Frame& frame, const Draft& draft,
                                      const app::Readers& readers,
                                      const std::vector<Problem>& problems);
[[nodiscard]] http::Reply check_page(const Pages& pages, const storage::Organisation& organisation,
                                     const Draft& draft, const app::Readers& readers,
                                     const std::vector<Problem>& problems);

struct KeyPage {
    std::string token;
    bool is_again = false;  // the same form was sent again
    storage::Day today = 0;
};
[[nodiscard]] http::Reply key_page(const Pages& pages, const Frame& frame,
                                   const app::SubmissionTokens::Done& done, const KeyPage& how);
/// `today` none: the form was handed in, and its key is forgotten.
[[nodiscard]] http::Reply done_page(const Pages& pages, const Frame& frame,
                                    std::optional<storage::Day> today);

/// File inputs "file1"… with their labels, as items of `list`.
void put_file_inputs(PageData& data, const Pages& pages, const std::string& list,
                     std::size_t count);

}  // namespace tillit::portal

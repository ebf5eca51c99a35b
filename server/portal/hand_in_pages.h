/// Pages for a report that was sealed elsewhere and comes as a file.
#pragma once

#include "server/app/submission_file_intake.h"
#include "server/portal/pages.h"

namespace tillit::portal {

/// The form, with how to make such a file; 422 with a problem.
[[nodiscard]] http::Reply hand_in_page(const Pages& pages,
                                       const storage::Organisation& organisation,
                                       const std::vector<Problem>& problems);
/// It is stored. There is no key to show: whoever sealed it has it.
[[nodiscard]] http::Reply received_page(const Pages& pages, const Frame& frame, storage::Day today);

/// What to say of a file that was not taken.
[[nodiscard]] Problem problem_of(app::FileIntakeError error, const Pages& pages,
                                 std::uint64_t max_report_bytes);

}  // namespace tillit::portal

#include "server/portal/hand_in_pages.h"

#include "server/app/days.h"

namespace tillit::portal {

namespace {

const char* text_for(app::FileIntakeError error) {
    using Error = app::FileIntakeError;
    switch (error) {
        case Error::not_a_submission:
            return "hand_in.problem.other_file";
        case Error::damaged:
            return "hand_in.problem.damaged";
        case Error::cut_off:
            return "hand_in.problem.cut_off";
        case Error::too_large:
            return "hand_in.problem.too_large";
        case Error::wrong_org:
            return "hand_in.problem.wrong_org";
        case Error::not_receiving:
            return "hand_in.problem.not_receiving";
        case Error::directory_changed:
            return "hand_in.problem.directory_changed";
        case Error::taken:
            return "hand_in.problem.taken";
        case Error::busy:
            return "hand_in.problem.busy";
        case Error::storage_full:
            break;
    }
    return "hand_in.problem.storage";
}

}  // namespace

Problem problem_of(app::FileIntakeError error, const Pages& pages, std::uint64_t max_report_bytes) {
    const std::string key = text_for(error);
    const auto& texts = pages.texts();
    if (error != app::FileIntakeError::too_large) return {"submission", texts.text(key)};
    return {"submission", texts.text(key, {{"limit", pages.size(max_report_bytes)}})};
}

http::Reply hand_in_page(const Pages& pages, const storage::Organisation& organisation,
                         const std::vector<Problem>& problems) {
    PageData data;
    data.put("offline_hash", pages.offline_page_hash());
    data.put("limit_hint",
             pages.texts().text("hand_in.file.hint",
                                {{"limit", pages.size(organisation.max_report_bytes)}}));
    if (!problems.empty()) data.put("submission_problem", problems.front().text);
    Pages::put_problems(data, problems);
    return pages.page("hand-in", "hand_in", frame_of(organisation), std::move(data),
                      problems.empty() ? 200 : 422);
}

http::Reply received_page(const Pages& pages, const Frame& frame, storage::Day today) {
    PageData data;
    const auto confirm_by = app::acknowledge_due(today);
    data.put("come_back", pages.day_with_weekday(confirm_by + 1))
        .put("confirm_by", pages.day(confirm_by, today))
        .put("hear_by", pages.day(app::feedback_due(today, std::nullopt), today));
    return pages.page("received", "received", frame, std::move(data));
}

}  // namespace tillit::portal

#include "server/portal/api_handlers.h"
#include "server/portal/hand_in_pages.h"
#include "server/portal/handlers.h"
#include "server/portal/report_pages.h"

namespace tillit::portal {

namespace {

/// The one file of the form goes into the intake; read to its end in any case, so that the answer
/// reaches the browser.
http::FileSink sink_of(std::optional<app::SubmissionFileIntake>& intake, const Desk& desk) {
    return {.begin =
                [&](const http::Form&, const http::FileHeader&) {
                    if (intake) return false;  // a second file
                    intake.emplace(desk.site.organisation, desk.site.uploads);
                    return true;
                },
            .write =
                [&](crypto::ByteView piece) {
                    intake->write(piece);
                    return true;
                },
            .end = [] { return true; }};
}

}  // namespace

http::Reply get_hand_in(const Desk& desk, http::Request& /*request*/) {
    const auto& organisation = desk.site.organisation.settings();
    if (desk.site.organisation.intake_state() != app::IntakeState::open) {
        return other_ways_page(desk.pages, organisation, true);
    }
    return hand_in_page(desk.pages, organisation, {});
}

http::Reply get_directory_file(const Desk& desk, http::Request& request) {
    if (desk.site.organisation.intake_state() != app::IntakeState::open) {
        return other_ways_page(desk.pages, desk.site.organisation.settings(), true);
    }
    auto reply = api_organisation(desk, request);
    reply.download_name = "tillit-directory.json";
    return reply;
}

http::Reply post_hand_in(const Desk& desk, http::Request& request) {
    std::optional<app::SubmissionFileIntake> intake;
    http::FormRules rules;
    rules.file_fields = {"submission"};
    rules.max_parts = 2;
    const auto form = http::read_form(request, rules, sink_of(intake, desk));
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);

    const auto& settings = desk.site.organisation.settings();
    const auto again = [&](const Problem& problem) {
        return hand_in_page(desk.pages, settings, {problem});
    };
    const auto refused = [&](app::FileIntakeError error) {
        return again(problem_of(error, desk.pages, settings.max_report_bytes));
    };
    if (form.error == http::FormError::too_large) {
        return refused(app::FileIntakeError::too_large);
    }
    if (form.error) return desk.pages.error(400);
    if (!intake) {
        return again({"submission", desk.pages.texts().text("hand_in.problem.no_file")});
    }
    const auto stored = intake->finish();
    if (!stored) return refused(stored.error());
    return received_page(desk.pages, desk.frame(), desk.today());
}

}  // namespace tillit::portal

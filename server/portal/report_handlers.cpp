#include "server/portal/handlers.h"
#include "server/portal/report_pages.h"

namespace tillit::portal {

namespace {

bool is_token(std::string_view token) {
    return crypto::array_from_base64url<16>(token).has_value();
}

/// A draft as a form gives it, with everything that is wrong with the form or the draft.
struct ReadDraft {
    Draft draft;
    std::vector<Problem> problems;
};

ReadDraft read_posted(const Desk& desk, const http::Form& form, const app::Readers& readers) {
    ReadDraft read{.draft = read_draft(form, readers),
                   .problems = problems_of(form, desk.pages.texts())};
    if (!is_token(read.draft.token)) read.draft.token = app::SubmissionTokens::make();
    if (read.problems.empty()) {
        read.problems = problems_of(read.draft, readers, desk.pages.texts());
    }
    return read;
}

}  // namespace

http::Reply get_landing(const Desk& desk, http::Request& /*request*/) {
    const auto readers = desk.site.organisation.readers();
    if (!readers || readers->state != app::IntakeState::open) {
        return other_ways_page(desk.pages, desk.site.organisation.settings(), true);
    }
    return landing_page(desk.pages, desk.frame(), *readers);
}

http::Reply get_report(const Desk& desk, http::Request& request) {
    const auto readers = desk.site.organisation.readers();
    if (!readers || readers->state != app::IntakeState::open) {
        return other_ways_page(desk.pages, desk.site.organisation.settings(), true);
    }
    auto draft = blank_draft(*readers);
    draft.asks_name = request.query_value("name") == "1";
    auto reply = report_page(desk.pages, desk.frame(), draft, *readers, {});
    // Not no-store: after a cut connection Back must still have the text.
    reply.caching = http::Caching::private_form;
    return reply;
}

http::Reply post_check(const Desk& desk, http::Request& request) {
    const auto form = http::read_form(request, draft_rules(0));
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);
    const auto known = desk.site.organisation.readers();
    const app::Readers none;
    const auto& readers = known ? *known : none;
    auto [draft, problems] = read_posted(desk, form, readers);
    if (!known || known->state != app::IntakeState::open) {
        problems = {{"text", desk.pages.texts().text("problem.not_receiving")}};
    }
    if (!problems.empty()) {
        return report_page(desk.pages, desk.frame(), draft, readers, problems);
    }
    return check_page(desk.pages, desk.site.organisation.settings(), draft, readers, {});
}

http::Reply post_edit(const Desk& desk, http::Request& request) {
    const auto form = http::read_form(request, draft_rules(0));
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);
    const auto known = desk.site.organisation.readers();
    const app::Readers none;
    const auto& readers = known ? *known : none;
    auto draft = read_posted(desk, form, readers).draft;
    if (request.query_value("name") == "1") draft.asks_name = true;
    if (request.query_value("name") == "0") {
        draft.asks_name = false;
        draft.name.clear();
        draft.contact.clear();
    }
    return report_page(desk.pages, desk.frame(), draft, readers,
                       problems_of(form, desk.pages.texts()));
}

}  // namespace tillit::portal

#include "server/portal/case_pages.h"
#include "server/portal/draft.h"
#include "server/portal/handlers.h"
#include "server/portal/report_pages.h"

namespace tillit::portal {

/// Ends the session and takes its cookie away; the browser is told to forget what it can.
void end_session(const Desk& desk, const http::Request& request, http::Reply& reply) {
    desk.site.sessions.end(request.cookie(kCaseCookie));
    reply.cookies.push_back(
        {.name = kCaseCookie, .value = {}, .path = "/", .max_age_seconds = std::nullopt});
    reply.clear_site_data = true;
}

http::Reply post_leave(const Desk& desk, http::Request& request) {
    auto reply = left_page(desk.pages, desk.frame());
    end_session(desk, request, reply);
    return reply;
}

http::Reply post_exit(const Desk& desk, http::Request& request) {
    // From the key page the form carries its token: whoever presses Back afterwards must not be
    // shown the key. Nothing here is ever refused; whoever leaves is in a hurry.
    http::FormRules rules;
    rules.text_limits = {{"token", kMaxTokenBytes}};
    const auto form = http::read_form(request, rules);
    if (form.has("token")) desk.site.tokens.forget(form.text("token"));
    http::Reply reply;
    reply.status = 303;
    reply.location = desk.exit_url.empty() ? "/bye" : desk.exit_url;
    end_session(desk, request, reply);
    return reply;
}

http::Reply get_safety(const Desk& desk, http::Request& /*request*/) {
    return desk.pages.page("safety", "safety", desk.frame(), {});
}

http::Reply get_sealing(const Desk& desk, http::Request& /*request*/) {
    return desk.pages.page("sealing", "sealing", desk.frame(), {});
}

http::Reply get_other_ways(const Desk& desk, http::Request& /*request*/) {
    return other_ways_page(desk.pages, desk.site.organisation.settings(), false);
}

}  // namespace tillit::portal

// A reporter's key: new words, or a closed door (protocol §7.9–7.10), from a session on the server.
#include "server/portal/case_pages.h"
#include "server/portal/draft.h"
#include "server/portal/handlers.h"
#include "server/portal/words_pages.h"

namespace tillit::portal {

namespace {

constexpr std::size_t kSureFieldBytes = 8;

using Session = std::shared_ptr<app::ReporterSession>;

http::Reply key_needed(const Desk& desk) {
    return return_page(desk.pages, desk.frame(), {.has_ended = true});
}

/// Runs `act` for a form of the session's own; nothing changes otherwise.
http::Reply with_form(
    const Desk& desk, http::Request& request,
    const std::function<http::Reply(app::ReporterSession&, const http::Form&)>& act) {
    http::FormRules rules;
    rules.text_limits = {{"form_token", kMaxTokenBytes}, {"sure", kSureFieldBytes}};
    const auto form = http::read_form(request, rules);
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);
    const Session session = session_of(desk, request);
    if (!session) return key_needed(desk);
    const std::lock_guard lock(session->use);
    if (form.text("form_token") != session->form_token) {
        return words_page(desk.pages, desk.frame(),
                          {.form_token = session->form_token, .problem = "problem.words.failed"});
    }
    return act(*session, form);
}

std::string_view problem_key(app::KeysError error) {
    switch (error) {
        case app::KeysError::closed:
            return "problem.words.closed";
        case app::KeysError::nobody_reads:
            return "problem.words.nobody";
        case app::KeysError::gone:
        case app::KeysError::failed:
            break;
    }
    return "problem.words.failed";
}

}  // namespace

http::Reply get_words(const Desk& desk, http::Request& request) {
    const Session session = session_of(desk, request);
    if (!session) return key_needed(desk);
    return words_page(desk.pages, desk.frame(), {.form_token = session->form_token});
}

http::Reply post_new_words(const Desk& desk, http::Request& request) {
    return with_form(desk, request, [&](app::ReporterSession& session, const http::Form&) {
        return new_key_page(desk.pages, desk.frame(), session.form_token,
                            session.mailbox->new_words());
    });
}

http::Reply post_use_words(const Desk& desk, http::Request& request) {
    return with_form(desk, request, [&](app::ReporterSession& session, const http::Form&) {
        const auto used = session.mailbox->use_new_words();
        if (used) {
            http::Reply reply;
            reply.status = 303;
            reply.location = "/case";
            return reply;
        }
        if (used.error() == app::KeysError::gone) return key_needed(desk);
        return words_page(desk.pages, desk.frame(),
                          {.form_token = session.form_token, .problem = problem_key(used.error())});
    });
}

http::Reply post_close_door(const Desk& desk, http::Request& request) {
    return with_form(desk, request, [&](app::ReporterSession& session, const http::Form& form) {
        const auto again = [&](std::string_view problem, bool is_of_box) {
            return words_page(
                desk.pages, desk.frame(),
                {.form_token = session.form_token, .problem = problem, .is_of_box = is_of_box});
        };
        if (form.text("sure") != "1") return again("problem.words.sure", true);
        const auto closed = session.mailbox->close_door();
        if (!closed && closed.error() == app::KeysError::gone) return key_needed(desk);
        if (!closed) return again(problem_key(closed.error()), false);
        auto reply = door_page(desk.pages, desk.frame());
        end_session(desk, request, reply);
        return reply;
    });
}

}  // namespace tillit::portal

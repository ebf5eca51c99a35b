#include "server/portal/case_pages.h"
#include "server/portal/draft.h"
#include "server/portal/handlers.h"
#include "server/portal/received_files.h"

namespace tillit::portal {

namespace {

constexpr std::size_t kKeyFieldBytes = 4096;
constexpr std::size_t kTextFieldBytes = std::size_t{1} << 20;

http::Reply redirect(std::string location) {
    http::Reply reply;
    reply.status = 303;
    reply.location = std::move(location);
    return reply;
}

http::Reply key_needed(const Desk& desk, crypto::SecretBytes kept_text = {}) {
    return return_page(
        desk.pages, desk.frame(),
        {.key = {}, .kept_text = std::move(kept_text), .is_refused = false, .has_ended = true});
}

/// The thread, or the key page if the case has gone meanwhile.
http::Reply show_case(const Desk& desk, app::ReporterSession& session,
                      crypto::SecretBytes text = {}, std::vector<Problem> problems = {}) {
    const std::lock_guard lock(session.use);
    const auto view = session.mailbox->view();
    if (!view) return key_needed(desk, std::move(text));
    return case_page(desk.pages, desk.frame(), *view,
                     {.form_token = session.form_token,
                      .text = std::move(text),
                      .problems = std::move(problems),
                      .today = desk.today(),
                      .max_report_bytes = desk.site.organisation.settings().max_report_bytes});
}

/// A mistyped key costs what an unknown one does: it is looked up with a random one.
std::unique_ptr<app::Mailbox> open_mailbox(const Desk& desk, const http::Form& form) {
    const auto parsed = crypto::parse_case_key(crypto::view(form.text("key")));
    const auto key = parsed ? parsed->clone() : crypto::CaseKey::random();
    auto mailbox = app::Mailbox::open(desk.site.organisation, key);
    return parsed ? std::move(mailbox) : nullptr;
}

std::vector<Problem> reply_problems(const Desk& desk, const http::Form& form,
                                    const crypto::SecretBytes& text,
                                    const std::vector<std::string>& missing) {
    const auto& texts = desk.pages.texts();
    if (text.size() > kMaxTextBytes) return {{"text", texts.text("problem.text.too_long")}};
    if (!missing.empty()) {
        const auto limit = desk.pages.size(desk.site.organisation.settings().max_report_bytes);
        return {{"text", texts.text("problem.reply.file",
                                    {{"name", desk.pages.list(missing)}, {"limit", limit}})}};
    }
    return problems_of(form, texts);
}

std::string_view problem_key(app::ReplyError error) {
    switch (error) {
        case app::ReplyError::empty:
            return "problem.reply.empty";
        case app::ReplyError::too_long:
            return "problem.text.too_long";
        case app::ReplyError::closed:
            return "problem.reply.closed";
        case app::ReplyError::thread_full:
            return "problem.reply.thread_full";
        case app::ReplyError::keys_changed:
            return "problem.reply.keys_changed";
        case app::ReplyError::storage_full:
        case app::ReplyError::gone:
            break;
    }
    return "problem.reply.storage";
}

http::FormRules reply_rules() {
    http::FormRules rules;
    rules.text_limits = {{"form_token", kMaxTokenBytes}, {"text", kTextFieldBytes}};
    for (std::size_t i = 1; i <= kReplyFiles; ++i) {
        rules.file_fields.push_back("file" + std::to_string(i));
    }
    return rules;
}

}  // namespace

std::shared_ptr<app::ReporterSession> session_of(const Desk& desk, const http::Request& request) {
    const auto id = request.cookie(kCaseCookie);
    return id.empty() ? nullptr : desk.site.sessions.find(id);
}

http::Reply get_return(const Desk& desk, http::Request& /*request*/) {
    return return_page(desk.pages, desk.frame(), {});
}

http::Reply post_return(const Desk& desk, http::Request& request) {
    // Another site's page could open a case of its own here, for somebody to write into.
    if (request.is_from_elsewhere) {
        auto reply = return_page(desk.pages, desk.frame(), {});
        reply.status = 403;
        return reply;
    }
    http::FormRules rules;
    rules.text_limits = {{"key", kKeyFieldBytes}, {"kept_text", kTextFieldBytes}};
    const auto form = http::read_form(request, rules);
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);
    auto kept_text = clean_text(form.text("kept_text"));
    auto mailbox = open_mailbox(desk, form);
    if (!mailbox) {
        return return_page(desk.pages, desk.frame(),
                           {.key = crypto::SecretBytes(form.text("key")),
                            .kept_text = std::move(kept_text),
                            .is_refused = true});
    }
    mailbox->record_visit();
    desk.site.sessions.end(request.cookie(kCaseCookie));
    const auto id = desk.site.sessions.start(std::move(mailbox));
    http::Reply reply = redirect("/case");
    if (!kept_text.empty()) {
        // The text cannot travel through a redirect, and the server keeps none.
        const auto session = desk.site.sessions.find(id);
        if (session) reply = show_case(desk, *session, std::move(kept_text));
    }
    reply.cookies.push_back(
        {.name = kCaseCookie, .value = id, .path = "/", .max_age_seconds = std::nullopt});
    return reply;
}

http::Reply get_case(const Desk& desk, http::Request& request) {
    const auto session = session_of(desk, request);
    if (!session) return key_needed(desk);
    return show_case(desk, *session);
}

http::Reply post_reply(const Desk& desk, http::Request& request) {
    const auto session = session_of(desk, request);
    std::unique_ptr<app::Uploads> uploads;
    ReceivedFiles files([&](const http::Form& so_far) -> app::Uploads* {
        if (!session || so_far.text("form_token") != session->form_token) return nullptr;
        const std::lock_guard lock(session->use);
        if (!uploads) uploads = session->mailbox->start_uploads();
        return uploads.get();
    });
    const auto form = http::read_form(request, reply_rules(), files.sink());
    files.finish();
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);
    auto text = clean_text(form.text("text"));
    // Asked again: it may have ended during a long upload, and an upload counts as activity.
    if (!session || !session_of(desk, request)) return key_needed(desk, std::move(text));

    // A page of another session: what was written for that case must not turn up in this one.
    if (form.text("form_token") != session->form_token) return key_needed(desk, std::move(text));
    auto problems = reply_problems(desk, form, text, files.missing());
    if (!problems.empty()) return show_case(desk, *session, std::move(text), std::move(problems));

    const auto sent = [&] {
        const std::lock_guard lock(session->use);
        if (!uploads) uploads = session->mailbox->start_uploads();
        return session->mailbox->reply(text, *uploads);
    }();
    if (sent) return redirect("/case#sent");
    if (sent.error() == app::ReplyError::gone) return key_needed(desk, std::move(text));
    return show_case(desk, *session, std::move(text),
                     {{"text", desk.pages.texts().text(problem_key(sent.error()))}});
}

http::Reply get_file(const Desk& desk, http::Request& request) {
    const auto session = session_of(desk, request);
    if (!session) return key_needed(desk);
    const auto id = crypto::array_from_base64url<16>(request.arg("id"));
    std::optional<app::MailboxFile> file;
    if (id) {
        const std::lock_guard lock(session->use);
        file = session->mailbox->find_attachment(*id);
    }
    if (!file) return desk.pages.error(404);
    http::Reply reply;
    reply.content_type = "application/octet-stream";  // never shown in our origin
    reply.download_name = file->file.name;
    reply.stream_size = file->file.size;
    const auto shared = std::make_shared<const app::MailboxFile>(std::move(*file));
    // Without holding the session: its other requests would wait for a slow line, one thread each.
    reply.stream = [session, shared](const std::function<bool(crypto::ByteView)>& write) {
        return session->mailbox->stream_attachment(*shared, write);
    };
    return reply;
}

}  // namespace tillit::portal

// The reporter's proof of lodgement, on demand only: the file proves that its holder reported.
#include "server/app/receipt.h"
#include "server/http/json.h"
#include "server/portal/api_handlers.h"
#include "server/portal/api_token.h"
#include "server/portal/case_pages.h"
#include "server/portal/draft.h"
#include "server/portal/handlers.h"

namespace tillit::portal {

namespace {

http::Reply file_reply(const app::Receipt& receipt) {
    http::Reply reply;
    reply.content_type = "application/octet-stream";
    reply.download_name = "proof.json";
    reply.body = app::encode_receipt(receipt);
    return reply;
}

}  // namespace

http::Reply post_proof(const Desk& desk, http::Request& request) {
    const auto id = request.cookie(kCaseCookie);
    const auto session = id.empty() ? nullptr : desk.site.sessions.find(id);
    http::FormRules rules;
    rules.text_limits = {{"form_token", kMaxTokenBytes}};
    const auto form = http::read_form(request, rules);
    if (!session) return return_page(desk.pages, desk.frame(), {.has_ended = true});
    if (form.text("form_token") != session->form_token) return desk.pages.error(400);
    const std::lock_guard lock(session->use);
    const auto receipt = app::make_receipt(desk.site.organisation, session->mailbox->case_id());
    if (receipt) return file_reply(*receipt);
    return desk.pages.page("proof-later", "proof", desk.frame(), {});
}

http::Reply api_proof(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    if (!token) return http::error_reply(400, "request");
    const auto found = desk.site.sealed_mailbox.open(*token, /*is_visit=*/false);
    if (!found) return http::error_reply(404, "not_found");
    const auto receipt = app::make_receipt(desk.site.organisation, found->row.case_id);
    if (!receipt) return http::error_reply(409, "not_yet");
    return file_reply(*receipt);
}

}  // namespace tillit::portal

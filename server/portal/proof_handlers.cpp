// The reporter's proof of lodgement, on demand only: the file proves that its holder reported.
#include <mutex>

#include "server/app/receipt.h"
#include "server/http/json.h"
#include "server/portal/api_handlers.h"
#include "server/portal/api_token.h"
#include "server/portal/case_pages.h"
#include "server/portal/draft.h"
#include "server/portal/handlers.h"

namespace tillit::portal {

namespace {

/// One at a time for each organisation, so that asking for many stops nobody else.
struct Made {
    bool is_busy = false;             // another one is being made
    std::optional<http::Reply> file;  // none: not yet
};

http::Reply file_reply(const app::Receipt& receipt) {
    http::Reply reply;
    reply.content_type = "application/octet-stream";
    reply.download_name = "proof.json";
    reply.body = app::encode_receipt(receipt);
    return reply;
}

Made make_proof(app::Organisation& organisation, const crypto::Hash& case_id) {
    const std::unique_lock turn(organisation.proof_turn(), std::try_to_lock);
    if (!turn) return {.is_busy = true, .file = std::nullopt};
    const auto receipt = app::make_receipt(organisation, case_id);
    if (!receipt) return {};
    return {.is_busy = false, .file = file_reply(*receipt)};
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
    if (!session->mailbox->is_still_open()) {
        return return_page(desk.pages, desk.frame(), {.has_ended = true});
    }
    auto made = make_proof(desk.site.organisation, session->mailbox->case_id());
    if (made.is_busy) return desk.pages.error(503);
    if (made.file) return std::move(*made.file);
    return desk.pages.page("proof-later", "proof", desk.frame(), {});
}

http::Reply api_proof(const Desk& desk, http::Request& request) {
    const auto token = token_of(request);
    if (!token) return http::error_reply(400, "request");
    const auto found = desk.site.sealed_mailbox.open(*token, /*is_visit=*/false);
    if (!found) return http::error_reply(404, "not_found");
    auto made = make_proof(desk.site.organisation, found->row.case_id);
    if (made.is_busy) return http::error_reply(503, "busy");
    if (!made.file) return http::error_reply(409, "not_yet");
    return std::move(*made.file);
}

}  // namespace tillit::portal

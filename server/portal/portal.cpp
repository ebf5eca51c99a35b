#include "server/portal/portal.h"

#include <algorithm>

#include "server/http/json.h"
#include "server/portal/api_handlers.h"
#include "server/portal/handlers.h"

namespace tillit::portal {

namespace {

constexpr std::uint64_t kSmallBody = 64 << 10;
constexpr std::uint64_t kTextBody = 4 << 20;
constexpr std::uint64_t kPieceBody = 1 << 20;
constexpr std::uint64_t kProofBody = app::kMaxReceiptBytes + kSmallBody;

std::string origin_of(const std::string& url) {
    const auto host = url.find("://");
    if (host == std::string::npos) return {};
    return url.substr(0, url.find('/', host + 3));
}

http::Reply plain(int status, std::string body) {
    http::Reply reply;
    reply.status = status;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = std::move(body);
    return reply;
}

}  // namespace

Site::Site(app::Organisation& its_organisation)
    : organisation(its_organisation),
      sessions(its_organisation.clock()),
      tokens(its_organisation.clock()),
      uploads(its_organisation),
      sealed_mailbox(its_organisation, uploads) {}

Portal::Portal(PortalOptions options)
    : options_(std::move(options)),
      pages_(options_.assets, content_security_policy(true)),
      files_(options_.assets / "portal" / "assets"),
      offline_(options_.assets / "portal" / "hand-in") {}

void Portal::add_site(const std::vector<std::string>& hosts, app::Organisation& organisation) {
    const auto site = std::make_shared<Site>(organisation);
    sites_.push_back(site);
    for (const auto& host : hosts) by_host_[host] = site;
    max_report_bytes_ = std::max(max_report_bytes_, organisation.settings().max_report_bytes);
}

Site* Portal::find_site(const std::string& host) const {
    const auto found = by_host_.find(host);
    return found == by_host_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Portal::hosts() const {
    std::vector<std::string> hosts;
    for (const auto& [host, site] : by_host_) hosts.push_back(host);
    return hosts;
}

std::string Portal::content_security_policy(bool with_script) const {
    // A form's redirect counts as its action, so the operator's exit address must be named.
    const auto exit_origin = origin_of(options_.exit_url);
    const std::string script = with_script ? "script-src 'self'; connect-src 'self'; " : "";
    return "default-src 'none'; " + script +
           "style-src 'self'; img-src 'self'; form-action 'self'" +
           (exit_origin.empty() ? "" : " " + exit_origin) +
           "; frame-ancestors 'none'; base-uri 'none'";
}

void Portal::remove_expired() {
    for (const auto& site : sites_) {
        site->sessions.remove_expired();
        site->tokens.remove_expired();
        site->uploads.remove_expired();
    }
}

std::vector<http::Route> Portal::routes() {
    using http::Method;
    using DeskHandler = http::Reply (*)(const Desk&, http::Request&);
    const auto at = [this](Method method, std::string pattern, std::uint64_t max_body_bytes,
                           DeskHandler handler) {
        return http::Route{method, std::move(pattern), max_body_bytes,
                           [this, handler](http::Request& request) {
                               Site* site = find_site(request.host);
                               if (site == nullptr) return pages_.error(421);
                               return handler({pages_, *site, options_.exit_url}, request);
                           }};
    };
    const auto fixed = [](std::string pattern, std::function<http::Reply()> make) {
        return http::Route{Method::get, std::move(pattern), 0,
                           [make = std::move(make)](http::Request&) { return make(); }};
    };
    // Twice the limit is read (and dropped beyond it): a file that is too large must cost its
    // sender the file, not the answer with the key.
    const std::uint64_t files_body = 2 * max_report_bytes_ + kTextBody;
    return {
        at(Method::get, "/", 0, get_landing),
        at(Method::get, "/report", 0, get_report),
        at(Method::post, "/report/check", kTextBody, post_check),
        at(Method::post, "/report/edit", kTextBody, post_edit),
        at(Method::post, "/report", files_body, post_report),
        at(Method::post, "/key/done", kSmallBody, post_key_done),
        at(Method::get, "/return", 0, get_return),
        at(Method::post, "/return", kTextBody, post_return),
        at(Method::get, "/case", 0, get_case),
        at(Method::post, "/case/reply", files_body, post_reply),
        at(Method::get, "/case/file/:id", 0, get_file),
        at(Method::get, "/case/words", 0, get_words),
        at(Method::post, "/case/words/new", kSmallBody, post_new_words),
        at(Method::post, "/case/words/use", kSmallBody, post_use_words),
        at(Method::post, "/case/words/close", kSmallBody, post_close_door),
        at(Method::post, "/case/proof", kSmallBody, post_proof),
        at(Method::post, "/case/proof/compare", kProofBody, post_compare),
        at(Method::post, "/leave", kSmallBody, post_leave),
        at(Method::post, "/exit", kSmallBody, post_exit),
        at(Method::get, "/hand-in", 0, get_hand_in),
        at(Method::post, "/hand-in", files_body, post_hand_in),
        at(Method::get, "/hand-in/directory", 0, get_directory_file),
        at(Method::get, "/readers", 0, get_readers),
        at(Method::get, "/safety", 0, get_safety),
        at(Method::get, "/sealing", 0, get_sealing),
        at(Method::get, "/other-ways", 0, get_other_ways),
        at(Method::get, "/log", 0, get_log),
        at(Method::get, "/log/checkpoint", 0, get_checkpoint),
        // Saved, never shown: a page of ours with a script of its own has no place in this origin.
        {Method::get, "/hand-in/tillit-seal.html", 0,
         [this](http::Request&) {
             auto reply = offline_.serve(kOfflinePage, /*accepts_gzip=*/false);
             reply.content_type = "application/octet-stream";
             reply.caching = http::Caching::no_store;
             reply.download_name = kOfflinePage;
             return reply;
         }},
        fixed("/bye", [this] { return pages_.bye(); }),
        fixed("/robots.txt", [] { return plain(200, "User-agent: *\nDisallow: /\n"); }),
        fixed("/favicon.ico", [] { return plain(204, {}); }),
        at(Method::get, "/api/v1/organisation", 0, api_organisation),
        at(Method::post, "/api/v1/uploads", kSmallBody, api_begin_upload),
        at(Method::get, "/api/v1/uploads/:id", 0, api_upload_state),
        at(Method::put, "/api/v1/uploads/:id/:index", kPieceBody, api_put_piece),
        at(Method::post, "/api/v1/uploads/:id/complete", kSmallBody, api_complete_upload),
        at(Method::post, "/api/v1/uploads/:id/drop", kSmallBody, api_drop_upload),
        at(Method::post, "/api/v1/reports", http::kMaxJsonBytes, api_report),
        at(Method::get, "/api/v1/directory/earlier", 0, api_earlier_directories),
        at(Method::get, "/api/v1/case", 0, api_case),
        at(Method::post, "/api/v1/case/open", kSmallBody, api_open_case),
        at(Method::post, "/api/v1/case/envelopes", http::kMaxJsonBytes, api_reply),
        at(Method::get, "/api/v1/case/attachments/:id", 0, api_attachment),
        at(Method::post, "/api/v1/case/epochs", http::kMaxJsonBytes, api_begin_epoch),
        at(Method::post, "/api/v1/case/door", http::kMaxJsonBytes, api_close_door),
        at(Method::get, "/api/v1/case/proof", 0, api_proof),
        {Method::get, "/assets/:name", 0,
         [this](http::Request& request) {
             auto reply = files_.serve(request.arg("name"), request.accepts_gzip);
             return reply.status == 404 ? pages_.error(404) : reply;
         }},
    };
}

}  // namespace tillit::portal

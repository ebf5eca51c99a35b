#include "server/console/console.h"

#include <fstream>
#include <iterator>

#include "server/console/authorisation.h"
#include "server/console/handlers.h"
#include "server/console/json.h"
#include "server/http/static_files.h"
#include "storage/error.h"

namespace tillit::console {

struct Console::Static {
    http::StaticFiles files;
    std::string shell;  // index.html; empty: not built
};

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

bool has_csrf(const Rule& rule, const Call& call) {
    switch (rule.csrf) {
        case Csrf::none:
            return true;
        case Csrf::any:
            return !call.request.csrf.empty();
        case Csrf::session:
            return crypto::equal_constant_time(crypto::view(call.request.csrf),
                                               crypto::view(call.session->csrf));
    }
    return false;
}

/// Runs what the rule asks for. Nothing: go on.
std::optional<http::Reply> refusal(const Rule& rule, Call& call) {
    if (rule.who != Who::anyone) {
        call.session = call.office.access.session(call.request.cookie(kSessionCookie));
        if (!call.session) return error_reply(401, "session");
        const auto role = crypto::role_from_text(call.session->member.role);
        if (!role || !allows(rule.who, *role)) return error_reply(403, "forbidden");
    }
    if (!has_csrf(rule, call)) return error_reply(403, "csrf");
    if (rule.object == Object::granted_case) {
        const auto id = crypto::array_from_base64url<32>(call.request.arg("case"));
        if (!id || !call.office.cases.may_see(*id, call.member())) {
            return error_reply(404, "not_found");
        }
        call.case_id = *id;
    }
    return std::nullopt;
}

}  // namespace

Console::Console(const std::map<std::string, app::Organisation*>& by_host,
                 const std::filesystem::path& assets)
    : static_(std::make_shared<const Static>(
          Static{.files = http::StaticFiles(assets / "console" / "assets"),
                 .shell = read_file(assets / "console" / "index.html")})) {
    std::map<app::Organisation*, std::shared_ptr<Office>> made;  // several hosts, one office
    for (const auto& [host, organisation] : by_host) {
        auto& office = made[organisation];
        if (!office) office = std::make_shared<Office>(*organisation);
        offices_[host] = office;
    }
}

Office* Console::office_of(const http::Request& request) {
    const auto found = offices_.find(request.host);
    return found == offices_.end() ? nullptr : found->second.get();
}

http::Route Console::guarded(http::Method method, const char* pattern, std::uint64_t max_body_bytes,
                             CallHandler handler) {
    const auto* rule = rule_for(method, pattern);
    const auto run = [this, rule, handler = std::move(handler)](http::Request& request) {
        auto* office = office_of(request);
        if (!office) return error_reply(421, "host");
        if (!rule) return error_reply(403, "forbidden");
        Call call{.request = request, .office = *office, .session = std::nullopt};
        if (auto refused = refusal(*rule, call)) return std::move(*refused);
        try {
            return handler(call);
        } catch (const storage::Error& error) {
            if (error.code() == storage::Error::full) return error_reply(507, "full");
            throw;
        }
    };
    return {.method = method, .pattern = pattern, .max_body_bytes = max_body_bytes, .handler = run};
}

std::vector<http::Route> Console::routes() {
    using http::Method;
    constexpr std::uint64_t kPiece = 1 << 20;
    const auto shell = [this](Call&) {
        http::Reply reply;
        reply.body = static_->shell;
        if (reply.body.empty()) return error_reply(404, "not_found");
        return reply;
    };
    const auto asset = [this](Call& call) {
        auto reply = static_->files.serve(call.request.arg("name"), call.request.accepts_gzip);
        return reply.status == 404 ? error_reply(404, "not_found") : reply;
    };
    const auto api = [this](Method method, const char* pattern, CallHandler handler) {
        return guarded(method, pattern, method == Method::post ? kMaxJsonBytes : 0,
                       std::move(handler));
    };
    return {
        guarded(Method::get, "/", 0, shell),
        guarded(Method::get, "/enrol", 0, shell),
        guarded(Method::get, "/assets/:name", 0, asset),
        api(Method::get, "/api/v1/organisation", get_organisation),
        api(Method::post, "/api/v1/login", post_login),
        api(Method::post, "/api/v1/login/recovery", post_login_recovery),
        api(Method::post, "/api/v1/enrolment/look", post_enrolment_look),
        api(Method::post, "/api/v1/enrolment", post_enrolment),
        api(Method::post, "/api/v1/logout", post_logout),
        api(Method::get, "/api/v1/me", get_me),
        api(Method::post, "/api/v1/passphrase", post_passphrase),
        api(Method::post, "/api/v1/recovery-code", post_recovery_code),
        api(Method::get, "/api/v1/directory", get_directory),
        api(Method::get, "/api/v1/directory/earlier", get_earlier_directories),
        api(Method::get, "/api/v1/cases", get_cases),
        api(Method::get, "/api/v1/cases/:case", get_case),
        api(Method::post, "/api/v1/cases/:case/read", post_read),
        api(Method::get, "/api/v1/cases/:case/envelopes", get_envelopes),
        api(Method::post, "/api/v1/cases/:case/envelopes", post_envelope),
        api(Method::post, "/api/v1/cases/:case/uploads", post_upload),
        guarded(Method::put, "/api/v1/cases/:case/uploads/:id/:index", kPiece, put_piece),
        api(Method::post, "/api/v1/cases/:case/uploads/:id/complete", post_upload_complete),
        api(Method::get, "/api/v1/cases/:case/attachments/:id", get_attachment),
        api(Method::post, "/api/v1/cases/:case/access", post_access),
        api(Method::post, "/api/v1/cases/:case/recusal", post_recusal),
        api(Method::post, "/api/v1/cases/:case/epochs", post_epoch),
        api(Method::get, "/api/v1/cases/:case/notes", get_notes),
        api(Method::post, "/api/v1/cases/:case/notes", post_note),
        api(Method::get, "/api/v1/cases/:case/identity-requests", get_identity_requests),
        api(Method::post, "/api/v1/cases/:case/identity-requests", post_identity_request),
        api(Method::post, "/api/v1/cases/:case/identity-requests/:id/disclosure", post_disclosure),
        api(Method::post, "/api/v1/cases/:case/identity-requests/:id/refusal", post_refusal),
        api(Method::post, "/api/v1/cases/:case/identity-requests/:id/openings", post_opening),
        api(Method::get, "/api/v1/log", get_log),
        api(Method::get, "/api/v1/log/days/:day", get_log_day),
        api(Method::get, "/api/v1/log/export", get_log_export),
    };
}

http::Reply Console::error_page(int status) const {
    switch (status) {
        case 404:
            return error_reply(404, "not_found");
        case 405:
            return error_reply(405, "method");
        case 413:
            return error_reply(413, "too_large");
        case 421:
            return error_reply(421, "host");
        case 500:
            return error_reply(500, "server");
        default:
            return error_reply(status, "request");
    }
}

void Console::remove_expired() {
    for (const auto& [host, office] : offices_) office->access.remove_expired();
}

}  // namespace tillit::console

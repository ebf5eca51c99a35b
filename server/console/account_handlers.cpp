#include <algorithm>

#include "crypto/keyring.h"
#include "server/console/handlers.h"
#include "server/console/json.h"
#include "server/http/headers.h"
#include "storage/directories.h"

namespace tillit::console {

namespace {

constexpr std::size_t kMaxLoginBytes = 100;
constexpr std::int64_t kDeviceCookieSeconds = 400LL * 86400;  // the longest that browsers keep one

nlohmann::json member_json(const storage::Member& member) {
    return {{"member", b64(member.member_id)}, {"person", b64(member.person_id)},
            {"login", member.login},           {"name", member.name},
            {"office", member.office},         {"role", member.role}};
}

crypto::SymmetricKey read_auth(crypto::FieldReader& fields, const char* name) {
    auto bytes = read_bytes(fields, name, 32);
    auto key = crypto::SymmetricKey::zeroed();
    if (bytes.size() == 32) {
        std::copy(bytes.begin(), bytes.end(), key.mutable_bytes().begin());
    } else {
        fields.fail();
    }
    return key;
}

using LogIn = crypto::Result<app::LoggedIn, app::LoginRefusal> (app::ConsoleAccess::*)(
    const std::string&, const crypto::SymmetricKey&, std::string_view);

http::Reply log_in(Call& call, LogIn how) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto login = http::to_lower(fields.text("login", kMaxLoginBytes));
    const auto auth = read_auth(fields, "auth");
    if (!fields.done()) return error_reply(400, "request");
    auto in = (call.office.access.*how)(login, auth, call.request.cookie(kDeviceCookie));
    if (!in && in.error().retry_after_seconds > 0) {
        const auto wait = in.error().retry_after_seconds;
        auto reply = json_reply({{"error", "slow"}, {"retry_after_s", wait}}, 429);
        reply.retry_after_seconds = wait;
        return reply;
    }
    if (!in) return error_reply(401, "login");
    auto value = member_json(in->member);
    value["keyring"] = b64(in->keyring);
    value["keyring_version"] = in->keyring_version;
    value["csrf"] = in->csrf;
    auto reply = json_reply(value);
    reply.cookies = {
        {.name = kSessionCookie, .value = in->session, .max_age_seconds = {}},
        {.name = kDeviceCookie, .value = in->device, .max_age_seconds = kDeviceCookieSeconds}};
    return reply;
}

}  // namespace

http::Reply get_organisation(Call& call) {
    const auto& settings = call.office.organisation.settings();
    const auto readers = call.office.organisation.readers();
    return json_reply({{"org", b64(settings.org_id)},
                       {"name", settings.name},
                       {"demo", settings.is_demo},
                       {"fingerprint", readers ? readers->fingerprint_words : std::string()}});
}

http::Reply post_login(Call& call) { return log_in(call, &app::ConsoleAccess::log_in); }

http::Reply post_login_recovery(Call& call) {
    return log_in(call, &app::ConsoleAccess::log_in_by_recovery);
}

http::Reply post_logout(Call& call) {
    call.office.access.log_out(*call.session);
    auto reply = no_content();
    reply.cookies = {{.name = kSessionCookie, .value = "", .max_age_seconds = {}}};
    reply.clear_site_data = true;
    reply.keeps_cookies = true;  // a known device stays known
    return reply;
}

http::Reply get_me(Call& call) {
    auto value = member_json(call.session->member);
    value["csrf"] = call.session->csrf;
    value["keyring_version"] = call.session->keyring_version;
    return json_reply(value);
}

http::Reply post_enrolment_look(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto token = fields.text("token", 100);
    if (!fields.done()) return error_reply(400, "request");
    const auto member = call.office.access.look_at_invitation(token);
    if (!member) return error_reply(404, "invitation");
    const auto& settings = call.office.organisation.settings();
    auto value = member_json(*member);
    value["org"] = b64(settings.org_id);
    value["organisation"] = settings.name;
    return json_reply(value);
}

http::Reply post_enrolment(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto token = fields.text("token", 100);
    const app::NewKeys keys{
        .recipient = read_bytes(fields, "recipient", crypto::kHybridRecipientBytes),
        .verify_key = read_bytes(fields, "verify_key", 32),
        .auth_hash = crypto::auth_hash(read_auth(fields, "auth")),
        .keyring = read_bytes(fields, "keyring", app::kMaxKeyringBytes),
        .recovery_auth_hash = crypto::auth_hash(read_auth(fields, "recovery_auth")),
        .recovery_keyring = read_bytes(fields, "recovery_keyring", app::kMaxKeyringBytes)};
    if (!fields.done()) return error_reply(400, "request");
    if (!call.office.access.enrol(token, keys)) return error_reply(404, "invitation");
    return no_content();
}

http::Reply post_passphrase(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto version = static_cast<std::uint32_t>(fields.integer("keyring_version", 1U << 30));
    const auto hash = crypto::auth_hash(read_auth(fields, "auth"));
    const auto keyring = read_bytes(fields, "keyring", app::kMaxKeyringBytes);
    if (!fields.done()) return error_reply(400, "request");
    const auto stored = call.office.access.change_passphrase(*call.session, version, hash, keyring);
    if (!stored) return error_reply(409, "version");
    return json_reply({{"keyring_version", *stored}});
}

http::Reply post_recovery_code(Call& call) {
    const auto body = read_json(call.request);
    if (!body) return error_reply(400, "request");
    crypto::FieldReader fields(*body);
    const auto version = static_cast<std::uint32_t>(fields.integer("keyring_version", 1U << 30));
    const auto hash = crypto::auth_hash(read_auth(fields, "recovery_auth"));
    const auto keyring = read_bytes(fields, "recovery_keyring", app::kMaxKeyringBytes);
    if (!fields.done()) return error_reply(400, "request");
    if (!call.office.access.change_recovery_code(*call.session, version, hash, keyring)) {
        return error_reply(409, "version");
    }
    return no_content();
}

namespace {

/// Ids of those who are listed and have no account any more.
nlohmann::json closed_of(const app::Readers* readers) {
    auto closed = nlohmann::json::array();
    if (readers == nullptr) return closed;
    for (const auto& listed : readers->known) {
        const auto& live = readers->directory.members;
        const bool is_live = std::any_of(live.begin(), live.end(), [&](const auto& member) {
            return member.member == listed.member;
        });
        if (!is_live) closed.push_back(b64(listed.member));
    }
    return closed;
}

}  // namespace

http::Reply get_directory(Call& call) {
    auto& organisation = call.office.organisation;
    const auto closed = closed_of(organisation.readers().get());
    return organisation.store().read([&](storage::Database& db) {
        storage::Directories directories(db);
        const auto directory = directories.newest_directory();
        return json_reply(
            {{"signers_notes", directories.signers_notes()},
             {"directory", directory ? nlohmann::json(*directory) : nlohmann::json(nullptr)},
             {"closed", closed}});
    });
}

http::Reply get_earlier_directories(Call& call) {
    return call.office.organisation.store().read([](storage::Database& db) {
        auto notes = storage::Directories(db).all_directories();
        if (!notes.empty()) notes.pop_back();  // the newest, which the other route gives
        return json_reply({{"directories", notes}});
    });
}

}  // namespace tillit::console

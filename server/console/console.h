/// The console's front door: static pages and the JSON API of docs/api.yaml.
///
/// Each request finds its organisation by Host, its rule in authorisation.h, its session by cookie;
/// only then a handler runs. Threads: handlers run concurrently.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/app/case_keys.h"
#include "server/app/case_notes.h"
#include "server/app/console_access.h"
#include "server/app/console_cases.h"
#include "server/app/identity_letters.h"
#include "server/http/message.h"

namespace tillit::console {

inline constexpr const char* kSessionCookie = "tillit_console";
inline constexpr const char* kDeviceCookie = "tillit_device";
/// Saving a file navigates nowhere, and forms are sent by script, so neither blob: nor a form's
/// action is needed. Two makers of trusted types: the library that renders, and the address of our
/// worker.
inline constexpr const char* kContentSecurityPolicy =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "
    "style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; trusted-types lit-html tillit; "
    "require-trusted-types-for 'script'";

/// One organisation as the console serves it.
struct Office {
    explicit Office(app::Organisation& o)
        : organisation(o), access(o, o.clock()), cases(o), keys(o), notes(o), letters(o) {}
    app::Organisation& organisation;
    app::ConsoleAccess access;
    app::ConsoleCases cases;
    app::CaseKeys keys;
    app::CaseNotes notes;
    app::IdentityLetters letters;
};

/// What a handler gets: all checks of its rule are done.
struct Call {
    http::Request& request;
    Office& office;
    std::optional<app::Session> session;  // there unless the rule says anyone
    crypto::Hash case_id{};               // for Object::granted_case
    [[nodiscard]] const crypto::Id& member() const { return session->member.member_id; }
};
using CallHandler = std::function<http::Reply(Call&)>;

class Console {
  public:
    /// host (as browsers send it, lower case) → organisation, which must outlive this. `assets` is
    /// the front-end build's folder; without it only the API is served.
    Console(const std::map<std::string, app::Organisation*>& by_host,
            const std::filesystem::path& assets);
    [[nodiscard]] std::vector<http::Route> routes();
    [[nodiscard]] http::Reply error_page(int status) const;
    void remove_expired();

  private:
    struct Static;
    [[nodiscard]] http::Route guarded(http::Method method, const char* pattern,
                                      std::uint64_t max_body_bytes, CallHandler handler);
    [[nodiscard]] Office* office_of(const http::Request& request);
    std::map<std::string, std::shared_ptr<Office>> offices_;  // by host
    std::shared_ptr<const Static> static_;
};

}  // namespace tillit::console

/// The reporters' door: every route of the portal, working with scripts off.
///
/// A request finds its organisation by Host. Sessions and submission tokens belong to one
/// organisation, so that nothing of one opens anything of another.
/// Threads: add_site before serving; then everything may be called concurrently.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "server/app/pending_uploads.h"
#include "server/app/reporter_sessions.h"
#include "server/app/sealed_mailbox.h"
#include "server/app/submission_tokens.h"
#include "server/http/static_files.h"
#include "server/portal/pages.h"

namespace tillit::portal {

inline constexpr const char* kCaseCookie = "tillit_case";

/// What a running portal holds of one organisation.
struct Site {
    explicit Site(app::Organisation& its_organisation);
    app::Organisation& organisation;
    app::ReporterSessions sessions;
    app::SubmissionTokens tokens;
    app::PendingUploads uploads;  // of reporters whose browser seals
    app::SealedMailbox sealed_mailbox;
};

struct PortalOptions {
    std::filesystem::path assets;  // the built front end: templates/, locales/, portal/assets/
    std::string exit_url;          // where "Leave this page" goes; empty: an empty page of ours
};

class Portal {
  public:
    /// Throws std::runtime_error when the assets are missing or broken.
    explicit Portal(PortalOptions options);

    /// `hosts` as the Host header has them, lower case, with a port if it is no default one.
    /// The organisation must outlive the portal.
    void add_site(const std::vector<std::string>& hosts, app::Organisation& organisation);

    [[nodiscard]] std::vector<http::Route> routes();
    [[nodiscard]] http::Reply error_page(int status) const { return pages_.error(status); }
    [[nodiscard]] std::vector<std::string> hosts() const;
    /// `with_script`: of the form and the return page, which load our own script.
    [[nodiscard]] std::string content_security_policy(bool with_script = false) const;
    /// Ends sessions and forgets keys whose time is over. Call about once a minute.
    void remove_expired();

  private:
    [[nodiscard]] Site* find_site(const std::string& host) const;

    PortalOptions options_;
    Pages pages_;
    http::StaticFiles files_;
    http::StaticFiles offline_;  // what is saved and opened elsewhere, never shown from here
    std::vector<std::shared_ptr<Site>> sites_;
    std::map<std::string, std::shared_ptr<Site>> by_host_;
    std::uint64_t max_report_bytes_ = 0;  // the largest of all sites
};

}  // namespace tillit::portal

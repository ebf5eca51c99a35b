/// Looks at a running site as a browser would and says where it is not what a list says.
#pragma once

#include <string>
#include <vector>

#include "server/cli/site_list.h"

namespace tillit::cli {

struct Finding {
    enum class Kind { differs, missing, additional, policy, unreachable };
    Kind kind;
    std::string path;
    std::string detail;  // plain text; nothing of it comes from the site unchecked
};

/// The console if it answers the console's API, else the portal.
[[nodiscard]] std::string door_of(const std::string& origin);

/// Fetches each listed file of the door, and the pages that anybody can see, for what they name
/// beyond the list and for the policy they come with. `origin` as connect::parse_origin gives it.
[[nodiscard]] std::vector<Finding> look_at(const std::string& origin, const std::string& door,
                                           const SiteList& list);

/// What a page makes a browser fetch or run: values of src, href, data and srcset in the tags that
/// do, and "<script>" for a script within the page. Not a parser of HTML: what a hostile page could
/// hide from it, the page's policy keeps from running, and that is looked at too.
[[nodiscard]] std::vector<std::string> references_of(std::string_view page);

/// default-src 'none' first; scripts, calls and forms from and to the site itself or nowhere.
[[nodiscard]] bool is_strict_policy(std::string_view policy);

}  // namespace tillit::cli

/// Who may call what: one row for each route, role by role, with the kind of object it is about.
/// A route without a row is refused; tests/unit/console walks the whole table.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "crypto/grant.h"
#include "server/http/message.h"

namespace tillit::console {

enum class Who {
    anyone,      // no session needed
    members,     // any role, logged in
    case_roles,  // investigator, alternate, custodian
    handlers,    // investigator, alternate
    custodians,
    auditors,
};

/// What the request must own, checked before its handler runs.
enum class Object {
    none,
    own_account,   // the session's member, whoever the request names
    granted_case,  // ":case" of the path: a case the member holds a grant for
};

enum class Csrf {
    none,     // changes nothing
    any,      // log-in and enrolment: the header must be there, which no other site can send
    session,  // the session's token
};

struct Rule {
    http::Method method;
    std::string_view pattern;
    Who who;
    Object object;
    Csrf csrf;
};

[[nodiscard]] const std::vector<Rule>& rules();
/// Null: refuse.
[[nodiscard]] const Rule* rule_for(http::Method method, std::string_view pattern);
[[nodiscard]] bool allows(Who who, crypto::Role role);

}  // namespace tillit::console

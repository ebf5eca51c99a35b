#include "server/console/authorisation.h"

namespace tillit::console {

const std::vector<Rule>& rules() {
    using http::Method;
    // clang-format off
    static const std::vector<Rule> table = {
        // the pages: the same for everybody, content comes through the API
        {Method::get,  "/",                                          Who::anyone,     Object::none,         Csrf::none},
        {Method::get,  "/enrol",                                     Who::anyone,     Object::none,         Csrf::none},
        {Method::get,  "/assets/:name",                              Who::anyone,     Object::none,         Csrf::none},
        // coming in
        {Method::get,  "/api/v1/organisation",                       Who::anyone,     Object::none,         Csrf::none},
        {Method::post, "/api/v1/login",                              Who::anyone,     Object::none,         Csrf::any},
        {Method::post, "/api/v1/login/recovery",                     Who::anyone,     Object::none,         Csrf::any},
        {Method::post, "/api/v1/enrolment/look",                     Who::anyone,     Object::none,         Csrf::any},
        {Method::post, "/api/v1/enrolment",                          Who::anyone,     Object::none,         Csrf::any},
        // one's own account
        {Method::post, "/api/v1/logout",                             Who::members,    Object::own_account,  Csrf::session},
        {Method::get,  "/api/v1/me",                                 Who::members,    Object::own_account,  Csrf::none},
        {Method::post, "/api/v1/passphrase",                         Who::members,    Object::own_account,  Csrf::session},
        {Method::post, "/api/v1/recovery-code",                      Who::members,    Object::own_account,  Csrf::session},
        {Method::get,  "/api/v1/directory",                          Who::members,    Object::none,         Csrf::none},
        {Method::get,  "/api/v1/directory/earlier",                  Who::members,    Object::none,         Csrf::none},
        // cases: a grant decides, the role only what is offered
        {Method::get,  "/api/v1/cases",                              Who::case_roles, Object::own_account,  Csrf::none},
        {Method::get,  "/api/v1/cases/:case",                        Who::case_roles, Object::granted_case, Csrf::none},
        {Method::post, "/api/v1/cases/:case/read",                   Who::case_roles, Object::granted_case, Csrf::session},
        {Method::get,  "/api/v1/cases/:case/envelopes",              Who::handlers,   Object::granted_case, Csrf::none},
        {Method::post, "/api/v1/cases/:case/envelopes",              Who::handlers,   Object::granted_case, Csrf::session},
        {Method::post, "/api/v1/cases/:case/uploads",                Who::handlers,   Object::granted_case, Csrf::session},
        {Method::put,  "/api/v1/cases/:case/uploads/:id/:index",     Who::handlers,   Object::granted_case, Csrf::session},
        {Method::post, "/api/v1/cases/:case/uploads/:id/complete",   Who::handlers,   Object::granted_case, Csrf::session},
        {Method::get,  "/api/v1/cases/:case/attachments/:id",        Who::handlers,   Object::granted_case, Csrf::none},
        // who holds keys
        {Method::post, "/api/v1/cases/:case/access",                 Who::handlers,   Object::granted_case, Csrf::session},
        {Method::post, "/api/v1/cases/:case/recusal",                Who::handlers,   Object::granted_case, Csrf::session},
        {Method::post, "/api/v1/cases/:case/epochs",                 Who::handlers,   Object::granted_case, Csrf::session},
        // notes among colleagues: never for the reporter, custodians or anybody without a key
        {Method::get,  "/api/v1/cases/:case/notes",                  Who::handlers,   Object::granted_case, Csrf::none},
        {Method::post, "/api/v1/cases/:case/notes",                  Who::handlers,   Object::granted_case, Csrf::session},
        // opening an identity takes one of each: who asks may not answer
        {Method::get,  "/api/v1/cases/:case/identity-requests",      Who::case_roles, Object::granted_case, Csrf::none},
        {Method::post, "/api/v1/cases/:case/identity-requests",      Who::handlers,   Object::granted_case, Csrf::session},
        {Method::post, "/api/v1/cases/:case/identity-requests/:id/disclosure", Who::custodians, Object::granted_case, Csrf::session},
        {Method::post, "/api/v1/cases/:case/identity-requests/:id/refusal",    Who::custodians, Object::granted_case, Csrf::session},
        {Method::post, "/api/v1/cases/:case/identity-requests/:id/openings",   Who::handlers,   Object::granted_case, Csrf::session},
        // the log: finished days only
        {Method::get,  "/api/v1/log",                                Who::auditors,   Object::none,         Csrf::none},
        {Method::get,  "/api/v1/log/days/:day",                      Who::auditors,   Object::none,         Csrf::none},
        {Method::get,  "/api/v1/log/export",                         Who::auditors,   Object::none,         Csrf::none},
    };
    // clang-format on
    return table;
}

const Rule* rule_for(http::Method method, std::string_view pattern) {
    for (const auto& rule : rules()) {
        if (rule.method == method && rule.pattern == pattern) return &rule;
    }
    return nullptr;
}

bool allows(Who who, crypto::Role role) {
    using crypto::Role;
    const bool is_handler = role == Role::investigator || role == Role::alternate;
    switch (who) {
        case Who::anyone:
        case Who::members:
            return true;
        case Who::case_roles:
            return is_handler || role == Role::custodian;
        case Who::handlers:
            return is_handler;
        case Who::custodians:
            return role == Role::custodian;
        case Who::auditors:
            return role == Role::auditor;
    }
    return false;
}

}  // namespace tillit::console

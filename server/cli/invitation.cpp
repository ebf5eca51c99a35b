#include "server/cli/invitation.h"

#include <stdexcept>

#include "crypto/grant.h"
#include "crypto/primitives.h"
#include "server/app/console_access.h"
#include "storage/members.h"

namespace tillit::cli {

namespace {

constexpr std::int64_t kInvitationSeconds = 72 * 3600;

bool is_login(std::string_view text) {
    return text.size() >= 2 && text.size() <= 60 &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") ==
               std::string_view::npos;
}

}  // namespace

std::string invite(storage::Store& store, const NewMember& member, std::int64_t now_unix) {
    if (!is_login(member.login)) {
        throw std::runtime_error("a login is 2 to 60 of a-z, 0-9, \".\", \"-\" and \"_\"");
    }
    if (member.name.empty() || member.office.empty()) {
        throw std::runtime_error("a member needs a name and an office: reporters read them");
    }
    if (!crypto::role_from_text(member.role)) {
        throw std::runtime_error(
            "a role is one of investigator, custodian, alternate, administrator, auditor");
    }
    auto token = crypto::to_base64url(crypto::random_array<32>());
    store.write([&](storage::Database& db) {
        storage::Members members(db);
        // A fresh link for somebody who has not enrolled yet keeps the slot; who she is, is what
        // was typed this time.
        const auto known = members.by_login(member.login);
        const storage::Member row{
            .member_id = known ? known->member_id : crypto::random_array<16>(),
            .person_id = known ? known->person_id : crypto::random_array<16>(),
            .login = member.login,
            .name = member.name,
            .office = member.office,
            .role = member.role,
            .is_default = member.is_default,
            .recipient = {},
            .verify_key = {}};
        members.invite(row, app::ConsoleAccess::token_hash(token), now_unix + kInvitationSeconds);
    });
    return token;
}

}  // namespace tillit::cli

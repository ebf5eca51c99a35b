/// Making a member and the one-time link to enrol with (protocol §3).
#pragma once

#include <string>

#include "storage/store.h"

namespace tillit::cli {

struct NewMember {
    std::string login;
    std::string name;
    std::string office;
    std::string role;
    bool is_default = false;
};
/// The token for the link's fragment; good for 72 hours, once. Throws std::runtime_error for a bad
/// login or role, storage::Error::exists for someone who has enrolled already.
[[nodiscard]] std::string invite(storage::Store& store, const NewMember& member,
                                 std::int64_t now_unix);

}  // namespace tillit::cli

/// Members: people who may stand in the directory, their invitations and their wrapped keys
/// (protocol §3, §7). Times are seconds: they are handlers', not reporters'.
///
/// Errors   storage::Error; `exists` for a login or an invitation that is taken.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

class Members {
  public:
    explicit Members(Database& db) : db_(db) {}

    /// A new member (keys empty, status invited), or a fresh link for one who hasn't enrolled yet;
    /// the older link is then void. For one who has enrolled it is Error::exists.
    void invite(const Member& member, const Hash& invite_hash, std::int64_t invite_expires_unix);
    [[nodiscard]] std::optional<Member> by_id(const Id& member);
    [[nodiscard]] std::optional<Member> by_login(std::string_view login);
    [[nodiscard]] std::vector<Member> all();  // by login
    [[nodiscard]] std::optional<Member> by_invite(const Hash& invite_hash, std::int64_t now_unix);

    /// Takes the keys and consumes the invitation: status enrolled. False, and nothing changed, if
    /// there is no open invitation (any more). The caller has found it by by_invite() in the same
    /// write().
    [[nodiscard]] bool enrol(const Id& member, ByteView recipient, ByteView verify_key,
                             const MemberSecrets& secrets);
    void set_status(const Id& member, MemberStatus status);
    void set_default(const Id& member, bool is_default);

    [[nodiscard]] std::optional<MemberSecrets> secrets(const Id& member);
    /// A new passphrase, or a keyring with newer heads: stored as version expected + 1. False if
    /// another was stored meanwhile.
    [[nodiscard]] bool replace_keyring(const Id& member, std::uint32_t expected_version,
                                       const Hash& auth_hash, ByteView keyring);
    /// The same for the recovery code, which counts its own versions (recovery_version).
    [[nodiscard]] bool replace_recovery(const Id& member, std::uint32_t expected_version,
                                        const Hash& recovery_auth_hash, ByteView recovery_keyring);

  private:
    Database& db_;
};

}  // namespace tillit::storage

/// Members come in: invitation, log-in, session, new passphrase (protocol §3, §7).
///
/// The server sees auth keys (hashes of them are stored) and wrapped keyrings, never a passphrase.
/// An unknown login costs and answers as a wrong auth key does. Errors of the store are thrown.
/// Threads: safe to call concurrently.
#pragma once

#include <optional>
#include <string>

#include "crypto/result.h"
#include "server/app/login_limits.h"
#include "server/app/organisation.h"
#include "storage/sessions.h"

namespace tillit::app {

inline constexpr storage::SessionLimits kConsoleSession{.idle_seconds = 30 * 60,
                                                        .max_seconds = 12 * 3600};
inline constexpr std::size_t kMaxKeyringBytes = 256 * 1024;

struct LoggedIn {
    storage::Member member;
    crypto::Bytes keyring;  // wrapped; the recovery one after a log-in by recovery code
    std::uint32_t keyring_version = 0;
    std::string session;  // cookie values, base64url
    std::string device;
    std::string csrf;
};
struct LoginRefusal {
    std::int64_t retry_after_seconds = 0;  // 0: wrong login or key
};

struct Session {
    storage::Member member;
    crypto::Hash hash{};
    std::string csrf;
    std::uint32_t keyring_version = 0;
};

struct NewKeys {
    crypto::Bytes recipient;
    crypto::Bytes verify_key;
    crypto::Hash auth_hash{};
    crypto::Bytes keyring;
    crypto::Hash recovery_auth_hash{};
    crypto::Bytes recovery_keyring;
};

class ConsoleAccess {
  public:
    ConsoleAccess(Organisation& organisation, Clock clock);

    [[nodiscard]] crypto::Result<LoggedIn, LoginRefusal> log_in(const std::string& login,
                                                                const crypto::SymmetricKey& auth,
                                                                std::string_view device_cookie);
    [[nodiscard]] crypto::Result<LoggedIn, LoginRefusal> log_in_by_recovery(
        const std::string& login, const crypto::SymmetricKey& auth, std::string_view device_cookie);
    /// Nothing: none, expired, or the account is closed. Counts as activity.
    [[nodiscard]] std::optional<Session> session(std::string_view cookie);
    void log_out(const Session& session);

    [[nodiscard]] std::optional<storage::Member> look_at_invitation(std::string_view token);
    /// False: no open invitation (any more), or keys that are none.
    [[nodiscard]] bool enrol(std::string_view token, const NewKeys& keys);

    /// The new version; nothing if `version` is not the stored one. A new passphrase ends the
    /// member's other sessions; the same one only keeps what the keyring remembers.
    [[nodiscard]] std::optional<std::uint32_t> change_passphrase(const Session& session,
                                                                 std::uint32_t version,
                                                                 const crypto::Hash& auth_hash,
                                                                 const crypto::Bytes& keyring);
    [[nodiscard]] bool change_recovery_code(const Session& session, std::uint32_t version,
                                            const crypto::Hash& auth_hash,
                                            const crypto::Bytes& keyring);
    void remove_expired();

    /// Invitation token and session id as they are stored.
    [[nodiscard]] static crypto::Hash token_hash(std::string_view token);

  private:
    enum class Which { passphrase, recovery };
    crypto::Result<LoggedIn, LoginRefusal> log_in_with(Which which, const std::string& login,
                                                       const crypto::SymmetricKey& auth,
                                                       std::string_view device_cookie);
    [[nodiscard]] LoggedIn start_session(const storage::Member& member);
    /// Notes that the session is in use.
    void touch(const crypto::Hash& session, std::int64_t now);
    [[nodiscard]] std::string device_cookie(const crypto::Id& member) const;
    /// The device's bucket if the cookie was made here for this member.
    [[nodiscard]] std::optional<std::string> known_device(std::string_view cookie,
                                                          const crypto::Id& member) const;

    Organisation& organisation_;
    Clock clock_;
    LoginLimits limits_;
};

}  // namespace tillit::app

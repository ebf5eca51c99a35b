#include "server/app/console_access.h"

#include <algorithm>

#include "crypto/keyring.h"
#include "server/app/log.h"
#include "storage/members.h"

namespace tillit::app {

namespace {

// An activity is written down at most this often: a commit for each request would cost more than
// the request.
constexpr std::int64_t kTouchSeconds = 60;

std::optional<crypto::Bytes> decode_token(std::string_view text) {
    auto bytes = crypto::from_base64url(text);
    if (!bytes || bytes->size() != 32) return std::nullopt;
    return bytes;
}

crypto::Bytes concat(std::string_view label, crypto::ByteView a, crypto::ByteView b) {
    crypto::Bytes out(label.begin(), label.end());
    out.push_back(0);
    out.insert(out.end(), a.begin(), a.end());
    out.insert(out.end(), b.begin(), b.end());
    return out;
}

/// Derived from the session id, of which only the hash is stored, so that GET /me can tell it
/// again.
std::string csrf_of(crypto::ByteView session_id) {
    return crypto::to_base64url(
        crypto::hmac_sha256(session_id, crypto::view("tillit/v1/console-csrf")));
}

bool may_log_in(const storage::Member& member) {
    return member.status == storage::MemberStatus::enrolled ||
           member.status == storage::MemberStatus::active;
}

struct Account {
    storage::Member member;
    storage::MemberSecrets secrets;
    bool is_there = false;
};

Account find_account(storage::Store& store, const std::string& login) {
    return store.read([&](storage::Database& db) {
        storage::Members members(db);
        Account account;
        const auto member = members.by_login(login);
        // The second look-up is made for an unknown login too: the same work, the same time.
        const auto secrets = members.secrets(member ? member->member_id : crypto::Id{});
        if (member && secrets && may_log_in(*member)) {
            account = {.member = *member, .secrets = *secrets, .is_there = true};
        }
        return account;
    });
}

}  // namespace

ConsoleAccess::ConsoleAccess(Organisation& organisation, Clock clock)
    : organisation_(organisation), clock_(clock), limits_(std::move(clock)) {}

crypto::Hash ConsoleAccess::token_hash(std::string_view token) {
    return crypto::labelled_hash("tillit/v1/token", {crypto::view(token)});
}

crypto::Result<LoggedIn, LoginRefusal> ConsoleAccess::log_in(const std::string& login,
                                                             const crypto::SymmetricKey& auth,
                                                             std::string_view device_cookie) {
    return log_in_with(Which::passphrase, login, auth, device_cookie);
}

crypto::Result<LoggedIn, LoginRefusal> ConsoleAccess::log_in_by_recovery(
    const std::string& login, const crypto::SymmetricKey& auth, std::string_view device_cookie) {
    return log_in_with(Which::recovery, login, auth, device_cookie);
}

crypto::Result<LoggedIn, LoginRefusal> ConsoleAccess::log_in_with(Which which,
                                                                  const std::string& login,
                                                                  const crypto::SymmetricKey& auth,
                                                                  std::string_view device_cookie) {
    const auto account = find_account(organisation_.store(), login);
    const auto device = known_device(device_cookie, account.member.member_id);
    const bool is_known = account.is_there && device;
    const auto wait = which == Which::recovery ? limits_.take("recovery " + login, kRecoveryCode)
                      : is_known               ? limits_.take("device " + *device, kKnownDevice)
                                               : limits_.take("elsewhere " + login, kElsewhere);
    if (wait > 0) return crypto::unexpected(LoginRefusal{.retry_after_seconds = wait});

    const auto& secrets = account.secrets;
    const auto& wanted = which == Which::recovery ? secrets.recovery_auth_hash : secrets.auth_hash;
    const bool is_right = crypto::equal_constant_time(crypto::auth_hash(auth), wanted);
    if (!is_right || !account.is_there) return crypto::unexpected(LoginRefusal{});
    auto in = start_session(account.member);
    in.keyring = which == Which::recovery ? secrets.recovery_keyring : secrets.keyring;
    in.keyring_version = secrets.keyring_version;
    return in;
}

LoggedIn ConsoleAccess::start_session(const storage::Member& member) {
    const auto id = crypto::random_array<32>();
    LoggedIn in{.member = member,
                .keyring = {},
                .session = crypto::to_base64url(id),
                .device = device_cookie(member.member_id),
                .csrf = csrf_of(id)};
    const auto now = clock_.unix_seconds();
    const storage::ConsoleSession row{.member_id = member.member_id,
                                      .created_unix = now,
                                      .seen_unix = now,
                                      .csrf_hash = token_hash(in.csrf)};
    const auto hash = token_hash(in.session);
    organisation_.store().write(
        [&](storage::Database& db) { storage::Sessions(db).put(hash, row); });
    return in;
}

std::string ConsoleAccess::device_cookie(const crypto::Id& member) const {
    const auto device = crypto::random_array<16>();
    const auto mac = crypto::hmac_sha256(organisation_.settings().device_cookie_key,
                                         concat("tillit/v1/device", member, device));
    crypto::Bytes value(device.begin(), device.end());
    value.insert(value.end(), mac.begin(), mac.end());
    return crypto::to_base64url(value);
}

std::optional<std::string> ConsoleAccess::known_device(std::string_view cookie,
                                                       const crypto::Id& member) const {
    const auto value = crypto::from_base64url(cookie);
    if (!value || value->size() != 48) return std::nullopt;
    const auto device = crypto::ByteView(*value).first(16);
    const auto mac = crypto::hmac_sha256(organisation_.settings().device_cookie_key,
                                         concat("tillit/v1/device", member, device));
    if (!crypto::equal_constant_time(crypto::ByteView(*value).subspan(16), mac)) {
        return std::nullopt;
    }
    return crypto::to_base64url(device);
}

std::optional<Session> ConsoleAccess::session(std::string_view cookie) {
    const auto id = decode_token(cookie);
    if (!id) return std::nullopt;
    const auto hash = token_hash(cookie);
    const auto now = clock_.unix_seconds();
    bool is_stale = false;
    auto session = organisation_.store().read([&](storage::Database& db) -> std::optional<Session> {
        const auto row = storage::Sessions(db).find(hash, now, kConsoleSession);
        if (!row) return std::nullopt;
        storage::Members members(db);
        const auto member = members.by_id(row->member_id);
        const auto secrets = members.secrets(row->member_id);
        if (!member || !secrets || !may_log_in(*member)) return std::nullopt;
        is_stale = now - row->seen_unix >= kTouchSeconds;
        return Session{.member = *member,
                       .hash = hash,
                       .csrf = csrf_of(*id),
                       .keyring_version = secrets->keyring_version};
    });
    if (session && is_stale) touch(hash, now);
    return session;
}

void ConsoleAccess::touch(const crypto::Hash& session, std::int64_t now) {
    try {
        organisation_.store().write(
            [&](storage::Database& db) { storage::Sessions(db).touch(session, now); });
    } catch (const storage::Error&) {
        // A full disk keeps nobody from reading; the session only idles away sooner.
    }
}

void ConsoleAccess::log_out(const Session& session) {
    organisation_.store().write(
        [&](storage::Database& db) { storage::Sessions(db).remove(session.hash); });
}

std::optional<storage::Member> ConsoleAccess::look_at_invitation(std::string_view token) {
    return organisation_.store().read([&](storage::Database& db) {
        return storage::Members(db).by_invite(token_hash(token), clock_.unix_seconds());
    });
}

bool ConsoleAccess::enrol(std::string_view token, const NewKeys& keys) {
    crypto::HybridRecipient recipient{};
    if (keys.recipient.size() != recipient.size() || keys.verify_key.size() != 32) return false;
    std::copy(keys.recipient.begin(), keys.recipient.end(), recipient.begin());
    // Sealing to it must work, else every report to this member would fail later.
    if (!crypto::encapsulate(recipient)) return false;
    return organisation_.store().write([&](storage::Database& db) {
        storage::Members members(db);
        const auto member = members.by_invite(token_hash(token), clock_.unix_seconds());
        const bool is_enrolled =
            member && members.enrol(member->member_id, keys.recipient, keys.verify_key,
                                    {.auth_hash = keys.auth_hash,
                                     .keyring = keys.keyring,
                                     .keyring_version = 1,
                                     .recovery_auth_hash = keys.recovery_auth_hash,
                                     .recovery_keyring = keys.recovery_keyring,
                                     .recovery_version = 0});
        if (is_enrolled) {
            record(db, clock_, {.kind = kMemberEnrolled, .member = member->member_id});
        }
        return is_enrolled;
    });
}

std::optional<std::uint32_t> ConsoleAccess::change_passphrase(const Session& session,
                                                              std::uint32_t version,
                                                              const crypto::Hash& auth_hash,
                                                              const crypto::Bytes& keyring) {
    const bool is_stored = organisation_.store().write([&](storage::Database& db) {
        storage::Members members(db);
        const auto before = members.secrets(session.member.member_id);
        if (!members.replace_keyring(session.member.member_id, version, auth_hash, keyring)) {
            return false;
        }
        // The same passphrase: the keyring remembers more, and nobody is to leave for it.
        if (before && crypto::equal_constant_time(before->auth_hash, auth_hash)) return true;
        // Whoever knew the old passphrase is out; this session goes on.
        storage::Sessions sessions(db);
        const auto now = clock_.unix_seconds();
        const auto mine = sessions.find(session.hash, now, kConsoleSession);
        sessions.remove_all(session.member.member_id);
        if (mine) sessions.put(session.hash, *mine);
        return true;
    });
    return is_stored ? std::optional(version + 1) : std::nullopt;
}

bool ConsoleAccess::change_recovery_code(const Session& session, std::uint32_t version,
                                         const crypto::Hash& auth_hash,
                                         const crypto::Bytes& keyring) {
    return organisation_.store().write([&](storage::Database& db) {
        storage::Members members(db);
        const auto secrets = members.secrets(session.member.member_id);
        // The caller proves by the keyring's version that it saw the newest state.
        return secrets && secrets->keyring_version == version &&
               members.replace_recovery(session.member.member_id, secrets->recovery_version,
                                        auth_hash, keyring);
    });
}

void ConsoleAccess::remove_expired() {
    const auto now = clock_.unix_seconds();
    organisation_.store().write(
        [&](storage::Database& db) { storage::Sessions(db).remove_expired(now, kConsoleSession); });
}

}  // namespace tillit::app

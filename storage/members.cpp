#include "storage/members.h"

#include "storage/statement.h"
#include "storage/texts.h"

namespace tillit::storage {
namespace {

#define MEMBER_COLUMNS                                                                \
    "member_id, person_id, login, name, office, role, is_default, status, recipient," \
    " verify_key"

Member read_member(const Statement& s) {
    const auto status = member_status_from(s.text(7));
    if (!status) throw Error(Error::corrupt, "database: unknown member status");
    return {.member_id = s.id(0),
            .person_id = s.id(1),
            .login = s.text(2),
            .name = s.text(3),
            .office = s.text(4),
            .role = s.text(5),
            .is_default = s.integer(6) != 0,
            .status = *status,
            .recipient = s.blob(8),
            .verify_key = s.blob(9)};
}

std::optional<Member> one(Statement& s) {
    if (!s.step()) return std::nullopt;
    return read_member(s);
}

std::uint32_t version_from(std::int64_t value) {
    if (!std::in_range<std::uint32_t>(value)) {
        throw Error(Error::corrupt, "database: version out of range");
    }
    return static_cast<std::uint32_t>(value);
}

}  // namespace

void Members::invite(const Member& member, const Hash& invite_hash,
                     std::int64_t invite_expires_unix) {
    const auto changed =
        Statement(
            db_,
            "INSERT INTO member (member_id, person_id, login, name, office, role, is_default,"
            " status, recipient, verify_key, invite_hash, invite_expires_unix)"
            " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'invited', x'', x'', ?8, ?9)"
            " ON CONFLICT (member_id) DO UPDATE SET name = excluded.name,"
            " office = excluded.office, role = excluded.role, is_default = excluded.is_default,"
            " invite_hash = excluded.invite_hash, invite_expires_unix = "
            "excluded.invite_expires_unix WHERE status = 'invited'")
            .bind(member.member_id)
            .bind(member.person_id)
            .bind(member.login)
            .bind(member.name)
            .bind(member.office)
            .bind(member.role)
            .bind(member.is_default)
            .bind(invite_hash)
            .bind(invite_expires_unix)
            .run();
    if (changed == 0) throw Error(Error::exists, "the member has enrolled already");
}

std::optional<Member> Members::by_id(const Id& member) {
    Statement s(db_, "SELECT " MEMBER_COLUMNS " FROM member WHERE member_id = ?1");
    s.bind(member);
    return one(s);
}

std::optional<Member> Members::by_login(std::string_view login) {
    Statement s(db_, "SELECT " MEMBER_COLUMNS " FROM member WHERE login = ?1");
    s.bind(login);
    return one(s);
}

std::vector<Member> Members::all() {
    Statement s(db_, "SELECT " MEMBER_COLUMNS " FROM member ORDER BY login");
    std::vector<Member> members;
    while (s.step()) members.push_back(read_member(s));
    return members;
}

std::optional<Member> Members::by_invite(const Hash& invite_hash, std::int64_t now_unix) {
    Statement s(db_, "SELECT " MEMBER_COLUMNS
                     " FROM member WHERE invite_hash = ?1 AND invite_expires_unix > ?2"
                     " AND status = 'invited'");
    s.bind(invite_hash).bind(now_unix);
    return one(s);
}

bool Members::enrol(const Id& member, ByteView recipient, ByteView verify_key,
                    const MemberSecrets& secrets) {
    const auto enrolled =
        Statement(db_,
                  "UPDATE member SET status = 'enrolled', recipient = ?2, verify_key = ?3,"
                  " invite_hash = NULL, invite_expires_unix = NULL"
                  " WHERE member_id = ?1 AND status = 'invited' AND invite_hash IS NOT NULL")
            .bind(member)
            .bind(recipient)
            .bind(verify_key)
            .run();
    if (enrolled == 0) return false;
    Statement(db_,
              "INSERT INTO member_secret (member_id, auth_hash, keyring, keyring_version,"
              " recovery_auth_hash, recovery_keyring, recovery_version)"
              " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")
        .bind(member)
        .bind(secrets.auth_hash)
        .bind(secrets.keyring)
        .bind(secrets.keyring_version)
        .bind(secrets.recovery_auth_hash)
        .bind(secrets.recovery_keyring)
        .bind(secrets.recovery_version)
        .run();
    return true;
}

void Members::set_status(const Id& member, MemberStatus status) {
    Statement(db_, "UPDATE member SET status = ?2 WHERE member_id = ?1")
        .bind(member)
        .bind(to_text(status))
        .run();
}

void Members::set_default(const Id& member, bool is_default) {
    Statement(db_, "UPDATE member SET is_default = ?2 WHERE member_id = ?1")
        .bind(member)
        .bind(is_default)
        .run();
}

std::optional<MemberSecrets> Members::secrets(const Id& member) {
    Statement s(db_,
                "SELECT auth_hash, keyring, keyring_version, recovery_auth_hash, recovery_keyring,"
                " recovery_version FROM member_secret WHERE member_id = ?1");
    s.bind(member);
    if (!s.step()) return std::nullopt;
    return MemberSecrets{.auth_hash = s.hash(0),
                         .keyring = s.blob(1),
                         .keyring_version = version_from(s.integer(2)),
                         .recovery_auth_hash = s.hash(3),
                         .recovery_keyring = s.blob(4),
                         .recovery_version = version_from(s.integer(5))};
}

bool Members::replace_keyring(const Id& member, std::uint32_t expected_version,
                              const Hash& auth_hash, ByteView keyring) {
    return Statement(db_,
                     "UPDATE member_secret SET auth_hash = ?3, keyring = ?4,"
                     " keyring_version = keyring_version + 1"
                     " WHERE member_id = ?1 AND keyring_version = ?2")
               .bind(member)
               .bind(expected_version)
               .bind(auth_hash)
               .bind(keyring)
               .run() == 1;
}

bool Members::replace_recovery(const Id& member, std::uint32_t expected_version,
                               const Hash& recovery_auth_hash, ByteView recovery_keyring) {
    return Statement(db_,
                     "UPDATE member_secret SET recovery_auth_hash = ?3, recovery_keyring = ?4,"
                     " recovery_version = recovery_version + 1"
                     " WHERE member_id = ?1 AND recovery_version = ?2")
               .bind(member)
               .bind(expected_version)
               .bind(recovery_auth_hash)
               .bind(recovery_keyring)
               .run() == 1;
}

}  // namespace tillit::storage

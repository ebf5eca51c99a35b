#include "server/cli/account.h"

#include <stdexcept>

#include "crypto/keyring_file.h"
#include "storage/members.h"
#include "storage/organisations.h"

namespace tillit::cli {

namespace {

[[noreturn]] void refuse_secret(const std::string& whose) {
    throw std::runtime_error("that does not open the keyring of " + whose);
}

}  // namespace

Account open_keyring_file(const std::string& path, Passphrases& passphrases) {
    auto file = crypto::parse_keyring_file(read_file(path, crypto::kMaxKeyringFileBytes));
    if (!file) {
        throw std::runtime_error(path + " is no exported keyring (console, “My account”)");
    }
    const auto passphrase = passphrases.next("Passphrase of " + file->login);
    const auto keys = crypto::login_keys(passphrase, file->org, file->login);
    auto keyring =
        crypto::unwrap_keyring(file->keyring, keys.wrap, file->org, file->person, file->version);
    if (!keyring) refuse_secret(file->login);
    return {.member = file->member,
            .person = file->person,
            .login = file->login,
            .keyring = std::move(*keyring),
            .signers_notes = std::move(file->signers_notes)};
}

Account open_stored_keyring(storage::Store& store, const std::string& login, bool by_recovery_code,
                            Passphrases& passphrases) {
    struct Row {
        crypto::Id org;
        storage::Member member;
        storage::MemberSecrets secrets;
    };
    const auto row = store.read([&](storage::Database& db) -> std::optional<Row> {
        storage::Members members(db);
        auto member = members.by_login(login);
        auto secrets = member ? members.secrets(member->member_id) : std::nullopt;
        if (!secrets) return std::nullopt;
        return Row{storage::Organisations(db).get().org_id, std::move(*member),
                   std::move(*secrets)};
    });
    if (!row) throw std::runtime_error("nobody with keys has the login \"" + login + "\"");
    const auto typed =
        passphrases.next((by_recovery_code ? "Recovery code of " : "Passphrase of ") + login);
    std::optional<crypto::Keyring> keyring;
    if (by_recovery_code) {
        if (const auto code = crypto::parse_recovery_code(typed.expose())) {
            const auto keys = crypto::recovery_keys(*code, row->org);
            keyring = crypto::unwrap_keyring(row->secrets.recovery_keyring, keys.wrap, row->org,
                                             row->member.person_id, 0);
        }
    } else {
        const auto keys = crypto::login_keys(typed, row->org, login);
        keyring = crypto::unwrap_keyring(row->secrets.keyring, keys.wrap, row->org,
                                         row->member.person_id, row->secrets.keyring_version);
    }
    if (!keyring) refuse_secret(login);
    return {.member = row->member.member_id,
            .person = row->member.person_id,
            .login = login,
            .keyring = std::move(*keyring),
            .signers_notes = {}};
}

}  // namespace tillit::cli

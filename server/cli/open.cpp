// Reading a case without a browser and without the service: `tillit open`.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <iostream>
#include <stdexcept>

#include "crypto/attachment.h"
#include "crypto/case_key.h"
#include "server/app/clock.h"
#include "server/app/organisation.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/identity_opening.h"
#include "server/cli/new_file.h"
#include "server/cli/thread_text.h"
#include "storage/attachments.h"

namespace tillit::cli {

namespace {

constexpr int kHasFaults = 3;

std::string safe_name(std::size_t number, const std::string& name) {
    std::string safe = std::to_string(number) + "-";
    for (const char c : name.substr(0, 100)) {
        const bool is_plain =
            std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_';
        safe += is_plain ? c : '_';
    }
    return safe;
}

/// Its plaintext to `write`. False: missing or damaged, also where the database itself is.
bool read_whole(storage::Store& store, const ReadCase& in, std::uint64_t epoch,
                const crypto::AttachmentRef& file,
                const std::function<void(crypto::ByteView)>& write) {
    try {
        const auto info = store.read([&](storage::Database& db) {
            return storage::Attachments(db).find(in.grant.case_id, file.id);
        });
        if (!info) return false;
        crypto::AttachmentOpener opener(in.secrets.at(epoch).clone(), file.size, file.stored_hash,
                                        write);
        for (std::uint64_t i = 0; i < info->pieces; ++i) {
            const auto piece = store.read(
                [&](storage::Database& db) { return storage::Attachments(db).piece(info->id, i); });
            if (!opener.write(piece)) return false;
        }
        return opener.finish().has_value();
    } catch (const storage::Error&) {
        return false;
    }
}

/// Writes one file under its cleaned name, or leaves nothing.
bool save(storage::Store& store, const ReadCase& in, std::uint64_t epoch,
          const crypto::AttachmentRef& file, const std::filesystem::path& to) {
    NewFile out(to);
    const auto write = [&out](crypto::ByteView part) { out.write(part); };
    const bool is_good = read_whole(store, in, epoch, file, write);
    if (is_good) out.keep();
    return is_good;
}

/// False if one of them is missing or damaged.
bool save_files(storage::Store& store, const ReadCase& in, const std::string& folder) {
    make_private_folder(folder);
    std::size_t number = 0;
    bool are_all = true;
    for (const auto& entry : in.entries) {
        for (const auto& file : entry.statement.attachments) {
            const auto name = safe_name(++number, file.name);
            const bool is_saved =
                save(store, in, entry.statement.epoch, file, std::filesystem::path(folder) / name);
            std::cout << (is_saved ? "Saved " : "DAMAGED, not saved: ") << name << "\n";
            are_all = are_all && is_saved;
        }
    }
    return are_all;
}

std::vector<Account> open_accounts(const OpenOptions& options, storage::Store& store) {
    if (options.keyring_files.empty() == options.logins.empty()) {
        throw std::runtime_error(
            "say whose keys: --keyring FILE, or --login NAME for the "
            "database's own copy");
    }
    Passphrases passphrases(options.passphrase_file);
    std::vector<Account> accounts;
    for (const auto& file : options.keyring_files) {
        accounts.push_back(open_keyring_file(file, passphrases));
    }
    for (const auto& login : options.logins) {
        accounts.push_back(
            open_stored_keyring(store, login, options.by_recovery_code, passphrases));
    }
    return accounts;
}

int list_cases(storage::Store& store, const Account& account) {
    const auto cases = cases_of(store, account.member);
    for (const auto& row : cases) {
        std::cout << crypto::short_case_id(row.case_id) << "  of " << day_text(row.received_day)
                  << "  " << crypto::to_base64url(row.case_id) << "\n";
    }
    std::cout << cases.size() << " cases; --case opens one\n";
    return 0;
}

void print_identity(const crypto::Identity& identity) {
    std::cout << "\n--- The reporter's name. This opening has been recorded for all who are to see "
                 "it.\n";
    if (!identity.given) {
        std::cout << "None was given.\n";
        return;
    }
    std::cout << quoted(identity.name) << quoted(identity.contact);
}

ReadCase read_the_case(storage::Store& store, const Account& account, const KnownDirectory& known,
                       const crypto::Hash& case_id) {
    auto sealed = load_case(store, case_id, account.member);
    if (!sealed) throw std::runtime_error(account.login + " holds no key to this case");
    return read_case(std::move(*sealed), account, known);
}

}  // namespace

int run_open(const OpenOptions& options) {
    const DataDir data(options.data);
    app::Organisation organisation(data.open(data.choose(options.slug)), app::Clock::system());
    auto& store = organisation.store();
    const auto accounts = open_accounts(options, store);
    const auto& account = accounts.front();
    const auto known = known_directory(store, account, organisation.clock().today());
    for (const auto& warning : known.warnings) std::cout << "LOOK: " << visible(warning) << "\n";
    if (options.case_id.empty()) return list_cases(store, account);
    const auto case_id = find_case(store, account.member, options.case_id);
    if (!case_id) {
        throw std::runtime_error(account.login +
                                 " holds a key to no such case: " + options.case_id);
    }
    const auto in = read_the_case(store, account, known, *case_id);
    std::cout << "Case " << crypto::short_case_id(*case_id) << " of "
              << day_text(in.sealed.row.received_day) << "\n";
    for (const auto& fault : in.faults) std::cout << "LOOK: " << visible(fault) << "\n";
    if (!in.grant.secret) std::cout << "A custodian guards the name and reads no thread.\n";
    std::cout << thread_text(in.entries, known) << notes_text(in.notes, known);
    bool is_whole = in.faults.empty();
    if (!options.out.empty() && in.grant.secret) {
        is_whole = save_files(store, in, options.out) && is_whole;
    }
    if (options.is_identity) {
        const Account* guards = accounts.size() > 1 ? &accounts[1] : nullptr;
        print_identity(open_the_identity(organisation, in, account, guards, known));
    }
    std::cout << std::flush;
    return is_whole ? 0 : kHasFaults;
}

}  // namespace tillit::cli

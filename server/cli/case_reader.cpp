#include "server/cli/case_reader.h"

#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "crypto/case_key.h"
#include "crypto/case_thread.h"
#include "crypto/grant.h"
#include "server/cli/review.h"
#include "storage/cases.h"
#include "storage/directories.h"
#include "storage/envelopes.h"

namespace tillit::cli {

namespace {

crypto::HybridRecipient recipient_of(const crypto::Bytes& bytes) {
    crypto::HybridRecipient recipient{};
    if (bytes.size() != recipient.size()) throw std::runtime_error("the case's keys are broken");
    std::ranges::copy(bytes, recipient.begin());
    return recipient;
}

/// The database's notes must go on from those that the account's client verified before.
void check_pinned(const std::vector<std::string>& stored, const std::vector<std::string>& pinned) {
    const bool goes_on =
        stored.size() >= pinned.size() && std::equal(pinned.begin(), pinned.end(), stored.begin());
    if (!goes_on) {
        throw std::runtime_error(
            "the signers in this database are not those that the keyring knows: another "
            "organisation, or an older state of it");
    }
}

std::string name_of(const KnownDirectory& known, const crypto::Id& author) {
    if (author == crypto::kReporter) return "the reporter";
    const auto* member = known.find(author);
    return member == nullptr ? "somebody unknown" : member->name;
}

/// Everybody whose signatures count: those listed now and those who have left since.
std::vector<crypto::DirectoryMember> all_authors(const KnownDirectory& known) {
    auto all = known.newest.members;
    for (const auto& directory : known.earlier) {
        // Who changed keys is listed twice, each time for what was written then.
        all.insert(all.end(), directory.members.begin(), directory.members.end());
    }
    return all;
}

/// A colleague's grant, signed by a handler of the directory; it must give this case's id anew.
std::optional<crypto::EpochGrant> open_colleagues_grant(const SealedCase& sealed,
                                                        const Account& account,
                                                        const KnownDirectory& known) {
    const auto key = [&](const crypto::Author& author) -> std::optional<crypto::VerifyKey> {
        const auto* member = known.find(author);
        if (member == nullptr || !crypto::is_handler(member->role)) return std::nullopt;
        return member->verify_key;
    };
    auto grant = crypto::open_epoch_grant(sealed.grant, account.keyring.identity, account.member,
                                          known.newest.org, sealed.row.case_id, key);
    if (!grant || grant->first_epoch != 0) return std::nullopt;
    const auto made =
        crypto::case_id(known.newest.org, crypto::hybrid_recipient(grant->secrets.front()),
                        recipient_of(sealed.row.reporter_recipient), grant->verify_key);
    if (made != sealed.row.case_id) return std::nullopt;
    return std::move(*grant);
}

void add_thread(ReadCase& in, crypto::CaseThread& thread) {
    for (const auto& copy : in.sealed.epochs) thread.offer(copy.epoch, copy.sealed);
    for (const auto& stored : in.sealed.envelopes) {
        const auto before = thread.entries().size();
        thread.add(stored.sealed, stored.position, static_cast<std::uint64_t>(stored.day));
        if (thread.entries().size() == before) continue;
        const auto& entry = thread.entries().back();
        in.entries.push_back({.day = stored.day, .hash = entry.hash, .statement = entry.statement});
        const auto epoch = entry.statement.epoch;
        if (!in.secrets.contains(epoch)) in.secrets.emplace(epoch, thread.secret(epoch).clone());
        if (stored.author != entry.statement.from || stored.seq != entry.statement.seq ||
            stored.hash != entry.hash) {
            in.faults.push_back("Entry " + std::to_string(stored.position) +
                                " is filed as something else than it is.");
        }
    }
    for (const auto& fault : thread.faults()) {
        in.faults.push_back("Entry " + std::to_string(fault.position) +
                            " does not hold: " + std::string(crypto::to_text(fault.what)) + ".");
    }
    if (thread.is_shut()) in.faults.emplace_back("This account holds no key to what came later.");
}

void check_manifest(ReadCase& in, const crypto::CaseThread& thread) {
    const auto report = std::ranges::find_if(
        in.entries, [](const auto& entry) { return entry.statement.manifest.has_value(); });
    if (report == in.entries.end()) {
        in.faults.emplace_back("The report itself is missing.");
        return;
    }
    const auto& manifest = *report->statement.manifest;
    std::vector<crypto::Id> listed;
    const crypto::Holder* mine = nullptr;
    for (const auto& holder : thread.holders()) {
        if (!holder.is_leaving) listed.push_back(holder.member);
        if (holder.member == in.grant.to) mine = &holder;
    }
    auto stored = in.sealed.grantees;
    std::ranges::sort(listed);
    std::ranges::sort(stored);
    if (listed != stored) {
        in.faults.emplace_back("Those who hold keys are not those who were given keys.");
    }
    if (mine == nullptr || mine->grant_hash != crypto::sha256(in.sealed.grant)) {
        in.faults.emplace_back("This key is not the one that was made for this account.");
    }
    if (manifest.identity_hash != crypto::sha256(in.sealed.identity)) {
        in.faults.emplace_back("The sealed name is not the one that came with the report.");
    }
}

void check_chains(ReadCase& in, const KnownDirectory& known) {
    std::vector<crypto::ChainEntry> chain;
    for (const auto& entry : in.entries) chain.push_back({entry.hash, &entry.statement});
    for (const auto& fault : crypto::check_chains(chain)) {
        const auto place = name_of(known, fault.author) + ", message " + std::to_string(fault.seq);
        using What = crypto::ChainFault::What;
        in.faults.push_back(fault.what == What::fork ? "There are two of: " + place + "."
                            : fault.what == What::gap
                                ? "What came before is missing: " + place + "."
                                : "Somebody has seen what is not here: " + place + ".");
    }
}

/// What the console remembered of this case in the keyring must still be there. `chain`: "cases" of
/// threads, "notes" of internal notes. `holds`: whether an entry has that seq and hash.
void check_memory(ReadCase& in, const Account& account, const KnownDirectory& known,
                  const char* chain,
                  const std::function<bool(const nlohmann::json&, const nlohmann::json&)>& holds) {
    const auto memory =
        nlohmann::json::parse(account.keyring.heads.expose_text(), nullptr, /*exceptions=*/false);
    if (!memory.is_object() || !memory.contains(chain)) return;
    const auto heads = memory[chain].find(crypto::to_base64url(in.grant.case_id));
    if (heads == memory[chain].end() || !heads->is_object()) return;
    for (const auto& item : heads->items()) {
        const std::string& author = item.key();
        const auto& head = item.value();
        if (head.is_array() && head.size() == 2 && holds(head[0], head[1])) continue;
        const auto id = crypto::array_from_base64url<16>(author);
        in.faults.push_back("This account has seen a later " +
                            std::string(chain == std::string_view("notes") ? "note" : "message") +
                            " than is here, of " + (id ? name_of(known, *id) : author) + ".");
    }
}

void check_memory(ReadCase& in, const Account& account, const KnownDirectory& known) {
    check_memory(in, account, known, "cases", [&](const auto& seq, const auto& hash) {
        return std::ranges::any_of(in.entries, [&](const auto& entry) {
            return seq == entry.statement.seq && hash == crypto::to_base64url(entry.hash);
        });
    });
    check_memory(in, account, known, "notes", [&](const auto& seq, const auto& hash) {
        return std::ranges::any_of(in.notes, [&](const auto& entry) {
            return seq == entry.note.seq && hash == crypto::to_base64url(entry.hash);
        });
    });
}

void add_notes(ReadCase& in, const crypto::CaseReader& reader, const crypto::CaseThread& thread,
               const KnownDirectory& known) {
    auto notes = read_notes(in.sealed.notes, reader, thread,
                            [&](const crypto::Id& author) { return name_of(known, author); });
    in.notes = std::move(notes.entries);
    in.faults.insert(in.faults.end(), notes.faults.begin(), notes.faults.end());
}

}  // namespace

const crypto::DirectoryMember* KnownDirectory::find(const crypto::Id& member) const {
    const auto in = [&](const crypto::Directory& directory) -> const crypto::DirectoryMember* {
        const auto found =
            std::ranges::find(directory.members, member, &crypto::DirectoryMember::member);
        return found == directory.members.end() ? nullptr : &*found;
    };
    if (const auto* found = in(newest)) return found;
    for (const auto& directory : earlier) {
        if (const auto* found = in(directory)) return found;
    }
    return nullptr;
}

std::string KnownDirectory::doubt_about(std::uint64_t version, const crypto::Hash& its_hash,
                                        storage::Day received) const {
    if (version == newest.version && its_hash == hash) return {};
    const crypto::Directory* after = &newest;
    for (const auto& directory : earlier) {
        if (directory.version == version && after->previous == its_hash) {
            // A page may have been open over midnight, so the day after is no ground for doubt.
            if (received <= static_cast<storage::Day>(after->day) + 1) return {};
            return "It was sealed to the readers of version " + std::to_string(version) +
                   ", which had been replaced on " +
                   day_text(static_cast<storage::Day>(after->day)) +
                   ": prepared offline before that, or shown an old list.";
        }
        after = &directory;
    }
    return "It was sealed to the readers of a directory that nobody here has published.";
}

KnownDirectory known_directory(storage::Store& store, const Account& account, storage::Day today) {
    const auto [signers_notes, notes] = store.read([](storage::Database& db) {
        storage::Directories directories(db);
        return std::pair(directories.signers_notes(), directories.all_directories());
    });
    check_pinned(signers_notes, account.signers_notes);
    const auto chain = crypto::verify_signers_chain(signers_notes);
    if (!chain) throw std::runtime_error("the signers notes: " + reason(chain.error()));
    if (notes.empty()) throw std::runtime_error("there is no directory");
    auto newest = crypto::verify_directory(notes.back(), chain->back(), /*today=*/0);
    if (!newest) throw std::runtime_error("the directory: " + reason(newest.error()));
    KnownDirectory known{.newest = std::move(*newest),
                         .hash = crypto::note_hash(notes.back()),
                         .earlier = {},
                         .warnings = {}};
    known.earlier = crypto::earlier_directories(notes, known.newest);
    if (today > static_cast<storage::Day>(known.newest.expires_day)) {
        known.warnings.emplace_back("The directory has expired.");
    }
    return known;
}

std::optional<SealedCase> load_case(storage::Store& store, const crypto::Hash& case_id,
                                    const crypto::Id& member) {
    return store.read([&](storage::Database& db) -> std::optional<SealedCase> {
        storage::Cases cases(db);
        auto row = cases.find(case_id);
        auto grant = cases.grant(case_id, member);
        if (!row || !grant) return std::nullopt;
        return SealedCase{.row = std::move(*row),
                          .grant = std::move(*grant),
                          .identity = cases.identity(case_id).value_or(crypto::Bytes{}),
                          .grantees = cases.grantees(case_id),
                          .envelopes = storage::Envelopes(db).thread(case_id),
                          .requests = storage::IdentityRequests(db).of_case(case_id, member),
                          .epochs = storage::Epochs(db).copies(case_id, member),
                          .notes = load_notes(db, case_id, member)};
    });
}

std::vector<storage::InboxRow> cases_of(storage::Store& store, const crypto::Id& member) {
    return store.read([&](storage::Database& db) {
        std::vector<storage::InboxRow> all;
        storage::InboxPage page;
        for (;;) {
            const auto rows = storage::Cases(db).inbox(member, page);
            all.insert(all.end(), rows.begin(), rows.end());
            if (rows.size() < page.limit) return all;
            page.after = storage::InboxPage::Cursor{rows.back().received_day, rows.back().case_id};
        }
    });
}

std::optional<crypto::Hash> find_case(storage::Store& store, const crypto::Id& member,
                                      const std::string& wanted) {
    std::vector<crypto::Hash> found;
    for (const auto& row : cases_of(store, member)) {
        const bool is_it = crypto::short_case_id(row.case_id) == wanted ||
                           crypto::to_base64url(row.case_id) == wanted;
        if (is_it) found.push_back(row.case_id);
    }
    if (found.size() != 1) return std::nullopt;
    return found.front();
}

crypto::Grant open_own_grant(const SealedCase& sealed, const Account& account,
                             const crypto::Id& org) {
    auto grant = crypto::open_grant(sealed.grant, account.keyring.identity, org, sealed.row.case_id,
                                    recipient_of(sealed.row.case_recipient),
                                    recipient_of(sealed.row.reporter_recipient));
    if (!grant || grant->to != account.member) {
        throw std::runtime_error("the key of " + account.login + " to this case does not hold");
    }
    return std::move(*grant);
}

ReadCase read_case(SealedCase sealed, const Account& account, const KnownDirectory& known) {
    auto from_colleague = open_colleagues_grant(sealed, account, known);
    std::vector<crypto::AgeSeed> secrets;
    crypto::Grant grant;
    if (from_colleague) {
        grant.org = from_colleague->org;
        grant.case_id = from_colleague->case_id;
        grant.to = account.member;
        grant.secret = from_colleague->secrets.front().clone();
        grant.share = std::move(from_colleague->share);
        grant.verify_key = from_colleague->verify_key;
        secrets = std::move(from_colleague->secrets);
    } else {
        grant = open_own_grant(sealed, account, known.newest.org);
        if (grant.secret) secrets.push_back(grant.secret->clone());
    }
    const bool is_by_reporter = !from_colleague;
    ReadCase in{.sealed = std::move(sealed),
                .grant = std::move(grant),
                .entries = {},
                .notes = {},
                .secrets = {},
                .faults = {}};
    if (is_by_reporter) {
        auto doubt =
            known.doubt_about(in.grant.dir_version, in.grant.dir_hash, in.sealed.row.received_day);
        if (!doubt.empty()) in.faults.push_back(std::move(doubt));
    }
    if (secrets.empty()) return in;
    const auto authors = all_authors(known);
    const crypto::CaseReader reader{
        .org = known.newest.org,
        .case_id = in.grant.case_id,
        .me = account.member,
        .identity = account.keyring.identity,
        .reporter_key = in.grant.verify_key,
        .reporter_recipient = recipient_of(in.sealed.row.reporter_recipient),
        .directory = authors};
    crypto::CaseThread thread(reader, std::move(secrets));
    add_thread(in, thread);
    if (const auto* manifest = thread.manifest()) in.grant.excluded = manifest->excluded;
    check_manifest(in, thread);
    check_chains(in, known);
    add_notes(in, reader, thread, known);
    check_memory(in, account, known);
    return in;
}

}  // namespace tillit::cli

#include "server/cli/case_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "crypto/case_key.h"
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

/// One stored envelope, or why it does not count.
crypto::Result<ReadEntry, std::string> open_one(const storage::StoredEnvelope& stored,
                                                const ReadCase& in, const KnownDirectory& known) {
    using crypto::unexpected;
    const auto* identity = case_identity_for(in.grant, in.grant.epoch);
    auto envelope = crypto::open_envelope(stored.sealed, *identity);
    if (!envelope) return unexpected(std::string("does not open with the key of this case"));
    const auto from = envelope->claimed_author();
    const auto* member = known.find(from);
    if (from != crypto::kReporter && member == nullptr) {
        return unexpected(std::string("is by somebody who stands in no directory"));
    }
    const auto holds_key = std::ranges::find(in.sealed.grantees, from) != in.sealed.grantees.end();
    if (from != crypto::kReporter && !holds_key) {
        return unexpected(std::string("is by somebody who holds no key to this case"));
    }
    const auto& key = from == crypto::kReporter ? in.grant.verify_key : member->verify_key;
    auto statement =
        std::move(*envelope).verify(key, in.grant.org, in.grant.case_id, in.grant.epoch);
    if (!statement) return unexpected(std::string("is not signed by who it says"));
    const auto hash = crypto::envelope_hash(stored.sealed);
    if (stored.author != from || stored.seq != statement->seq || stored.hash != hash) {
        return unexpected(std::string("is filed as something else than it is"));
    }
    return ReadEntry{.day = stored.day, .hash = hash, .statement = std::move(*statement)};
}

void check_manifest(ReadCase& in) {
    const auto report = std::ranges::find_if(
        in.entries, [](const auto& entry) { return entry.statement.manifest.has_value(); });
    if (report == in.entries.end()) {
        in.faults.emplace_back("The report itself is missing.");
        return;
    }
    const auto& manifest = *report->statement.manifest;
    std::vector<crypto::Id> listed;
    for (const auto& grant : manifest.grants) listed.push_back(grant.member);
    auto stored = in.sealed.grantees;
    std::ranges::sort(listed);
    std::ranges::sort(stored);
    if (listed != stored) {
        in.faults.emplace_back("Those who hold keys are not those whom the reporter gave keys.");
    }
    const auto mine =
        std::ranges::find(manifest.grants, in.grant.to, &crypto::ManifestGrant::member);
    if (mine == manifest.grants.end() || mine->sha256 != crypto::sha256(in.sealed.grant)) {
        in.faults.emplace_back("This key is not the one that the reporter made.");
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

/// What the console remembered of this case in the keyring must still be there.
void check_memory(ReadCase& in, const Account& account, const KnownDirectory& known) {
    const auto memory =
        nlohmann::json::parse(account.keyring.heads.expose_text(), nullptr, /*exceptions=*/false);
    if (!memory.is_object() || !memory.contains("cases")) return;
    const auto heads = memory["cases"].find(crypto::to_base64url(in.grant.case_id));
    if (heads == memory["cases"].end() || !heads->is_object()) return;
    for (const auto& [author, head] : heads->items()) {
        const bool is_there = std::ranges::any_of(in.entries, [&](const auto& entry) {
            return head.is_array() && head.size() == 2 && head[0] == entry.statement.seq &&
                   head[1] == crypto::to_base64url(entry.hash);
        });
        const auto id = crypto::array_from_base64url<16>(author);
        if (!is_there) {
            in.faults.push_back("This account has seen a later message than is here, of " +
                                (id ? name_of(known, *id) : author) + ".");
        }
    }
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
                          .requests = storage::IdentityRequests(db).of_case(case_id, member)};
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

const crypto::AgeSeed* case_identity_for(const crypto::Grant& grant, std::uint64_t epoch) {
    return grant.secret && grant.epoch == epoch ? &*grant.secret : nullptr;
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
    auto grant = open_own_grant(sealed, account, known.newest.org);
    ReadCase in{
        .sealed = std::move(sealed), .grant = std::move(grant), .entries = {}, .faults = {}};
    auto doubt =
        known.doubt_about(in.grant.dir_version, in.grant.dir_hash, in.sealed.row.received_day);
    if (!doubt.empty()) in.faults.push_back(std::move(doubt));
    if (case_identity_for(in.grant, in.grant.epoch) == nullptr) return in;
    for (const auto& stored : in.sealed.envelopes) {
        auto entry = open_one(stored, in, known);
        if (entry) {
            in.entries.push_back(std::move(*entry));
        } else {
            in.faults.push_back("Entry " + std::to_string(stored.position) + " " + entry.error() +
                                ".");
        }
    }
    check_manifest(in);
    check_chains(in, known);
    check_memory(in, account, known);
    return in;
}

}  // namespace tillit::cli

#include "server/cli/publication.h"

#include <algorithm>
#include <stdexcept>

#include "server/app/log.h"
#include "server/cli/review.h"
#include "storage/directories.h"
#include "storage/members.h"
#include "storage/organisations.h"

namespace tillit::cli {

namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& why) {
    throw std::runtime_error(what + " is refused: " + why);
}

std::vector<crypto::SignersNote> stored_signers(storage::Directories& directories) {
    const auto notes = directories.signers_notes();
    if (notes.empty()) {
        throw std::runtime_error(
            "there are no signers yet: `tillit signer create`, then `tillit signers propose`");
    }
    auto chain = crypto::verify_signers_chain(notes);
    if (!chain) refuse("the stored chain of signers notes", reason(chain.error()));
    return std::move(*chain);
}

crypto::DirectoryMember listed(const storage::Member& member, const crypto::Directory* before,
                               std::uint64_t today) {
    crypto::DirectoryMember out{.member = member.member_id,
                                .person = member.person_id,
                                .name = member.name,
                                .office = member.office,
                                .since_day = today,
                                .is_default = member.is_default};
    const auto role = crypto::role_from_text(member.role);
    if (!role || member.recipient.size() != out.recipient.size() ||
        member.verify_key.size() != out.verify_key.size()) {
        throw std::runtime_error("the keys or role of " + member.login + " are broken");
    }
    out.role = *role;
    std::ranges::copy(member.recipient, out.recipient.begin());
    std::ranges::copy(member.verify_key, out.verify_key.begin());
    if (before == nullptr) return out;
    for (const auto& known : before->members) {
        const bool is_same = known.member == out.member && known.recipient == out.recipient &&
                             known.verify_key == out.verify_key && known.person == out.person;
        if (is_same) out.since_day = known.since_day;
    }
    return out;
}

bool stands_in_directory(const storage::Member& member) {
    return member.status == storage::MemberStatus::enrolled ||
           member.status == storage::MemberStatus::active;
}

/// Signed names and keys are those that people enrolled with here; else grants would go nowhere.
void check_members(storage::Members& members, const crypto::Directory& directory) {
    for (const auto& member : directory.members) {
        const auto row = members.by_id(member.member);
        const bool is_here = row && stands_in_directory(*row) && row->person_id == member.person &&
                             std::ranges::equal(row->recipient, member.recipient) &&
                             std::ranges::equal(row->verify_key, member.verify_key);
        if (!is_here)
            refuse("the directory", member.name + " is not enrolled here with these keys");
    }
}

std::uint64_t store_directory(storage::Database& db, const std::string& text,
                              const crypto::SignersNote& signers, const app::Clock& clock) {
    storage::Directories directories(db);
    storage::Members members(db);
    const auto today = static_cast<std::uint64_t>(clock.today());
    const auto before = directories.newest_directory();
    auto directory = crypto::verify_directory(text, signers, today);
    if (directory && before) {
        const auto previous = crypto::unverified_directory(*before);
        if (!previous) refuse("the stored directory", "it cannot be read");
        directory = crypto::verify_next_directory(text, signers, today, *previous,
                                                  crypto::note_hash(*before));
    }
    if (!directory) refuse("the directory", reason(directory.error()));
    if (!before && directory->version != 1) {
        refuse("the directory", reason(crypto::DirectoryError::wrong_order));
    }
    if (directory->day > today) refuse("the directory", "it is dated in the future");
    check_members(members, *directory);
    directories.put_directory(directory->version, text);
    for (const auto& member : directory->members) {
        members.set_status(member.member, storage::MemberStatus::active);
    }
    app::record(db, clock, {.kind = app::kDirectoryPublished, .object = crypto::note_hash(text)});
    return directory->version;
}

void change_signers(crypto::SignersNote& note, const SignersChange& change) {
    for (const auto& name : change.remove) {
        const auto removed =
            std::erase_if(note.signers, [&](const auto& signer) { return signer.name == name; });
        if (removed == 0) throw std::runtime_error("there is no signer named \"" + name + "\"");
    }
    note.signers.insert(note.signers.end(), change.add.begin(), change.add.end());
    note.threshold = change.threshold.value_or(note.threshold);
    note.log_key = change.log_key;
}

}  // namespace

crypto::Proposal propose_directory(storage::Store& store, storage::Day today, int days,
                                   const std::optional<std::string>& next_signers) {
    return store.read([&](storage::Database& db) {
        storage::Directories directories(db);
        const auto chain = stored_signers(directories);
        crypto::Proposal proposal{.signers_notes = directories.signers_notes(),
                                  .directory = directories.newest_directory().value_or(""),
                                  .note = {}};
        if (next_signers) {
            const auto next = crypto::verify_next_signers_note(*next_signers, chain.back());
            if (!next) refuse("the signers note", reason(next.error()));
            proposal.signers_notes.push_back(*next_signers);
        }
        const auto before = crypto::unverified_directory(proposal.directory);
        const auto day = static_cast<std::uint64_t>(today);
        crypto::Directory draft{
            .org = chain.back().org,
            .version = before ? before->version + 1 : 1,
            .day = day,
            .expires_day = day + static_cast<std::uint64_t>(days),
            .previous = before ? crypto::note_hash(proposal.directory) : crypto::Hash{},
            .members = {}};
        for (const auto& member : storage::Members(db).all()) {
            if (!stands_in_directory(member)) continue;
            draft.members.push_back(listed(member, before ? &*before : nullptr, day));
        }
        proposal.note = crypto::sign_directory(draft, {});
        return proposal;
    });
}

crypto::Proposal propose_signers(storage::Store& store, const SignersChange& change) {
    return store.read([&](storage::Database& db) {
        storage::Directories directories(db);
        crypto::Proposal proposal{.signers_notes = directories.signers_notes(),
                                  .directory = directories.newest_directory().value_or(""),
                                  .note = {}};
        crypto::SignersNote note{.number = 0, .org = storage::Organisations(db).get().org_id};
        if (!proposal.signers_notes.empty()) {
            note = stored_signers(directories).back();
            ++note.number;
        }
        change_signers(note, change);
        proposal.note = crypto::sign_signers_note(note, {});
        if (!crypto::unverified_signers_note(proposal.note)) {
            throw std::runtime_error(
                "signers are 2 to 5 people with keys of their own, at least one of them not an "
                "administrator, and 2 or more of them must sign");
        }
        return proposal;
    });
}

std::uint64_t publish_directory(storage::Store& store, const crypto::Proposal& proposal,
                                const app::Clock& clock) {
    return store.write([&](storage::Database& db) {
        storage::Directories directories(db);
        return store_directory(db, proposal.note, stored_signers(directories).back(), clock);
    });
}

std::uint64_t publish_signers(storage::Store& store, const crypto::Proposal& proposal,
                              const crypto::Proposal* directory, const app::Clock& clock) {
    return store.write([&](storage::Database& db) {
        storage::Directories directories(db);
        const bool is_first = directories.signers_notes().empty();
        const auto next = is_first ? crypto::verify_first_signers_note(proposal.note)
                                   : crypto::verify_next_signers_note(
                                         proposal.note, stored_signers(directories).back());
        if (!next) refuse("the signers note", reason(next.error()));
        if (next->org != storage::Organisations(db).get().org_id) {
            refuse("the signers note", reason(crypto::DirectoryError::wrong_org));
        }
        directories.put_signers_note(next->number, proposal.note);
        app::record(db, clock,
                    {.kind = app::kSignersPublished, .object = crypto::note_hash(proposal.note)});
        if (directory != nullptr) {
            store_directory(db, directory->note, *next, clock);
        } else if (const auto in_use = directories.newest_directory();
                   in_use && !crypto::verify_directory(*in_use, *next, /*today=*/0)) {
            // Without this check the portal would close until somebody wondered why.
            refuse("the signers note",
                   "too few of the new signers have signed the directory in use. Propose a "
                   "directory with --signers, have it signed, and publish both with --directory");
        }
        return next->number;
    });
}

}  // namespace tillit::cli

#include "server/app/case_keys.h"

#include <algorithm>

#include "crypto/epoch_grant.h"
#include "server/app/holders.h"
#include "server/app/thread_writing.h"
#include "storage/cases.h"
#include "storage/notes.h"

namespace tillit::app {

namespace {

using crypto::unexpected;
using storage::Database;
using Refused = KeysRefusal;

std::string_view type_of(ReporterAct act) {
    switch (act) {
        case ReporterAct::epoch:
            return "epoch";
        case ReporterAct::rekey:
            return "rekey";
        case ReporterAct::door:
            return "door";
        case ReporterAct::reply:
            return "reply";
    }
    return {};
}

crypto::Bytes statement_of(const crypto::Id& org, const crypto::Hash& case_id,
                           const crypto::Hash& envelope, const NewWords* words) {
    crypto::Bytes bytes;
    const auto add = [&](const auto& part) { bytes.insert(bytes.end(), part.begin(), part.end()); };
    add(org);
    add(case_id);
    if (words != nullptr) {
        add(words->lookup_hash);
        add(words->verify_key);
    }
    add(envelope);
    return bytes;
}

bool is_sealed(const EpochAct& epoch) {
    return crypto::is_sealed_envelope(epoch.act.sealed) && is_sealed_grant(epoch.reporter_copy) &&
           std::ranges::all_of(epoch.grants,
                               [](const auto& g) { return is_sealed_grant(g.sealed); });
}

storage::NewEnvelope envelope_of(const crypto::Author& author, const SealedAct& act) {
    return {.author = author,
            .epoch = act.epoch,
            .seq = act.seq,
            .prev = act.prev,
            .hash = crypto::envelope_hash(act.sealed),
            .sealed = act.sealed};
}

/// Stores the envelope of the act and its event, or nothing.
KeysResult append(Database& db, const Organisation& organisation, const crypto::Hash& case_id,
                  const crypto::Author& author, const SealedAct& act, std::string_view kind) {
    const auto envelope = envelope_of(author, act);
    const bool is_good_act =
        !act.signed_act || is_signed_by(db, organisation.settings().org_id, author, kind,
                                        envelope.hash, *act.signed_act);
    if (!is_good_act) return unexpected(Refused::wrong_act);
    switch (append_to_thread(db, organisation.clock(), case_id, envelope, kind, act.signed_act)) {
        case storage::AppendResult::stored:
            return std::monostate{};
        case storage::AppendResult::no_such_case:
            return unexpected(Refused::no_such_case);
        case storage::AppendResult::case_closed:
            return unexpected(Refused::closed);
        case storage::AppendResult::other_epoch:
            return unexpected(Refused::other_epoch);
        case storage::AppendResult::not_successor:
        case storage::AppendResult::thread_full:  // acts are no messages
            break;
    }
    return unexpected(Refused::not_successor);
}

// The last epochs are the reporter's: no member can use up what a change of words needs.
constexpr std::uint64_t kMaxMembersEpoch = 24;

/// The handling identities that a newcomer gets are those that the giver has (§7.11), so that she
/// reads every note; the giver reads again if a colleague made one meanwhile.
bool are_all_of(std::vector<storage::EpochCopy> held,
                const std::vector<storage::EpochCopy>& given) {
    const auto same = [](const auto& a, const auto& b) { return a.epoch == b.epoch; };
    held.erase(std::unique(held.begin(), held.end(), same), held.end());
    return std::ranges::is_permutation(held, given, {}, &storage::EpochCopy::epoch,
                                       &storage::EpochCopy::epoch);
}

/// All checks come before anything is written: one transaction keeps what it wrote.
KeysResult begin(Database& db, const Organisation& organisation, const crypto::Hash& case_id,
                 const crypto::Author& author, const EpochAct& epoch, std::string_view kind) {
    const auto last = author == crypto::kReporter ? crypto::kMaxEpoch : kMaxMembersEpoch;
    if (epoch.act.epoch >= last) return unexpected(Refused::too_many);
    auto leaving = readers_of(db, case_id);
    for (const auto& grant : epoch.grants) {
        const auto held = std::ranges::find(leaving, grant.member_id);
        if (held == leaving.end()) return unexpected(Refused::wrong_holders);
        leaving.erase(held);
    }
    const bool is_author_left_out = std::ranges::find(leaving, author) != leaving.end();
    if (epoch.grants.empty() || is_author_left_out) return unexpected(Refused::wrong_holders);
    if (auto stored = append(db, organisation, case_id, author, epoch.act, kind); !stored)
        return stored;
    storage::Epochs(db).begin(case_id, epoch.grants, epoch.reporter_copy, leaving);
    return std::monostate{};
}

}  // namespace

bool is_signed_by_reporter(Database& db, ReporterAct act, const crypto::Id& org,
                           const crypto::Hash& case_id, const crypto::Hash& envelope,
                           const crypto::Signature& signature, const NewWords* words) {
    const auto statement = statement_of(org, case_id, envelope, words);
    return crypto::verify_statement(type_of(act), statement, signature,
                                    storage::Epochs(db).reporter_key(case_id));
}

crypto::Signature sign_reporter_act(ReporterAct act, const crypto::SigningSeed& reporter,
                                    const crypto::Id& org, const crypto::Hash& case_id,
                                    const crypto::Hash& envelope, const NewWords* words) {
    return crypto::sign_statement(type_of(act), statement_of(org, case_id, envelope, words),
                                  reporter);
}

KeysResult CaseKeys::give_access(const crypto::Hash& case_id, const crypto::Id& member,
                                 const SealedAct& act, const storage::NewGrant& grant,
                                 const std::vector<storage::EpochCopy>& handling) {
    const bool are_sealed =
        crypto::is_sealed_envelope(act.sealed) && is_sealed_grant(grant.sealed) &&
        std::ranges::all_of(handling, [](const auto& h) { return is_sealed_grant(h.sealed); });
    if (!are_sealed) return unexpected(Refused::not_sealed);
    const auto directory = organisation_.readers();
    return organisation_.store().write([&](Database& db) -> KeysResult {
        storage::Cases cases(db);
        if (!cases.has_grant(case_id, member)) return unexpected(Refused::no_such_case);
        const auto* to = directory ? directory->find(grant.member_id) : nullptr;
        const bool may_get_it = to != nullptr && can_come_in(db, grant.member_id) &&
                                !cases.has_grant(case_id, grant.member_id);
        if (!may_get_it) return unexpected(Refused::wrong_holders);
        storage::Notes notes(db);
        if (!are_all_of(notes.handling(case_id, member), handling)) {
            return unexpected(Refused::not_successor);
        }
        auto stored = append(db, organisation_, case_id, member, act, kAccessGiven);
        if (!stored) return stored;
        crypto::ensure(storage::Epochs(db).add_holder(case_id, grant));  // looked at above
        for (const auto& copy : handling) {
            notes.add_handling(case_id, copy.epoch, {grant.member_id, copy.sealed});
        }
        return std::monostate{};
    });
}

KeysResult CaseKeys::leave(const crypto::Hash& case_id, const crypto::Id& member,
                           const SealedAct& act) {
    if (!crypto::is_sealed_envelope(act.sealed)) return unexpected(Refused::not_sealed);
    return organisation_.store().write([&](Database& db) -> KeysResult {
        if (!storage::Cases(db).has_grant(case_id, member)) {
            return unexpected(Refused::no_such_case);
        }
        const auto readers = readers_of(db, case_id);
        const bool somebody_stays = std::ranges::any_of(readers, [&](const auto& reader) {
            return reader != member && can_come_in(db, reader);
        });
        if (!somebody_stays) return unexpected(Refused::last_reader);
        auto stored = append(db, organisation_, case_id, member, act, kRecused);
        if (!stored) return stored;
        storage::Epochs(db).remove_holder(case_id, member);
        return std::monostate{};
    });
}

KeysResult CaseKeys::begin_epoch(const crypto::Hash& case_id, const crypto::Id& member,
                                 const EpochAct& epoch) {
    if (!is_sealed(epoch)) return unexpected(Refused::not_sealed);
    return organisation_.store().write([&](Database& db) -> KeysResult {
        if (!storage::Cases(db).has_grant(case_id, member)) {
            return unexpected(Refused::no_such_case);
        }
        return begin(db, organisation_, case_id, member, epoch, kEpochBegun);
    });
}

KeysResult CaseKeys::begin_epoch(const crypto::Hash& lookup_hash, const EpochAct& epoch,
                                 const NewWords* words, const crypto::Signature& signature) {
    if (!is_sealed(epoch)) return unexpected(Refused::not_sealed);
    const auto& org = organisation_.settings().org_id;
    const auto act = words == nullptr ? ReporterAct::epoch : ReporterAct::rekey;
    return organisation_.store().write([&](Database& db) -> KeysResult {
        storage::Cases cases(db);
        const auto row = cases.find_by_lookup(lookup_hash);
        if (!row) return unexpected(Refused::no_such_case);
        const auto envelope = crypto::envelope_hash(epoch.act.sealed);
        if (!is_signed_by_reporter(db, act, org, row->case_id, envelope, signature, words)) {
            return unexpected(Refused::bad_signature);
        }
        if (words != nullptr && cases.exists_lookup(words->lookup_hash)) {
            return unexpected(Refused::taken);
        }
        auto begun = begin(db, organisation_, row->case_id, crypto::kReporter, epoch,
                           words == nullptr ? kEpochBegun : kWordsChanged);
        if (!begun) return begun;
        if (words != nullptr) {
            storage::Epochs(db).change_words(row->case_id, words->lookup_hash, words->verify_key);
        }
        return std::monostate{};
    });
}

KeysResult CaseKeys::close_door(const crypto::Hash& lookup_hash, const SealedAct& act,
                                const crypto::Signature& signature) {
    if (!crypto::is_sealed_envelope(act.sealed)) return unexpected(Refused::not_sealed);
    const auto& org = organisation_.settings().org_id;
    return organisation_.store().write([&](Database& db) -> KeysResult {
        const auto row = storage::Cases(db).find_by_lookup(lookup_hash);
        if (!row) return unexpected(Refused::no_such_case);
        if (!is_signed_by_reporter(db, ReporterAct::door, org, row->case_id,
                                   crypto::envelope_hash(act.sealed), signature)) {
            return unexpected(Refused::bad_signature);
        }
        // A closed case takes no envelope, and somebody may have spoilt its epochs: the door closes
        // all the same.
        const auto stored =
            append(db, organisation_, row->case_id, crypto::kReporter, act, kDoorClosed);
        if (!stored) {
            const bool closes =
                stored.error() == Refused::closed || stored.error() == Refused::other_epoch;
            if (!closes) return stored;
            record(db, organisation_.clock(),
                   {.kind = kDoorClosed,
                    .by_reporter = true,
                    .case_id = row->case_id,
                    .object = crypto::envelope_hash(act.sealed)});
        }
        storage::Epochs(db).close_door(row->case_id);
        return std::monostate{};
    });
}

}  // namespace tillit::app

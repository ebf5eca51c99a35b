#include "server/app/identity_letters.h"

#include <algorithm>

#include "crypto/age/age.h"
#include "crypto/disclosure.h"
#include "server/app/thread_writing.h"
#include "storage/members.h"

namespace tillit::app {

namespace {

using storage::Database;
using Refused = LetterRefusal;

bool is_sealed_letter(const crypto::Bytes& sealed) {
    return sealed.size() == crypto::age::sealed_size(crypto::kLetterPlainBytes) &&
           crypto::age::is_strict_hybrid_file(sealed);
}

bool are_sealed(const Letters& letters) {
    return std::ranges::all_of(letters, [](const auto& l) { return is_sealed_letter(l.sealed); });
}

bool is_custodian(const std::optional<storage::Member>& member) {
    return member && crypto::role_from_text(member->role) == crypto::Role::custodian;
}

/// One letter for each of `wanted`, none twice, and none for anybody outside `allowed`.
bool are_for(const Letters& letters, const std::vector<crypto::Id>& wanted,
             const std::vector<crypto::Id>& allowed) {
    const auto count = [&](const crypto::Id& reader) {
        return std::ranges::count(letters, reader, &storage::SealedLetter::reader);
    };
    return std::ranges::all_of(wanted, [&](const auto& reader) { return count(reader) == 1; }) &&
           std::ranges::all_of(letters, [&](const auto& letter) {
               return count(letter.reader) == 1 &&
                      std::ranges::find(allowed, letter.reader) != allowed.end();
           });
}

/// What follows a request goes to its readers; who left the directory since has no key to seal to.
bool are_for_readers(Database& db, const Readers* directory, const Letters& letters,
                     const storage::IdentityRequestRow& row) {
    const auto readers = storage::IdentityRequests(db).readers(row.request_id);
    std::vector<crypto::Id> wanted;
    for (const auto& reader : readers) {
        if (directory != nullptr && directory->find(reader) != nullptr) wanted.push_back(reader);
    }
    return are_for(letters, wanted, readers);
}

/// A request goes to its author, to the custodian who is asked, and to everybody else who may read
/// the case and stands in the directory: nobody is asked behind a colleague's back.
std::vector<crypto::Id> readers_of_request(Database& db, const Readers* directory,
                                           const crypto::Hash& case_id, const crypto::Id& asks,
                                           const crypto::Id& custodian) {
    std::vector<crypto::Id> readers = {asks, custodian};
    for (const auto& grantee : storage::Cases(db).grantees(case_id)) {
        const auto* member = directory != nullptr ? directory->find(grantee) : nullptr;
        if (member == nullptr || grantee == asks) continue;
        if (member->role != crypto::Role::custodian) readers.push_back(grantee);
    }
    return readers;
}

/// The custodian holds a share of this case and is another person than the one who asks.
bool may_guard(Database& db, const crypto::Hash& case_id, const crypto::Id& asks,
               const crypto::Id& custodian) {
    storage::Members members(db);
    const auto guard = members.by_id(custodian);
    const auto reader = members.by_id(asks);
    return is_custodian(guard) && reader && guard->person_id != reader->person_id &&
           storage::Cases(db).has_grant(case_id, custodian);
}

/// An act that came with a letter: absent, or signed by the one who hands it in.
bool is_good_act(Database& db, const Organisation& organisation, const crypto::Id& member,
                 std::string_view kind, const std::optional<SignedAct>& act) {
    return !act ||
           is_signed_by(db, organisation.settings().org_id, member, kind, std::nullopt, *act);
}

void record_letter(Database& db, const Organisation& organisation, std::string_view kind,
                   const crypto::Hash& case_id, const crypto::Id& member,
                   const std::optional<SignedAct>& act) {
    record(
        db, organisation.clock(),
        {.kind = kind, .member = member, .case_id = case_id, .object = object_of(act), .act = act});
}

std::optional<AskRefusal> append_notice(Database& db, const Clock& clock,
                                        const crypto::Hash& case_id, const crypto::Id& member,
                                        const NewNotice& notice) {
    const storage::NewEnvelope envelope{.author = member,
                                        .epoch = notice.epoch,
                                        .seq = notice.seq,
                                        .prev = notice.prev,
                                        .hash = crypto::envelope_hash(notice.sealed),
                                        .sealed = notice.sealed};
    switch (append_to_thread(db, clock, case_id, envelope, kEnvelopeStored, notice.act)) {
        case storage::AppendResult::stored:
            return std::nullopt;
        case storage::AppendResult::no_such_case:
            return AskRefusal{.why = Refused::no_such_request};
        case storage::AppendResult::case_closed:
            return AskRefusal{.why = Refused::closed};
        case storage::AppendResult::thread_full:
            return AskRefusal{.why = Refused::thread_full};
        case storage::AppendResult::other_epoch:
        case storage::AppendResult::not_successor:
            break;
    }
    return AskRefusal{.why = Refused::not_successor,
                      .head = storage::Envelopes(db).head(case_id, member)};
}

using Row = storage::IdentityRequestRow;

std::optional<Row> find(Database& db, const crypto::Hash& case_id, const crypto::Id& request) {
    auto row = storage::IdentityRequests(db).find(request);
    if (!row || row->case_id != case_id) return std::nullopt;
    return row;
}

}  // namespace

std::optional<std::vector<storage::IdentityCorrespondence>> IdentityLetters::of_case(
    const crypto::Hash& case_id, const crypto::Id& member) {
    using Found = std::optional<std::vector<storage::IdentityCorrespondence>>;
    return organisation_.store().read([&](Database& db) -> Found {
        if (!storage::Cases(db).has_grant(case_id, member)) return std::nullopt;
        return storage::IdentityRequests(db).of_case(case_id, member);
    });
}

crypto::Result<std::monostate, AskRefusal> IdentityLetters::ask(const crypto::Hash& case_id,
                                                                const crypto::Id& member,
                                                                const NewAsking& asking) {
    using Result = crypto::Result<std::monostate, AskRefusal>;
    const auto refused = [](Refused why) { return crypto::unexpected(AskRefusal{.why = why}); };
    const bool is_notice_sealed =
        !asking.notice || crypto::is_sealed_envelope(asking.notice->sealed);
    if (!are_sealed(asking.letters) || !is_notice_sealed) return refused(Refused::not_sealed);
    const auto today = organisation_.clock().today();
    const auto directory = organisation_.readers();
    return organisation_.store().write([&](Database& db) -> Result {
        if (!storage::Cases(db).has_grant(case_id, member)) {
            return refused(Refused::no_such_request);
        }
        if (!may_guard(db, case_id, member, asking.custodian)) {
            return refused(Refused::wrong_custodian);
        }
        const auto readers =
            readers_of_request(db, directory.get(), case_id, member, asking.custodian);
        if (!are_for(asking.letters, readers, readers)) return refused(Refused::wrong_readers);
        const auto& org = organisation_.settings().org_id;
        const bool is_good_notice_act =
            !asking.notice || !asking.notice->act ||
            is_signed_by(db, org, member, kEnvelopeStored,
                         crypto::envelope_hash(asking.notice->sealed), *asking.notice->act);
        if (!is_good_act(db, organisation_, member, kIdentityRequested, asking.act) ||
            !is_good_notice_act) {
            return refused(Refused::wrong_act);
        }
        // All checks of the request come before the notice is written: one transaction keeps what
        // it wrote, whatever is answered.
        storage::IdentityRequests requests(db);
        if (requests.has_open(case_id, member) || requests.find(asking.request_id)) {
            return refused(Refused::already_asked);
        }
        if (asking.notice) {
            auto trouble =
                append_notice(db, organisation_.clock(), case_id, member, *asking.notice);
            if (trouble) return crypto::unexpected(*trouble);
        }
        const bool is_stored = requests.ask({.request_id = asking.request_id,
                                             .case_id = case_id,
                                             .from = member,
                                             .custodian = asking.custodian,
                                             .letters = asking.letters},
                                            today);
        crypto::ensure(is_stored);  // what would refuse it was looked at above
        record_letter(db, organisation_, kIdentityRequested, case_id, member, asking.act);
        return std::monostate{};
    });
}

crypto::Result<std::monostate, LetterRefusal> IdentityLetters::disclose(
    const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& request,
    const crypto::Bytes& sealed, const std::optional<SignedAct>& act) {
    using Result = crypto::Result<std::monostate, LetterRefusal>;
    if (!is_sealed_letter(sealed)) return crypto::unexpected(Refused::not_sealed);
    return organisation_.store().write([&](Database& db) -> Result {
        const auto row = find(db, case_id, request);
        if (!row || row->custodian != member) return crypto::unexpected(Refused::no_such_request);
        if (!is_good_act(db, organisation_, member, kIdentityDisclosed, act)) {
            return crypto::unexpected(Refused::wrong_act);
        }
        const auto today = organisation_.clock().today();
        if (!storage::IdentityRequests(db).disclose(request, sealed, today)) {
            return crypto::unexpected(Refused::already_answered);
        }
        record_letter(db, organisation_, kIdentityDisclosed, case_id, member, act);
        return std::monostate{};
    });
}

crypto::Result<std::monostate, LetterRefusal> IdentityLetters::refuse(
    const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& request,
    const Letters& letters, const std::optional<SignedAct>& act) {
    using Result = crypto::Result<std::monostate, LetterRefusal>;
    if (!are_sealed(letters)) return crypto::unexpected(Refused::not_sealed);
    const auto directory = organisation_.readers();
    return organisation_.store().write([&](Database& db) -> Result {
        const auto row = find(db, case_id, request);
        if (!row || row->custodian != member) return crypto::unexpected(Refused::no_such_request);
        if (!are_for_readers(db, directory.get(), letters, *row)) {
            return crypto::unexpected(Refused::wrong_readers);
        }
        if (!is_good_act(db, organisation_, member, kIdentityRefused, act)) {
            return crypto::unexpected(Refused::wrong_act);
        }
        const auto today = organisation_.clock().today();
        if (!storage::IdentityRequests(db).refuse(request, letters, today)) {
            return crypto::unexpected(Refused::already_answered);
        }
        record_letter(db, organisation_, kIdentityRefused, case_id, member, act);
        return std::monostate{};
    });
}

crypto::Result<std::monostate, LetterRefusal> IdentityLetters::record_opening(
    const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& request,
    const Letters& letters, const std::optional<SignedAct>& act) {
    using Result = crypto::Result<std::monostate, LetterRefusal>;
    if (!are_sealed(letters)) return crypto::unexpected(Refused::not_sealed);
    const auto directory = organisation_.readers();
    return organisation_.store().write([&](Database& db) -> Result {
        const auto row = find(db, case_id, request);
        if (!row || row->from != member) return crypto::unexpected(Refused::no_such_request);
        if (!are_for_readers(db, directory.get(), letters, *row)) {
            return crypto::unexpected(Refused::wrong_readers);
        }
        if (!is_good_act(db, organisation_, member, kIdentityOpened, act)) {
            return crypto::unexpected(Refused::wrong_act);
        }
        const auto today = organisation_.clock().today();
        if (!storage::IdentityRequests(db).record_opening(request, letters, today)) {
            return crypto::unexpected(Refused::not_disclosed);
        }
        record_letter(db, organisation_, kIdentityOpened, case_id, member, act);
        return std::monostate{};
    });
}

}  // namespace tillit::app

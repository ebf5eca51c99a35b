#include "server/cli/identity_opening.h"

#include <algorithm>
#include <stdexcept>

#include "crypto/act.h"
#include "server/app/identity_letters.h"

namespace tillit::cli {

namespace {

using crypto::Disclosure;
using crypto::IdentityRequest;
using crypto::Opened;

[[noreturn]] void stays_shut(const std::string& why) {
    throw std::runtime_error("the name stays shut: " + why);
}

const crypto::Bytes* letter_of(const storage::IdentityCorrespondence& one,
                               storage::LetterKind kind) {
    const auto found = std::ranges::find(one.letters, kind, &storage::StoredLetter::kind);
    return found == one.letters.end() ? nullptr : &found->sealed;
}

/// What was asked and answered, verified.
struct Asked {
    const storage::IdentityCorrespondence* stored = nullptr;
    std::optional<Opened<IdentityRequest>> request;
    std::optional<Opened<Disclosure>> disclosure;
};

/// The newest request of this account that a custodian has answered with her share.
Asked find_disclosed(const ReadCase& in, const crypto::LetterReader& me) {
    Asked newest;
    for (const auto& one : in.sealed.requests) {
        const bool is_mine =
            one.row.from == me.member && one.row.state == storage::RequestState::disclosed;
        const auto* asked = letter_of(one, storage::LetterKind::request);
        const auto* told = letter_of(one, storage::LetterKind::disclosure);
        if (!is_mine || asked == nullptr || told == nullptr) continue;
        auto request = crypto::open_request(*asked, me);
        if (!request) continue;
        auto disclosure = crypto::open_disclosure(*told, me, *request);
        if (!disclosure) continue;
        newest.stored = &one;
        newest.request.emplace(std::move(*request));
        newest.disclosure.emplace(std::move(*disclosure));
    }
    return newest;
}

/// The reporter was told, or an exemption stands in the request (4.5.5).
bool is_announced(const ReadCase& in, const IdentityRequest& request) {
    if (request.told == crypto::ReporterTold::exempt) return true;
    return std::ranges::any_of(in.entries, [&](const ReadEntry& entry) {
        return entry.statement.kind == crypto::Kind::identity_notice &&
               entry.statement.from == request.from && entry.hash == request.notice;
    });
}

bool is_excluded(const crypto::Grant& grant, const crypto::Id& person) {
    return std::ranges::any_of(grant.excluded, [&](const crypto::Exclusion& excluded) {
        return excluded.person == person;
    });
}

app::Letters seal_opening(const crypto::Opening& opening, const ReadCase& in, const Asked& asked,
                          const Account& account, const KnownDirectory& known) {
    app::Letters letters;
    for (const auto& reader : asked.stored->readers) {
        const auto listed =
            std::ranges::find(known.newest.members, reader, &crypto::DirectoryMember::member);
        if (listed == known.newest.members.end() || is_excluded(in.grant, listed->person)) continue;
        auto sealed = crypto::seal_letter(opening, account.keyring.signing, listed->recipient);
        crypto::ensure(sealed.has_value());  // a verified directory holds only keys
        letters.push_back({.reader = reader, .sealed = std::move(*sealed)});
    }
    return letters;
}

/// Signed by her own key, so that the log does not rest on the server's word.
app::SignedAct signed_act(const crypto::Opening& opening, const Account& account,
                          const app::Clock& clock) {
    const auto statement =
        crypto::encode_act({.org = opening.org,
                            .kind = std::string(app::kIdentityOpened),
                            .object = crypto::letter_hash(opening),
                            .member = account.member,
                            .minute = static_cast<std::uint64_t>(clock.unix_seconds() / 60)});
    return {.statement = statement,
            .signature = crypto::sign_act(statement, account.keyring.signing)};
}

/// The custodian's half from her own grant: the letter that carried it may be lost.
crypto::IdentityShare share_of(app::Organisation& organisation, const Asked& asked,
                               const crypto::Hash& case_id, const Account& guards,
                               const KnownDirectory& known) {
    if (asked.stored->row.custodian != guards.member) {
        stays_shut("it was another custodian who was asked");
    }
    const auto sealed = load_case(organisation.store(), case_id, guards.member);
    if (!sealed) stays_shut(guards.login + " holds no key to this case");
    auto grant = open_own_grant(*sealed, guards, known.newest.org);
    if (grant.role != crypto::Role::custodian || !grant.share) {
        stays_shut(guards.login + " guards no name in this case");
    }
    return std::move(*grant.share);
}

}  // namespace

crypto::Identity open_the_identity(app::Organisation& organisation, const ReadCase& in,
                                   const Account& account, const Account* guards,
                                   const KnownDirectory& known) {
    const bool may_ask = in.grant.role != crypto::Role::custodian && in.grant.share;
    if (!may_ask) {
        stays_shut(account.login +
                   " holds one half of what opens it, and only who has asked may open it");
    }
    const crypto::LetterReader me{.identity = account.keyring.identity,
                                  .member = account.member,
                                  .org = known.newest.org,
                                  .case_id = in.grant.case_id,
                                  .directory = known.newest.members,
                                  .excluded_by_reporter = in.grant.excluded};
    auto asked = find_disclosed(in, me);
    if (!asked.request) {
        stays_shut("no custodian has disclosed her share to " + account.login +
                   ". Ask for it in the console");
    }
    if (!is_announced(in, asked.request->letter)) {
        stays_shut("the request says that the reporter was told, and the thread holds no notice");
    }
    const auto custodians_share =
        guards == nullptr ? std::move(asked.disclosure->letter.share)
                          : share_of(organisation, asked, in.grant.case_id, *guards, known);
    const crypto::Opening opening{.org = known.newest.org,
                                  .case_id = in.grant.case_id,
                                  .request = asked.request->hash,
                                  .from = account.member,
                                  .disclosure = asked.disclosure->hash};
    const auto stored =
        app::IdentityLetters(organisation)
            .record_opening(in.grant.case_id, account.member, asked.stored->row.request_id,
                            seal_opening(opening, in, asked, account, known),
                            signed_act(opening, account, organisation.clock()));
    if (!stored) stays_shut("the opening could not be recorded");
    auto identity = crypto::open_identity(in.sealed.identity, custodians_share, *in.grant.share,
                                          in.grant.verify_key, known.newest.org, in.grant.case_id);
    if (!identity) stays_shut("the two halves do not open what is stored");
    return std::move(*identity);
}

}  // namespace tillit::cli

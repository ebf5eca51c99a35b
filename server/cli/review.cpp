#include "server/cli/review.h"

#include <algorithm>
#include <stdexcept>

#include "crypto/case_key.h"
#include "crypto/keyring.h"
#include "server/cli/terminal.h"

namespace tillit::cli {

namespace {

using crypto::Directory;
using crypto::DirectoryMember;
using crypto::Signer;
using crypto::SignersNote;

[[noreturn]] void refuse(const std::string& why) {
    throw std::runtime_error("this must not be signed: " + why);
}

std::string day_text(std::uint64_t day) {
    return tillit::cli::day_text(static_cast<storage::Day>(day));
}

std::string who(const DirectoryMember& member) {
    return member.name + ", " + member.office + ", " + std::string(crypto::to_text(member.role)) +
           (member.is_default ? ", receives reports by default" : "");
}

std::string who(const Signer& signer) {
    return signer.name + ", " + signer.office +
           (signer.is_administrator ? ", administers the service" : "");
}

bool has_same_keys(const DirectoryMember& a, const DirectoryMember& b) {
    return a.person == b.person && a.recipient == b.recipient && a.verify_key == b.verify_key;
}

const DirectoryMember* find(const Directory& directory, const crypto::Id& member) {
    const auto found = std::ranges::find(directory.members, member, &DirectoryMember::member);
    return found == directory.members.end() ? nullptr : &*found;
}

const Signer* find(const SignersNote& note, const crypto::VerifyKey& key) {
    const auto found = std::ranges::find(note.signers, key, &Signer::key);
    return found == note.signers.end() ? nullptr : &*found;
}

/// One member of the draft against the version before.
void look_at(Review& out, const Directory& draft, const DirectoryMember& now,
             const DirectoryMember* before, std::uint64_t day_before) {
    const std::string since = ", since " + day_text(now.since_day);
    if (before != nullptr && has_same_keys(*before, now)) {
        if (before->since_day != now.since_day) {
            refuse(now.name + " is said to read since another day than before");
        }
        if (who(*before) != who(now)) {
            out.lines.push_back("CHANGED   " + who(*before) + "  ->  " + who(now) + since);
        }
        return;
    }
    if (now.since_day < day_before || now.since_day > draft.day) {
        refuse(now.name + " has new keys and is said to read since " + day_text(now.since_day));
    }
    out.lines.push_back((before != nullptr ? "NEW KEYS  " : "ADDED     ") + who(now) + since);
    out.new_keys.push_back({.name = now.name,
                            .words = crypto::fingerprint_words(crypto::member_fingerprint(
                                draft.org, now.person, now.recipient, now.verify_key))});
}

/// The version before, if the signers of some time have signed it: whoever stands in it with the
/// same keys is signed again unasked, so one that anybody could have written must not count.
std::optional<Directory> verified_before(const std::string& note,
                                         const std::vector<SignersNote>& chain) {
    for (auto signers = chain.rbegin(); signers != chain.rend(); ++signers) {
        auto directory = crypto::verify_directory(note, *signers, /*today=*/0);
        if (directory) return std::move(*directory);
    }
    return std::nullopt;
}

void review_directory(Review& out, const crypto::Proposal& proposal,
                      const std::vector<SignersNote>& chain) {
    const auto& signers = chain.back();
    const auto draft = crypto::unverified_directory(proposal.note);
    if (!draft) refuse("it is no directory that could be used");
    if (draft->org != signers.org) refuse("it is of another organisation");
    Directory before{.org = draft->org, .version = 0, .members = {}};
    if (!proposal.directory.empty()) {
        auto published = verified_before(proposal.directory, chain);
        if (!published) refuse("the directory before it is not signed by the signers");
        before = std::move(*published);
        if (draft->previous != crypto::note_hash(proposal.directory)) {
            refuse("it does not follow the directory that came with it");
        }
    }
    if (draft->version != before.version + 1 || draft->day < before.day) {
        refuse("it does not follow version " + std::to_string(before.version));
    }
    out.lines.push_back("Directory version " + std::to_string(draft->version) + " of " +
                        day_text(draft->day) + ", good until " + day_text(draft->expires_day));
    // An older one that was genuine could be put in its place: the signer sees which it is.
    out.lines.push_back(before.version == 0
                            ? "compared with nothing: it is to be the first"
                            : "compared with version " + std::to_string(before.version) + " of " +
                                  day_text(before.day));
    for (const auto& member : draft->members) {
        look_at(out, *draft, member, find(before, member.member), before.day);
    }
    for (const auto& member : before.members) {
        if (find(*draft, member.member) == nullptr) {
            out.lines.push_back("REMOVED   " + who(member));
        }
    }
    out.lines.push_back(std::to_string(draft->members.size()) + " members in all; " +
                        "not listed above: as before");
    out.may_sign = signers.signers;
}

void review_signers(Review& out, const crypto::Proposal& proposal, const SignersNote* current) {
    const auto draft = crypto::unverified_signers_note(proposal.note);
    if (!draft) refuse("it is no signers note that could be used");
    if (draft->number != (current == nullptr ? 0 : current->number + 1)) {
        refuse("its number does not follow");
    }
    if (current != nullptr && current->org != draft->org) refuse("it is of another organisation");
    out.lines.push_back("Signers note " + std::to_string(draft->number) + ": " +
                        std::to_string(draft->threshold) + " of " +
                        std::to_string(draft->signers.size()) + " signers must sign" +
                        (current != nullptr && current->threshold != draft->threshold
                             ? " (until now " + std::to_string(current->threshold) + ")"
                             : ""));
    for (const auto& signer : draft->signers) {
        const auto* before = current == nullptr ? nullptr : find(*current, signer.key);
        if (before != nullptr) {
            if (who(*before) != who(signer)) {
                out.lines.push_back("CHANGED   " + who(*before) + "  ->  " + who(signer));
            }
            continue;
        }
        out.lines.push_back("ADDED     " + who(signer));
        out.new_keys.push_back(
            {.name = signer.name,
             .words = crypto::fingerprint_words(crypto::signer_fingerprint(signer.key))});
    }
    out.may_sign = draft->signers;
    if (current == nullptr) return;
    if (current->log_key != draft->log_key) out.lines.emplace_back("CHANGED   the key of the log");
    for (const auto& signer : current->signers) {
        if (find(*draft, signer.key) != nullptr) continue;
        out.lines.push_back("REMOVED   " + who(signer));
        out.may_sign.push_back(signer);
    }
}

}  // namespace

std::string reason(crypto::DirectoryError error) {
    switch (error) {
        case crypto::DirectoryError::malformed:
            return "it is no note, or breaks the rules of one";
        case crypto::DirectoryError::bad_signature:
            return "a signature in it is wrong: it was changed after signing";
        case crypto::DirectoryError::below_threshold:
            return "too few signers have signed it";
        case crypto::DirectoryError::expired:
            return "it has expired";
        case crypto::DirectoryError::wrong_org:
            return "it is of another organisation";
        case crypto::DirectoryError::wrong_order:
            return "it does not follow what was published before";
    }
    return {};
}

Review review(const crypto::Proposal& proposal) {
    Review out;
    const bool is_first = proposal.signers_notes.empty();
    std::vector<SignersNote> chain;
    if (!is_first) {
        auto verified = crypto::verify_signers_chain(proposal.signers_notes);
        if (!verified) refuse("the signers notes that came with it: " + reason(verified.error()));
        chain = std::move(*verified);
        out.organisation_words = crypto::fingerprint_words(
            crypto::organisation_fingerprint(proposal.signers_notes.front()));
    }
    if (crypto::type_of(proposal) == "signers") {
        review_signers(out, proposal, is_first ? nullptr : &chain.back());
    } else if (is_first) {
        refuse("there are no signers yet");
    } else {
        review_directory(out, proposal, chain);
    }
    return out;
}

crypto::Proposal sign_proposal(const crypto::Proposal& proposal, const Review& reviewed,
                               const crypto::SignerKey& key) {
    const auto type = crypto::type_of(proposal);
    const auto public_key = crypto::verify_key(key.seed);
    const auto me = std::ranges::find(reviewed.may_sign, public_key, &Signer::key);
    if (me == reviewed.may_sign.end()) {
        throw std::runtime_error("the key of " + key.name + " is not one of those who sign this");
    }
    const auto note = crypto::parse_draft(type, proposal.note);
    crypto::ensure(note.has_value());
    const auto count = crypto::count_signers(*note, type, {{me->name, me->key}});
    if (!count) throw std::runtime_error("the line of " + me->name + " in it is no signature");
    if (*count > 0) throw std::runtime_error(me->name + " has signed it already");
    auto signed_now = proposal;
    signed_now.note += crypto::signature_line(type, note->text, me->name, key.seed);
    return signed_now;
}

std::string typed_words(std::string_view typed) {
    return std::string(crypto::read_passphrase(crypto::SecretBytes(typed)).expose_text());
}

}  // namespace tillit::cli

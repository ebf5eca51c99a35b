#include "crypto/case_thread.h"

#include <algorithm>
#include <array>

namespace tillit::crypto {
namespace {

constexpr std::array<std::string_view, 12> kFaults = {
    "too_large",     "not_sealed", "malformed", "bad_signature", "wrong_case", "unknown_author",
    "no_key_holder", "two_epochs", "old_epoch", "bad_access",    "bad_epoch",  "no_epoch_key"};
static_assert(static_cast<int>(ThreadFault::no_epoch_key) == 11);

ThreadFault to_fault(EnvelopeError error) {
    switch (error) {
        case EnvelopeError::too_large:
            return ThreadFault::too_large;
        case EnvelopeError::not_sealed:
            return ThreadFault::not_sealed;
        case EnvelopeError::malformed:
            return ThreadFault::malformed;
        case EnvelopeError::bad_signature:
            return ThreadFault::bad_signature;
        case EnvelopeError::wrong_case:
            return ThreadFault::wrong_case;
    }
    ensure(false);
    return ThreadFault::malformed;
}

}  // namespace

std::string_view to_text(ThreadFault fault) { return kFaults.at(static_cast<std::size_t>(fault)); }

CaseThread::CaseThread(const CaseReader& reader, std::vector<AgeSeed> secrets)
    : reader_(reader),
      secrets_(std::move(secrets)),
      reporter_key_(reader.reporter_key),
      reporter_recipient_(reader.reporter_recipient) {
    ensure(!secrets_.empty());
}

void CaseThread::offer(std::uint64_t epoch, Bytes sealed_grant) {
    offered_.insert_or_assign(epoch, std::move(sealed_grant));
}

void CaseThread::add(ByteView sealed, std::uint64_t position, std::uint64_t day) {
    if (is_shut_) return;
    auto entry = open(sealed);
    if (!entry) {
        faults_.push_back({entry.error(), position, day});
        return;
    }
    entry->position = position;
    entry->day = day;
    entries_.push_back(std::move(*entry));
    if (const auto fault = apply(entries_.back().statement)) {
        faults_.push_back({*fault, position, day});
    }
}

Result<ThreadEntry, ThreadFault> CaseThread::open(ByteView sealed) const {
    auto opened = open_envelope(sealed, secret());
    if (!opened) return unexpected(why_not_open(sealed, opened.error()));
    const auto key = key_of(opened->claimed_author());
    if (!key) return unexpected(key.error());
    auto statement = std::move(*opened).verify(*key, reader_.org, reader_.case_id, epoch_);
    if (!statement) return unexpected(to_fault(statement.error()));
    return ThreadEntry{.statement = std::move(*statement), .hash = envelope_hash(sealed)};
}

/// An envelope for an epoch that has ended says so: it may be a second epoch beside the first.
ThreadFault CaseThread::why_not_open(ByteView sealed, EnvelopeError error) const {
    if (error != EnvelopeError::not_sealed) return to_fault(error);
    for (std::uint64_t epoch = epoch_; epoch-- > 0;) {
        auto opened = open_envelope(sealed, secret(epoch));
        if (!opened) continue;
        // Signed by whoever: the sealing alone tells that it comes too late.
        const bool is_epoch = opened->claimed_kind() == Kind::epoch;
        return is_epoch ? ThreadFault::two_epochs : ThreadFault::old_epoch;
    }
    return ThreadFault::not_sealed;
}

Result<VerifyKey, ThreadFault> CaseThread::key_of(const Author& author) const {
    if (author == kReporter) return reporter_key_;
    if (find(author) == nullptr) return unexpected(ThreadFault::unknown_author);
    const Holder* held = holder(author);
    if (held == nullptr || held->is_leaving) return unexpected(ThreadFault::no_key_holder);
    const DirectoryMember* member = listed_as(author, held->recipient_hash);
    if (member == nullptr) return unexpected(ThreadFault::no_key_holder);
    return member->verify_key;
}

std::optional<ThreadFault> CaseThread::apply(const Statement& statement) {
    switch (statement.kind) {
        case Kind::report:
            if (entries_.size() == 1) {
                for (const ManifestGrant& grant : statement.manifest->grants) {
                    add_holder(grant);
                }
            }
            return std::nullopt;
        case Kind::access:
            return apply_access(*statement.access);
        case Kind::recusal:
            holder(statement.from)->is_leaving = true;
            return std::nullopt;
        case Kind::epoch:
            return apply_epoch(statement);
        default:
            return std::nullopt;
    }
}

std::optional<ThreadFault> CaseThread::apply_access(const ManifestGrant& grant) {
    const DirectoryMember* author = find(entries_.back().statement.from);
    const DirectoryMember* member = listed_as(grant.member, grant.recipient_hash);
    const bool is_sound = is_handler(author->role) && member != nullptr &&
                          is_handler(member->role) && !is_excluded(*member) &&
                          holder(grant.member) == nullptr;
    if (!is_sound) return ThreadFault::bad_access;
    add_holder(grant);
    return std::nullopt;
}

void CaseThread::add_holder(const ManifestGrant& grant) {
    holders_.push_back({grant.member, grant.recipient_hash, grant.sha256});
    held_.back().push_back(holders_.back());
}

/// Only who reads now may read on; nobody whom the reporter excluded, nobody who has left.
bool CaseThread::may_go_on(const ManifestGrant& grant) const {
    const Holder* held = holder(grant.member);
    const DirectoryMember* member = listed_as(grant.member, grant.recipient_hash);
    return held != nullptr && !held->is_leaving && held->recipient_hash == grant.recipient_hash &&
           member != nullptr && is_handler(member->role) && !is_excluded(*member);
}

std::optional<ThreadFault> CaseThread::apply_epoch(const Statement& statement) {
    const EpochChange& change = *statement.change;
    const DirectoryMember* author = find(statement.from);
    const bool may_author =
        statement.from == kReporter || (author != nullptr && is_handler(author->role));
    const bool is_sound =
        may_author && epoch_ < kMaxEpoch &&
        std::ranges::all_of(change.grants, [&](const auto& grant) { return may_go_on(grant); }) &&
        (!change.rekey || is_hybrid_recipient(change.rekey->reporter_recipient));
    if (!is_sound) return ThreadFault::bad_epoch;
    const auto fault = take_key(statement);
    if (!fault && !is_shut_) begin_epoch(change);
    return fault;
}

/// The reader's key of the next epoch: known beforehand, promised to the reader, or not for it.
std::optional<ThreadFault> CaseThread::take_key(const Statement& statement) {
    const EpochChange& change = *statement.change;
    const std::uint64_t next = epoch_ + 1;
    const auto is_promised = [&](const AgeSeed& seed) {
        return recipient_hash(hybrid_recipient(seed)) == change.recipient_hash;
    };
    if (secrets_.size() > next) {
        return is_promised(secrets_[next]) ? std::nullopt
                                           : std::optional(ThreadFault::no_epoch_key);
    }
    Hash promised = change.reporter_hash;
    const bool is_reporter = reader_.me == kReporter;
    if (!is_reporter) {
        const auto mine = std::ranges::find(change.grants, reader_.me, &ManifestGrant::member);
        if (mine == change.grants.end()) {
            is_shut_ = true;
            return std::nullopt;
        }
        promised = mine->sha256;
    } else if (change.rekey) {
        is_shut_ = true;  // the words were changed: these are the old ones
        return std::nullopt;
    }
    const auto offered = offered_.find(next);
    if (offered == offered_.end() || sha256(offered->second) != promised) {
        return ThreadFault::no_epoch_key;
    }
    const auto author_key = [&](const Author& from) -> std::optional<VerifyKey> {
        if (from != statement.from) return std::nullopt;
        const auto key = key_of(from);
        return key ? std::optional(*key) : std::nullopt;
    };
    auto grant = open_epoch_grant(offered->second, reader_.identity, reader_.me, reader_.org,
                                  reader_.case_id, author_key);
    const bool is_mine = grant && grant->first_epoch == next && grant->secrets.size() == 1 &&
                         is_promised(grant->secrets.front());
    if (!is_mine) return ThreadFault::no_epoch_key;
    secrets_.push_back(std::move(grant->secrets.front()));
    return std::nullopt;
}

void CaseThread::begin_epoch(const EpochChange& change) {
    ++epoch_;
    std::erase_if(holders_, [&](const Holder& held) {
        const DirectoryMember* member = listed_as(held.member, held.recipient_hash);
        const bool is_guardian = member != nullptr && !is_handler(member->role);
        return !is_guardian && std::ranges::find(change.grants, held.member,
                                                 &ManifestGrant::member) == change.grants.end();
    });
    held_.push_back(holders_);
    if (change.rekey) {
        reporter_key_ = change.rekey->verify_key;
        reporter_recipient_ = change.rekey->reporter_recipient;
    }
}

const DirectoryMember* CaseThread::find(const Id& member) const {
    for (const auto& members : {reader_.directory, reader_.former}) {
        const auto found = std::ranges::find(members, member, &DirectoryMember::member);
        if (found != members.end()) return &*found;
    }
    return nullptr;
}

const DirectoryMember* CaseThread::listed_as(const Id& member, const Hash& with_recipient) const {
    for (const auto& members : {reader_.directory, reader_.former}) {
        const auto found = std::ranges::find_if(members, [&](const DirectoryMember& listed) {
            return listed.member == member && recipient_hash(listed.recipient) == with_recipient;
        });
        if (found != members.end()) return &*found;
    }
    return nullptr;
}

const Holder* CaseThread::holder(const Id& member) const {
    const auto found = std::ranges::find(holders_, member, &Holder::member);
    return found == holders_.end() ? nullptr : &*found;
}
Holder* CaseThread::holder(const Id& member) {
    const auto found = std::ranges::find(holders_, member, &Holder::member);
    return found == holders_.end() ? nullptr : &*found;
}

bool CaseThread::is_excluded(const DirectoryMember& member) const {
    const Manifest* report = manifest();
    if (report == nullptr) return false;
    return std::ranges::find(report->excluded, member.person, &Exclusion::person) !=
           report->excluded.end();
}

const Manifest* CaseThread::manifest() const {
    if (entries_.empty() || !entries_.front().statement.manifest) return nullptr;
    return &*entries_.front().statement.manifest;
}

const AgeSeed& CaseThread::secret(std::uint64_t epoch) const {
    ensure(epoch < secrets_.size());
    return secrets_[epoch];
}

std::vector<ChainEntry> CaseThread::chain() const {
    std::vector<ChainEntry> chain;
    chain.reserve(entries_.size());
    for (const auto& entry : entries_) chain.push_back({entry.hash, &entry.statement});
    return chain;
}

std::vector<const DirectoryMember*> CaseThread::readers_who_stay() const {
    std::vector<const DirectoryMember*> readers;
    for (const Holder& held : holders_) {
        const auto listed =
            std::ranges::find(reader_.directory, held.member, &DirectoryMember::member);
        const bool stays = !held.is_leaving && listed != reader_.directory.end() &&
                           is_handler(listed->role) &&
                           recipient_hash(listed->recipient) == held.recipient_hash;
        if (stays) readers.push_back(&*listed);
    }
    return readers;
}

Result<VerifyKey, ThreadFault> CaseThread::handler_key(const Id& member,
                                                       std::uint64_t epoch) const {
    const DirectoryMember* known = find(member);
    if (known == nullptr || !is_handler(known->role))
        return unexpected(ThreadFault::unknown_author);
    if (epoch >= held_.size()) return unexpected(ThreadFault::no_key_holder);
    const auto held = std::ranges::find(held_[epoch], member, &Holder::member);
    if (held == held_[epoch].end()) return unexpected(ThreadFault::no_key_holder);
    const DirectoryMember* listed = listed_as(member, held->recipient_hash);
    if (listed == nullptr || !is_handler(listed->role)) {
        return unexpected(ThreadFault::no_key_holder);
    }
    return listed->verify_key;
}

bool CaseThread::is_epoch_due() const { return std::ranges::any_of(holders_, &Holder::is_leaving); }

bool CaseThread::is_door_closed() const {
    return std::ranges::any_of(entries_, [](const ThreadEntry& entry) {
        return entry.statement.kind == Kind::door_closed;
    });
}

}  // namespace tillit::crypto

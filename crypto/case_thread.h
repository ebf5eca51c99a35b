/// A case's thread as one of its readers follows it: every envelope opened and verified in the
/// server's order, and from it alone who holds keys and which epoch it is (protocol §5.4, §7.8).
///
/// Ownership: keeps copies of keys, in guarded memory; what `CaseReader` points to must outlive it.
/// Threads: one at a time.
#pragma once

#include <deque>
#include <map>
#include <span>

#include "crypto/directory.h"
#include "crypto/epoch_grant.h"

namespace tillit::crypto {

enum class ThreadFault {
    too_large,
    not_sealed,
    malformed,
    bad_signature,
    wrong_case,
    unknown_author,  // not in the directory
    no_key_holder,   // holds no key of this case, or has left it
    two_epochs,      // sealed to an epoch that has ended, and announces another one
    old_epoch,       // sealed to an epoch that has ended
    bad_access,      // lets in somebody whom the reporter excluded, or nobody of the directory
    bad_epoch,       // its author may not make it, or it lets in somebody new
    no_epoch_key     // the key that the epoch statement promises the reader is missing or another
};
[[nodiscard]] std::string_view to_text(ThreadFault fault);

/// Who holds a key of the case now.
struct Holder {
    Id member{};
    Hash recipient_hash{};
    Hash grant_hash{};        // SHA-256 of the sealed grant that made this member a holder
    bool is_leaving = false;  // a recusal that no epoch has answered yet
};

struct ThreadEntry {
    Statement statement;
    Hash hash{};
    std::uint64_t position = 0;
    std::uint64_t day = 0;
};

/// What a reader knows beforehand. Nothing is owned.
struct CaseReader {
    Id org{};
    Hash case_id{};
    Author me{};               // zeros: the reporter
    const AgeSeed& identity;   // opens grants of later epochs
    VerifyKey reporter_key{};  // the first; certified by the case id
    HybridRecipient reporter_recipient{};
    std::span<const DirectoryMember> directory;  // the newest, verified
    /// Members of versions before, vouched for by it: what was right when it was done stays right.
    std::span<const DirectoryMember> former{};
};

class CaseThread {
  public:
    struct Fault {
        ThreadFault what;
        std::uint64_t position;
        std::uint64_t day;
    };
    /// `secrets`: case identities of epoch 0, 1, …, as many as are known beforehand.
    CaseThread(const CaseReader& reader, std::vector<AgeSeed> secrets);

    /// The reader's own sealed copy of an epoch's key, as the server hands it out.
    void offer(std::uint64_t epoch, Bytes sealed_grant);
    /// In the server's order. What does not verify becomes a fault and changes nothing else.
    void add(ByteView sealed, std::uint64_t position, std::uint64_t day);

    [[nodiscard]] const std::deque<ThreadEntry>& entries() const noexcept { return entries_; }
    [[nodiscard]] const std::vector<Fault>& faults() const noexcept { return faults_; }
    [[nodiscard]] std::vector<ChainEntry> chain() const;
    [[nodiscard]] const Manifest* manifest() const;  // of the report; null without one

    [[nodiscard]] std::uint64_t epoch() const noexcept { return epoch_; }
    /// The reader was left out of the newest epoch: what follows is not read, and is no fault.
    [[nodiscard]] bool is_shut() const noexcept { return is_shut_; }
    [[nodiscard]] const AgeSeed& secret(std::uint64_t epoch) const;
    [[nodiscard]] const AgeSeed& secret() const { return secret(epoch_); }
    [[nodiscard]] const VerifyKey& reporter_key() const noexcept { return reporter_key_; }
    [[nodiscard]] const HybridRecipient& reporter_recipient() const noexcept {
        return reporter_recipient_;
    }
    [[nodiscard]] const std::vector<Holder>& holders() const noexcept { return holders_; }
    /// As listed last, also in a former version; or null.
    [[nodiscard]] const DirectoryMember* find(const Id& member) const;
    /// Holders who can read, stay, and stand in the newest directory: who gets the next epoch.
    [[nodiscard]] std::vector<const DirectoryMember*> readers_who_stay() const;
    /// The key by which a handler signs who held a key of the case in that epoch (§7.12); else
    /// unknown_author or no_key_holder.
    [[nodiscard]] Result<VerifyKey, ThreadFault> handler_key(const Id& member,
                                                             std::uint64_t epoch) const;
    [[nodiscard]] bool is_epoch_due() const;  // somebody is leaving
    [[nodiscard]] bool is_door_closed() const;

  private:
    [[nodiscard]] Result<ThreadEntry, ThreadFault> open(ByteView sealed) const;
    [[nodiscard]] ThreadFault why_not_open(ByteView sealed, EnvelopeError error) const;
    [[nodiscard]] Result<VerifyKey, ThreadFault> key_of(const Author& author) const;
    /// In any version, with this recipient: who changed keys is listed twice.
    [[nodiscard]] const DirectoryMember* listed_as(const Id& member,
                                                   const Hash& with_recipient) const;
    [[nodiscard]] Holder* holder(const Id& member);
    [[nodiscard]] const Holder* holder(const Id& member) const;
    [[nodiscard]] bool is_excluded(const DirectoryMember& member) const;
    [[nodiscard]] std::optional<ThreadFault> apply(const Statement& statement);
    [[nodiscard]] std::optional<ThreadFault> apply_access(const ManifestGrant& grant);
    [[nodiscard]] std::optional<ThreadFault> apply_epoch(const Statement& statement);
    [[nodiscard]] bool may_go_on(const ManifestGrant& grant) const;
    [[nodiscard]] std::optional<ThreadFault> take_key(const Statement& statement);
    void begin_epoch(const EpochChange& change);
    void add_holder(const ManifestGrant& grant);

    CaseReader reader_;
    std::vector<AgeSeed> secrets_;
    std::map<std::uint64_t, Bytes> offered_;
    std::uint64_t epoch_ = 0;
    bool is_shut_ = false;
    VerifyKey reporter_key_{};
    HybridRecipient reporter_recipient_{};
    std::vector<Holder> holders_;
    std::vector<std::vector<Holder>> held_{1};  // everybody who held a key, epoch by epoch
    std::deque<ThreadEntry> entries_;           // a deque, so that chain() may point into it
    std::vector<Fault> faults_;
};

/// A handler reads and writes: investigators and alternates.
[[nodiscard]] inline bool is_handler(Role role) {
    return role == Role::investigator || role == Role::alternate;
}

}  // namespace tillit::crypto

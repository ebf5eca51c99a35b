/// A reporter's case, opened with the case key on a server that unseals for a moment (protocol §8).
#pragma once

#include <array>
#include <deque>

#include "crypto/new_epoch.h"
#include "server/app/case_keys.h"
#include "server/app/receipt.h"
#include "server/app/upload.h"

namespace tillit::app {

struct MailboxMessage {
    crypto::Statement statement;  // verified
    std::string author_name;      // "" for the reporter
    std::string author_office;
    storage::Day day = 0;
};
struct MailboxReader {
    std::string name;
    std::string office;
    crypto::Role role;
    storage::Day since = 0;
    bool has_opened = false;
};
/// Something that happened to the keys of the case, said in one line.
struct MailboxChange {
    enum class What { access, recusal, new_epoch, new_words } what;
    std::string who;  // "" for the reporter
    std::string to;   // for access
    storage::Day day = 0;
};

/// Something in the thread that is not as honest software writes it. Shown loudly.
struct MailboxFault {
    enum class What {
        not_readable,  // does not open, or is not a statement
        wrong_signer,  // signed by nobody this case gave a key to
        chain_fork,    // two messages with the same number
        chain_gap,     // a message is missing
        missing_head,  // somebody saw a message that was not delivered
        no_report,     // the first message is not the reporter's report
        keys,          // somebody changed who holds keys in a way that is not allowed
    } what;
    storage::Day day = 0;
};

struct MailboxView {
    std::string short_id;
    storage::StoredCase row;
    std::vector<MailboxMessage> messages;  // reports and messages in the server's order
    std::vector<MailboxReader> readers;    // from signed statements only
    std::vector<MailboxChange> changes;    // likewise
    std::vector<std::string> excluded_names;
    std::vector<MailboxFault> faults;
    storage::Day last_news_day = 0;  // day of the newest message not by the reporter, or 0
    bool identity_given = false;
};

/// What a proof of lodgement holds and the thread as it is now does not.
struct MailboxMissing {
    bool is_mine = false;     // of the reporter
    std::string author_name;  // "" for the reporter, and for somebody no directory lists
    std::string author_office;
    storage::Day day = 0;
};
/// A proof beside the thread (protocol §10.7.4).
struct MailboxComparison {
    std::size_t held = 0;  // by the proof
    storage::Day newest_day = 0;
    std::vector<MailboxMissing> missing;  // in the order of the proof
};
enum class CompareError {
    no_proof,      // it does not begin with the report in it
    another_case,  // that report was not written with these words
    gone,
};

/// A file that a verified statement names, with the key of that statement's epoch.
struct MailboxFile {
    crypto::AttachmentRef file;
    crypto::AgeSeed secret;
};

enum class ReplyError {
    empty,
    too_long,
    closed,
    thread_full,
    storage_full,
    gone,
    keys_changed,  // while files were on their way: they are sealed to a key that is not used any
                   // more
};
enum class KeysError { closed, gone, nobody_reads, failed };

/// Holds the derived secrets of one reporter's session in guarded memory. Not shared by threads,
/// but for stream_attachment().
class Mailbox {
  public:
    /// Same work for a well-formed unknown key as for a known one. Null: no such case.
    [[nodiscard]] static std::unique_ptr<Mailbox> open(Organisation& organisation,
                                                       const crypto::CaseKey& key);
    /// Opens and verifies the whole thread. Nothing: the case is gone.
    [[nodiscard]] std::optional<MailboxView> view();
    [[nodiscard]] std::unique_ptr<Uploads> start_uploads();
    /// Durable on return. Signs again when another device of the reporter was faster.
    [[nodiscard]] crypto::Result<std::monostate, ReplyError> reply(const crypto::SecretBytes& text,
                                                                   Uploads& uploads);
    /// An attachment that a verified statement of this case names.
    [[nodiscard]] std::optional<MailboxFile> find_attachment(const crypto::Id& id);
    /// Streams its content. False when it breaks off: storage, authenticity, padding or hash.
    /// Touches nothing that other calls change, so that a slow reader of a file stops none of them.
    [[nodiscard]] bool stream_attachment(const MailboxFile& attachment,
                                         const std::function<bool(crypto::ByteView)>& write) const;
    /// Whether all that a proof of this case holds still stands in the thread, opened and verified.
    /// That the proof itself holds is not looked at: verify_receipt() is for who is shown it.
    [[nodiscard]] crypto::Result<MailboxComparison, CompareError> compare(const Receipt& receipt);
    /// False: the words were changed or the door was closed elsewhere, and the session opens
    /// nothing.
    [[nodiscard]] bool is_still_open();
    /// New words to write down; nothing has changed yet. The same until they are used, so that a
    /// page shown twice shows one key.
    [[nodiscard]] const crypto::CaseKey& new_words();
    /// From now on new_words() instead of the old ones, which then open nothing; case and thread go
    /// on, with a new key for all who read (protocol §7.9). Durable on return; the session goes on.
    [[nodiscard]] crypto::Result<std::monostate, KeysError> use_new_words();
    /// The words open nothing any more (§7.10). Durable on return; end the session then.
    [[nodiscard]] crypto::Result<std::monostate, KeysError> close_door();
    [[nodiscard]] const crypto::Hash& case_id() const noexcept { return row_.case_id; }
    /// Notes that the key was used today (the reporter's own misuse sign, protocol §9).
    void record_visit();

  private:
    struct Keys;
    Mailbox(Organisation& organisation, Keys keys, storage::StoredCase row);
    struct Thread;
    /// Nothing: the words open this case no more (changed or closed elsewhere), or it is gone.
    [[nodiscard]] std::optional<Thread> read_thread();
    [[nodiscard]] bool is_still_mine(storage::Database& db) const;
    /// As read, after the epoch that somebody's leaving asks for.
    [[nodiscard]] std::optional<Thread> read_renewed_thread();
    [[nodiscard]] crypto::Statement next_statement(const crypto::CaseThread& thread,
                                                   crypto::Kind kind) const;
    [[nodiscard]] SealedAct seal_act(const crypto::CaseThread& thread,
                                     const crypto::Statement& statement) const;
    [[nodiscard]] KeysResult begin_epoch(const crypto::CaseThread& thread,
                                         const crypto::CaseKey* new_key);
    [[nodiscard]] crypto::Result<storage::AppendResult, ReplyError> append(
        const crypto::SecretBytes& text, Uploads& uploads);

    /// What a case key gives: secrets as known beforehand, of epoch 0 or, after a change of words,
    /// of all up to that change.
    struct Keys {
        crypto::Hash lookup_hash{};
        crypto::AgeSeed reporter_identity;
        crypto::SigningSeed signing;
        crypto::VerifyKey first_verify_key{};  // of the first words
        std::vector<crypto::AgeSeed> secrets;
    };
    [[nodiscard]] static Keys derive(const crypto::CaseKey& key, const crypto::Id& org);
    /// What the reporter's copy of a change of words holds instead. False: it is not of these keys.
    [[nodiscard]] static bool take_package(Keys& keys, const crypto::Id& org,
                                           const crypto::Hash& case_id, crypto::ByteView sealed);
    [[nodiscard]] static EpochAct to_act(SealedAct act, crypto::NewEpoch& epoch);

    Organisation& organisation_;
    Keys keys_;
    std::optional<crypto::CaseKey> new_words_;
    bool has_used_new_words_ = false;
    storage::StoredCase row_;
};

}  // namespace tillit::app

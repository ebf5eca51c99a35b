/// A reporter's case, opened with the case key on a server that unseals for a moment (protocol §8).
#pragma once

#include <array>
#include <deque>

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

/// Something in the thread that is not as honest software writes it. Shown loudly.
struct MailboxFault {
    enum class What {
        not_readable,  // does not open, or is not a statement
        wrong_signer,  // signed by nobody this case gave a key to
        chain_fork,    // two messages with the same number
        chain_gap,     // a message is missing
        missing_head,  // somebody saw a message that was not delivered
        no_report,     // the first message is not the reporter's report
    } what;
    storage::Day day = 0;
};

struct MailboxView {
    std::string short_id;
    storage::StoredCase row;
    std::vector<MailboxMessage> messages;  // reports and messages in the server's order
    std::vector<MailboxReader> readers;    // from signed statements only
    std::vector<std::string> excluded_names;
    std::vector<MailboxFault> faults;
    storage::Day last_news_day = 0;  // day of the newest message not by the reporter, or 0
    bool identity_given = false;
};

enum class ReplyError { empty, too_long, closed, storage_full, gone };

/// Holds the derived secrets of one reporter's session in guarded memory. Not shared by threads.
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
    [[nodiscard]] std::optional<crypto::AttachmentRef> find_attachment(const crypto::Id& id);
    /// Streams its content. False when it breaks off: storage, authenticity, padding or hash.
    [[nodiscard]] bool stream_attachment(const crypto::AttachmentRef& attachment,
                                         const std::function<bool(crypto::ByteView)>& write);
    /// Notes that the key was used today (the reporter's own misuse sign, protocol §9).
    void record_visit();

  private:
    Mailbox(Organisation& organisation, crypto::AgeSeed case_identity, crypto::SigningSeed signing,
            storage::StoredCase row);
    struct Thread;
    [[nodiscard]] Thread read_thread();
    /// From the case key, not from the server's row; only for writing, since it costs a key pair.
    [[nodiscard]] crypto::HybridRecipient case_recipient() const;
    [[nodiscard]] crypto::Result<storage::AppendResult, ReplyError> append(
        const crypto::SecretBytes& text, Uploads& uploads);

    Organisation& organisation_;
    crypto::AgeSeed case_identity_;
    crypto::SigningSeed signing_;
    crypto::VerifyKey verify_key_;
    storage::StoredCase row_;
};

}  // namespace tillit::app

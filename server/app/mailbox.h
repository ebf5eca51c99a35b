/// A reporter's case, opened with the case key on a server that unseals for a moment (protocol §8).
#pragma once

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
struct MailboxView {
    std::string short_id;
    storage::StoredCase row;
    std::vector<MailboxMessage> messages;  // reports and messages in the server's order
    std::vector<MailboxReader> readers;    // from signed statements only
    std::vector<std::string> excluded_names;
    std::vector<std::string> unreadable;   // loud: envelopes that fail signature or chain
    storage::Day last_news_day = 0;        // day of the newest message not by the reporter, or 0
    bool identity_given = false;
};

enum class ReplyError { empty, too_long, closed, storage_full, gone };

/// Holds the derived secrets of one reporter's session in guarded memory. Not shared by threads.
class Mailbox {
public:
    /// Same work for a well-formed unknown key as for a known one. Nothing: no such case.
    [[nodiscard]] static std::unique_ptr<Mailbox> open(Organisation& organisation,
                                                       const crypto::CaseKey& key);
    [[nodiscard]] MailboxView view();
    [[nodiscard]] Uploads start_uploads();
    /// Durable on return. Signs again when another device of the reporter was faster.
    [[nodiscard]] crypto::Result<std::monostate, ReplyError> reply(
        const crypto::SecretBytes& text, Uploads& uploads);
    /// Streams one attachment's content. False when it breaks off (hash, padding, storage).
    /// nullopt size: no such attachment in this case's signed statements.
    [[nodiscard]] std::optional<crypto::AttachmentRef> find_attachment(const crypto::Id& id);
    [[nodiscard]] bool stream_attachment(const crypto::AttachmentRef& attachment,
                                         const std::function<bool(crypto::ByteView)>& write);
    void record_visit();

private:
    Mailbox(Organisation& organisation, const crypto::CaseKey& key, storage::StoredCase row);
    struct Thread;
    [[nodiscard]] Thread read_thread();
    Organisation& organisation_;
    crypto::AgeSeed case_identity_;
    crypto::SigningSeed signing_;
    storage::StoredCase row_;
};

}  // namespace tillit::app

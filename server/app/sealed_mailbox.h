/// A reporter's case as her own browser opens it: found by the look-up token, handed out and added
/// to as sealed bytes. The server knows no key of it.
#pragma once

#include <vector>

#include "crypto/case_key.h"
#include "server/app/case_keys.h"
#include "server/app/pending_uploads.h"
#include "storage/attachments.h"
#include "storage/envelopes.h"
#include "storage/epochs.h"

namespace tillit::app {

struct SealedCase {
    storage::StoredCase row;     // feedback_due_day as it stands after the acknowledgement
    bool has_new_words = false;  // the words were changed: the first copy holds all keys
    std::vector<storage::EpochCopy> epochs;  // keys of later epochs, sealed to the reporter
    std::vector<storage::StoredEnvelope> envelopes;
};
struct SealedReply {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 0;
    crypto::Hash prev{};
    crypto::Bytes sealed;
    std::vector<crypto::Id> attachments;
    crypto::Signature signature{};  // sign_reporter_act(reply)
};
enum class SealedReplyError {
    no_such_case,
    not_sealed,
    bad_signature,  // a look-up token alone writes nothing
    no_such_upload,
    not_successor,  // read, sign again
    closed,
    thread_full,
    storage_full,
};

class SealedMailbox {
  public:
    /// Both must outlive this.
    SealedMailbox(Organisation& organisation, PendingUploads& uploads);

    /// Nothing: no case has this token. The same work either way. `is_visit` notes that the key was
    /// used today (the reporter's own misuse sign, protocol §9).
    [[nodiscard]] std::optional<SealedCase> open(const crypto::LookupToken& token, bool is_visit);
    [[nodiscard]] crypto::Result<std::monostate, SealedReplyError> reply(
        const crypto::LookupToken& token, const SealedReply& reply);
    /// The case's own attachments only.
    [[nodiscard]] std::optional<storage::AttachmentInfo> find_attachment(
        const crypto::LookupToken& token, const crypto::Id& attachment);
    [[nodiscard]] bool stream_attachment(const storage::AttachmentInfo& attachment,
                                         const std::function<bool(crypto::ByteView)>& write);

  private:
    Organisation& organisation_;
    PendingUploads& uploads_;
};

/// Who owns an upload: whoever has this token, a case's or, for a new report, a random one.
[[nodiscard]] crypto::Hash upload_owner(const crypto::LookupToken& token);

}  // namespace tillit::app

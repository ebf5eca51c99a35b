/// Members' work on cases: inbox, thread, writing, files. Everything is sealed; the server keeps
/// the order and who may see what.
///
/// A case that is not there and one the member holds no grant for are the same: nothing.
/// Threads: safe to call concurrently. Errors of the store are thrown.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "server/app/log.h"
#include "server/app/organisation.h"
#include "storage/cases.h"
#include "storage/envelopes.h"
#include "storage/epochs.h"

namespace tillit::app {

struct CaseFile {
    storage::StoredCase row;
    storage::InboxRow place;
    crypto::Bytes grant;
    crypto::Bytes identity;
    std::vector<crypto::Id> grantees;
    std::vector<storage::EpochCopy> epochs;  // keys of later epochs, sealed to this member
    std::vector<storage::StoredEnvelope> envelopes;
};
struct NewEnvelopes {
    std::vector<storage::EpochCopy> epochs;
    std::vector<storage::StoredEnvelope> envelopes;
};
struct Inbox {
    std::uint64_t total = 0;
    std::vector<storage::InboxRow> rows;
};
struct NewMessage {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 1;
    crypto::Hash prev{};
    crypto::Bytes sealed;
    std::vector<crypto::Id> attachments;
    std::optional<storage::CaseState> state;  // set in the same transaction
    bool is_feedback = false;
    std::optional<SignedAct> act;  // for the log
};
enum class WriteError {
    no_such_case,
    not_sealed,
    wrong_act,
    no_such_upload,
    not_successor,
    closed,
    thread_full
};
struct WriteRefusal {
    WriteError why;
    storage::EnvelopeHead head{};  // of this author, for not_successor
};
struct Written {
    std::uint64_t position = 0;
    crypto::Hash hash{};
};
enum class UploadRefusal { no_such_upload, wrong_size, wrong_order, too_large };

class ConsoleCases {
  public:
    explicit ConsoleCases(Organisation& organisation);

    [[nodiscard]] Inbox inbox(const crypto::Id& member, const storage::InboxPage& page);
    [[nodiscard]] bool may_see(const crypto::Hash& case_id, const crypto::Id& member);
    /// The first time is an event of the log. `with_envelopes` is false for custodians, who can't
    /// open them.
    [[nodiscard]] std::optional<CaseFile> open(const crypto::Hash& case_id,
                                               const crypto::Id& member, bool with_envelopes);
    [[nodiscard]] std::optional<NewEnvelopes> envelopes_after(const crypto::Hash& case_id,
                                                              const crypto::Id& member,
                                                              std::uint64_t position);
    [[nodiscard]] crypto::Result<Written, WriteRefusal> write(const crypto::Hash& case_id,
                                                              const crypto::Id& member,
                                                              const NewMessage& message);
    [[nodiscard]] bool mark_read(const crypto::Hash& case_id, const crypto::Id& member,
                                 std::uint64_t position);

    [[nodiscard]] std::optional<crypto::Id> begin_upload(const crypto::Hash& case_id,
                                                         const crypto::Id& member);
    /// Pieces in order, each kPieceBytes but the last.
    [[nodiscard]] crypto::Result<std::monostate, UploadRefusal> add_piece(
        const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& upload,
        std::uint64_t index, crypto::ByteView piece);
    [[nodiscard]] bool complete_upload(const crypto::Hash& case_id, const crypto::Id& member,
                                       const crypto::Id& upload, std::uint64_t stored_size);

    [[nodiscard]] std::optional<storage::AttachmentInfo> find_attachment(
        const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& attachment);
    [[nodiscard]] bool stream_attachment(const storage::AttachmentInfo& attachment,
                                         const std::function<bool(crypto::ByteView)>& write);

  private:
    struct Upload {  // not yet bound to a message; gone at a restart, as its rows are
        crypto::Hash case_id{};
        crypto::Id member{};
        std::uint64_t next_index = 0;
        std::uint64_t size = 0;
        bool is_busy = false;
        bool is_complete = false;
    };
    [[nodiscard]] bool owns_complete_uploads(const crypto::Hash& case_id, const crypto::Id& member,
                                             const std::vector<crypto::Id>& uploads);
    void forget_uploads(const std::vector<crypto::Id>& uploads);

    Organisation& organisation_;
    std::mutex mutex_;
    std::map<crypto::Id, Upload> uploads_;  // GUARDED_BY(mutex_)
};

}  // namespace tillit::app

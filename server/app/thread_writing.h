/// The one way by which an envelope gets into a thread once its case is there.
#pragma once

#include <vector>

#include "server/app/log.h"
#include "storage/envelopes.h"

namespace tillit::app {

/// What one author may write into one case. A thread is read as a whole, by the server and by every
/// reader: without a bound one writer could make it too large to be opened. Of each author apart,
/// so that nobody can stop another. Short messages are of 5,755 bytes: some 2,900 of them.
inline constexpr std::uint64_t kMaxThreadBytesOfAuthor = 16U << 20U;

/// Stores the envelope with its event, or neither; a member has then read up to what she wrote.
/// Call it in the write() of the act that it belongs to. `kind`: what the log calls the act; what
/// is more than a message (new keys, a door closed) has bounds of its own and is never refused as
/// too much. `act`: as the member's client signed it, looked at by the caller.
[[nodiscard]] storage::AppendResult append_to_thread(
    storage::Database& db, const Clock& clock, const crypto::Hash& case_id,
    const storage::NewEnvelope& envelope, std::string_view kind,
    const std::optional<SignedAct>& act = {}, const std::vector<crypto::Id>& attachments = {});

}  // namespace tillit::app

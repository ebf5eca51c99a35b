/// The one way by which an envelope gets into a thread once its case is there.
#pragma once

#include <vector>

#include "server/app/log.h"
#include "storage/envelopes.h"

namespace tillit::app {

/// Stores the envelope with its event, or neither; a member has then read up to what she wrote.
/// Call it in the write() of the act that it belongs to. `kind`: what the log calls the act. `act`:
/// as the member's client signed it, looked at by the caller.
[[nodiscard]] storage::AppendResult append_to_thread(
    storage::Database& db, const Clock& clock, const crypto::Hash& case_id,
    const storage::NewEnvelope& envelope, std::string_view kind,
    const std::optional<SignedAct>& act = {}, const std::vector<crypto::Id>& attachments = {});

}  // namespace tillit::app

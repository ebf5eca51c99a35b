/// Acts on the keys of a case as both doors' APIs take them in JSON (docs/api.yaml).
#pragma once

#include <optional>

#include "crypto/strict_json.h"
#include "server/app/case_keys.h"

namespace tillit::app {

/// "epoch", "seq", "prev", "sealed"; fails the reader where one is wrong.
[[nodiscard]] SealedAct read_sealed_act(crypto::FieldReader& fields);
/// The same with "grants": [{"member", "sealed"}] and "reporter_copy".
[[nodiscard]] EpochAct read_epoch_act(crypto::FieldReader& fields);
/// The object "words": "lookup_hash", "verify_key"; nothing where it is absent.
[[nodiscard]] std::optional<NewWords> read_new_words(crypto::FieldReader& fields);
/// "grants": [{"member", "sealed"}]
[[nodiscard]] std::vector<storage::NewGrant> read_grants(crypto::FieldReader& fields);
/// "handling": [{"epoch", "sealed"}]
[[nodiscard]] std::vector<storage::EpochCopy> read_handling(crypto::FieldReader& fields);
/// A grant under this name.
[[nodiscard]] crypto::Bytes read_sealed_grant(crypto::FieldReader& fields, const char* name);

/// Status and code of a refusal.
struct KeysReply {
    int status;
    std::string_view code;
};
[[nodiscard]] KeysReply to_reply(KeysRefusal why);

/// [{"epoch", "sealed"}]
[[nodiscard]] nlohmann::json to_json(const std::vector<storage::EpochCopy>& epochs);

}  // namespace tillit::app

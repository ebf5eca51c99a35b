/// Lists that several statements carry: excluded persons (manifest, grants), heads of a chain
/// (envelopes, notes).
#pragma once

#include "crypto/envelope.h"
#include "crypto/json_writer.h"
#include "crypto/strict_json.h"

namespace tillit::crypto::detail {

void write_excluded(JsonWriter& out, const std::vector<Exclusion>& excluded);

/// Reads the field "excluded" of `fields`, which fails if it is not a list of at most kMaxExcluded.
[[nodiscard]] std::vector<Exclusion> read_excluded(FieldReader& fields);

void write_heads(JsonWriter& out, const std::vector<Head>& heads);

/// Reads the field "heads" of `fields`, which fails if it is not a list of at most kMaxHeads heads
/// of distinct authors, counted from 1.
[[nodiscard]] std::vector<Head> read_heads(FieldReader& fields);

/// Names of persons as a directory may list them: 1..kMaxPersonNameBytes, no control characters.
[[nodiscard]] bool is_person_name(std::string_view name);

}  // namespace tillit::crypto::detail

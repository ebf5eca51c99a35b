/// One organisation, one case and its people from fixed labels: the same in every run, so that
/// vectors and tests can name each value. Never for anything real.
#pragma once

#include "crypto/age/detail.h"
#include "crypto/directory.h"
#include "crypto/keyring.h"

namespace tillit::test {

/// 32 bytes that only `name` decides.
[[nodiscard]] inline crypto::Hash fixed_bytes(std::string_view name) {
    return crypto::labelled_hash("tillit/test", {crypto::view(name)});
}
template <class S>
[[nodiscard]] S fixed_secret(std::string_view name) {
    const crypto::Hash bytes = fixed_bytes(name);
    return S::copy_of(std::span<const std::uint8_t, 32>(bytes).template first<S::kSize>());
}
[[nodiscard]] crypto::Id fixed_id(std::string_view name);

struct FixedMember {
    crypto::Id member, person;
    crypto::AgeSeed identity;
    crypto::SigningSeed signing;
    crypto::HybridRecipient recipient;
    explicit FixedMember(const std::string& name);
};

struct FixedWorld {
    explicit FixedWorld(const std::string& name = "world");
    crypto::Id org;
    crypto::CaseKey key;
    crypto::AgeSeed case_identity, reporter_identity;
    crypto::IdentityShare share_a, share_b;
    crypto::SigningSeed reporter;
    crypto::HybridRecipient case_recipient, reporter_recipient;
    crypto::VerifyKey reporter_key;
    crypto::Hash case_id;
    FixedMember ingrid, kari;  // investigator, custodian

    [[nodiscard]] crypto::Statement report(std::string body) const;
    [[nodiscard]] crypto::Statement message(std::string body) const;  // of ingrid, her first
    [[nodiscard]] crypto::Grant grant_for_investigator() const;
    [[nodiscard]] crypto::Grant grant_for_custodian() const;
};

/// Seals a plaintext as it is, well-formed or not, with randomness that `name` decides.
[[nodiscard]] crypto::Bytes fixed_seal(std::string_view name, crypto::ByteView plain,
                                       const crypto::HybridRecipient& to);

/// A file of `sealed` with its one stanza written twice and a right header MAC: made only to be
/// refused. `name` as it was sealed with.
[[nodiscard]] crypto::Bytes with_two_stanzas(std::string_view name, const crypto::Bytes& sealed);

}  // namespace tillit::test

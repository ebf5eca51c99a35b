/// Envelopes (protocol §5): one message of a case, signed, chained per author, padded, sealed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/age/age.h"
#include "crypto/case_key.h"

namespace tillit::crypto {

/// Who wrote: the reporter (all zero bytes) or a member's id.
using Author = Id;
inline constexpr Author kReporter{};

enum class SealedBy { browser, cli, server };
enum class Kind {
    report,           // the first envelope; carries a manifest
    message,          // text and files, either way
    ack,              // a member has opened the case for the first time
    status,           // a member set the state; `state` is not empty
    identity_notice,  // a member tells the reporter that the identity is asked for (§4.5)
    access,           // a member gave a further member the keys; carries `access`
    recusal,          // a member leaves the case; the next epoch is made without her (§7.8)
    epoch,            // new case identity; carries `change`
    door_closed       // the reporter made the case key useless (§7.10)
};

struct AttachmentRef {
    Id id;
    std::string name;  // as the sender's device named it; hostile
    std::string type;
    std::uint64_t size;  // bytes of content, before padding
    Hash stored_hash;
};

struct Head {
    Author author;
    std::uint64_t seq;
    Hash hash;  // envelope_hash of that author's last envelope
};

struct ManifestGrant {
    Id member;
    Hash recipient_hash;
    Hash sha256;  // of the sealed grant
};

struct Exclusion {
    Id person;
    std::string name;
};

/// What the report says of the whole submission, so that a server can neither add nor drop a part.
struct Manifest {
    std::vector<ManifestGrant> grants;
    Hash identity_hash;  // SHA-256 of the sealed identity envelope
    bool identity_given = false;
    std::uint64_t dir_version = 0;
    Hash dir_hash{};
    std::vector<Exclusion> excluded;
};

/// A reporter's new keys, signed with the old one (§7.9).
struct Rekey {
    HybridRecipient reporter_recipient{};
    VerifyKey verify_key{};
};

/// What an epoch statement of epoch n says of epoch n+1.
struct EpochChange {
    Hash recipient_hash{};              // of the new case identity's recipient
    Hash reporter_hash{};               // SHA-256 of the reporter's sealed copy
    std::vector<ManifestGrant> grants;  // investigators and alternates who go on; 1..kMaxGrants
    std::optional<Rekey> rekey;         // only the reporter's
};

struct Statement {
    Id org{};
    Hash case_id{};
    std::uint64_t epoch = 0;
    Kind kind = Kind::message;
    Author from{};
    std::uint64_t seq = 1;  // counts per author from 1
    Hash prev{};            // envelope_hash of the author's envelope seq-1; zeros for the first
    std::vector<Head> heads;
    SealedBy sealed_by = SealedBy::server;
    std::string body;   // UTF-8
    std::string state;  // only for Kind::status
    std::vector<AttachmentRef> attachments;
    std::optional<Manifest> manifest;       // only, and always, for Kind::report
    std::optional<ManifestGrant> access{};  // only, and always, for Kind::access
    std::optional<EpochChange> change{};    // only, and always, for Kind::epoch
};

enum class EnvelopeError {
    too_large,
    not_sealed,  // no strict hybrid age file, or not for this identity
    malformed,   // padding, magic, JSON, fields
    bad_signature,
    wrong_case,  // org, case or epoch is not the one expected
};

inline constexpr std::size_t kEnvelopeBuckets[] = {4096, 16384, 65536, 262144};

// Limits of a statement (docs/protocol.md §5.2); all bytes are UTF-8, lists are counted.
inline constexpr std::size_t kMaxStatementBytes = 262144 - 76;  // the largest bucket less its frame
inline constexpr std::size_t kMaxHeads = 64;
inline constexpr std::size_t kMaxAttachments = 128;
inline constexpr std::size_t kMaxGrants = 64;
inline constexpr std::size_t kMaxExcluded = 12;  // so that every grant still fits its 4,096 bytes
inline constexpr std::size_t kMaxPersonNameBytes = 96;
inline constexpr std::size_t kMaxFileNameBytes = 512;
inline constexpr std::size_t kMaxFileTypeBytes = 128;
inline constexpr std::size_t kMaxStateBytes = 64;

/// JSON text of a statement: key order as docs/protocol.md lists it; these bytes are signed.
[[nodiscard]] std::string encode_statement(const Statement& statement);
/// The statement, or malformed: strict JSON, known keys only, limits as above, and the fields agree
/// with one another (§5.2: seq and prev, kind and from, status and state, report and manifest).
[[nodiscard]] Result<Statement, EnvelopeError> decode_statement(ByteView text);

/// Signs, pads to the smallest bucket that holds it and seals to the case recipient.
/// Errors: too_large (no bucket), malformed (decode_statement would refuse it), not_sealed (the
/// recipient is no key).
[[nodiscard]] Result<Bytes, EnvelopeError> seal_envelope(const Statement& statement,
                                                         const SigningSeed& author,
                                                         const HybridRecipient& case_recipient);

/// What a reader without a key can check: one hybrid stanza, and a length of the four buckets.
[[nodiscard]] bool is_sealed_envelope(ByteView sealed);

/// An envelope whose age layer is open and whose signature is not checked yet.
class UnverifiedEnvelope {
  public:
    [[nodiscard]] Author claimed_author() const noexcept { return statement_.from; }
    [[nodiscard]] Kind claimed_kind() const noexcept { return statement_.kind; }
    /// The statement, if `author` signed it and it speaks of this organisation, case and epoch.
    [[nodiscard]] Result<Statement, EnvelopeError> verify(const VerifyKey& author, const Id& org,
                                                          const Hash& case_id,
                                                          std::uint64_t epoch = 0) &&;

  private:
    friend Result<UnverifiedEnvelope, EnvelopeError> open_envelope(ByteView, const AgeSeed&);
    Statement statement_;
    SecretBytes plain_;  // the signed bytes as they were carried; nobody re-serialises
};
/// Errors: too_large, not_sealed, malformed.
[[nodiscard]] Result<UnverifiedEnvelope, EnvelopeError> open_envelope(ByteView sealed,
                                                                      const AgeSeed& case_identity);

/// SHA-256("tillit/v1/envelope" ‖ 0x00 ‖ sealed bytes): names an envelope in chains.
[[nodiscard]] Hash envelope_hash(ByteView sealed);

/// What is wrong with a thread as a whole, in the server's order. Shown loudly; never hidden.
///   fork          an earlier entry has the same author and seq
///   gap           no earlier entry is this one's predecessor (author, seq - 1, hash = prev)
///   missing_head  a head names an envelope that does not stand earlier; author and seq are the
///   head's
/// Each is reported once, in the order found.
struct ChainFault {
    enum class What { fork, gap, missing_head } what;
    Author author;
    std::uint64_t seq;
};
struct ChainEntry {
    Hash hash;
    const Statement* statement;  // not owned
};
[[nodiscard]] std::vector<ChainFault> check_chains(const std::vector<ChainEntry>& thread);

/// The head of every author in a verified thread, for the next statement's `heads`.
[[nodiscard]] std::vector<Head> heads_of(const std::vector<ChainEntry>& thread);

/// What chains are made of, whatever else a statement says; `heads` is not owned.
struct ChainLink {
    Hash hash{};
    Author author{};
    std::uint64_t seq = 1;
    Hash prev{};
    std::span<const Head> heads;
};
[[nodiscard]] std::vector<ChainFault> check_chains(const std::vector<ChainLink>& links);
[[nodiscard]] std::vector<Head> heads_of(const std::vector<ChainLink>& links);

namespace detail {
/// The smallest bucket of a plaintext that holds `bytes`, or nothing.
[[nodiscard]] std::optional<std::size_t> envelope_bucket(std::size_t bytes);
}  // namespace detail

}  // namespace tillit::crypto

/// Rows as the rest of the program sees them. All sealed bytes are opaque here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace tillit::storage {

using crypto::Bytes;
using crypto::ByteView;
using crypto::Hash;
using crypto::Id;

using Day = std::int64_t;  // days since 1970-01-01, UTC; no finer time of a reporter is stored

struct Organisation {
    Id org_id{};
    std::string name;
    bool is_demo = false;
    std::uint64_t max_report_bytes = 500ULL << 20;  // files of one report or reply, together
    Bytes device_cookie_key;                        // 32 bytes, HMAC key of device cookies
    std::string contact;  // other ways to report, plain text, may be empty
};

/// member.status
enum class MemberStatus { invited, enrolled, active, closed };  // active = stands in the directory

struct Member {
    Id member_id{};
    Id person_id{};
    std::string login;  // lower case, unique
    std::string name;
    std::string office;
    std::string role;  // crypto::to_text(Role)
    bool is_default = false;
    MemberStatus status = MemberStatus::invited;
    Bytes recipient;   // 1,216 bytes once enrolled
    Bytes verify_key;  // 32 bytes once enrolled
};

/// What log-in needs; never listed with the member.
struct MemberSecrets {
    Hash auth_hash{};
    Bytes keyring;
    std::uint32_t keyring_version = 0;
    Hash recovery_auth_hash{};
    Bytes recovery_keyring;
    std::uint32_t recovery_version = 0;  // what recovery_keyring is bound to; counts for itself
};

/// case.state; the workflow states of the console.
enum class CaseState { received, acknowledged, investigating, waiting_for_reporter, closed };

struct NewGrant {
    Id member_id{};
    Bytes sealed;
};
struct NewEnvelope {
    Id author{};              // zeros: the reporter
    std::uint64_t epoch = 0;  // whose key it is sealed to
    std::uint64_t seq = 1;
    Hash prev{};
    Hash hash{};
    Bytes sealed;
};
struct NewCase {
    Hash case_id{};
    Hash lookup_hash{};
    Bytes case_recipient;
    Bytes reporter_recipient;
    Bytes verify_key;
    Day received_day = 0;
    Day acknowledge_due_day = 0;
    Day feedback_due_day = 0;
    std::vector<NewGrant> grants;
    NewEnvelope report;
    Bytes identity;               // sealed identity envelope
    std::vector<Id> attachments;  // uploads to bind to this case
};

struct StoredCase {
    Hash case_id{};
    Bytes case_recipient;
    Bytes reporter_recipient;
    Bytes verify_key;
    Day received_day = 0;
    std::optional<Day> acknowledged_day;
    Day acknowledge_due_day = 0;
    Day feedback_due_day = 0;
    std::optional<Day> feedback_day;
    CaseState state = CaseState::received;
    // The last day the reporter opened it with the key before that of the newest opening: what a
    // page says after today's record_visit().
    std::optional<Day> opened_day;
    std::optional<Day> newest_opened_day;
    std::uint32_t opened_count = 0;
};

struct StoredEnvelope {
    std::uint64_t position = 0;  // 1… in the case's one order
    Id author{};
    std::uint64_t seq = 1;
    Hash prev{};
    Hash hash{};
    Day day = 0;
    Bytes sealed;
};

/// Where an envelope stands, without what is in it.
struct EnvelopePlace {
    Id author{};
    std::uint64_t seq = 1;
    Hash hash{};
    Day day = 0;
};

struct EnvelopeHead {
    Id author{};
    std::uint64_t seq = 0;
    Hash hash{};
};

/// How appending an envelope ended (protocol §5: only the successor of the author's head is taken,
/// sealed to the epoch of the case).
enum class AppendResult {
    stored,
    not_successor,
    other_epoch,
    no_such_case,
    case_closed,
    thread_full  // its author has written as much into this case as one may
};

struct InboxRow {
    Hash case_id{};
    Day received_day = 0;
    std::optional<Day> acknowledged_day;
    Day acknowledge_due_day = 0;
    Day feedback_due_day = 0;
    std::optional<Day> feedback_day;
    CaseState state = CaseState::received;
    std::uint64_t last_position = 0;  // newest envelope
    std::uint64_t read_position = 0;  // how far this member has read
};

struct AttachmentInfo {
    Id id{};
    std::uint64_t stored_size = 0;
    std::uint64_t pieces =
        0;  // rows of attachment_piece, each kPieceBytes (attachments.h) but the last
};

}  // namespace tillit::storage

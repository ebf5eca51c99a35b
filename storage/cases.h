/// Cases: what stands around the sealed envelopes (protocol §9), who holds grants, the inbox.
///
/// Rows hold days, never times. Errors: storage::Error.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

/// One page of a member's inbox, newest day first.
struct InboxPage {
    struct Cursor {  // of the last row seen
        Day received_day = 0;
        Hash case_id{};
    };
    std::optional<Cursor> after;
    std::size_t limit = 50;
    std::optional<CaseState> state;  // only cases in this state
};

class Cases {
  public:
    explicit Cases(Database& db) : db_(db) {}

    /// Case, grants, first envelope, identity and the uploads it names, or nothing at all.
    /// False if a case with this lookup_hash exists. Throws Error::not_found for an upload that
    /// isn't there, Error::refused for a grant to nobody.
    [[nodiscard]] bool insert(const NewCase& new_case);
    [[nodiscard]] std::optional<StoredCase> find_by_lookup(const Hash& lookup_hash);
    [[nodiscard]] std::optional<StoredCase> find(const Hash& case_id);
    [[nodiscard]] bool exists_lookup(const Hash& lookup_hash);

    /// Only cases in which the member holds a grant; nobody else's leave any trace in the answer.
    [[nodiscard]] std::vector<InboxRow> inbox(const Id& member, const InboxPage& page);
    [[nodiscard]] std::uint64_t inbox_count(const Id& member);
    /// The member's row of one case; nothing without a grant.
    [[nodiscard]] std::optional<InboxRow> inbox_row(const Hash& case_id, const Id& member);

    [[nodiscard]] std::optional<Bytes> grant(const Hash& case_id, const Id& member);
    [[nodiscard]] bool has_grant(const Hash& case_id, const Id& member);
    [[nodiscard]] std::vector<Id> grantees(const Hash& case_id);
    [[nodiscard]] std::optional<Bytes> identity(const Hash& case_id);

    /// False if there is no such case. The first state after `received` sets acknowledged_day.
    bool set_state(const Hash& case_id, CaseState state, Day today);
    bool set_feedback(const Hash& case_id, Day today);  // the first time only
    /// The reporter opened it with the key.
    void record_visit(const Hash& case_id, Day today);
    /// How far the member has read; never moves back.
    /// Whether this member was handed the case before; note_opening is true the first time only.
    [[nodiscard]] bool was_opened(const Hash& case_id, const Id& member);
    [[nodiscard]] bool note_opening(const Hash& case_id, const Id& member);
    void mark_read(const Hash& case_id, const Id& member, std::uint64_t position);

  private:
    Database& db_;
};

}  // namespace tillit::storage

/// Requests for a reporter's identity and the letters about them, sealed (protocol §4.5).
///
/// Errors   storage::Error.
#pragma once

#include "storage/database.h"
#include "storage/types.h"

namespace tillit::storage {

enum class RequestState { open, disclosed, refused };

/// One letter as sealed to one of its readers.
struct SealedLetter {
    Id reader{};
    Bytes sealed;
};
struct NewIdentityRequest {
    Id request_id{};
    Hash case_id{};
    Id from{};
    Id custodian{};
    std::vector<SealedLetter> letters;
};
struct IdentityRequestRow {
    Id request_id{};
    Hash case_id{};
    Id from{};
    Id custodian{};
    Day day = 0;
    RequestState state = RequestState::open;
    std::optional<Day> answered_day;
    std::uint64_t openings = 0;
};
enum class LetterKind { request, disclosure, refusal, opening };
struct StoredLetter {
    LetterKind kind = LetterKind::request;
    Day day = 0;
    Bytes sealed;
};
/// A request with what one member may read of it, oldest first.
struct IdentityCorrespondence {
    IdentityRequestRow row;
    std::vector<Id> readers;  // of the request
    std::vector<StoredLetter> letters;
};

class IdentityRequests {
  public:
    explicit IdentityRequests(Database& db) : db_(db) {}

    /// False, and nothing stored, if the member has an open request in this case already or the id
    /// is taken.
    [[nodiscard]] bool ask(const NewIdentityRequest& request, Day today);
    [[nodiscard]] std::optional<IdentityRequestRow> find(const Id& request_id);
    [[nodiscard]] bool has_open(const Hash& case_id, const Id& from);
    [[nodiscard]] std::vector<Id> readers(const Id& request_id);  // of the request itself
    /// A case's requests, oldest first: those of which `reader` holds a letter.
    [[nodiscard]] std::vector<IdentityCorrespondence> of_case(const Hash& case_id,
                                                              const Id& reader);
    /// Both answer an open request, once; false if it is none (any more).
    [[nodiscard]] bool disclose(const Id& request_id, ByteView sealed, Day today);
    [[nodiscard]] bool refuse(const Id& request_id, const std::vector<SealedLetter>& letters,
                              Day today);
    /// False if nothing was disclosed.
    [[nodiscard]] bool record_opening(const Id& request_id,
                                      const std::vector<SealedLetter>& letters, Day today);

  private:
    bool answer(const Id& request_id, RequestState state, Day today);
    void insert(const Id& request_id, LetterKind kind, std::uint64_t number,
                const SealedLetter& letter, Day today);
    Database& db_;
};

}  // namespace tillit::storage

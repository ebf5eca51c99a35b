/// Carries the letters by which an investigator and a custodian open an identity (protocol §4.5).
///
/// The server reads none of them. It sees to what it can: who may write which letter to whom, that
/// a notice is stored with its request or neither is, that a request is answered once, and that
/// nothing is called opened before it was disclosed.
/// Threads: safe to call concurrently. Errors of the store are thrown.
#pragma once

#include "server/app/console_cases.h"
#include "server/app/log.h"
#include "storage/identity_requests.h"

namespace tillit::app {

using Letters = std::vector<storage::SealedLetter>;

/// The notice to the reporter, an envelope of the thread.
struct NewNotice {
    std::uint64_t epoch = 0;
    std::uint64_t seq = 1;
    crypto::Hash prev{};
    crypto::Bytes sealed;
    std::optional<SignedAct> act;  // about the notice
};
struct NewAsking {
    crypto::Id request_id{};
    crypto::Id custodian{};
    Letters letters;
    std::optional<NewNotice> notice;  // none: an exemption is recorded in the letter
    std::optional<SignedAct> act;     // about the request
};
enum class LetterRefusal {
    no_such_request,  // none in this case, or not this member's to act on
    not_sealed,       // a letter or notice that is no sealed object of its size
    wrong_readers,    // not one letter for each who must have one, and for nobody else
    wrong_custodian,  // no custodian of this case, or the same person as the one who asks
    wrong_act,        // signed by somebody else, or about something else
    already_asked,
    already_answered,
    not_disclosed,
    not_successor,  // of the notice's author's head
    closed,
    thread_full  // of the notice
};
struct AskRefusal {
    LetterRefusal why;
    storage::EnvelopeHead head{};  // for not_successor
};

class IdentityLetters {
  public:
    explicit IdentityLetters(Organisation& organisation) : organisation_(organisation) {}

    /// What `member` may read, oldest first; nothing without a grant.
    [[nodiscard]] std::optional<std::vector<storage::IdentityCorrespondence>> of_case(
        const crypto::Hash& case_id, const crypto::Id& member);
    [[nodiscard]] crypto::Result<std::monostate, AskRefusal> ask(const crypto::Hash& case_id,
                                                                 const crypto::Id& member,
                                                                 const NewAsking& asking);
    /// By the custodian who was asked.
    [[nodiscard]] crypto::Result<std::monostate, LetterRefusal> disclose(
        const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& request,
        const crypto::Bytes& sealed, const std::optional<SignedAct>& act = std::nullopt);
    [[nodiscard]] crypto::Result<std::monostate, LetterRefusal> refuse(
        const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& request,
        const Letters& letters, const std::optional<SignedAct>& act = std::nullopt);
    /// By the one who asked. Durable on return: only then a client may open.
    [[nodiscard]] crypto::Result<std::monostate, LetterRefusal> record_opening(
        const crypto::Hash& case_id, const crypto::Id& member, const crypto::Id& request,
        const Letters& letters, const std::optional<SignedAct>& act = std::nullopt);

  private:
    Organisation& organisation_;
};

}  // namespace tillit::app

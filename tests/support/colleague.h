/// What a member's client does with a case over its epochs: read, write, give, leave, renew.
#pragma once

#include "crypto/new_handling.h"
#include "server/app/case_keys.h"
#include "server/app/case_notes.h"
#include "server/app/console_cases.h"
#include "tests/support/demo_organisation.h"

namespace tillit::test {

class Colleague {
  public:
    /// All must outlive this.
    Colleague(DemoOrganisation& org, const Person& person, const crypto::Hash& case_id)
        : org_(org), person_(person), case_id_(case_id) {}

    /// Nothing: the server does not hand out the case.
    [[nodiscard]] std::unique_ptr<crypto::CaseThread> read();
    /// The case's notes over its thread; nothing where the server hands out none.
    struct Notes {
        std::unique_ptr<crypto::CaseThread> thread;
        std::unique_ptr<crypto::NoteThread> notes;
        [[nodiscard]] std::vector<std::string> bodies() const;
    };
    [[nodiscard]] std::optional<Notes> notes();
    /// The next note, with the handling identity of its epoch if there is none.
    [[nodiscard]] app::NewNote next_note(const Notes& read, const std::string& body) const;
    [[nodiscard]] crypto::Result<std::monostate, app::NoteRefusal> hand_in(
        const app::NewNote& note);
    [[nodiscard]] crypto::Result<std::monostate, app::NoteRefusal> write_note(
        const std::string& body);
    [[nodiscard]] crypto::Result<app::Written, app::WriteRefusal> write(const std::string& body);
    [[nodiscard]] app::KeysResult give_key_to(const Person& other);
    [[nodiscard]] app::KeysResult leave();
    [[nodiscard]] app::KeysResult renew();
    /// An epoch for these persons, whoever they are.
    [[nodiscard]] app::KeysResult renew_for(const std::vector<const crypto::DirectoryMember*>& to);
    [[nodiscard]] crypto::Statement next(const crypto::CaseThread& thread, crypto::Kind kind) const;
    [[nodiscard]] app::SealedAct seal(const crypto::CaseThread& thread,
                                      const crypto::Statement& statement) const;

  private:
    [[nodiscard]] crypto::Giver giver() const;
    DemoOrganisation& org_;
    const Person& person_;
    crypto::Hash case_id_;
    std::shared_ptr<const app::Readers> readers_;
    std::vector<crypto::DirectoryMember> former_;
    std::optional<crypto::CaseReader> reader_;
    crypto::VerifyKey reporter_key_{};
};

}  // namespace tillit::test

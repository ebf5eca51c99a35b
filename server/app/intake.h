/// Handing in a report when the server seals (protocol §8): everything of §4–§6, then one commit.
#pragma once

#include "server/app/organisation.h"
#include "server/app/upload.h"

namespace tillit::app {

enum class SubmitError {
    empty,              // no text
    too_long,           // does not fit the largest envelope
    nobody_left,        // every reader was excluded or unticked: not even the alternate remains
    not_receiving,      // IntakeState is not open
    no_custodian,       // a name was given, and nobody could ever open it
    too_many_excluded,  // a grant holds at most crypto::kMaxExcluded
    storage_full,
};

struct IdentityFields {
    crypto::SecretBytes name;
    crypto::SecretBytes contact;
    [[nodiscard]] bool given() const { return !name.empty() || !contact.empty(); }
};

/// Who gets a key: the ticked investigators; if none of them remains, the alternate.
struct Recipients {
    std::vector<const crypto::DirectoryMember*> readers;  // into the directory
    const crypto::DirectoryMember* custodian = nullptr;   // first one not excluded; may be null
    bool falls_to_alternate = false;
    std::vector<crypto::Exclusion> excluded;
};
/// `ticked` are the investigators a reporter left ticked; a default receiver who was unticked is
/// excluded, and so is everybody in `also_excluded` (custodian or alternate, say). Exclusion is of
/// the person, in all of that person's roles. Nobody reads and guards the identity of one case.
/// Empty `readers` means nobody is left.
[[nodiscard]] Recipients choose_recipients(const crypto::Directory& directory,
                                           const std::vector<crypto::Id>& ticked,
                                           const std::vector<crypto::Id>& also_excluded = {});
[[nodiscard]] inline Recipients choose_recipients(
    const Readers& readers, const std::vector<crypto::Id>& ticked,
    const std::vector<crypto::Id>& also_excluded = {}) {
    return choose_recipients(readers.directory, ticked, also_excluded);
}

/// A submission being read from the wire. Made before the first byte of a file, since sealing needs
/// the case; `commit` is the only thing that makes it exist. Dropped without commit, its uploads
/// go.
class Submission {
  public:
    Submission(Organisation& organisation, std::shared_ptr<const Readers> readers);
    [[nodiscard]] Uploads& uploads() noexcept { return uploads_; }
    /// Returns once the bytes are durable. `key()` is valid only after a success.
    [[nodiscard]] crypto::Result<std::monostate, SubmitError> commit(
        const crypto::SecretBytes& text, const IdentityFields& identity,
        const std::vector<crypto::Id>& ticked, const std::vector<crypto::Id>& also_excluded = {});
    [[nodiscard]] const crypto::CaseKey& key() const noexcept { return key_; }
    [[nodiscard]] const crypto::Hash& case_id() const noexcept { return case_id_; }

  private:
    Organisation& organisation_;
    std::shared_ptr<const Readers> readers_;
    crypto::CaseKey key_;
    crypto::HybridRecipient case_recipient_;
    crypto::Hash case_id_{};
    Uploads uploads_;
};

}  // namespace tillit::app

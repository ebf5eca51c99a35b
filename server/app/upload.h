/// Files on their way in: sealed while they arrive, stored in pieces, unbound until a commit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "crypto/attachment.h"
#include "crypto/envelope.h"
#include "server/app/organisation.h"

namespace tillit::app {

enum class UploadError { too_large, storage_full };

class Uploads {
  public:
    Uploads(Organisation& organisation, const crypto::HybridRecipient& case_recipient);
    ~Uploads();  // drops what was never bound
    Uploads(const Uploads&) = delete;
    Uploads& operator=(const Uploads&) = delete;

    bool begin(const std::string& name, const std::string& type);
    bool write(crypto::ByteView content);  // false: stop reading, see error()
    bool end();
    void abandon_current();  // the file in hand failed; those before it stay

    [[nodiscard]] std::optional<UploadError> error() const noexcept { return error_; }
    [[nodiscard]] const std::vector<crypto::AttachmentRef>& finished() const noexcept {
        return finished_;
    }
    /// Name of a file that was begun and did not finish, for "send this one again".
    [[nodiscard]] const std::string& unfinished_name() const noexcept { return current_name_; }
    [[nodiscard]] std::vector<crypto::Id> ids() const;
    [[nodiscard]] const crypto::HybridRecipient& recipient() const noexcept {
        return case_recipient_;
    }
    void mark_bound() noexcept { is_bound_ = true; }

  private:
    struct Current;
    Organisation& organisation_;
    crypto::HybridRecipient case_recipient_;
    std::unique_ptr<Current> current_;
    std::string current_name_;
    std::vector<crypto::AttachmentRef> finished_;
    std::uint64_t total_bytes_ = 0;
    std::optional<UploadError> error_;
    bool is_bound_ = false;
};

}  // namespace tillit::app

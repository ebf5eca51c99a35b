/// What `tillit seal` leaves behind: the submission file, and the case key on the terminal.
#pragma once

#include <filesystem>
#include <memory>

#include "crypto/case_key.h"
#include "server/app/sealed_intake.h"

namespace tillit::cli {

/// Where the key is shown: the terminal, or standard output if asked for. Throws at once if there
/// is no terminal: a report whose key nobody saw cannot be followed up.
class KeyDisplay {
  public:
    explicit KeyDisplay(bool to_stdout);
    ~KeyDisplay();
    KeyDisplay(const KeyDisplay&) = delete;
    KeyDisplay& operator=(const KeyDisplay&) = delete;
    void show(const crypto::CaseKey& key) const;

  private:
    int out_;
};

[[noreturn]] void refuse_too_many();
[[noreturn]] void refuse_too_large(std::uint64_t max_bytes);

/// Attachments are sealed to a file without a name beside the new one, which then takes them in
/// behind the head that names them. Sealed bytes only; without write() nothing is left.
class SubmissionWriter {
  public:
    /// Throws if `path` exists. `max_bytes`: of all attachments together, unsealed.
    SubmissionWriter(std::filesystem::path path, const crypto::HybridRecipient& case_recipient,
                     std::uint64_t max_bytes);
    ~SubmissionWriter();
    SubmissionWriter(const SubmissionWriter&) = delete;
    SubmissionWriter& operator=(const SubmissionWriter&) = delete;

    void attach(const std::filesystem::path& file);
    [[nodiscard]] const std::vector<crypto::AttachmentRef>& files() const noexcept {
        return files_;
    }
    /// Durable on return, mode 0600.
    void write(const app::SealedReport& report, const crypto::Id& org);

  private:
    std::filesystem::path path_;
    crypto::HybridRecipient case_recipient_;
    std::uint64_t max_bytes_;
    std::uint64_t bytes_left_;
    int attachments_;
    std::vector<crypto::AttachmentRef> files_;
    std::vector<std::uint64_t> stored_sizes_;
};

}  // namespace tillit::cli

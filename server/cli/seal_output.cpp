#include "server/cli/seal_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "crypto/strict_json.h"
#include "crypto/submission_file.h"

namespace tillit::cli {

namespace {

constexpr std::size_t kMaxNameBytes = 120;

[[noreturn]] void fail(const std::string& doing, const std::string& path) {
    const int why = errno;
    throw std::runtime_error("cannot " + doing + " " + path + ": " +
                             std::strerror(why));  // NOLINT(concurrency-mt-unsafe)
}

void write_all(int out, crypto::ByteView bytes, const std::string& path) {
    while (!bytes.empty()) {
        const auto count = ::write(out, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("write", path);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

/// The last part of the path as a statement may hold it: clean UTF-8, cut between characters.
std::string name_of(const std::filesystem::path& file) {
    auto name = file.filename().string();
    if (!crypto::is_clean_utf8(crypto::view(name))) return "file";
    while (name.size() > kMaxNameBytes || !crypto::is_clean_utf8(crypto::view(name))) {
        name.pop_back();
    }
    return name.empty() ? "file" : name;
}

class Descriptor {
  public:
    Descriptor(int number, const std::string& doing, const std::string& path) : number_(number) {
        if (number_ < 0) fail(doing, path);
    }
    ~Descriptor() { ::close(number_); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const noexcept { return number_; }

  private:
    int number_;
};

}  // namespace

KeyDisplay::KeyDisplay(bool to_stdout)
    : out_(to_stdout ? ::dup(STDOUT_FILENO) : ::open("/dev/tty", O_WRONLY | O_CLOEXEC)) {
    if (out_ < 0) {
        throw std::runtime_error(
            "there is no terminal to show the case key on; --key-to-stdout writes it to standard "
            "output, wherever that goes");
    }
}

KeyDisplay::~KeyDisplay() { ::close(out_); }

void KeyDisplay::show(const crypto::CaseKey& key) const {
    crypto::SecretBytes said("\nYour case key, shown this once. Write it down on paper:\n\n  ");
    said.append(crypto::case_key_words(key).expose());
    said.append("\n  ");
    said.append(crypto::case_key_numbers(key).expose());
    said.append("\n\nWith it you read the answers on the portal. Nobody can send it again.\n\n");
    write_all(out_, said.expose(), "the terminal");
}

void refuse_too_many() {
    throw std::runtime_error("at most sixteen files fit into one report. Nothing was sealed");
}

void refuse_too_large(std::uint64_t max_bytes) {
    throw std::runtime_error(
        "the files are too large: this organisation takes up to " + std::to_string(max_bytes) +
        " bytes in one report, all files together. Nothing was sealed. Leave some out; with the "
        "case key you can send them later");
}

SubmissionWriter::SubmissionWriter(std::filesystem::path path,
                                   const crypto::HybridRecipient& case_recipient,
                                   std::uint64_t max_bytes)
    : path_(std::move(path)),
      case_recipient_(case_recipient),
      max_bytes_(max_bytes),
      bytes_left_(max_bytes) {
    if (std::filesystem::exists(path_)) {
        throw std::runtime_error(path_.string() + " exists: choose another --out");
    }
    const auto parent = path_.parent_path().empty() ? "." : path_.parent_path().string();
    // Not O_TMPFILE, which a memory stick's file system does not know.
    std::string hidden = parent + "/.tillit-XXXXXX";
    attachments_ = ::mkostemp(hidden.data(), O_CLOEXEC);
    if (attachments_ < 0) fail("write into", parent);
    ::unlink(hidden.c_str());
}

SubmissionWriter::~SubmissionWriter() { ::close(attachments_); }

void SubmissionWriter::attach(const std::filesystem::path& file) {
    if (files_.size() == crypto::kMaxSubmissionFiles) refuse_too_many();
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC), "read", file.string());
    crypto::AttachmentSealer sealer(case_recipient_, [this](crypto::ByteView sealed) {
        write_all(attachments_, sealed, path_.string());
    });
    crypto::WipedArray<65536> piece;
    ssize_t count = 0;
    while ((count = ::read(in.get(), piece.mutable_bytes().data(), 65536)) > 0) {
        // A pipe has no size before it ends, and a file may have grown since its size was checked.
        if (static_cast<std::uint64_t>(count) > bytes_left_) refuse_too_large(max_bytes_);
        bytes_left_ -= static_cast<std::uint64_t>(count);
        sealer.write(piece.expose().first(static_cast<std::size_t>(count)));
    }
    if (count < 0) fail("read", file.string());
    const auto sealed = sealer.finish();
    files_.push_back({.id = crypto::random_array<16>(),
                      .name = name_of(file),
                      .type = "application/octet-stream",
                      .size = sealed.size,
                      .stored_hash = sealed.stored_hash});
    stored_sizes_.push_back(sealed.stored_size);
}

void SubmissionWriter::write(const app::SealedReport& report, const crypto::Id& org) {
    crypto::SubmissionHead head{.org = org,
                                .lookup_hash = report.lookup_hash,
                                .case_recipient = report.case_recipient,
                                .reporter_recipient = report.reporter_recipient,
                                .verify_key = report.verify_key,
                                .grants = {},
                                .identity = report.identity,
                                .report = report.report,
                                .attachments = {}};
    for (const auto& grant : report.grants) head.grants.push_back({grant.member, grant.sealed});
    for (std::size_t i = 0; i < files_.size(); ++i) {
        head.attachments.push_back({.id = files_[i].id,
                                    .stored_size = stored_sizes_[i],
                                    .stored_hash = files_[i].stored_hash});
    }
    const Descriptor out(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600), "write",
        path_.string());
    try {
        write_all(out.get(), crypto::submission_front(head), path_.string());
        if (::lseek(attachments_, 0, SEEK_SET) != 0) fail("read", path_.string());
        std::array<std::uint8_t, 65536> piece{};
        ssize_t count = 0;
        while ((count = ::read(attachments_, piece.data(), piece.size())) > 0) {
            write_all(out.get(), crypto::ByteView(piece).first(static_cast<std::size_t>(count)),
                      path_.string());
        }
        if (count < 0 || ::fsync(out.get()) != 0) fail("write", path_.string());
    } catch (...) {
        std::filesystem::remove(path_);
        throw;
    }
}

}  // namespace tillit::cli

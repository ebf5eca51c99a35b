#include "server/cli/new_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace tillit::cli {

namespace {

[[noreturn]] void fail(const std::string& doing, const std::filesystem::path& path) {
    throw std::runtime_error("cannot " + doing + " " + path.string() + ": " +
                             std::generic_category().message(errno));
}

}  // namespace

NewFile::NewFile(std::filesystem::path path) : path_(std::move(path)), part_(path_) {
    part_ += ".part";
    if (std::filesystem::exists(path_)) {
        throw std::runtime_error(path_.string() + " exists: choose another name");
    }
    file_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file_ < 0) fail("write", part_);
}

NewFile::~NewFile() {
    if (file_ < 0) return;
    ::close(file_);
    ::unlink(part_.c_str());
}

void NewFile::write(crypto::ByteView bytes) {
    while (!bytes.empty()) {
        const auto count = ::write(file_, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail("write", part_);
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void NewFile::keep() {
    if (::fsync(file_) != 0) fail("write", part_);
    // link() and not rename(): it never takes the place of a file that came meanwhile.
    if (::link(part_.c_str(), path_.c_str()) != 0) fail("write", path_);
    const auto folder = path_.parent_path().empty() ? "." : path_.parent_path().string();
    const int parent = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_durable = parent >= 0 && ::fsync(parent) == 0;
    if (parent >= 0) ::close(parent);
    if (!is_durable) fail("write into", folder);
}

TemporaryFolder::TemporaryFolder(const std::filesystem::path& parent) {
    auto pattern = (parent / ".tillit-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) fail("write into", parent);
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace tillit::cli

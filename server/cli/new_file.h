/// A new file (0600) that is there as a whole or not at all.
#pragma once

#include <filesystem>

#include "crypto/bytes.h"

namespace tillit::cli {

/// Written as PATH.part and given its name by keep(), durably; without keep() nothing is left.
/// Throws std::runtime_error: it exists, the folder cannot be written, no space.
class NewFile {
  public:
    explicit NewFile(std::filesystem::path path);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;
    void write(crypto::ByteView bytes);
    void keep();

  private:
    std::filesystem::path path_;
    std::filesystem::path part_;
    int file_ = -1;
};

/// A hidden folder (0700) in `parent`; gone, with all that is in it, at the end of scope.
class TemporaryFolder {
  public:
    explicit TemporaryFolder(const std::filesystem::path& parent);
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace tillit::cli

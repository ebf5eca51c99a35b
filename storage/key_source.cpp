#include "storage/key_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "crypto/primitives.h"

namespace tillit::storage {
namespace {

constexpr std::size_t kMaxFileBytes = 4096;

class File {
  public:
    explicit File(int fd) : fd_(fd) {}
    ~File() { ::close(fd_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    [[nodiscard]] int fd() const noexcept { return fd_; }

  private:
    int fd_;
};

enum class Readers { anybody, owner_only };

crypto::SecretBytes read_file(const std::string& path, Readers readers) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) detail::throw_file_error("opening", path);
    const File file(fd);
    struct stat status {};
    if (::fstat(fd, &status) != 0) detail::throw_file_error("reading", path);
    if (readers == Readers::owner_only && (status.st_mode & 077) != 0) {
        throw Error(Error::insecure, path + " can be used by others: chmod 600 it");
    }
    crypto::SecretBytes bytes;
    bytes.resize(kMaxFileBytes);
    std::size_t size = 0;
    for (;;) {
        const auto got = ::read(fd, bytes.mutable_bytes().data() + size, bytes.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) detail::throw_file_error("reading", path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
        if (size == kMaxFileBytes) throw Error(Error::corrupt, path + " is too long");
    }
    bytes.resize(size);
    return bytes;
}

/// The name is durable too when this returns.
void write_new_file(const std::string& path, crypto::ByteView bytes) {
    const int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0) detail::throw_file_error("creating", path);
    const File file(fd);
    while (!bytes.empty()) {
        const auto put = ::write(fd, bytes.data(), bytes.size());
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) detail::throw_file_error("writing", path);
        bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    if (::fsync(fd) != 0) detail::throw_file_error("syncing", path);
    auto directory = std::filesystem::path(path).parent_path().string();
    if (directory.empty()) directory = ".";
    const int parent = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) detail::throw_file_error("opening", directory);
    const File held(parent);
    if (::fsync(parent) != 0) detail::throw_file_error("syncing", directory);
}

int digit(std::uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// In guarded memory all the way, so not through std::string.
std::optional<DatabaseKey> parse_key(crypto::ByteView bytes) {
    if (bytes.size() == DatabaseKey::kSize) {
        return DatabaseKey::copy_of(bytes.first<DatabaseKey::kSize>());
    }
    if (bytes.size() == 2 * DatabaseKey::kSize + 1 && bytes.back() == '\n') {
        bytes = bytes.first(bytes.size() - 1);
    }
    if (bytes.size() != 2 * DatabaseKey::kSize) return std::nullopt;
    auto key = DatabaseKey::zeroed();
    for (std::size_t i = 0; i < DatabaseKey::kSize; ++i) {
        const int high = digit(bytes[2 * i]);
        const int low = digit(bytes[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        key.mutable_bytes()[i] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return key;
}

using Salt = crypto::ByteArray<16>;

DatabaseKey stretch(const crypto::SecretBytes& passphrase, const Salt& salt) {
    const auto stretched = crypto::argon2id(passphrase, salt);
    return crypto::derive<DatabaseKey>(stretched.expose(), {}, "tillit/v1/database-key");
}

nlohmann::json record_of(const Salt& salt) {
    return {{"v", 1}, {"kdf", "argon2id"},
            {"t", 3}, {"m_kib", 65536},
            {"p", 1}, {"salt", crypto::to_base64url(salt)}};
}

}  // namespace

DatabaseKey load_key_file(const std::string& path) {
    auto key = parse_key(read_file(path, Readers::owner_only).expose());
    if (!key) throw Error(Error::corrupt, path + " holds no key (32 bytes or 64 digits)");
    return std::move(*key);
}

DatabaseKey create_key_file(const std::string& path) {
    static constexpr char kDigits[] = "0123456789abcdef";
    auto key = DatabaseKey::random();
    crypto::SecretBytes text;
    for (const std::uint8_t byte : key.expose()) {
        text.push_back(static_cast<std::uint8_t>(kDigits[byte >> 4]));
        text.push_back(static_cast<std::uint8_t>(kDigits[byte & 15]));
    }
    text.push_back('\n');
    write_new_file(path, text.expose());
    return key;
}

crypto::SecretBytes load_secret_file(const std::string& path) {
    return read_file(path, Readers::owner_only);
}

DatabaseKey load_passphrase_key(const std::string& record_path,
                                const crypto::SecretBytes& passphrase) {
    const auto text = read_file(record_path, Readers::anybody);
    const auto record = nlohmann::json::parse(text.expose_text(), nullptr, false);
    const auto salt = record.is_object() && record.contains("salt") && record["salt"].is_string()
                          ? crypto::array_from_base64url<16>(record["salt"].get<std::string>())
                          : std::nullopt;
    // One form, compared whole: a record with other parameters is another version.
    if (!salt || record != record_of(*salt)) {
        throw Error(Error::corrupt, record_path + " is no key record of version 1");
    }
    return stretch(passphrase, *salt);
}

DatabaseKey create_passphrase_key(const std::string& record_path,
                                  const crypto::SecretBytes& passphrase) {
    const auto salt = crypto::random_array<16>();
    const std::string text = record_of(salt).dump() + "\n";
    write_new_file(record_path, crypto::view(text));
    return stretch(passphrase, salt);
}

}  // namespace tillit::storage

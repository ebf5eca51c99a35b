#include "server/cli/recovery_key.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "crypto/age/text_keys.h"
#include "server/cli/data_dir.h"
#include "storage/key_source.h"

namespace tillit::cli {

namespace {

constexpr std::size_t kMaxPublicFile = 8192;  // one key is of some 2,000 characters

std::string read_public_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.size() > kMaxPublicFile) throw std::runtime_error(path + " is no public key");
    return text;
}

/// The first line that is no comment, without white space around it.
std::string_view key_line(std::string_view text) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        if (!line.empty() && line.front() != '#') return line;
    }
    return {};
}

}  // namespace

void create_recovery_key(const std::string& file) {
    const auto seed = crypto::AgeSeed::random();
    const auto recipient = crypto::age::to_text(crypto::hybrid_recipient(seed));
    crypto::SecretBytes text(
        "# opens backups of tillit; keep it away from the server\n# public key: ");
    text.append(crypto::view(recipient));
    text.append("\n");
    text.append(crypto::age::identity_to_text(seed).expose());
    text.append("\n");
    write_private_file(file, text.expose_text());
    try {
        write_private_file(file + ".pub", recipient + "\n");
    } catch (...) {
        std::filesystem::remove(file);
        throw;
    }
}

crypto::AgeSeed load_recovery_key(const std::string& file) {
    const auto text = storage::load_secret_file(file);
    auto identity = crypto::age::identity_from_text(key_line(text.expose_text()));
    auto* seed = identity ? std::get_if<crypto::AgeSeed>(&*identity) : nullptr;
    if (seed == nullptr) throw std::runtime_error(file + " is no recovery key");
    return std::move(*seed);
}

crypto::HybridRecipient load_recovery_recipient(const std::string& text_or_file) {
    const bool is_text = text_or_file.starts_with("age1pq1");
    const auto text = is_text ? text_or_file : read_public_file(text_or_file);
    const auto recipient = crypto::age::hybrid_recipient_from_text(key_line(text));
    if (!recipient) throw std::runtime_error("this is no public recovery key: " + text_or_file);
    return *recipient;
}

}  // namespace tillit::cli

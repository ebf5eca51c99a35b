#include "server/cli/log_key.h"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>

#include "crypto/json_writer.h"
#include "crypto/strict_json.h"
#include "crypto/wiped.h"

namespace tillit::cli {
namespace {

crypto::SecretBytes encode(const crypto::SigningSeed& seed) {
    std::string text;
    text.reserve(256);  // grown, it would leave copies behind
    const crypto::detail::WipeString wiped{text};
    crypto::JsonWriter out(text);
    out.begin_object().key("t").text("log").key("seed").bytes(seed.expose()).end_object();
    text += '\n';
    return crypto::SecretBytes{std::string_view(text)};
}

void create(const std::filesystem::path& file) {
    const auto text = encode(crypto::SigningSeed::random());
    // Written apart and linked, so that nobody finds half a file and the first one stays.
    const auto fresh = file.string() + "." + std::to_string(::getpid()) + ".new";
    write_private_file(fresh, text.expose_text());
    std::error_code ignored;
    std::filesystem::create_hard_link(fresh, file, ignored);
    std::filesystem::remove(fresh, ignored);
}

}  // namespace

crypto::SigningSeed open_log_key(const DataDir& data, const std::string& slug) {
    const auto file = data.log_key_file(slug);
    if (!std::filesystem::exists(file)) create(file);
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) throw std::runtime_error("cannot read " + file.string());
    if ((info.st_mode & 077) != 0) {
        throw std::runtime_error(file.string() + " can be read by others: chmod 600 it");
    }
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto json = crypto::parse_strict_json(crypto::view(text));
    if (json) {
        crypto::FieldReader fields(*json);
        const bool is_log_key = fields.text("t", 10) == "log";
        const auto seed = fields.array<32>("seed");
        if (fields.done() && is_log_key) return crypto::SigningSeed::copy_of(seed);
    }
    throw std::runtime_error(file.string() + " is no key of a log");
}

void write_log_key(const DataDir& data, const std::string& slug, const crypto::SigningSeed& seed) {
    write_private_file(data.log_key_file(slug), encode(seed).expose_text());
}

}  // namespace tillit::cli

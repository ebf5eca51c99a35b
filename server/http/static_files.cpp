#include "server/http/static_files.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

namespace tillit::http {

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string out{std::istreambuf_iterator<char>(file), {}};
    if (!file) throw std::runtime_error("cannot read " + path.string());
    return out;
}

std::string type_of(const std::string& extension) {
    if (extension == ".css") return "text/css; charset=utf-8";
    if (extension == ".js") return "text/javascript; charset=utf-8";
    if (extension == ".wasm") return "application/wasm";
    if (extension == ".svg") return "image/svg+xml";
    if (extension == ".png") return "image/png";
    if (extension == ".ico") return "image/x-icon";
    if (extension == ".txt") return "text/plain; charset=utf-8";
    if (extension == ".json") return "application/json";
    return "application/octet-stream";
}

}  // namespace

StaticFiles::StaticFiles(const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder)) return;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const auto& path = entry.path();
        if (!entry.is_regular_file() || path.extension() == ".gz") continue;
        File file{
            .content_type = type_of(path.extension().string()), .plain = read(path), .gzip = {}};
        const auto compressed = path.string() + ".gz";
        if (std::filesystem::exists(compressed)) file.gzip = read(compressed);
        files_.emplace(path.filename().string(), std::move(file));
    }
}

Reply StaticFiles::serve(std::string_view name, bool accepts_gzip) const {
    Reply reply;
    const auto found = files_.find(name);
    if (found == files_.end()) {
        reply.status = 404;
        return reply;
    }
    const auto& file = found->second;
    reply.content_type = file.content_type;
    reply.caching = Caching::immutable;
    reply.is_gzip = accepts_gzip && !file.gzip.empty();
    reply.body = reply.is_gzip ? file.gzip : file.plain;
    return reply;
}

}  // namespace tillit::http

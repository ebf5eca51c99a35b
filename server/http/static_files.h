/// Built files that never change under their name (a hash stands in it): read once, served from
/// memory, compressed where a .gz lies beside them. Only these are ever compressed: a compressed
/// page with content tells its content by its length.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "server/http/message.h"

namespace tillit::http {

class StaticFiles {
  public:
    /// Every file of the folder, not of folders below. A folder that is not there holds none.
    explicit StaticFiles(const std::filesystem::path& folder);
    /// 404 with an empty body when there is no such file.
    [[nodiscard]] Reply serve(std::string_view name, bool accepts_gzip) const;

  private:
    struct File {
        std::string content_type;
        std::string plain;
        std::string gzip;  // empty: none
    };
    std::map<std::string, File, std::less<>> files_;
};

}  // namespace tillit::http

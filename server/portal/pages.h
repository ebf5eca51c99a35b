/// Renders whole pages: frame, texts, days and sizes in words. Knows no store and no session.
///
/// Threads: safe to call concurrently once made. Keeps and logs nothing of a page.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"
#include "server/portal/templates.h"
#include "storage/types.h"

namespace tillit::portal {

/// The page that seals without a network, as it lies in the assets and as it is saved.
inline constexpr const char* kOfflinePage = "tillit-seal.html";

/// A message beside a field and in the summary at the top.
struct Problem {
    std::string field;  // id of the element that the summary links to
    std::string text;
};

/// What the frame of every page shows.
struct Frame {
    std::string organisation;
    crypto::Id org_id{};
    bool is_demo = false;
};
[[nodiscard]] Frame frame_of(const storage::Organisation& organisation);

class Pages {
  public:
    /// `assets` holds templates/, locales/ and manifest.json. Throws std::runtime_error.
    /// `script_policy` is the Content-Security-Policy of the two pages that load our script.
    explicit Pages(const std::filesystem::path& assets, std::string script_policy = {});

    [[nodiscard]] const Catalogue& texts() const noexcept { return texts_; }
    /// SHA-256 of tillit-seal.html in hexadecimal, as people compare it.
    [[nodiscard]] const std::string& offline_page_hash() const noexcept {
        return offline_page_hash_;
    }

    /// A page in its frame; the title is the text "title.TITLE".
    [[nodiscard]] http::Reply page(std::string_view name, std::string_view title,
                                   const Frame& frame, PageData data, int status = 200) const;
    /// The same with the reporter's sealing script, which takes the page over where scripts are on.
    [[nodiscard]] http::Reply page_with_script(std::string_view name, std::string_view title,
                                               const Frame& frame, PageData data,
                                               int status = 200) const;
    /// A page without a frame, for requests that belong to no organisation.
    [[nodiscard]] http::Reply error(int status) const;
    [[nodiscard]] http::Reply bye() const;

    [[nodiscard]] std::string day(storage::Day day, storage::Day today) const;
    [[nodiscard]] std::string day_with_weekday(storage::Day day) const;
    [[nodiscard]] std::string size(std::uint64_t bytes) const;
    [[nodiscard]] std::string person(const std::string& name, const std::string& office) const;
    /// "a", "a and b", "a, b and c"
    [[nodiscard]] std::string list(const std::vector<std::string>& items) const;

    static void put_problems(PageData& data, const std::vector<Problem>& problems);

  private:
    Catalogue texts_;
    Templates templates_;
    std::string css_;
    std::string script_;
    std::string script_texts_;
    std::string script_policy_;
    std::string offline_page_hash_;
};

}  // namespace tillit::portal

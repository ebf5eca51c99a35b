/// The texts of one language, by key. Placeholders are named: "Come back on {day}."
///
/// A missing text, an unknown placeholder or an unfilled one is our fault and is found by
/// tests/unit/portal; at run time it throws std::logic_error, which ends as the 500 page.
/// Threads: safe to call concurrently once made.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tillit::portal {

class Catalogue {
  public:
    using Values = std::vector<std::pair<std::string_view, std::string>>;

    /// One JSON object of strings. Throws std::runtime_error when it is anything else.
    [[nodiscard]] static Catalogue parse(std::string_view json, std::string language);

    [[nodiscard]] const std::string& text(std::string_view key) const;
    [[nodiscard]] std::string text(std::string_view key, const Values& values) const;
    [[nodiscard]] const std::string& language() const noexcept { return language_; }
    [[nodiscard]] std::vector<std::string> keys() const;

  private:
    std::string language_;
    std::map<std::string, std::string, std::less<>> texts_;
};

}  // namespace tillit::portal

/// The pages' templates (mustache): logic-less, every value escaped. Loaded once at start.
///
/// Parts ("{{> head}}") and texts ("{{t.key}}") are put in when loading, so that a request pays
/// only for its own values, and a missing part or text stops the start, not a reporter. Raw slots
/// ("{{{x}}}", "{{&x}}") are refused. A value that is absent, false or an empty list hides its
/// section; an empty string does not, so `put` leaves empty strings out.
/// Threads: render() may be called concurrently.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/portal/catalogue.h"

namespace tillit::portal {

/// The values of one page. Holds copies of what a reporter wrote: lives for one request, and the
/// process frees through a wiping allocator.
class PageData {
  public:
    PageData();
    ~PageData();
    PageData(PageData&&) noexcept;
    PageData& operator=(PageData&&) noexcept;

    PageData& put(const std::string& name, std::string_view value);  // nothing if empty
    PageData& put(const std::string& name, const char* value) {
        return put(name, std::string_view(value));
    }
    PageData& flag(const std::string& name, bool value);
    /// Appends one item to a list.
    PageData& add(const std::string& list, PageData item);

  private:
    friend class Templates;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

class Templates {
  public:
    /// Reads every *.html of `folder`. Throws std::runtime_error naming the file and its fault.
    Templates(const std::filesystem::path& folder, const Catalogue& texts);
    ~Templates();
    Templates(Templates&&) noexcept;

    /// Throws std::logic_error for a template that does not exist.
    [[nodiscard]] std::string render(std::string_view name, const PageData& data) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tillit::portal

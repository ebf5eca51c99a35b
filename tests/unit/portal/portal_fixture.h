/// A portal over a real organisation, and a browser that knows only forms and one cookie.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/portal/portal.h"
#include "tests/support/demo_organisation.h"

namespace tillit::test {

struct FormFile {
    std::string field;
    std::string name;
    std::string content;
};
using Fields = std::vector<std::pair<std::string, std::string>>;

class Browser {
  public:
    Browser(portal::Portal& portal, std::string host);

    http::Reply get(const std::string& target);
    http::Reply post(const std::string& path, const Fields& fields,
                     const std::vector<FormFile>& files = {});
    /// A body as given, with a content type as given.
    http::Reply post_raw(const std::string& path, const std::string& type, std::string body);
    /// The body ends after `bytes` of what post() would send.
    http::Reply post_cut(const std::string& path, const Fields& fields,
                         const std::vector<FormFile>& files, std::size_t bytes);
    [[nodiscard]] const std::string& cookie() const noexcept { return cookie_; }
    void set_cookie(std::string cookie) { cookie_ = std::move(cookie); }
    bool is_elsewhere = false;  // its forms stand on a page of another site

  private:
    http::Reply send(http::Method method, const std::string& target, const std::string& type,
                     const std::string& body, std::size_t announced);
    std::vector<http::Route> routes_;
    std::string host_;
    std::string cookie_;
};

/// value="…" of the first input with that name, unescaped; "" if there is none.
[[nodiscard]] std::string input_value(const std::string& html, const std::string& name);
/// The twelve words of a key page.
[[nodiscard]] std::string key_words(const std::string& html);
/// Runs a reply's stream to its end. Nothing: it broke off.
[[nodiscard]] std::optional<std::string> download(const http::Reply& reply);

struct World {
    explicit World(const OrganisationSetup& setup = {});
    DemoOrganisation org;
    portal::Portal portal;
    Browser browser;
    [[nodiscard]] Browser another_browser() { return {portal, "portal.test"}; }

    /// Fields of a filled form with a fresh token, the default pair ticked.
    [[nodiscard]] Fields report(const std::string& text = "The report");
    /// Hands a report in and returns the twelve words.
    std::string hand_in(const Fields& fields, const std::vector<FormFile>& files = {});
    void come_back(Browser& browser, const std::string& words);
    /// How many cases that person holds a grant for.
    [[nodiscard]] std::size_t cases_of(std::string_view name = "Ingrid");
};

}  // namespace tillit::test

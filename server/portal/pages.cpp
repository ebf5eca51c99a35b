#include "server/portal/pages.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "crypto/primitives.h"
#include "server/app/days.h"

namespace tillit::portal {

namespace {

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) throw std::runtime_error("cannot read " + path.string());
    return std::move(text).str();
}

std::string asset(const std::filesystem::path& manifest_path, const char* name) {
    const auto manifest = nlohmann::json::parse(read_file(manifest_path), nullptr, false);
    try {
        return manifest.at("portal").at(name).get<std::string>();
    } catch (const nlohmann::json::exception&) {
        throw std::runtime_error(manifest_path.string() + " names no " + name + " of the portal");
    }
}

constexpr std::array kErrorPages = {400, 404, 405, 413, 415, 421, 500, 503};

}  // namespace

Frame frame_of(const storage::Organisation& organisation) {
    return {.organisation = organisation.name,
            .org_id = organisation.org_id,
            .is_demo = organisation.is_demo};
}

Pages::Pages(const std::filesystem::path& assets, std::string script_policy)
    : texts_(Catalogue::parse(read_file(assets / "locales" / "portal.en.json"), "en")),
      templates_(assets / "templates", texts_),
      css_(asset(assets / "manifest.json", "css")),
      script_(asset(assets / "manifest.json", "js")),
      script_texts_(asset(assets / "manifest.json", "texts")),
      script_policy_(std::move(script_policy)),
      offline_page_hash_(crypto::to_hex(
          crypto::sha256(crypto::view(read_file(assets / "portal" / "hand-in" / kOfflinePage))))) {}

http::Reply Pages::page(std::string_view name, std::string_view title, const Frame& frame,
                        PageData data, int status) const {
    data.put("lang", texts_.language())
        .put("title", texts_.text("title." + std::string(title)))
        .put("css", css_)
        .put("org_name", frame.organisation)
        .flag("is_demo", frame.is_demo);
    http::Reply reply;
    reply.status = status;
    reply.body = templates_.render(name, data);
    return reply;
}

http::Reply Pages::page_with_script(std::string_view name, std::string_view title,
                                    const Frame& frame, PageData data, int status) const {
    data.put("script", script_)
        .put("script_texts", script_texts_)
        .put("org_id", crypto::to_base64url(frame.org_id));
    auto reply = page(name, title, frame, std::move(data), status);
    reply.content_security_policy = script_policy_;
    return reply;
}

http::Reply Pages::error(int status) const {
    const bool is_known =
        std::find(kErrorPages.begin(), kErrorPages.end(), status) != kErrorPages.end();
    const auto key = "error." + std::to_string(is_known ? status : status < 500 ? 400 : 500);
    PageData data;
    data.put("heading", texts_.text(key + ".heading")).put("message", texts_.text(key + ".text"));
    return page("error", "error", {}, std::move(data), status);
}

http::Reply Pages::bye() const {
    PageData data;
    data.put("lang", texts_.language());
    http::Reply reply;
    reply.body = templates_.render("bye", data);
    return reply;
}

std::string Pages::day(storage::Day day, storage::Day today) const {
    const auto date = app::date_of(day);
    const auto& month = texts_.text("month." + std::to_string(date.month));
    const auto number = std::to_string(date.day);
    if (date.year == app::date_of(today).year) {
        return texts_.text("day.plain", {{"day", number}, {"month", month}});
    }
    return texts_.text("day.with_year",
                       {{"day", number}, {"month", month}, {"year", std::to_string(date.year)}});
}

std::string Pages::day_with_weekday(storage::Day day) const {
    const auto date = app::date_of(day);
    return texts_.text("day.with_weekday",
                       {{"weekday", texts_.text("weekday." + std::to_string(date.weekday))},
                        {"day", std::to_string(date.day)},
                        {"month", texts_.text("month." + std::to_string(date.month))}});
}

std::string Pages::size(std::uint64_t bytes) const {
    // Rounded up, in binary steps as the limit is; one decimal would promise what nobody needs.
    constexpr std::array kSteps = {"size.kb", "size.mb", "size.gb"};
    if (bytes < 1024) return texts_.text("size.bytes", {{"n", std::to_string(bytes)}});
    std::uint64_t unit = 1024;
    std::size_t step = 0;
    while (step + 1 < kSteps.size() && bytes >= unit * 1024) {
        unit *= 1024;
        ++step;
    }
    return texts_.text(kSteps[step], {{"n", std::to_string((bytes + unit - 1) / unit)}});
}

std::string Pages::person(const std::string& name, const std::string& office) const {
    if (office.empty()) return name;
    return texts_.text("person", {{"name", name}, {"office", office}});
}

std::string Pages::list(const std::vector<std::string>& items) const {
    if (items.empty()) return {};
    std::string out = items.front();
    for (std::size_t i = 1; i < items.size(); ++i) {
        out = i + 1 < items.size() ? texts_.text("list.comma", {{"first", out}, {"next", items[i]}})
                                   : texts_.text("list.and", {{"first", out}, {"last", items[i]}});
    }
    return out;
}

void Pages::put_problems(PageData& data, const std::vector<Problem>& problems) {
    data.flag("has_problems", !problems.empty());
    for (const auto& problem : problems) {
        PageData item;
        item.put("problem_field", problem.field).put("problem_text", problem.text);
        data.add("problems", std::move(item));
    }
}

}  // namespace tillit::portal

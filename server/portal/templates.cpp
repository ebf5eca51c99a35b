#include "server/portal/templates.h"

#include <fstream>
#include <kainjow/mustache.hpp>
#include <sstream>
#include <stdexcept>

namespace tillit::portal {

namespace mustache = kainjow::mustache;

struct PageData::Impl {
    mustache::data data{mustache::data::type::object};
};

PageData::PageData() : impl_(std::make_unique<Impl>()) {}
PageData::~PageData() = default;
PageData::PageData(PageData&&) noexcept = default;
PageData& PageData::operator=(PageData&&) noexcept = default;

PageData& PageData::put(const std::string& name, std::string_view value) {
    if (!value.empty()) impl_->data[name] = mustache::data(std::string(value));
    return *this;
}

PageData& PageData::flag(const std::string& name, bool value) {
    impl_->data[name] = mustache::data(value);
    return *this;
}

PageData& PageData::add(const std::string& list, PageData item) {
    auto& items = impl_->data[list];
    if (!items.is_list()) items = mustache::data(mustache::data::type::list);
    items << item.impl_->data;
    return *this;
}

struct Templates::Impl {
    std::map<std::string, mustache::mustache, std::less<>> pages;
};

namespace {

using Sources = std::map<std::string, std::string, std::less<>>;

Sources read_sources(const std::filesystem::path& folder) {
    Sources sources;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".html") continue;
        std::ifstream in(entry.path(), std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        if (!in) throw std::runtime_error("cannot read template " + entry.path().string());
        sources.emplace(entry.path().stem().string(), std::move(text).str());
    }
    if (sources.empty()) throw std::runtime_error("no templates in " + folder.string());
    return sources;
}

/// Puts parts and texts in. `depth` ends a part that contains itself.
std::string assemble(const Sources& sources, const std::string& name, const Catalogue& texts,
                     int depth = 0) {
    const auto source = sources.find(name);
    if (source == sources.end() || depth > 4) {
        throw std::runtime_error("no template part, or one within itself: " + name);
    }
    const std::string& text = source->second;
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto open = text.find("{{", at);
        out.append(text, at, open - at);
        if (open == std::string::npos) break;
        const auto close = text.find("}}", open);
        if (close == std::string::npos) throw std::runtime_error("unclosed tag in " + name);
        const auto tag = text.substr(open + 2, close - open - 2);
        if (tag.starts_with('{') || tag.starts_with('&') || tag.starts_with('=')) {
            std::string problem = "raw slot or other delimiters in ";
            throw std::runtime_error(problem.append(name).append(": ").append(tag));
        }
        at = close + 2;
        if (tag.starts_with("> ")) {
            out += assemble(sources, tag.substr(2), texts, depth + 1);
            if (at < text.size() && text[at] == '\n') ++at;
        } else if (tag.starts_with("t.")) {
            out += mustache::html_escape(texts.text(tag.substr(2)));
        } else {
            out.append("{{").append(tag).append("}}");
        }
    }
    return out;
}

}  // namespace

Templates::Templates(const std::filesystem::path& folder, const Catalogue& texts)
    : impl_(std::make_unique<Impl>()) {
    const auto sources = read_sources(folder);
    for (const auto& [name, source] : sources) {
        mustache::mustache page(assemble(sources, name, texts));
        // Parts alone may hold half a section's neighbours, but never half a section.
        if (!page.is_valid()) throw std::runtime_error(name + ": " + page.error_message());
        impl_->pages.emplace(name, std::move(page));
    }
}

Templates::~Templates() = default;
Templates::Templates(Templates&&) noexcept = default;

std::string Templates::render(std::string_view name, const PageData& data) const {
    const auto page = impl_->pages.find(name);
    if (page == impl_->pages.end()) throw std::logic_error("no template " + std::string(name));
    std::string out;
    // The library's render() is not const, but it writes only an error message of partials and
    // lambdas, which these templates do not have: concurrent calls are safe.
    page->second.render(data.impl_->data, [&out](const std::string& part) { out += part; });
    return out;
}

}  // namespace tillit::portal

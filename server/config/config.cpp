#include "server/config/config.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace tillit::config {

namespace {

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

class Reader {
  public:
    std::vector<Problem> problems;

    void complain(const toml::node& at, std::string text) {
        problems.push_back({.line = at.source().begin.line, .text = std::move(text)});
    }
    void refuse_unknown(const toml::table& table, const std::set<std::string_view>& known,
                        const std::string& where) {
        for (const auto& [key, value] : table) {
            if (known.contains(key.str())) continue;
            complain(value, "\"" + std::string(key.str()) + "\" is not a setting" + where);
        }
    }
    void text(const toml::table& table, const char* name, std::string& out) {
        const auto* node = table.get(name);
        if (!node) return;
        if (const auto value = node->value_exact<std::string>()) {
            out = *value;
        } else {
            complain(*node, std::string(name) + " must be a text in quotes");
        }
    }
    void address(const toml::table& table, const char* name, Address& out) {
        std::string value;
        text(table, name, value);
        if (value.empty()) return;
        if (const auto parsed = parse_address(value)) {
            out = *parsed;
        } else {
            complain(*table.get(name), std::string(name) +
                                           " must look like \"127.0.0.1:8080\" or "
                                           "\"unix:/run/tillit/portal.sock\"");
        }
    }
    void hosts(const toml::table& table, const char* name, std::vector<std::string>& out) {
        const auto* node = table.get(name);
        if (!node) return;
        const auto* list = node->as_array();
        if (!list) return complain(*node, std::string(name) + " must be a list: [\"name:port\"]");
        for (const auto& item : *list) {
            const auto value = item.value_exact<std::string>();
            if (!value || value->empty() || value->find_first_of("/ \t") != std::string::npos) {
                complain(item,
                         "a host is a name as browsers send it, with its port unless that is "
                         "80 or 443: no http://, no path");
            } else {
                out.push_back(*value);
                out.back() = lowered(out.back());
            }
        }
    }
};

void read_threads(Reader& reader, const toml::table& table, int& out) {
    const auto* node = table.get("threads");
    if (!node) return;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 2 || *value > 1000) {
        return reader.complain(*node, "threads must be a number from 2 to 1000");
    }
    out = static_cast<int>(*value);
}

void read_exit_url(Reader& reader, const toml::table& table, std::string& out) {
    reader.text(table, "exit_url", out);
    if (out.empty()) return;
    const bool is_plain = out.find_first_of(" \"<>\r\n") == std::string::npos;
    if (is_plain && (out.starts_with("https://") || out.starts_with("http://"))) return;
    reader.complain(*table.get("exit_url"), "exit_url must be a web address with https://");
}

OrganisationConfig read_organisation(Reader& reader, const toml::table& table) {
    OrganisationConfig organisation;
    reader.refuse_unknown(table, {"slug", "portal_hosts", "console_hosts"}, " of an organisation");
    reader.text(table, "slug", organisation.slug);
    if (!is_slug(organisation.slug)) {
        reader.complain(table,
                        "an organisation needs a slug of a-z, 0-9 and \"-\": the name of its "
                        "folder below orgs/");
    }
    reader.hosts(table, "portal_hosts", organisation.portal_hosts);
    reader.hosts(table, "console_hosts", organisation.console_hosts);
    return organisation;
}

/// What cookies go by: "a.test:81" shares those of "a.test", "[::1]:81" those of "[::1]".
std::string without_port(std::string_view host) {
    const auto colon = host.rfind(':');
    const auto bracket = host.rfind(']');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    return lowered(host.substr(0, has_port ? colon : host.size()));
}

/// Which door answers under a host name. One door may do so on several ports.
class HostOwners {
  public:
    /// The host names of the organisation that another door has already.
    std::vector<std::string> claim(const OrganisationConfig& organisation, const Config& config) {
        std::vector<std::string> shared;
        // With neither, the listeners' own addresses count, which are compared with each other.
        if (organisation.portal_hosts.empty() && organisation.console_hosts.empty()) return shared;
        claim(organisation.portal_hosts, config.portal, "portal of " + organisation.slug, shared);
        claim(organisation.console_hosts, config.console, "console of " + organisation.slug,
              shared);
        return shared;
    }

  private:
    void claim(std::vector<std::string> hosts, const Address& listener, const std::string& door,
               std::vector<std::string>& shared) {
        if (hosts.empty() && !listener.is_unix()) hosts.push_back(listener.text());
        for (const auto& host : hosts) {
            auto name = without_port(host);
            const auto [owner, is_new] = owners_.emplace(name, door);
            if (!is_new && owner->second != door) shared.push_back(std::move(name));
        }
    }

    std::map<std::string, std::string> owners_;
};

void read_organisations(Reader& reader, const toml::table& table, Config& config) {
    const auto* node = table.get("organisation");
    const auto* list = node ? node->as_array() : nullptr;
    if (!list || list->empty()) {
        reader.problems.push_back({.line = 0, .text = "there is no [[organisation]]"});
        return;
    }
    std::set<std::string> seen;  // slugs and hosts: a request must lead to one organisation
    HostOwners owners;
    for (const auto& item : *list) {
        const auto* entry = item.as_table();
        if (!entry) {
            reader.complain(item, "write [[organisation]] with two brackets");
            continue;
        }
        auto organisation = read_organisation(reader, *entry);
        const auto once = [&](const std::string& what, const std::string& kind) {
            auto name = kind;
            name.append(" ").append(what);
            if (!what.empty() && !seen.insert(std::move(name)).second) {
                const auto* slug = entry->get("slug");
                std::string complaint = "the ";
                complaint.append(kind).append(" \"").append(what).append("\" stands twice");
                reader.complain(slug ? *slug : item, std::move(complaint));
            }
        };
        once(organisation.slug, "slug");
        for (const auto& host : organisation.portal_hosts) once(host, "host");
        for (const auto& host : organisation.console_hosts) once(host, "host");
        for (const auto& shared : owners.claim(organisation, config)) {
            reader.complain(*entry, "\"" + shared +
                                        "\" is a host name of two doors: portal and console of "
                                        "every organisation need names of their own, cookies know "
                                        "no ports");
        }
        const bool has_hosts =
            !organisation.portal_hosts.empty() && !organisation.console_hosts.empty();
        if (list->size() > 1 && !has_hosts) {
            reader.complain(*entry,
                            "with several organisations each needs portal_hosts and "
                            "console_hosts, else nobody knows whose visitor it is");
        }
        config.organisations.push_back(std::move(organisation));
    }
}

bool is_mail_address(const std::string& text) {
    const auto at = text.find('@');
    const bool is_plain = std::all_of(text.begin(), text.end(), [](char c) {
        return c > 0x20 && c < 0x7f && c != '<' && c != '>' && c != '"' && c != ',' && c != ';';
    });
    return is_plain && at != std::string::npos && at > 0 && at + 1 < text.size() &&
           text.find('@', at + 1) == std::string::npos;
}

void read_mail(Reader& reader, const toml::table& table, MailConfig& out) {
    const auto* node = table.get("mail");
    if (!node) return;
    const auto* mail = node->as_table();
    if (!mail) return reader.complain(*node, "write [mail] with brackets, on a line of its own");
    reader.refuse_unknown(*mail, {"server", "user", "password_file", "from", "witness"},
                          " of [mail]");
    reader.text(*mail, "server", out.server);
    reader.text(*mail, "user", out.user);
    reader.text(*mail, "password_file", out.password_file);
    reader.text(*mail, "from", out.from);
    reader.text(*mail, "witness", out.witness);
    const bool is_url = out.server.starts_with("smtp://") || out.server.starts_with("smtps://");
    if (!is_url || out.server.find_first_of(" @?#\\\r\n", 7) != std::string::npos) {
        reader.complain(*mail, "[mail] needs server = \"smtps://HOST\" or \"smtp://HOST:PORT\"");
    }
    if (!is_mail_address(out.from) || !is_mail_address(out.witness)) {
        reader.complain(*mail, "[mail] needs from and witness, each one plain address");
    }
    if (out.user.empty() != out.password_file.empty()) {
        reader.complain(*mail, "[mail] needs user and password_file, or neither");
    }
}

}  // namespace

bool MailConfig::is_local() const {
    const auto start = server.find("://");
    const auto host = start == std::string::npos ? server : server.substr(start + 3);
    for (const std::string local : {"127.0.0.1", "localhost", "[::1]"}) {
        if (host == local || host.starts_with(local + ":") || host.starts_with(local + "/")) {
            return true;
        }
    }
    return false;
}

std::string Address::text() const {
    return is_unix() || port == 80 ? host : host + ":" + std::to_string(port);
}

std::optional<Address> parse_address(std::string_view text) {
    if (text.starts_with("unix:/")) return Address{.host = std::string(text), .port = 0};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    Address out{.host = std::string(text.substr(0, colon)), .port = 0};
    const auto digits = text.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), out.port);
    const bool is_number = error == std::errc() && end == digits.data() + digits.size();
    const bool is_name = out.host.find_first_of("/ :@") == std::string::npos;
    if (!is_number || !is_name || out.port < 0 || out.port > 65535) return std::nullopt;
    return out;
}

bool is_slug(std::string_view text) {
    return !text.empty() && text.size() <= 40 && text.front() != '-' &&
           text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
               std::string_view::npos;
}

ReadConfig parse_config(std::string_view text) {
    ReadConfig out;
    Reader reader;
    try {
        const auto table = toml::parse(text);
        reader.refuse_unknown(table,
                              {"portal", "console", "exit_url", "threads", "mail", "organisation"},
                              " of tillit.toml");
        reader.address(table, "portal", out.config.portal);
        reader.address(table, "console", out.config.console);
        if (out.config.portal.text() == out.config.console.text()) {
            reader.problems.push_back({.line = 0, .text = "portal and console need two addresses"});
        } else if (!out.config.portal.is_unix() &&
                   out.config.portal.host == out.config.console.host) {
            reader.problems.push_back(
                {.line = 0,
                 .text = "portal and console need two host names: cookies know no ports"});
        }
        read_threads(reader, table, out.config.threads);
        read_exit_url(reader, table, out.config.exit_url);
        read_mail(reader, table, out.config.mail);
        read_organisations(reader, table, out.config);
    } catch (const toml::parse_error& error) {
        reader.problems.push_back({.line = error.source().begin.line,
                                   .text = "not TOML: " + std::string(error.description())});
    }
    out.problems = std::move(reader.problems);
    return out;
}

ReadConfig load_config(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) {
        return {.config = {}, .problems = {{.line = 0, .text = "cannot read " + path}}};
    }
    return parse_config(text.str());
}

std::string first_config(const std::string& slug) {
    return "# Settings of Tillit. `tillit check` says what is wrong with them.\n\n"
           "# Where it listens. In production Unix sockets behind a proxy: "
           "\"unix:/run/tillit/portal.sock\".\n"
           "# The two need different host names: cookies know no ports.\n"
           "portal = \"127.0.0.1:8080\"\n"
           "console = \"localhost:8081\"\n\n"
           "# Where the quick exit leads: an ordinary page that many people visit, for example\n"
           "# \"https://www.wikipedia.org/\". Empty: an empty page of ours, and nothing outside.\n"
           "exit_url = \"\"\n\n"
           "[[organisation]]\n"
           "slug = \"" +
           slug + "\"  # its folder is orgs/" + slug +
           "\n"
           "# The host names it answers to, as browsers send them. Empty: the addresses above.\n"
           "portal_hosts = []\n"
           "console_hosts = []\n\n"
           "# A witness outside gets the log's checkpoint every Monday. Without this section "
           "nothing "
           "is sent.\n"
           "#[mail]\n"
           "#server = \"smtps://mail.example.org\"  # smtp:// only with STARTTLS, or on this "
           "machine\n"
           "#user = \"tillit\"\n"
           "#password_file = \"/etc/tillit/mail.password\"  # chmod 600\n"
           "#from = \"tillit@example.org\"\n"
           "#witness = \"auditor@example.net\"\n";
}

}  // namespace tillit::config

#include "server/portal/readers_page.h"

#include <algorithm>

#include "server/portal/handlers.h"

namespace tillit::portal {

namespace {

using crypto::Directory;
using Member = crypto::DirectoryMember;

bool holds_keys(const Member& member) {
    return member.role == crypto::Role::investigator || member.role == crypto::Role::alternate ||
           member.role == crypto::Role::custodian;
}

std::string role_key(const Member& member) {
    if (member.role == crypto::Role::investigator) return "readers.role.investigator";
    return member.role == crypto::Role::custodian ? "role.custodian" : "role.alternate";
}

const Member* find(const Directory& directory, const crypto::Id& id) {
    const auto found = std::ranges::find(directory.members, id, &Member::member);
    return found == directory.members.end() ? nullptr : &*found;
}

PageData line(const std::string& text) { return std::move(PageData().put("change", text)); }

/// What one version changed for who may read; nothing for one that changed nothing of that.
std::vector<PageData> changes_in(const Pages& pages, const Directory& after,
                                 const Directory* before) {
    std::vector<PageData> lines;
    const auto add = [&](const char* key, const Member& member) {
        lines.push_back(
            line(pages.texts().text(key, {{"person", pages.person(member.name, member.office)}})));
    };
    for (const auto& member : after.members) {
        if (!holds_keys(member)) continue;
        const auto* was = before == nullptr ? nullptr : find(*before, member.member);
        if (was == nullptr) {
            add("readers.change.added", member);
        } else if (was->recipient != member.recipient || was->verify_key != member.verify_key) {
            add("readers.change.keys", member);
        } else if (was->role != member.role) {
            add("readers.change.role", member);
        }
    }
    if (before == nullptr) return lines;
    for (const auto& member : before->members) {
        if (holds_keys(member) && find(after, member.member) == nullptr) {
            add("readers.change.removed", member);
        }
    }
    return lines;
}

void put_members(PageData& data, const Pages& pages, const app::Readers& readers,
                 storage::Day today) {
    for (const auto& member : readers.directory.members) {
        if (!holds_keys(member)) continue;
        const auto since = pages.day(static_cast<storage::Day>(member.since_day), today);
        PageData item;
        item.put("person_name", member.name)
            .put("person_office", member.office)
            .put("person_role", pages.texts().text(role_key(member)))
            .put("since", pages.texts().text("readers.since", {{"day", since}}));
        data.add("people", std::move(item));
    }
}

void put_signers(PageData& data, const Pages& pages, const crypto::SignersNote& signers) {
    for (const auto& signer : signers.signers) {
        data.add(
            "signers",
            std::move(
                PageData().put("person_name", signer.name).put("person_office", signer.office)));
    }
    data.put("threshold", pages.texts().text("readers.threshold",
                                             {{"some", std::to_string(signers.threshold)},
                                              {"all", std::to_string(signers.signers.size())}}));
}

void put_versions(PageData& data, const Pages& pages, const Directory& newest,
                  const std::vector<Directory>& earlier, storage::Day today) {
    for (std::size_t i = 0; i <= earlier.size(); ++i) {
        const auto& version = i == 0 ? newest : earlier[i - 1];
        const auto* before = i < earlier.size() ? &earlier[i] : nullptr;
        if (before == nullptr && version.version > 1) break;  // what came before is not known
        PageData item;
        item.put("version",
                 pages.texts().text(
                     "readers.version",
                     {{"number", std::to_string(version.version)},
                      {"day", pages.day(static_cast<storage::Day>(version.day), today)}}));
        auto changes = changes_in(pages, version, before);
        item.flag("changes_nothing", changes.empty());
        for (auto& change : changes) item.add("changes", std::move(change));
        data.add("versions", std::move(item));
    }
}

}  // namespace

http::Reply readers_page(const Pages& pages, const Frame& frame, const app::Readers& readers,
                         const std::vector<Directory>& earlier, storage::Day today) {
    PageData data;
    put_members(data, pages, readers, today);
    put_signers(data, pages, readers.signers);
    const auto expires = static_cast<storage::Day>(readers.directory.expires_day);
    data.put("expiry", pages.texts().text(expires < today ? "readers.expired" : "readers.expires",
                                          {{"day", pages.day(expires, today)}}))
        .put("fingerprint",
             pages.texts().text("landing.fingerprint", {{"words", readers.fingerprint_words}}));
    // Of the version as signed: who has left since is missing above, and not a change of it.
    auto newest = readers.directory;
    newest.members = readers.known;
    put_versions(data, pages, newest, earlier, today);
    auto reply = pages.page("readers", "readers", frame, std::move(data));
    reply.caching = http::Caching::private_form;
    return reply;
}

http::Reply get_readers(const Desk& desk, http::Request& /*request*/) {
    const auto readers = desk.site.organisation.readers();
    if (!readers) return desk.pages.error(503);
    return readers_page(desk.pages, desk.frame(), *readers,
                        *desk.site.organisation.earlier_directories(*readers), desk.today());
}

}  // namespace tillit::portal

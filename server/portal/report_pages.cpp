#include "server/portal/report_pages.h"

#include <algorithm>

#include "server/app/days.h"
#include "server/portal/mentions.h"
#include "server/portal/words_pages.h"

namespace tillit::portal {

namespace {

using Member = crypto::DirectoryMember;

bool contains(const std::vector<crypto::Id>& ids, const crypto::Id& id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

PageData person_item(const Member& member, bool is_ticked = false) {
    PageData item;
    item.put("member", crypto::to_base64url(member.member))
        .put("person_name", member.name)
        .put("person_office", member.office)
        .flag("is_ticked", is_ticked);
    return item;
}

bool is_default_receiver(const Member& member) {
    return member.role == crypto::Role::investigator && member.is_default;
}

/// People who can only be kept out by name: unticking keeps out the default receivers.
std::vector<const Member*> others_to_exclude(const app::Readers& readers) {
    std::vector<const Member*> others;
    const auto& members = readers.directory.members;
    for (const Member& member : members) {
        const bool is_eligible = member.role == crypto::Role::investigator ||
                                 member.role == crypto::Role::custodian ||
                                 member.role == crypto::Role::alternate;
        const auto same_person = [&](const Member& m) { return m.person == member.person; };
        const bool is_listed = std::any_of(others.begin(), others.end(),
                                           [&](const Member* m) { return same_person(*m); }) ||
                               std::any_of(members.begin(), members.end(), [&](const Member& m) {
                                   return same_person(m) && is_default_receiver(m);
                               });
        if (is_eligible && !is_listed) others.push_back(&member);
    }
    return others;
}

std::string role_text(const Pages& pages, crypto::Role role) {
    if (role == crypto::Role::custodian) return pages.texts().text("role.custodian");
    if (role == crypto::Role::alternate) return pages.texts().text("role.alternate");
    return {};
}

std::vector<std::string> people(const Pages& pages, const std::vector<const Member*>& members) {
    std::vector<std::string> names;
    names.reserve(members.size());
    for (const Member* member : members)
        names.push_back(pages.person(member->name, member->office));
    return names;
}

void put_carried(PageData& data, const Draft& draft) {
    data.put("token", draft.token)
        .put("text", draft.text.expose_text())
        .put("name", draft.name.expose_text())
        .put("contact", draft.contact.expose_text())
        .flag("has_identity", draft.has_identity());
    for (const auto& id : draft.to) {
        data.add("to", std::move(PageData().put("member", crypto::to_base64url(id))));
    }
    for (const auto& id : draft.not_to) {
        data.add("not", std::move(PageData().put("member", crypto::to_base64url(id))));
    }
}

/// Who would get a key and seems to be mentioned, with a button each.
void put_mentions(PageData& data, const Pages& pages, const Draft& draft,
                  const app::Recipients& chosen) {
    crypto::SecretBytes said(draft.text.expose());
    said.append("\n");
    said.append(draft.name.expose());
    const auto words = words_of(said.expose_text());
    bool has_mentions = false;
    const auto look = [&](const Member& member, std::string_view key) {
        if (!mentions(words, member.name, member.office)) return;
        const auto& texts = pages.texts();
        PageData item;
        item.put("mention", texts.text(key, {{"who", pages.person(member.name, member.office)}}))
            .put("leave", texts.text("mentions.leave", {{"name", member.name}}))
            .put("member", crypto::to_base64url(member.member));
        data.add("mentions", std::move(item));
        has_mentions = true;
    };
    for (const Member* reader : chosen.readers) look(*reader, "mentions.reader");
    if (chosen.custodian != nullptr) look(*chosen.custodian, "mentions.custodian");
    data.flag("has_mentions", has_mentions);
}

void put_beside_fields(PageData& data, const std::vector<Problem>& problems) {
    for (const auto& problem : problems) data.put(problem.field + "_problem", problem.text);
}

}  // namespace

void put_file_inputs(PageData& data, const Pages& pages, const std::string& list,
                     std::size_t count) {
    for (std::size_t i = 1; i <= count; ++i) {
        const auto number = std::to_string(i);
        PageData item;
        item.put("file_field", "file" + number)
            .put("file_label", pages.texts().text("check.files.label", {{"number", number}}));
        data.add(list, std::move(item));
    }
}

http::Reply landing_page(const Pages& pages, const Frame& frame, const app::Readers& readers) {
    PageData data;
    for (const Member& member : readers.directory.members) {
        if (member.role == crypto::Role::investigator) data.add("people", person_item(member));
    }
    data.put("fingerprint",
             pages.texts().text("landing.fingerprint", {{"words", readers.fingerprint_words}}));
    auto reply = pages.page("landing", "landing", frame, std::move(data));
    reply.caching = http::Caching::private_form;
    return reply;
}

http::Reply other_ways_page(const Pages& pages, const storage::Organisation& organisation,
                            bool is_closed) {
    PageData data;
    data.flag("is_closed", is_closed)
        .put("here_heading",
             pages.texts().text("other.here.heading", {{"organisation", organisation.name}}))
        .put("here_none",
             pages.texts().text("other.here.none", {{"organisation", organisation.name}}))
        .put("contact_text", organisation.contact);
    return pages.page("other-ways", "other_ways", frame_of(organisation), std::move(data),
                      is_closed ? 503 : 200);
}

http::Reply report_page(const Pages& pages, const Frame& frame, const Draft& draft,
                        const app::Readers& readers, const std::vector<Problem>& problems) {
    PageData data;
    data.put("token", draft.token)
        .put("text", draft.text.expose_text())
        .put("name", draft.name.expose_text())
        .put("contact", draft.contact.expose_text())
        .flag("asks_name", draft.asks_name)
        .flag("is_filled", !draft.text.empty() || draft.has_identity());
    std::vector<std::string> alternates;
    for (const Member& member : readers.directory.members) {
        if (member.role == crypto::Role::investigator) {
            data.add("receivers", person_item(member, contains(draft.to, member.member)));
        } else if (member.role == crypto::Role::alternate) {
            alternates.push_back(pages.person(member.name, member.office));
        }
    }
    if (!alternates.empty()) {
        data.put("alternate_hint",
                 pages.texts().text("report.alternate.hint", {{"names", pages.list(alternates)}}));
    }
    const auto others = others_to_exclude(readers);
    data.flag("has_others", !others.empty());
    for (const Member* member : others) {
        auto item = person_item(*member, contains(draft.not_to, member->member));
        item.put("person_role", role_text(pages, member->role));
        data.add("others", std::move(item));
    }
    Pages::put_problems(data, problems);
    put_beside_fields(data, problems);
    return pages.page_with_script("report", "report", frame, std::move(data),
                                  problems.empty() ? 200 : 422);
}

http::Reply check_page(const Pages& pages, const storage::Organisation& organisation,
                       const Draft& draft, const app::Readers& readers,
                       const std::vector<Problem>& problems) {
    const auto chosen = app::choose_recipients(readers, draft.to, draft.not_to);
    std::vector<std::string> excluded;
    for (const auto& exclusion : chosen.excluded) excluded.push_back(exclusion.name);

    PageData data;
    put_carried(data, draft);
    put_mentions(data, pages, draft, chosen);
    data.put("receiver_names", pages.list(people(pages, chosen.readers)))
        .flag("is_alternate", chosen.falls_to_alternate)
        .put("excluded_names", pages.list(excluded))
        .put("files_hint",
             pages.texts().text("check.files.hint",
                                {{"limit", pages.size(organisation.max_report_bytes)}}));
    put_file_inputs(data, pages, "files", kReportFiles);
    Pages::put_problems(data, problems);
    return pages.page("check", "check", frame_of(organisation), std::move(data),
                      problems.empty() ? 200 : 422);
}

http::Reply key_page(const Pages& pages, const Frame& frame,
                     const app::SubmissionTokens::Done& done, const KeyPage& how) {
    PageData data;
    data.put("token", how.token).put("exit_token", how.token).flag("is_again", how.is_again);
    data.put("stored",
             pages.texts().text("key.stored", {{"names", pages.list(done.reader_names)}}));
    put_key(data, done.key);
    data.flag("has_missing", !done.missing_files.empty());
    for (const auto& name : done.missing_files) {
        data.add("missing", std::move(PageData().put("missing_name", name)));
    }
    const auto confirm_by = app::acknowledge_due(how.today);
    data.put("come_back", pages.day_with_weekday(confirm_by + 1))
        .put("confirm_by", pages.day(confirm_by, how.today))
        .put("hear_by", pages.day(app::feedback_due(how.today, std::nullopt), how.today));
    return pages.page("key", "key", frame, std::move(data));
}

http::Reply done_page(const Pages& pages, const Frame& frame, std::optional<storage::Day> today) {
    PageData data;
    if (today) {
        const auto day = pages.day_with_weekday(app::acknowledge_due(*today) + 1);
        data.put("come_back", pages.texts().text("done.come_back", {{"day", day}}));
    }
    return pages.page("done", "done", frame, std::move(data));
}

}  // namespace tillit::portal

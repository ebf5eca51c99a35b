#include "server/portal/case_pages.h"

#include "server/portal/report_pages.h"

namespace tillit::portal {

namespace {

std::string state_key(storage::CaseState state) {
    switch (state) {
        case storage::CaseState::received:
            return "case.state.received";
        case storage::CaseState::acknowledged:
            return "case.state.acknowledged";
        case storage::CaseState::investigating:
            return "case.state.investigating";
        case storage::CaseState::waiting_for_reporter:
            return "case.state.waiting_for_reporter";
        case storage::CaseState::closed:
            return "case.state.closed";
    }
    return "case.state.received";
}

std::string state_color(storage::CaseState state) {
    if (state == storage::CaseState::waiting_for_reporter) return "warning";
    return state == storage::CaseState::closed ? "neutral" : "info";
}

std::string sealed_by_key(crypto::SealedBy by) {
    switch (by) {
        case crypto::SealedBy::browser:
            return "case.sealed.browser";
        case crypto::SealedBy::cli:
            return "case.sealed.cli";
        case crypto::SealedBy::server:
            return "case.sealed.server";
    }
    return "case.sealed.server";
}

std::string fault_text(const Pages& pages, const app::MailboxFault& fault, storage::Day today) {
    using What = app::MailboxFault::What;
    const auto& texts = pages.texts();
    switch (fault.what) {
        case What::not_readable:
            if (fault.day == 0) return texts.text("case.fault.not_readable");
            return texts.text("case.fault.not_readable.day",
                              {{"day", pages.day(fault.day, today)}});
        case What::wrong_signer:
            return texts.text("case.fault.wrong_signer");
        case What::chain_fork:
            return texts.text("case.fault.chain_fork");
        case What::chain_gap:
            return texts.text("case.fault.chain_gap");
        case What::missing_head:
            return texts.text("case.fault.missing_head");
        case What::no_report:
            return texts.text("case.fault.no_report");
        case What::keys:
            return texts.text("case.fault.keys");
    }
    return texts.text("case.fault.not_readable");
}

PageData message_item(const Pages& pages, const app::MailboxMessage& message, storage::Day today) {
    const auto& statement = message.statement;
    const auto& texts = pages.texts();
    const bool is_mine = statement.from == crypto::kReporter;
    const bool is_notice = statement.kind == crypto::Kind::identity_notice;
    PageData item;
    item.flag("is_mine", is_mine)
        .put("notice", is_notice ? texts.text("case.notice.identity") : std::string())
        .put("author", is_mine ? texts.text("case.you")
                       : message.author_name.empty()
                           ? texts.text("case.someone")
                           : pages.person(message.author_name, message.author_office))
        .put("day", pages.day(message.day, today))
        .put("sealed_by", texts.text(sealed_by_key(statement.sealed_by)))
        .put("body", statement.body)
        .flag("has_files", !statement.attachments.empty());
    for (const auto& attachment : statement.attachments) {
        PageData file;
        file.put("file_id", crypto::to_base64url(attachment.id))
            .put("file_name", attachment.name)
            .put("file_size", pages.size(attachment.size));
        item.add("files", std::move(file));
    }
    return item;
}

void put_dates(PageData& data, const Pages& pages, const storage::StoredCase& row,
               storage::Day today) {
    const auto& texts = pages.texts();
    const auto put = [&](const std::string& name, std::optional<storage::Day> done,
                         std::string_view done_key, storage::Day due, std::string_view due_key) {
        data.put(name + "_label", texts.text(done ? done_key : due_key))
            .put(name + "_day", pages.day(done.value_or(due), today));
    };
    put("receipt", row.acknowledged_day, "case.confirmed", row.acknowledge_due_day,
        "case.confirm_by");
    put("feedback", row.feedback_day, "case.heard", row.feedback_due_day, "case.hear_by");
    if (!row.opened_day) {
        data.put("last_opened", texts.text("case.first_time"));
    } else {
        data.put("last_opened",
                 texts.text("case.opened_count", {{"day", pages.day(*row.opened_day, today)},
                                                  {"count", std::to_string(row.opened_count)}}));
    }
}

std::string news(const Pages& pages, const app::MailboxView& view, storage::Day today) {
    const auto& texts = pages.texts();
    if (view.last_news_day == 0) {
        const auto due =
            view.row.acknowledged_day ? view.row.feedback_due_day : view.row.acknowledge_due_day;
        return texts.text("case.news.none", {{"day", pages.day(due + 1, today)}});
    }
    const auto newest = pages.day(view.last_news_day, today);
    if (view.row.opened_day && view.last_news_day < *view.row.opened_day) {
        return texts.text("case.news.nothing_new",
                          {{"day", pages.day(*view.row.opened_day, today)}, {"news_day", newest}});
    }
    return texts.text("case.news.newest", {{"day", newest}});
}

std::string change_text(const Pages& pages, const app::MailboxChange& change, storage::Day today) {
    using What = app::MailboxChange::What;
    const auto& texts = pages.texts();
    const auto someone = [&](const std::string& name) {
        return name.empty() ? texts.text("case.someone") : name;
    };
    const auto day = pages.day(change.day, today);
    switch (change.what) {
        case What::access:
            return texts.text(
                "case.change.access",
                {{"who", someone(change.who)}, {"to", someone(change.to)}, {"day", day}});
        case What::recusal:
            return texts.text("case.change.recusal", {{"who", someone(change.who)}, {"day", day}});
        case What::new_epoch:
            return texts.text("case.change.new_epoch", {{"day", day}});
        case What::new_words:
            break;
    }
    return texts.text("case.change.new_words", {{"day", day}});
}

void put_readers(PageData& data, const Pages& pages, const app::MailboxView& view,
                 storage::Day today) {
    const auto& texts = pages.texts();
    for (const auto& reader : view.readers) {
        const auto who = pages.person(reader.name, reader.office);
        std::string line;
        if (reader.role == crypto::Role::custodian) {
            line = texts.text("case.reader.custodian", {{"who", who}});
        } else {
            line = texts.text(reader.has_opened ? "case.reader.opened" : "case.reader.not_opened",
                              {{"who", who}, {"day", pages.day(reader.since, today)}});
        }
        data.add("readers", std::move(PageData().put("reader", line)));
    }
    for (const auto& change : view.changes) {
        data.add("changes", std::move(PageData().put("change", change_text(pages, change, today))));
    }
    if (!view.excluded_names.empty()) {
        data.put("excluded",
                 texts.text("case.excluded", {{"names", pages.list(view.excluded_names)}}));
    }
    data.put("identity",
             texts.text(view.identity_given ? "case.identity.given" : "case.identity.none"));
}

}  // namespace

http::Reply return_page(const Pages& pages, const Frame& frame, const ReturnPage& how) {
    const auto& texts = pages.texts();
    PageData data;
    data.put("key", how.key.expose_text()).put("kept_text", how.kept_text.expose_text());
    if (!how.kept_text.empty()) {
        data.put("notice", texts.text("return.kept"));
    } else if (how.has_ended) {
        data.put("notice", texts.text("return.ended"));
    }
    std::vector<Problem> problems;
    if (how.is_refused) problems.push_back({"key", texts.text("return.error")});
    for (const auto& problem : problems) data.put(problem.field + "_problem", problem.text);
    Pages::put_problems(data, problems);
    auto reply = pages.page_with_script("return", "return", frame, std::move(data));
    if (how.is_refused) reply.status = 422;
    if (!how.is_refused && (how.has_ended || !how.kept_text.empty())) reply.status = 403;
    return reply;
}

http::Reply case_page(const Pages& pages, const Frame& frame, const app::MailboxView& view,
                      const CasePage& how) {
    const auto& texts = pages.texts();
    PageData data;
    data.put("heading", texts.text("case.heading", {{"id", view.short_id}}))
        .put("state", texts.text(state_key(view.row.state)))
        .put("state_color", state_color(view.row.state))
        .put("news", news(pages, view, how.today))
        .put("form_token", how.form_token)
        .put("text", how.text.expose_text())
        .flag("can_write", view.row.state != storage::CaseState::closed)
        .put("files_hint",
             texts.text("case.reply.files.hint", {{"limit", pages.size(how.max_report_bytes)}}));
    put_dates(data, pages, view.row, how.today);
    data.flag("has_faults", !view.faults.empty());
    for (const auto& fault : view.faults) {
        data.add("faults", std::move(PageData().put("fault", fault_text(pages, fault, how.today))));
    }
    for (const auto& message : view.messages) {
        data.add("messages", message_item(pages, message, how.today));
    }
    put_file_inputs(data, pages, "reply_files", kReplyFiles);
    put_readers(data, pages, view, how.today);
    Pages::put_problems(data, how.problems);
    for (const auto& problem : how.problems) data.put(problem.field + "_problem", problem.text);
    return pages.page("case", "case", frame, std::move(data), how.problems.empty() ? 200 : 422);
}

http::Reply left_page(const Pages& pages, const Frame& frame) {
    return pages.page("left", "left", frame, PageData());
}

}  // namespace tillit::portal

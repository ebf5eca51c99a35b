#include "server/portal/compare_pages.h"

namespace tillit::portal {

namespace {

http::Reply page_of(const Pages& pages, const Frame& frame, PageData data, int status) {
    return pages.page("proof-compared", "proof", frame, std::move(data), status);
}

http::Reply nothing_compared(const Pages& pages, const Frame& frame, std::string_view why) {
    PageData data;
    data.put("said_color", "warning").put("said", pages.texts().text(why));
    return page_of(pages, frame, std::move(data), 422);
}

PageData missing_item(const Pages& pages, const app::MailboxMissing& missing, storage::Day today) {
    const auto& texts = pages.texts();
    const auto who = missing.is_mine ? texts.text("case.you")
                     : missing.author_name.empty()
                         ? texts.text("case.someone")
                         : pages.person(missing.author_name, missing.author_office);
    return std::move(PageData().put(
        "line",
        texts.text("proof.compared.line", {{"who", who}, {"day", pages.day(missing.day, today)}})));
}

}  // namespace

http::Reply compared_page(const Pages& pages, const Frame& frame,
                          const crypto::Result<app::MailboxComparison, app::CompareError>& compared,
                          storage::Day today) {
    if (!compared) {
        return nothing_compared(pages, frame,
                                compared.error() == app::CompareError::another_case
                                    ? "proof.compared.another_case"
                                    : "proof.compared.no_proof");
    }
    const auto& texts = pages.texts();
    const auto& missing = compared->missing;
    const auto held = std::to_string(compared->held);
    PageData data;
    data.flag("has_missing", !missing.empty());
    if (missing.empty()) {
        const auto newest = pages.day(compared->newest_day, today);
        data.put("said_color", "success")
            .put("said", texts.text("proof.compared.all_here", {{"held", held}, {"day", newest}}));
    } else {
        const auto count = std::to_string(missing.size());
        data.put("said_color", "danger")
            .put("said",
                 texts.text("proof.compared.missing", {{"held", held}, {"missing", count}}));
    }
    for (const auto& one : missing) data.add("missing", missing_item(pages, one, today));
    return page_of(pages, frame, std::move(data), 200);
}

http::Reply no_proof_sent_page(const Pages& pages, const Frame& frame) {
    return nothing_compared(pages, frame, "proof.compared.none");
}

}  // namespace tillit::portal

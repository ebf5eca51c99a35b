#include "server/portal/log_pages.h"

#include "server/portal/handlers.h"

namespace tillit::portal {

http::Reply log_page(const Pages& pages, const Frame& frame,
                     const std::optional<storage::LogDay>& newest, const std::string& fingerprint,
                     storage::Day today) {
    PageData data;
    if (newest) {
        data.put("checkpoint", newest->checkpoint)
            .put("up_to",
                 pages.texts().text("log.up_to", {{"day", pages.day(newest->day, today)}}));
    }
    if (!fingerprint.empty()) {
        data.put("fingerprint",
                 pages.texts().text("landing.fingerprint", {{"words", fingerprint}}));
    }
    return pages.page("log", "log", frame, std::move(data));
}

http::Reply get_log(const Desk& desk, http::Request& /*request*/) {
    const auto readers = desk.site.organisation.readers();
    return log_page(desk.pages, desk.frame(), app::newest_day(desk.site.organisation.store()),
                    readers ? readers->fingerprint_words : "", desk.today());
}

http::Reply get_checkpoint(const Desk& desk, http::Request& /*request*/) {
    const auto newest = app::newest_day(desk.site.organisation.store());
    if (!newest) return desk.pages.error(404);
    http::Reply reply;
    reply.content_type = "text/plain; charset=utf-8";
    reply.body = newest->checkpoint;
    return reply;
}

}  // namespace tillit::portal

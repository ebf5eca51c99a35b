#include "server/app/audit_export.h"
#include "server/console/handlers.h"
#include "server/console/json.h"

namespace tillit::console {

http::Reply get_log(Call& call) {
    const auto finished = app::finished_days(call.office.organisation.store());
    return json_reply({{"today", call.office.organisation.clock().today()},
                       {"days", finished.days},
                       {"checkpoint", finished.checkpoint}});
}

http::Reply get_log_day(Call& call) {
    const auto day = read_number(call.request.arg("day"));
    if (!day || *day > UINT32_MAX) return error_reply(404, "not_found");
    const auto rows = app::events_of_finished_day(call.office.organisation.store(),
                                                  static_cast<storage::Day>(*day));
    if (!rows) return error_reply(404, "not_found");
    auto events = nlohmann::json::array();
    for (const auto& row : *rows) events.push_back({{"hash", b64(row.hash)}, {"event", row.event}});
    return json_reply({{"events", std::move(events)}});
}

http::Reply get_log_export(Call& call) {
    http::Reply reply;
    reply.content_type = "application/octet-stream";
    reply.body = app::encode_log(app::read_log(call.office.organisation.store()));
    return reply;
}

}  // namespace tillit::console

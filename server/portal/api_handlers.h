/// What a reporter's script asks for: sealed bytes in, sealed bytes out (protocol §4 to §6).
///
/// A case is found by the look-up token in X-Tillit-Token; an upload belongs to whoever sends the
/// token it was begun with. There is no session and no cookie.
#pragma once

#include "server/portal/handlers.h"

namespace tillit::portal {

[[nodiscard]] http::Reply api_organisation(const Desk& desk, http::Request& request);

[[nodiscard]] http::Reply api_begin_upload(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_upload_state(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_put_piece(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_complete_upload(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_drop_upload(const Desk& desk, http::Request& request);

[[nodiscard]] http::Reply api_report(const Desk& desk, http::Request& request);

[[nodiscard]] http::Reply api_case(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_open_case(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_earlier_directories(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_reply(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_proof(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_attachment(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_begin_epoch(const Desk& desk, http::Request& request);
[[nodiscard]] http::Reply api_close_door(const Desk& desk, http::Request& request);

}  // namespace tillit::portal

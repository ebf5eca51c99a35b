/// The API's handlers: read the call, run one use case, say what came of it.
#pragma once

#include "server/console/console.h"

namespace tillit::console {

[[nodiscard]] http::Reply get_organisation(Call& call);
[[nodiscard]] http::Reply post_login(Call& call);
[[nodiscard]] http::Reply post_login_recovery(Call& call);
[[nodiscard]] http::Reply post_logout(Call& call);
[[nodiscard]] http::Reply get_me(Call& call);
[[nodiscard]] http::Reply post_enrolment_look(Call& call);
[[nodiscard]] http::Reply post_enrolment(Call& call);
[[nodiscard]] http::Reply post_passphrase(Call& call);
[[nodiscard]] http::Reply post_recovery_code(Call& call);
[[nodiscard]] http::Reply get_directory(Call& call);
[[nodiscard]] http::Reply get_earlier_directories(Call& call);

[[nodiscard]] http::Reply get_cases(Call& call);
[[nodiscard]] http::Reply get_case(Call& call);
[[nodiscard]] http::Reply get_envelopes(Call& call);
[[nodiscard]] http::Reply post_envelope(Call& call);
[[nodiscard]] http::Reply post_read(Call& call);
[[nodiscard]] http::Reply post_upload(Call& call);
[[nodiscard]] http::Reply put_piece(Call& call);
[[nodiscard]] http::Reply post_upload_complete(Call& call);
[[nodiscard]] http::Reply get_attachment(Call& call);

[[nodiscard]] http::Reply post_access(Call& call);
[[nodiscard]] http::Reply post_recusal(Call& call);
[[nodiscard]] http::Reply post_epoch(Call& call);

[[nodiscard]] http::Reply get_notes(Call& call);
[[nodiscard]] http::Reply post_note(Call& call);

[[nodiscard]] http::Reply get_identity_requests(Call& call);
[[nodiscard]] http::Reply post_identity_request(Call& call);
[[nodiscard]] http::Reply post_disclosure(Call& call);
[[nodiscard]] http::Reply post_refusal(Call& call);
[[nodiscard]] http::Reply post_opening(Call& call);

[[nodiscard]] http::Reply get_log(Call& call);
[[nodiscard]] http::Reply get_log_day(Call& call);
[[nodiscard]] http::Reply get_log_export(Call& call);

}  // namespace tillit::console

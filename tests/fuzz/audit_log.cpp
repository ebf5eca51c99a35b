// An exported log is read to the byte or not at all; looking through one never fails in another
// way.
#include "server/app/audit_verify.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit;

TILLIT_FUZZ_TARGET(audit_log) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    if (const auto log = app::decode_log(text)) {
        crypto::ensure(app::encode_log(*log) == text);
        const auto report = app::verify_log(*log);
        crypto::ensure(report.events == log->events.size() || !report.problems.empty());
    }
    const auto found = app::find_checkpoint(text, "tillit/x");
    crypto::ensure(!found || found->starts_with("tillit/x\n"));
}

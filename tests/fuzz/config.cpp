// Settings never break the reader: there is a problem to tell, on a line that exists, or a config
// that can be served.
#include "server/config/config.h"

#include <algorithm>

#include "crypto/result.h"
#include "tests/fuzz/fuzz.h"

using namespace tillit;

TILLIT_FUZZ_TARGET(config) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    const auto read = config::parse_config(text);
    const auto lines = static_cast<unsigned>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const auto& problem : read.problems) {
        crypto::ensure(problem.line <= lines && !problem.text.empty());
    }
    if (!read.problems.empty()) return;
    crypto::ensure(!read.config.organisations.empty());
    for (const auto& organisation : read.config.organisations) {
        crypto::ensure(config::is_slug(organisation.slug));
    }
    crypto::ensure(read.config.portal.text() != read.config.console.text());
    const auto again = config::parse_address(read.config.portal.text());
    crypto::ensure(read.config.portal.port == 80 ||
                   (again && again->text() == read.config.portal.text()));
}

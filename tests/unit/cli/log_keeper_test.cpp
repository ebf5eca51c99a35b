#include "server/cli/log_keeper.h"

#include <catch2/catch_test_macros.hpp>

#include "server/app/log.h"
#include "tests/support/demo_organisation.h"

namespace tillit::test {

TEST_CASE("the trouble of one organisation stops no other's log", "[cli][log]") {
    DemoOrganisation broken;
    DemoOrganisation sound;
    broken.store().write([](storage::Database& db) { db.execute("DROP TABLE log_day"); });
    std::vector<cli::LogKeeper> logs;
    for (auto* org : {&broken, &sound}) {
        logs.emplace_back(org->organisation(), org->log_key.clone(), "x");
    }
    CHECK_THROWS(logs[0].close_days());
    config::MailConfig mail;
    mail.server = "smtp://127.0.0.1:1";
    mail.password_file = (sound.directory() / "there_is_none").string();
    cli::keep_logs(logs, &mail);
    CHECK(app::newest_day(sound.store()));
    const auto tried = sound.store().read(
        [](storage::Database& db) { return storage::LogEvents(db).witness().tried_unix; });
    CHECK(tried == sound.clock().unix_seconds());  // it got as far as the password file
}

}  // namespace tillit::test

/// Use cases without HTTP, in one process, on a real store: what a submission, a return, a look-up
/// and an inbox cost. Prints name, value, aim, met or missed.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "server/app/intake.h"
#include "server/app/mailbox.h"
#include "storage/cases.h"
#include "tests/support/demo_organisation.h"

namespace {

using namespace tillit;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point start) {
    return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

void report(const char* name, double value, const char* unit, double aim, bool more_is_better) {
    const bool met = more_is_better ? value >= aim : value <= aim;
    std::printf("%-58s %10.2f %-6s aim %s %-8.0f %s\n", name, value, unit,
                more_is_better ? ">=" : "<=", aim, met ? "met" : "MISSED");
}

struct Submitted {
    crypto::CaseKey key;
    crypto::Hash case_id;
};

Submitted submit(test::DemoOrganisation& org) {
    app::Submission submission(org.organisation(), org.organisation().readers());
    const crypto::SecretBytes text(std::string(2000, 'a'));
    crypto::ensure(submission.commit(text, {}, org.default_readers()).has_value());
    return {submission.key().clone(), submission.case_id()};
}

void bench_submissions(test::DemoOrganisation& org) {
    constexpr int kCount = 300;
    const auto start = SteadyClock::now();
    for (int i = 0; i < kCount; ++i) static_cast<void>(submit(org));
    report("submissions, one thread, each durable", kCount / seconds_since(start), "/s", 150, true);
}

void bench_returns(test::DemoOrganisation& org) {
    const auto submitted = submit(org);
    constexpr int kCount = 2000;
    auto start = SteadyClock::now();
    for (int i = 0; i < kCount; ++i) {
        const auto mailbox = app::Mailbox::open(org.organisation(), submitted.key);
        crypto::ensure(mailbox->view()->messages.size() == 1);
    }
    report("returns with one decrypted message, one thread", kCount / seconds_since(start), "/s",
           1000, true);

    const auto& id = org.organisation().settings().org_id;
    start = SteadyClock::now();
    for (int i = 0; i < kCount; ++i) {
        const auto hash = crypto::lookup_hash(crypto::lookup_token(submitted.key, id));
        crypto::ensure(org.store().read(
            [&](storage::Database& db) { return storage::Cases(db).exists_lookup(hash); }));
    }
    report("look-ups of a token, one thread", kCount / seconds_since(start), "/s", 5000, true);
}

storage::NewCase made_up_case(const test::DemoOrganisation& org, const test::Person& reader,
                              int i) {
    storage::NewCase row;
    crypto::fill_random(row.case_id);
    crypto::fill_random(row.lookup_hash);
    row.case_recipient = storage::Bytes(1216, 1);
    row.reporter_recipient = storage::Bytes(1216, 2);
    row.verify_key = storage::Bytes(32, 3);
    row.received_day = org.today() - i % 400;
    row.acknowledge_due_day = row.received_day + 7;
    row.feedback_due_day = row.received_day + 97;
    row.grants.push_back({.member_id = reader.listed.member, .sealed = storage::Bytes(5400, 4)});
    row.report = {.hash = crypto::random_array<32>(), .sealed = storage::Bytes(5400, 5)};
    row.identity = storage::Bytes(5400, 6);
    return row;
}

void bench_inbox(test::DemoOrganisation& org) {
    const auto& reader = org.person("Ingrid");
    for (int i = 0; i < 10'000;) {
        org.store().write([&](storage::Database& db) {
            for (int n = 0; n < 200; ++n, ++i) {
                crypto::ensure(storage::Cases(db).insert(made_up_case(org, reader, i)));
            }
        });
    }
    std::vector<double> ms;
    for (int i = 0; i < 200; ++i) {
        const auto start = SteadyClock::now();
        const auto rows = org.store().read([&](storage::Database& db) {
            static_cast<void>(storage::Cases(db).inbox_count(reader.listed.member));
            return storage::Cases(db).inbox(reader.listed.member, {.after = {}, .state = {}});
        });
        crypto::ensure(rows.size() == 50);
        ms.push_back(seconds_since(start) * 1000);
    }
    std::sort(ms.begin(), ms.end());
    report("inbox of 10,000 cases, page of 50, p95", ms[190], "ms", 50, false);
}

}  // namespace

int main() {
    test::DemoOrganisation org;
    bench_submissions(org);
    bench_returns(org);
    bench_inbox(org);
}

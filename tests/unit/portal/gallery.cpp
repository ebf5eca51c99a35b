#include "tests/unit/portal/gallery.h"

#include "server/app/days.h"
#include "server/portal/case_pages.h"
#include "server/portal/compare_pages.h"
#include "server/portal/hand_in_pages.h"
#include "server/portal/log_pages.h"
#include "server/portal/readers_page.h"
#include "server/portal/report_pages.h"
#include "server/portal/words_pages.h"

namespace tillit::test {

namespace {

using namespace portal;

crypto::Id id(std::uint8_t n) {
    crypto::Id out{};
    out.fill(n);
    return out;
}

crypto::DirectoryMember member(std::uint8_t n, const std::string& name, const std::string& office,
                               crypto::Role role, bool is_default) {
    crypto::DirectoryMember m;
    m.member = id(n);
    m.person = id(static_cast<std::uint8_t>(100 + n));
    m.name = name;
    m.office = office;
    m.role = role;
    m.is_default = is_default;
    return m;
}

app::Readers sample_readers() {
    using crypto::Role;
    app::Readers readers;
    readers.fingerprint_words = "harbor velvet anchor copper window garden piano silver";
    readers.directory.members = {
        member(1, "Ingrid Berg", "Internal auditor", Role::investigator, true),
        member(2, "Jonas Lie", "Legal adviser", Role::investigator, true),
        member(3, "Wolfeschlegelsteinhausenbergerdorff van der Meulen-Østergaard-Þórðarson",
               "Head of administration, culture, schools, roads and water", Role::investigator,
               false),
        member(4, "Kari Moe", "Municipal lawyer", Role::custodian, false),
        member(5, "Liv Dahl", "Audit office of the county", Role::alternate, false)};
    return readers;
}

const storage::Day kToday = app::day_of(2026, 11, 22);
const Frame kFrame{.organisation = "Example Municipality", .is_demo = false};
const Frame kDemo{.organisation = "Nordre og Søndre Øvre Langenavn Fjellkommune i Innlandet fylke",
                  .is_demo = true};

storage::Organisation organisation() {
    storage::Organisation org;
    org.name = kFrame.organisation;
    org.contact = "Letter: The auditor, Town Hall, 1234 Example\nTelephone: 12 34 56 78, 9 to 15";
    return org;
}

storage::Organisation without_contact() {
    auto org = organisation();
    org.contact.clear();
    return org;
}

Draft filled_draft(const app::Readers& readers, std::string_view text) {
    Draft draft = blank_draft(readers);
    draft.text = crypto::SecretBytes(text);
    return draft;
}

app::MailboxMessage message(const crypto::Id& from, const std::string& author,
                            const std::string& body, storage::Day day) {
    app::MailboxMessage m;
    m.statement.from = from;
    m.statement.body = body;
    m.author_name = author;
    m.author_office = author.empty() ? "" : "Internal auditor";
    m.day = day;
    return m;
}

app::MailboxView view(int messages) {
    app::MailboxView v;
    v.short_id = "7QK2M9XD";
    v.row.received_day = kToday - 8;
    v.row.acknowledge_due_day = kToday - 1;
    v.row.feedback_due_day = kToday + 83;
    v.readers = {{"Ingrid Berg", "Internal auditor", crypto::Role::investigator, kToday - 8, true},
                 {"Jonas Lie", "Legal adviser", crypto::Role::investigator, kToday - 8, false},
                 {"Kari Moe", "Municipal lawyer", crypto::Role::custodian, kToday - 8, false}};
    for (int i = 0; i < messages; ++i) {
        const bool is_mine = i % 2 == 0;
        v.messages.push_back(message(
            is_mine ? crypto::kReporter : id(1), is_mine ? "" : "Ingrid Berg",
            i == 0 ? kHostileText
            : is_mine
                ? "Two of them, in September. وثيقة مهمة 🙂"
                : "Thank you. I have received your report and read it. Could you say which of "
                  "the three invoices you have seen yourself? You need not say how.",
            kToday - 8 + i / 8));
    }
    if (messages > 1) {
        v.last_news_day = kToday - 5;
        v.row.acknowledged_day = kToday - 5;
        v.row.state = storage::CaseState::investigating;
        v.row.opened_day = kToday - 2;
        v.row.opened_count = 3;
        v.messages[0].statement.attachments = {
            {id(9),
             "invoice <b>1</b> of 3, a rather long name of a scanned document.pdf",
             "application/pdf",
             1'234'567,
             {}},
            {id(10), "photo.jpg", "image/jpeg", 812, {}}};
    }
    return v;
}

app::SubmissionTokens::Done done(bool with_missing) {
    app::SubmissionTokens::Done d{.key = crypto::CaseKey::zeroed(),
                                  .missing_files = {},
                                  .reader_names = {"Ingrid Berg", "Jonas Lie"}};
    for (std::size_t i = 0; i < 16; ++i) {
        d.key.mutable_bytes()[i] = static_cast<std::uint8_t>(37 * i + 11);
    }
    if (with_missing) d.missing_files = {"video of the yard <1>.mov"};
    return d;
}

void add_report_pages(std::vector<GalleryPage>& all, const Pages& pages) {
    const auto readers = sample_readers();
    const auto org = organisation();
    all.push_back({"landing", landing_page(pages, kFrame, readers)});
    all.push_back({"landing-demo", landing_page(pages, kDemo, readers)});
    all.push_back({"report-blank", report_page(pages, kFrame, blank_draft(readers), readers, {})});
    auto named = filled_draft(readers, kHostileText);
    named.asks_name = true;
    named.name = crypto::SecretBytes("Ola \"Nordmann\" <ola>");
    named.contact = crypto::SecretBytes("ola@example.test");
    named.not_to = {id(3)};
    all.push_back({"report-named", report_page(pages, kFrame, named, readers, {})});
    auto empty = blank_draft(readers);
    empty.to.clear();
    empty.not_to = {id(5)};
    all.push_back({"report-problems", report_page(pages, kDemo, empty, readers,
                                                  problems_of(empty, readers, pages.texts()))});
    all.push_back(
        {"check", check_page(pages, org, filled_draft(readers, kHostileText), readers, {})});
    all.push_back({"check-named", check_page(pages, org, named, readers, {})});
    all.push_back(
        {"check-problem", check_page(pages, org, filled_draft(readers, kHostileText), readers,
                                     {{"send", pages.texts().text("problem.storage")}})});
    auto mentioning = filled_draft(readers, "Ingrid Berg's invoices; the legal adviser knows.");
    mentioning.name = crypto::SecretBytes("Per Moe");
    all.push_back({"check-mentions", check_page(pages, org, mentioning, readers, {})});
    const auto token = blank_draft(readers).token;
    all.push_back({"key", key_page(pages, kFrame, done(false), {token, false, kToday})});
    all.push_back({"key-again", key_page(pages, kFrame, done(false), {token, true, kToday})});
    all.push_back(
        {"key-missing-file", key_page(pages, kFrame, done(true), {token, false, kToday})});
    all.push_back({"done", done_page(pages, kFrame, kToday)});
    all.push_back({"done-gone", done_page(pages, kFrame, std::nullopt)});
    all.push_back({"hand-in", hand_in_page(pages, org, {})});
    all.push_back({"hand-in-problem",
                   hand_in_page(pages, org,
                                {problem_of(app::FileIntakeError::damaged, pages, 500ULL << 20)})});
    all.push_back({"received", received_page(pages, kFrame, kToday)});
    all.push_back({"other-ways", other_ways_page(pages, org, false)});
    all.push_back({"other-ways-closed", other_ways_page(pages, without_contact(), true)});
}

void add_compared_pages(std::vector<GalleryPage>& all, const Pages& pages) {
    using app::CompareError;
    app::MailboxComparison found{.held = 7, .newest_day = kToday - 2, .missing = {}};
    const auto page = [&](const auto& compared) {
        return compared_page(pages, kFrame, compared, kToday);
    };
    using Compared = crypto::Result<app::MailboxComparison, CompareError>;
    all.push_back({"compared", page(Compared(found))});
    found.missing = {
        {.is_mine = true, .day = kToday - 3},
        {.author_name = "Ingrid Berg", .author_office = "Internal auditor", .day = kToday - 2},
        {.day = kToday - 2}};
    all.push_back({"compared-missing", page(Compared(found))});
    all.push_back(
        {"compared-other", page(Compared(crypto::unexpected(CompareError::another_case)))});
    all.push_back(
        {"compared-no-proof", page(Compared(crypto::unexpected(CompareError::no_proof)))});
    all.push_back({"compared-no-file", no_proof_sent_page(pages, kFrame)});
}

void add_case_pages(std::vector<GalleryPage>& all, const Pages& pages) {
    all.push_back({"return", return_page(pages, kFrame, {})});
    all.push_back({"return-refused", return_page(pages, kFrame,
                                                 {.key = crypto::SecretBytes("harbor velvet ankor"),
                                                  .kept_text = {},
                                                  .is_refused = true})});
    all.push_back({"return-kept", return_page(pages, kFrame,
                                              {.key = {},
                                               .kept_text = crypto::SecretBytes(kHostileText),
                                               .has_ended = true})});
    const auto how = [](std::vector<Problem> problems = {}, std::string_view text = "") {
        return CasePage{.form_token = "token",
                        .text = crypto::SecretBytes(text),
                        .problems = std::move(problems),
                        .today = kToday,
                        .max_report_bytes = 500ULL << 20};
    };
    all.push_back({"case-one", case_page(pages, kFrame, view(1), how())});
    all.push_back({"case-two", case_page(pages, kFrame, view(2), how())});
    all.push_back({"case-forty", case_page(pages, kDemo, view(40), how())});
    all.push_back(
        {"case-problem",
         case_page(pages, kFrame, view(2),
                   how({{"text", pages.texts().text("problem.reply.storage")}}, kHostileText))});
    auto closed = view(4);
    closed.row.state = storage::CaseState::closed;
    closed.row.feedback_day = kToday - 1;
    closed.excluded_names = {"Mats Holm"};
    closed.identity_given = true;
    all.push_back({"case-closed", case_page(pages, kFrame, closed, how())});
    auto noticed = view(4);
    noticed.identity_given = true;
    noticed.messages[3].statement.kind = crypto::Kind::identity_notice;
    noticed.messages[3].statement.body =
        "The police have asked for your name, in case 4711. The law obliges us to answer.";
    all.push_back({"case-notice", case_page(pages, kFrame, noticed, how())});
    auto faulty = view(3);
    using What = app::MailboxFault::What;
    faulty.faults = {{What::not_readable, kToday - 3},
                     {What::wrong_signer, 0},
                     {What::chain_gap, 0},
                     {What::chain_fork, 0},
                     {What::missing_head, 0},
                     {What::no_report, 0}};
    all.push_back({"case-faults", case_page(pages, kFrame, faulty, how())});
    add_compared_pages(all, pages);
    all.push_back({"words", words_page(pages, kFrame, {.form_token = "token"})});
    all.push_back(
        {"words-problem",
         words_page(pages, kFrame,
                    {.form_token = "token", .problem = "problem.words.sure", .is_of_box = true})});
    all.push_back({"new-key", new_key_page(pages, kDemo, "token", done(false).key)});
    all.push_back({"door", door_page(pages, kFrame)});
    all.push_back({"left", left_page(pages, kFrame)});
}

void add_readers_pages(std::vector<GalleryPage>& all, const Pages& pages) {
    const auto day = [](int before) { return static_cast<std::uint64_t>(kToday - before); };
    auto readers = sample_readers();
    for (auto& member : readers.directory.members) member.since_day = day(400);
    readers.directory.members[0].since_day = day(3);
    readers.directory.version = 3;
    readers.directory.day = day(3);
    readers.directory.expires_day = day(-362);
    readers.known = readers.directory.members;
    readers.signers.signers = {{"Anna Berg", "Municipal director", {}, false},
                               {"Bo Dahl", "Employee representative", {}, false},
                               {"Cai Lund", "Auditor", {}, false}};
    auto second = readers.directory;
    second.version = 2;
    second.day = day(200);
    second.members[0] = member(9, "Mats Holm", "Personnel", crypto::Role::investigator, true);
    second.members[1].recipient.fill(7);
    auto first = second;
    first.version = 1;
    first.day = day(400);
    all.push_back({"readers", readers_page(pages, kFrame, readers, {second, first}, kToday)});
    readers.directory.expires_day = day(1);
    all.push_back({"readers-expired", readers_page(pages, kFrame, readers, {}, kToday)});
}

}  // namespace

const Pages& gallery_pages() {
    static const Pages pages = [] {
        crypto::init();
        return Pages(TILLIT_TEST_ASSETS,
                     "default-src 'none'; script-src 'self'; connect-src 'self'");
    }();
    return pages;
}

std::vector<GalleryPage> gallery() {
    const auto& pages = gallery_pages();
    std::vector<GalleryPage> all;
    add_report_pages(all, pages);
    add_case_pages(all, pages);
    const storage::LogDay day{.day = kToday - 1,
                              .seed = {},
                              .root = {},
                              .checkpoint = "tillit/" + std::string(64, 'a') + "\n412\n" +
                                            std::string(43, 'B') + "=\n\n\u2014 tillit/" +
                                            std::string(64, 'a') + " " + std::string(91, 'C') +
                                            "=\n"};
    all.push_back({"log", log_page(pages, kFrame, day, "harbor velvet anchor copper", kToday)});
    all.push_back({"proof-later", pages.page("proof-later", "proof", kFrame, {})});
    all.push_back({"log-none", log_page(pages, kFrame, std::nullopt, "", kToday)});
    all.push_back({"safety", pages.page("safety", "safety", kFrame, {})});
    all.push_back({"sealing", pages.page("sealing", "sealing", kFrame, {})});
    add_readers_pages(all, pages);
    all.push_back({"error-503", pages.error(503)});
    all.push_back({"error-404", pages.error(404)});
    all.push_back({"bye", pages.bye()});
    return all;
}

}  // namespace tillit::test

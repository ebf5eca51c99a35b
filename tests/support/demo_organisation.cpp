#include "tests/support/demo_organisation.h"

#include <cstdlib>

#include "server/app/days.h"
#include "server/app/thread_writing.h"
#include "storage/cases.h"
#include "storage/directories.h"
#include "storage/envelopes.h"
#include "storage/members.h"
#include "storage/organisations.h"

namespace tillit::test {

using crypto::ensure;

TempDir::TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tillit-test-XXXXXX").string();
    ensure(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TempDir::~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

DemoOrganisation::CryptoStart::CryptoStart() { crypto::init(); }

DemoOrganisation::DemoOrganisation(const OrganisationSetup& setup)
    : now_(app::day_of(2026, 11, 22) * 86400 + 43200) {
    const storage::DatabaseKey key = storage::DatabaseKey::random();
    auto store = std::make_unique<storage::Store>(
        storage::StoreOptions{.path = (dir_.path() / "tillit.db").string(), .create = true}, key);
    const storage::Organisation row{.org_id = org_,
                                    .name = "Example Municipality",
                                    .is_demo = true,
                                    .max_report_bytes = setup.max_report_bytes,
                                    .device_cookie_key = storage::Bytes(32, 7),
                                    .contact = ""};
    store->write([&](storage::Database& db) { storage::Organisations(db).create(row); });
    organisation_ = std::make_unique<app::Organisation>(std::move(store), clock());

    const char* const names[] = {"Ingrid", "Jonas", "Mats", "Nora"};
    for (int i = 0; i < setup.investigators; ++i) {
        add_person(i < 4 ? names[i] : "Reader" + std::to_string(i), "Internal audit",
                   crypto::Role::investigator, i < 2);
    }
    if (setup.with_custodian) add_person("Kari", "Records", crypto::Role::custodian, false);
    if (setup.with_alternate) add_person("Liv", "Law firm", crypto::Role::alternate, false);
    publish();
}

void DemoOrganisation::add_person(const std::string& name, const std::string& office,
                                  crypto::Role role, bool is_default) {
    Person person;
    person.login = name;
    person.login[0] = static_cast<char>(std::tolower(person.login[0]));
    person.listed = {.member = crypto::random_array<16>(),
                     .person = crypto::random_array<16>(),
                     .name = name,
                     .office = office,
                     .role = role,
                     .recipient = crypto::hybrid_recipient(person.identity),
                     .verify_key = crypto::verify_key(person.signing),
                     .since_day = static_cast<std::uint64_t>(today()),
                     .is_default = is_default};
    const storage::Member row{.member_id = person.listed.member,
                              .person_id = person.listed.person,
                              .login = person.login,
                              .name = name,
                              .office = office,
                              .role = std::string(crypto::to_text(role)),
                              .is_default = is_default,
                              .status = storage::MemberStatus::invited,
                              .recipient = {},
                              .verify_key = {}};
    const auto invite = crypto::random_array<32>();
    store().write([&](storage::Database& db) {
        storage::Members members(db);
        members.invite(row, invite, now_ + 3600);
        ensure(members.enrol(row.member_id, person.listed.recipient, person.listed.verify_key,
                             storage::MemberSecrets{.auth_hash = invite,
                                                    .keyring = storage::Bytes(104, 1),
                                                    .keyring_version = 1,
                                                    .recovery_auth_hash = invite,
                                                    .recovery_keyring = storage::Bytes(104, 1),
                                                    .recovery_version = 1}));
        members.set_status(row.member_id, storage::MemberStatus::active);
    });
    people.push_back(std::move(person));
}

void DemoOrganisation::publish(std::uint64_t version, std::uint64_t valid_days,
                               std::string_view without) {
    const std::vector<crypto::NamedSeed> seeds{{"signer one", &signer_one_},
                                               {"signer two", &signer_two_}};
    const auto day = static_cast<std::uint64_t>(today());
    std::optional<std::string> previous;
    if (version > 1) {
        previous = store().read(
            [](storage::Database& db) { return storage::Directories(db).newest_directory(); });
    }
    crypto::Directory directory{
        .org = org_,
        .version = version,
        .day = day,
        .expires_day = day + valid_days,
        .previous = previous ? crypto::note_hash(*previous) : crypto::Hash{},
        .members = {}};
    for (const auto& person : people) {
        if (person.listed.name != without) directory.members.push_back(person.listed);
    }
    const crypto::SignersNote note{
        .number = 0,
        .org = org_,
        .signers = {{"signer one", "Municipal director", crypto::verify_key(signer_one_), false},
                    {"signer two", "Employee representative", crypto::verify_key(signer_two_),
                     false}},
        .threshold = 2,
        .log_key = crypto::verify_key(log_key)};
    store().write([&](storage::Database& db) {
        storage::Directories directories(db);
        if (version == 1) directories.put_signers_note(0, crypto::sign_signers_note(note, seeds));
        directories.put_directory(version, crypto::sign_directory(directory, seeds));
    });
    advance_seconds(10);  // past the directory's short memory
}

const Person& DemoOrganisation::person(std::string_view name) const {
    for (const auto& person : people) {
        if (person.listed.name == name) return person;
    }
    ensure(false);
    std::abort();
}

std::vector<crypto::Id> DemoOrganisation::default_readers() const {
    std::vector<crypto::Id> ids;
    for (const auto& person : people) {
        if (person.listed.is_default) ids.push_back(person.listed.member);
    }
    return ids;
}

app::Clock DemoOrganisation::clock() {
    return {.unix_seconds = [this] { return now_; }};
}

namespace {

crypto::HybridRecipient recipient_from(const storage::Bytes& bytes) {
    crypto::HybridRecipient recipient{};
    ensure(bytes.size() == recipient.size());
    std::copy(bytes.begin(), bytes.end(), recipient.begin());
    return recipient;
}

crypto::VerifyKey key_of(const DemoOrganisation& org, const crypto::Grant& grant,
                         const crypto::Author& author) {
    if (author == crypto::kReporter) return grant.verify_key;
    for (const auto& person : org.people) {
        if (person.listed.member == author) return person.listed.verify_key;
    }
    return {};
}

}  // namespace

OpenedCase open_case_as(DemoOrganisation& org, const Person& person, const crypto::Hash& case_id) {
    auto row =
        org.store().read([&](storage::Database& db) { return storage::Cases(db).find(case_id); });
    auto sealed = org.store().read([&](storage::Database& db) {
        return storage::Cases(db).grant(case_id, person.listed.member);
    });
    ensure(row.has_value() && sealed.has_value());
    const auto& org_id = org.organisation().settings().org_id;
    auto grant = crypto::open_grant(*sealed, person.identity, org_id, case_id,
                                    recipient_from(row->case_recipient),
                                    recipient_from(row->reporter_recipient));
    ensure(grant.has_value());
    OpenedCase opened{.row = *row, .grant = std::move(*grant), .statements = {}};
    if (!opened.grant.secret) return opened;
    const auto thread = org.store().read(
        [&](storage::Database& db) { return storage::Envelopes(db).thread(case_id); });
    for (const auto& stored : thread) {
        auto envelope = crypto::open_envelope(stored.sealed, *opened.grant.secret);
        ensure(envelope.has_value());
        const auto key = key_of(org, opened.grant, envelope->claimed_author());
        auto statement = std::move(*envelope).verify(key, org_id, case_id);
        ensure(statement.has_value());
        opened.statements.push_back(std::move(*statement));
    }
    return opened;
}

storage::AppendResult answer_as(DemoOrganisation& org, const Person& person,
                                const crypto::Hash& case_id, const std::string& body,
                                crypto::Kind kind) {
    const auto opened = open_case_as(org, person, case_id);
    const auto heads = org.store().read(
        [&](storage::Database& db) { return storage::Envelopes(db).heads(case_id); });
    crypto::Statement statement{.org = org.organisation().settings().org_id,
                                .case_id = case_id,
                                .kind = kind,
                                .from = person.listed.member,
                                .seq = 1,
                                .heads = {},
                                .sealed_by = crypto::SealedBy::cli,
                                .body = body,
                                .state = {},
                                .attachments = {},
                                .manifest = std::nullopt};
    for (const auto& head : heads) {
        statement.heads.push_back({head.author, head.seq, head.hash});
        if (head.author == person.listed.member) {
            statement.seq = head.seq + 1;
            statement.prev = head.hash;
        }
    }
    auto sealed =
        crypto::seal_envelope(statement, person.signing, recipient_from(opened.row.case_recipient));
    ensure(sealed.has_value());
    const storage::NewEnvelope envelope{.author = statement.from,
                                        .seq = statement.seq,
                                        .prev = statement.prev,
                                        .hash = crypto::envelope_hash(*sealed),
                                        .sealed = std::move(*sealed)};
    return org.store().write([&](storage::Database& db) {
        return app::append_to_thread(db, org.clock(), case_id, envelope, app::kEnvelopeStored);
    });
}

}  // namespace tillit::test

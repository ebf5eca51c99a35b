// Enrols the demo people. A process of its own: it makes the keys as a browser would and sends the
// console only what a browser sends; the serving process never sees a passphrase.
#include <iostream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "crypto/case_key.h"
#include "crypto/keyring.h"
#include "server/app/clock.h"
#include "server/app/day_closer.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/invitation.h"
#include "server/cli/log_key.h"
#include "server/cli/publication.h"
#include "server/cli/review.h"
#include "server/cli/signer_file.h"
#include "server/http/client.h"

namespace tillit::cli {

namespace {

const std::vector<NewMember>& people() {
    static const std::vector<NewMember> all = {
        {.login = "ingrid",
         .name = "Ingrid Berg",
         .office = "Internal audit",
         .role = "investigator",
         .is_default = true},
        {.login = "jonas",
         .name = "Jonas Dahl",
         .office = "Legal department",
         .role = "investigator",
         .is_default = true},
        {.login = "kari",
         .name = "Kari Nilsen",
         .office = "Records office",
         .role = "custodian",
         .is_default = false},
        {.login = "liv",
         .name = "Liv Moen",
         .office = "Moen law firm",
         .role = "alternate",
         .is_default = false},
    };
    return all;
}

nlohmann::json call(http::Client& console, const std::string& path, const nlohmann::json& body,
                    int expected) {
    const auto reply =
        console.post("/api/v1" + path, body.dump(), "application/json", {{"X-Tillit-Csrf", "1"}});
    if (reply.status != expected) {
        throw std::runtime_error("the console answered " + std::to_string(reply.status) + " to " +
                                 path + (reply.status == 0 ? " (is `tillit serve` running?)" : ""));
    }
    return reply.body.empty() ? nlohmann::json() : nlohmann::json::parse(reply.body);
}

template <std::size_t N>
crypto::ByteArray<N> field(const nlohmann::json& json, const char* name) {
    const auto value = crypto::array_from_base64url<N>(json.at(name).get<std::string>());
    if (!value) throw std::runtime_error(std::string("the console sent a strange ") + name);
    return *value;
}

/// What the person's browser does at enrolment. Returns her lines for demo.txt.
crypto::SecretBytes enrol(http::Client& console, const NewMember& person,
                          const std::string& token) {
    const auto look = call(console, "/enrolment/look", {{"token", token}}, 200);
    const auto org = field<16>(look, "org");
    const auto person_id = field<16>(look, "person");
    const crypto::Keyring keyring{.identity = crypto::AgeSeed::random(),
                                  .signing = crypto::SigningSeed::random()};
    const auto passphrase = crypto::generate_passphrase();
    const auto code = crypto::RecoveryCode::random();
    const auto daily = crypto::login_keys(passphrase, org, person.login);
    const auto recovery = crypto::recovery_keys(code, org);
    call(console, "/enrolment",
         {{"token", token},
          {"recipient", crypto::to_base64url(crypto::hybrid_recipient(keyring.identity))},
          {"verify_key", crypto::to_base64url(crypto::verify_key(keyring.signing))},
          {"auth", crypto::to_base64url(daily.auth.expose())},
          {"keyring",
           crypto::to_base64url(crypto::wrap_keyring(keyring, daily.wrap, org, person_id, 1))},
          {"recovery_auth", crypto::to_base64url(recovery.auth.expose())},
          {"recovery_keyring",
           crypto::to_base64url(crypto::wrap_keyring(keyring, recovery.wrap, org, person_id, 0))}},
         204);
    const auto words = crypto::case_key_words(crypto::CaseKey::copy_of(code.expose()));
    crypto::SecretBytes lines;
    lines.append(person.name + ", " + person.role + " (" + person.office +
                 ")\n  login:      " + person.login + "\n  passphrase: ");
    lines.append(passphrase.expose());
    lines.append("\n  recovery:   ");
    lines.append(words.expose());
    lines.append("\n\n");
    return lines;
}

crypto::Proposal signed_by(crypto::Proposal proposal, const std::vector<NewSigner>& signers) {
    const auto reviewed = review(proposal);
    for (const auto& signer : signers) proposal = sign_proposal(proposal, reviewed, signer.key);
    return proposal;
}

/// Two invented signers, the first signers note and the first directory: what in production people
/// do on machines of their own.
void sign_as_demo(const DataDir& data, storage::Store& store, const crypto::VerifyKey& log_key,
                  const app::Clock& clock) {
    make_private_folder(data.demo_signers());
    std::vector<NewSigner> signers;
    signers.push_back(create_signer(data.demo_signers() / "director.age", "Municipal director",
                                    "Administration", false));
    signers.push_back(create_signer(data.demo_signers() / "representative.age",
                                    "Employee representative", "Works council", false));
    crypto::SecretBytes passphrases;
    SignersChange first{.add = {}, .remove = {}, .threshold = 2, .log_key = log_key};
    for (const auto& signer : signers) {
        first.add.push_back(public_part(signer.key));
        passphrases.append(signer.passphrase.expose());
        passphrases.append("\n");
    }
    write_private_file(data.demo_signers() / "passphrases.txt", passphrases.expose_text());
    publish_signers(store, signed_by(propose_signers(store, first), signers), nullptr, clock);
    publish_directory(
        store, signed_by(propose_directory(store, clock.today(), 365, std::nullopt), signers),
        clock);
}

}  // namespace

int run_demo(const DemoOptions& options) {
    const DataDir data(options.data);
    const auto slug = data.choose(options.slug);
    const auto store = data.open(slug);
    if (!settings_of(*store).is_demo) {
        throw std::runtime_error(
            "this organisation is no demonstration (`tillit init --demo`): no invented people "
            "here");
    }
    if (std::filesystem::exists(data.demo_file())) {
        std::cout << "The demo people are enrolled already: " << data.demo_file().string() << "\n";
        return 0;
    }
    const auto clock = app::Clock::system();
    http::Client console(options.console_url);
    crypto::SecretBytes text;
    text.append("Demonstration: invented people, keys kept in clear here. Do not report here.\n\n");
    for (const auto& person : people()) {
        const auto token = invite(*store, person, clock.unix_seconds());
        text.append(enrol(console, person, token).expose());
    }
    const auto log_key = open_log_key(data, slug);
    sign_as_demo(data, *store, crypto::verify_key(log_key), clock);
    (void)app::close_finished_days(*store, clock, log_key);
    write_private_file(data.demo_file(), text.expose_text());
    std::cout << "Enrolled " << people().size() << " demo people; names and passphrases are in "
              << data.demo_file().string() << "\n";
    return 0;
}

}  // namespace tillit::cli

#include "server/cli/log_keeper.h"

#include <spdlog/spdlog.h>

#include "server/app/witness.h"
#include "server/mail/smtp.h"
#include "storage/error.h"
#include "storage/key_source.h"

namespace tillit::cli {
namespace {

const char* describe(app::Closing::Trouble trouble) {
    switch (trouble) {
        case app::Closing::Trouble::broken_signers:
            return "the stored signers notes are not signed as they must be";
        case app::Closing::Trouble::other_key:
            return "log.key is not the key that the signers note names";
        case app::Closing::Trouble::too_many:
            return "more than 40 are over since the last one that was closed; if the clock of this "
                   "machine is right, run `tillit audit close`";
        case app::Closing::Trouble::ahead:
            return "today is closed already, so the clock is wrong or was; no mail goes to the "
                   "witness until that day has come";
        case app::Closing::Trouble::no_signers:  // a new organisation: nothing to complain about
        case app::Closing::Trouble::none:
            break;
    }
    return nullptr;
}

crypto::SecretBytes password_of(const config::MailConfig& mail) {
    crypto::SecretBytes password;
    if (mail.password_file.empty()) return password;
    const auto file = storage::load_secret_file(mail.password_file);
    auto bytes = file.expose();
    while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r')) {
        bytes = bytes.first(bytes.size() - 1);
    }
    password.append(bytes);
    return password;
}

}  // namespace

void keep_logs(std::vector<LogKeeper>& logs, const config::MailConfig* mail) {
    for (auto& log : logs) {
        log.attempt("its days were not closed", [&] { log.close_days(); });
        if (mail != nullptr) {
            log.attempt("the mail to the witness was not sent", [&] { log.mail_witness(*mail); });
        }
    }
}

void LogKeeper::attempt(const char* what, const std::function<void()>& step) const {
    try {
        step();
    } catch (const storage::Error& error) {
        spdlog::error("log of {}: {}: {}", slug_, what, error.what());
    } catch (const std::exception&) {  // its words might carry anything
        spdlog::error("log of {}: {}, by an error inside the program", slug_, what);
    }
}

void LogKeeper::close_days() {
    const auto closing =
        app::close_finished_days(organisation_.store(), organisation_.clock(), key_);
    if (closing.days > 0) spdlog::info("log of {}: days closed: {}", slug_, closing.days);
    if (closing.trouble == known_) return;
    known_ = closing.trouble;
    if (const auto* text = describe(known_)) {
        spdlog::error("log of {}: its days cannot be closed: {}", slug_, text);
    }
}

void LogKeeper::mail_witness(const config::MailConfig& mail) {
    if (!mail.is_configured()) return;
    const auto due = app::take_witness_mail(organisation_);
    if (!due) return;
    crypto::SecretBytes password;
    try {
        password = password_of(mail);
    } catch (const std::exception&) {
        spdlog::error("log of {}: the password file of the mail server cannot be read", slug_);
        return;
    }
    const auto trouble = mail::send(mail, password,
                                    {.to = mail.witness,
                                     .subject = due->subject,
                                     .body = due->body,
                                     .unix_seconds = organisation_.clock().unix_seconds()});
    if (trouble) {
        spdlog::error("log of {}: the mail to the witness was not sent, again in an hour: {}",
                      slug_, *trouble);
        return;
    }
    app::witness_mail_sent(organisation_, *due);
    spdlog::info("log of {}: mailed to the witness", slug_);
}

}  // namespace tillit::cli

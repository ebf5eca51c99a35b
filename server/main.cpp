// tillit: the command line. Each subcommand is a function in server/cli.
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>

#include "crypto/primitives.h"
#include "server/cli/commands.h"
#include "server/cli/terminal.h"
#include "server/memory/process.h"
#include "server/signing_commands.h"

namespace {

using namespace tillit;

/// The front end as it lies beside a build: bin/tillit and assets/.
std::string default_assets() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return "assets";
    return (program.parent_path().parent_path() / "assets").string();
}

void add_data(CLI::App* command, std::string& data) {
    command->add_option("--data", data, "Folder of settings and databases")->required();
}
void add_organisation(CLI::App* command, std::string& slug) {
    command->add_option("--org", slug, "Slug of the organisation, if there are several");
}

void add_init(CLI::App& app, std::function<int()>& run) {
    auto options = std::make_shared<cli::InitOptions>();
    auto* command = app.add_subcommand("init", "Make an organisation: folder, key, empty database");
    add_data(command, options->data);
    command->add_option("--name", options->name, "Its name, as reporters read it")->required();
    command->add_option("--slug", options->slug, "Short name for its folder")
        ->capture_default_str();
    command->add_flag("--passphrase", options->by_passphrase,
                      "The database key from a passphrase, shown once, instead of a key file");
    command
        ->add_option("--max-report-mib", options->max_report_mib,
                     "Most files of one report, in MiB")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    command->add_flag("--demo", options->is_demo, "A demonstration: every page says so");
    command->callback([options, &run] { run = [options] { return cli::run_init(*options); }; });
}

void add_serve(CLI::App& app, std::function<int()>& run) {
    auto options = std::make_shared<cli::ServeOptions>();
    auto* command = app.add_subcommand("serve", "Serve portal and console until Ctrl-C");
    add_data(command, options->data);
    command->add_option("--portal", options->portal, "HOST:PORT or unix:/PATH for reporters");
    command->add_option("--console", options->console, "HOST:PORT or unix:/PATH for investigators");
    command->add_option("--assets", options->assets, "Folder of the built front end")
        ->default_val(default_assets());
    command->add_option("--only", options->only, "Just one of the two, as a process of its own")
        ->check(CLI::IsMember({"portal", "console"}));
    command->callback([options, &run] { run = [options] { return cli::run_serve(*options); }; });
}

void add_seal(CLI::App& app, std::function<int()>& run) {
    auto options = std::make_shared<cli::SealOptions>();
    auto* seal = app.add_subcommand(
        "seal", "On your own machine: a report as one sealed file, to be handed in on the portal");
    seal->add_option("--directory", options->directory,
                     "Who receives reports: tillit-directory.json from the portal's /hand-in")
        ->required();
    auto* words = seal->add_option("--fingerprint", options->fingerprint,
                                   "The organisation's eight words, from a poster");
    auto* unchecked = seal->add_flag("--no-fingerprint-check", options->is_unchecked,
                                     "Trust the directory file unseen");
    words->excludes(unchecked);
    seal->add_option("--text", options->text, "What happened: a file, or - to write it here")
        ->required();
    seal->add_option("--attach", options->attach, "A file to seal with it");
    seal->add_option("--only", options->only, "Name of an investigator who reads it, and no other");
    seal->add_option("--exclude", options->exclude, "Name of somebody who must not read it");
    auto* file = seal->add_option("--identity", options->identity_file,
                                  "A file with your name and, on the next line, how to reach you");
    seal->add_flag("--ask-name", options->asks_name, "Ask for your name")->excludes(file);
    seal->add_option("--out", options->out, "The sealed file")->required();
    seal->add_flag("--key-to-stdout", options->key_to_stdout,
                   "The case key to standard output instead of the terminal");
    seal->callback([options, &run] {
        if (options->fingerprint.empty() && !options->is_unchecked) {
            throw CLI::ValidationError("--fingerprint",
                                       "is needed: eight words from a poster of the organisation. "
                                       "--no-fingerprint-check goes on without, trusting the file");
        }
        run = [options] { return cli::run_seal(*options); };
    });
}

void add_console(CLI::App& app, std::function<int()>& run) {
    auto options = std::make_shared<cli::ConsoleOptions>();
    auto* command = app.add_subcommand(
        "console", "On an investigator's own machine: the console, with pages from here");
    command->add_option("--connect", options->connect, "Address of the service's console")
        ->required();
    command->add_option("--port", options->port, "Port on this machine; any free one if not given")
        ->check(CLI::Range(1, 65535));
    command->add_option("--assets", options->assets, "Folder of the built front end")
        ->default_val(default_assets());
    command->callback([options, &run] { run = [options] { return cli::run_console(*options); }; });
}

void add_user(CLI::App& app, std::function<int()>& run) {
    auto* user = app.add_subcommand("user", "People who receive reports: add, list, close");
    user->require_subcommand(1);
    auto options = std::make_shared<cli::UserOptions>();
    auto* add = user->add_subcommand("add", "Invite somebody: prints a one-time link");
    add_data(add, options->data);
    add_organisation(add, options->slug);
    add->add_option("--login", options->login, "Log-in name, a-z and 0-9")->required();
    add->add_option("--name", options->name, "Full name, as reporters read it")->required();
    add->add_option("--office", options->office, "Office, as reporters read it")->required();
    add->add_option("--role", options->role, "What for")
        ->check(
            CLI::IsMember({"investigator", "custodian", "alternate", "administrator", "auditor"}))
        ->capture_default_str();
    add->add_flag("--default", options->is_default, "Receives reports unless the reporter unticks");
    add->add_option("--console", options->console_url, "Address of the console, for the link");
    add->callback([options, &run] { run = [options] { return cli::run_user_add(*options); }; });

    auto* list = user->add_subcommand("list", "Everybody, with role and state");
    add_data(list, options->data);
    add_organisation(list, options->slug);
    list->callback([options, &run] { run = [options] { return cli::run_user_list(*options); }; });

    auto* close = user->add_subcommand("close", "End an account");
    add_data(close, options->data);
    add_organisation(close, options->slug);
    close->add_option("--login", options->login, "Whose")->required();
    close->callback([options, &run] { run = [options] { return cli::run_user_close(*options); }; });
}

void add_site(CLI::App& app, std::function<int()>& run) {
    auto* site = app.add_subcommand("site", "What a site serves: sign its list, compare with it");
    site->require_subcommand(1);
    auto signing = std::make_shared<cli::SiteSignOptions>();
    auto* sign = site->add_subcommand("sign", "Sign the build's list of files");
    sign->add_option("--hashes", signing->hashes, "assets/hashes.json, or a list signed already")
        ->required();
    sign->add_option("--signer", signing->signer_files, "Signer's key file")->required();
    sign->add_option("--passphrase-file", signing->passphrase_file,
                     "Their passphrases, a line each; asked at the terminal if not given");
    sign->add_option("--out", signing->out, "The signed list")->required();
    sign->callback([signing, &run] { run = [signing] { return cli::run_site_sign(*signing); }; });

    auto verifying = std::make_shared<cli::SiteVerifyOptions>();
    auto* verify = site->add_subcommand("verify", "Ask a running site whether it serves the list");
    verify->add_option("url", verifying->url, "Address of a portal or a console")->required();
    verify->add_option("--hashes", verifying->hashes, "The list, signed or bare")->required();
    verify->add_option("--key", verifying->keys, "NAME+HASH+KEY that must have signed the list");
    verify->add_option("--door", verifying->door, "Which of the two it is, if not as it answers")
        ->check(CLI::IsMember({"portal", "console"}));
    verify->callback(
        [verifying, &run] { run = [verifying] { return cli::run_site_verify(*verifying); }; });
}

void add_backup(CLI::App& app, std::function<int()>& run) {
    auto* backup = app.add_subcommand("backup", "An organisation as one sealed file, and back");
    backup->require_subcommand(1);
    auto key = std::make_shared<cli::BackupKeyOptions>();
    auto* make_key = backup->add_subcommand(
        "key", "On another machine than the server: the key that opens backups");
    make_key->add_option("--out", key->out, "The new key file; its public half is FILE.pub")
        ->required();
    make_key->callback([key, &run] { run = [key] { return cli::run_backup_key(*key); }; });

    auto making = std::make_shared<cli::BackupOptions>();
    auto* create = backup->add_subcommand("create", "Make one, while the service runs");
    add_data(create, making->data);
    add_organisation(create, making->slug);
    create->add_option("--to", making->to, "Public recovery key, or the file with it")->required();
    create->add_option("--out", making->out, "The new file")->required();
    create->callback(
        [making, &run] { run = [making] { return cli::run_backup_create(*making); }; });

    auto reading = std::make_shared<cli::RestoreOptions>();
    const auto add_source = [&](CLI::App* command) {
        command->add_option("file", reading->file, "What `tillit backup create` wrote")->required();
        command->add_option("--key", reading->key_file, "The recovery key")->required();
    };
    auto* verify = backup->add_subcommand(
        "verify", "Open one and look through it; nothing is kept. 3: it is not sound");
    add_source(verify);
    verify->callback(
        [reading, &run] { run = [reading] { return cli::run_backup_verify(*reading); }; });
    auto* restore = backup->add_subcommand("restore", "Put one back, under a new database key");
    add_source(restore);
    add_data(restore, reading->data);
    restore->add_option("--slug", reading->slug, "Another short name for its folder");
    restore->add_flag("--passphrase", reading->by_passphrase,
                      "The database key from a passphrase, shown once, instead of a key file");
    restore->callback(
        [reading, &run] { run = [reading] { return cli::run_backup_restore(*reading); }; });
}

void add_audit(CLI::App& app, std::function<int()>& run) {
    auto* audit = app.add_subcommand("audit", "The log of what was done: export it, verify it");
    audit->require_subcommand(1);
    auto exporting = std::make_shared<cli::AuditExportOptions>();
    auto* take = audit->add_subcommand("export", "Write all finished days to one file");
    add_data(take, exporting->data);
    add_organisation(take, exporting->slug);
    take->add_option("--out", exporting->out, "The new file")->required();
    take->callback(
        [exporting, &run] { run = [exporting] { return cli::run_audit_export(*exporting); }; });

    auto closing = std::make_shared<cli::AuditCloseOptions>();
    auto* close = audit->add_subcommand(
        "close", "Close all days that are over, also more than 40 at once (serve does not)");
    add_data(close, closing->data);
    add_organisation(close, closing->slug);
    close->add_flag("--yes", closing->yes, "The clock of this machine is right");
    close->callback(
        [closing, &run] { run = [closing] { return cli::run_audit_close(*closing); }; });

    auto verifying = std::make_shared<cli::AuditVerifyOptions>();
    auto* verify = audit->add_subcommand(
        "verify",
        "Look through an exported log, offline. 0: it holds, 3: it does not, 4: it does "
        "not continue the checkpoint");
    verify->add_option("file", verifying->file, "What `tillit audit export` wrote")->required();
    verify->add_option("--checkpoint", verifying->checkpoints,
                       "An older checkpoint, or the mail with it; may be given several times");
    verify->callback(
        [verifying, &run] { run = [verifying] { return cli::run_audit_verify(*verifying); }; });
}

void add_receipt(CLI::App& app, std::function<int()>& run) {
    auto* receipt = app.add_subcommand("receipt", "A reporter's proof that a report was taken");
    receipt->require_subcommand(1);
    auto options = std::make_shared<cli::ReceiptOptions>();
    auto* verify =
        receipt->add_subcommand("verify",
                                "Look through it, offline. 0: it holds, 3: it does not, 4: a "
                                "checkpoint is of another log, 5: of another number of days");
    verify->add_option("file", options->file, "What the reporter saved")->required();
    verify->add_option("--checkpoint", options->checkpoints,
                       "One kept before, or shown to others: whether it is of the same log; may be "
                       "given several times");
    verify->callback(
        [options, &run] { run = [options] { return cli::run_receipt_verify(*options); }; });
}

void add_demo_and_check(CLI::App& app, std::function<int()>& run) {
    auto demo = std::make_shared<cli::DemoOptions>();
    auto* enrol = app.add_subcommand(
        "demo", "Enrol invented people in a demonstration; `tillit serve` must be running");
    add_data(enrol, demo->data);
    add_organisation(enrol, demo->slug);
    enrol->add_option("--console", demo->console_url, "Address of the console: http://HOST:PORT")
        ->required();
    enrol->callback([demo, &run] { run = [demo] { return cli::run_demo(*demo); }; });

    auto check = std::make_shared<cli::CheckOptions>();
    auto* look = app.add_subcommand("check", "Say what is wrong with settings, keys and directory");
    add_data(look, check->data);
    look->add_flag("--production", check->is_production, "Also refuse what only a trial may have");
    look->callback([check, &run] { run = [check] { return cli::run_check(*check); }; });

    auto* version = app.add_subcommand("version", "Print the version");
    version->callback([&run] {
        run = [] {
            std::cout << "tillit " << TILLIT_VERSION
                      << (memory::wipes_freed_memory() ? "\n" : " (WITHOUT wiping: test build)\n");
            return 0;
        };
    });
}

}  // namespace

int main(int argc, char** argv) {
    spdlog::set_default_logger(spdlog::stderr_color_mt("tillit"));
    spdlog::set_pattern("tillit: %^%l%$: %v");
    const auto missing = memory::harden_process();
    crypto::init();

    CLI::App app("Tillit: reports of wrongdoing, sealed for those who may read them.");
    app.require_subcommand(1);
    std::function<int()> run;
    add_init(app, run);
    add_serve(app, run);
    add_seal(app, run);
    add_console(app, run);
    add_user(app, run);
    add_signing(app, run);
    add_site(app, run);
    add_audit(app, run);
    add_backup(app, run);
    add_receipt(app, run);
    add_demo_and_check(app, run);
    CLI11_PARSE(app, argc, argv);
    try {
        if (app.got_subcommand("serve")) {
            for (const auto& text : missing) spdlog::warn("{}", text);
        }
        return run();
    } catch (const std::exception& trouble) {
        // It may name people, as others have written them.
        std::cerr << "tillit: " << tillit::cli::visible(trouble.what(), "\n") << "\n";
        return 1;
    }
}

#include "server/signing_commands.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "server/cli/commands.h"

namespace tillit {

namespace {

void add_signer(CLI::App& app, std::function<int()>& run) {
    auto* signer = app.add_subcommand(
        "signer", "On a signer's own machine: make a key, show it, sign what is proposed");
    signer->require_subcommand(1);
    auto making = std::make_shared<cli::SignerOptions>();
    auto* create = signer->add_subcommand("create", "Make a signer's key under a passphrase");
    create->add_option("--out", making->out, "The new key file; its public card is FILE.card")
        ->required();
    create->add_option("--name", making->name, "The signer's name")->required();
    create->add_option("--office", making->office, "The signer's office")->required();
    create->add_flag("--administrator", making->is_administrator, "Also administers the service");
    create->callback(
        [making, &run] { run = [making] { return cli::run_signer_create(*making); }; });

    auto showing = std::make_shared<cli::SignerShowOptions>();
    auto* show = signer->add_subcommand("show", "Print a key's public line and its eight words");
    show->add_option("file", showing->file, "Key file")->required();
    show->add_option("--passphrase-file", showing->passphrase_file, "Instead of the terminal");
    show->callback([showing, &run] { run = [showing] { return cli::run_signer_show(*showing); }; });

    auto signing = std::make_shared<cli::SignOptions>();
    auto* sign = signer->add_subcommand("sign", "Read what is proposed and sign it");
    sign->add_option("proposal", signing->proposal, "The proposal; the signature is added to it")
        ->required();
    sign->add_option("--key", signing->key_files, "Key file of who signs")->required();
    sign->add_option("--passphrase-file", signing->passphrase_file,
                     "Instead of the terminal: a line for each key");
    sign->add_option("--words", signing->words_file,
                     "Instead of standard input: a line for each person asked about");
    sign->add_flag("--yes", signing->is_yes, "Do not ask whether to sign; words are still asked");
    sign->callback([signing, &run] { run = [signing] { return cli::run_signer_sign(*signing); }; });
}

void add_open(CLI::App& app, std::function<int()>& run) {
    auto options = std::make_shared<cli::OpenOptions>();
    auto* open = app.add_subcommand(
        "open", "Read a case with an investigator's own keys, without browser or service");
    open->add_option("--data", options->data, "Folder of settings and databases")->required();
    open->add_option("--org", options->slug, "Slug of the organisation, if there are several");
    open->add_option("--keyring", options->keyring_files,
                     "Exported keyring; a second one: the custodian's, for --identity");
    open->add_option("--login", options->logins,
                     "Instead: the keyring that the database keeps for this login");
    open->add_flag("--recovery", options->by_recovery_code,
                   "With --login: by recovery code instead of passphrase");
    open->add_option("--passphrase-file", options->passphrase_file,
                     "Instead of the terminal: a line for each keyring");
    open->add_option("--case", options->case_id, "Which case; without it they are listed");
    open->add_option("--out", options->out, "New files are written here; else none are");
    open->add_flag("--identity", options->is_identity,
                   "Open the reporter's name, as asked and disclosed; the opening is recorded");
    open->callback([options, &run] { run = [options] { return cli::run_open(*options); }; });
}

void add_place(CLI::App* command, std::string& data, std::string& slug) {
    command->add_option("--data", data, "Folder of settings and databases")->required();
    command->add_option("--org", slug, "Slug of the organisation, if there are several");
}

void add_directory(CLI::App& app, std::function<int()>& run) {
    auto* directory = app.add_subcommand("directory", "Who may read new reports, as signed");
    directory->require_subcommand(1);
    auto proposing = std::make_shared<cli::ProposeOptions>();
    auto* propose = directory->add_subcommand("propose", "Write who is enrolled, to be signed");
    add_place(propose, proposing->data, proposing->slug);
    propose->add_option("--out", proposing->out, "The proposal, a new file")->required();
    propose->add_option("--days", proposing->days, "How long it is good for, at most 400")
        ->capture_default_str();
    propose->add_option("--signers", proposing->signers_file,
                        "A signed proposal of new signers, to be published together");
    propose->callback([proposing, &run] {
        run = [proposing] { return cli::run_directory_propose(*proposing); };
    });

    auto publishing = std::make_shared<cli::PublishOptions>();
    auto* publish = directory->add_subcommand("publish", "Verify a signed proposal and use it");
    add_place(publish, publishing->data, publishing->slug);
    publish->add_option("proposal", publishing->proposal, "The signed proposal")->required();
    publish->callback([publishing, &run] {
        run = [publishing] { return cli::run_directory_publish(*publishing); };
    });
}

void add_signers(CLI::App& app, std::function<int()>& run) {
    auto* signers =
        app.add_subcommand("signers", "Who signs the directory, and how that passes on");
    signers->require_subcommand(1);
    auto proposing = std::make_shared<cli::SignersOptions>();
    auto* propose = signers->add_subcommand("propose", "Write the next signers, to be signed");
    add_place(propose, proposing->data, proposing->slug);
    propose->add_option("--out", proposing->out, "The proposal, a new file")->required();
    propose->add_option("--add", proposing->add, "Card of a new signer");
    propose->add_option("--remove", proposing->remove, "Name of a signer who goes");
    propose->add_option("--threshold", proposing->threshold, "How many must sign")
        ->check(CLI::Range(2, 5));
    propose->callback(
        [proposing, &run] { run = [proposing] { return cli::run_signers_propose(*proposing); }; });

    auto publishing = std::make_shared<cli::PublishOptions>();
    auto* publish = signers->add_subcommand("publish", "Verify a signed proposal and use it");
    add_place(publish, publishing->data, publishing->slug);
    publish->add_option("proposal", publishing->proposal, "The signed proposal")->required();
    publish->add_option("--directory", publishing->directory_file,
                        "The directory that the new signers signed, published together");
    publish->callback([publishing, &run] {
        run = [publishing] { return cli::run_signers_publish(*publishing); };
    });
}

}  // namespace

void add_signing(CLI::App& app, std::function<int()>& run) {
    add_signer(app, run);
    add_signers(app, run);
    add_directory(app, run);
    add_open(app, run);
}

}  // namespace tillit

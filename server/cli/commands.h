/// What each subcommand is told and does. Each returns the exit code; trouble is thrown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tillit::cli {

struct InitOptions {
    std::string data;
    std::string name;
    std::string slug = "default";
    bool is_demo = false;
    bool by_passphrase = false;          // the database key: shown once, instead of a key file
    std::uint64_t max_report_mib = 500;  // files of one report or reply, together
};
int run_init(const InitOptions& options);

struct ServeOptions {
    std::string data;
    std::string portal;  // HOST:PORT; empty: as in tillit.toml
    std::string console;
    std::string assets;
    std::string only;  // "portal", "console" or empty
};
int run_serve(const ServeOptions& options);

struct UserOptions {
    std::string data;
    std::string slug;
    std::string login;
    std::string name;
    std::string office;
    std::string role = "investigator";
    std::string console_url;
    bool is_default = false;
};
int run_user_add(const UserOptions& options);
int run_user_list(const UserOptions& options);
int run_user_close(const UserOptions& options);

struct SignerOptions {
    std::string out;
    std::string name;
    std::string office;
    bool is_administrator = false;
};
int run_signer_create(const SignerOptions& options);

struct SignerShowOptions {
    std::string file;
    std::string passphrase_file;  // empty: asked at the terminal
};
int run_signer_show(const SignerShowOptions& options);

struct SignOptions {
    std::string proposal;
    std::vector<std::string> key_files;
    std::string passphrase_file;  // a line for each key
    std::string words_file;       // a line for each question; empty: standard input
    bool is_yes = false;          // does not ask whether to sign; words are asked all the same
};
/// 1 if the signer did not say yes.
int run_signer_sign(const SignOptions& options);

struct ProposeOptions {
    std::string data;
    std::string slug;
    std::string out;
    std::string signers_file;  // a signed proposal of signers to be published with this directory
    int days = 365;
};
int run_directory_propose(const ProposeOptions& options);

struct SignersOptions {
    std::string data;
    std::string slug;
    std::string out;
    std::vector<std::string> add;     // cards
    std::vector<std::string> remove;  // names
    int threshold = 0;                // 0: as before
};
int run_signers_propose(const SignersOptions& options);

struct PublishOptions {
    std::string data;
    std::string slug;
    std::string proposal;
    std::string directory_file;  // with signers: the directory signed by the new ones
};
int run_directory_publish(const PublishOptions& options);
int run_signers_publish(const PublishOptions& options);

struct OpenOptions {
    std::string data;
    std::string slug;
    std::vector<std::string> keyring_files;  // exported; or
    std::vector<std::string> logins;         // the database's own copies
    std::string passphrase_file;             // a line for each
    bool by_recovery_code = false;           // with logins
    std::string case_id;                     // short or whole; empty: list them
    std::string out;                         // folder for attachments; empty: none are written
    bool is_identity = false;
};
/// 3 if something of the case does not hold; it is shown all the same.
int run_open(const OpenOptions& options);

struct DemoOptions {
    std::string data;
    std::string slug;
    std::string console_url;
};
int run_demo(const DemoOptions& options);

struct SealOptions {
    std::string directory;    // as the portal gives it
    std::string fingerprint;  // eight words, as typed from a poster
    bool is_unchecked = false;
    std::string text;  // file, or "-"
    std::vector<std::string> attach;
    std::vector<std::string> only;     // names or member ids
    std::vector<std::string> exclude;  // names or member ids
    std::string identity_file;
    bool asks_name = false;
    std::string out;
    bool key_to_stdout = false;
};
/// 0 sealed, 1 could not be, 3 the directory is of another organisation than the fingerprint says.
int run_seal(const SealOptions& options);

struct ConsoleOptions {
    std::string connect;  // address of the console to work with
    std::string assets;
    int port = 0;  // 0: any free one
};
int run_console(const ConsoleOptions& options);

struct SiteSignOptions {
    std::string hashes;
    std::vector<std::string> signer_files;
    std::string passphrase_file;  // a line for each of them; empty: asked at the terminal
    std::string out;
};
int run_site_sign(const SiteSignOptions& options);

struct SiteVerifyOptions {
    std::string url;
    std::string hashes;
    std::vector<std::string> keys;
    std::string door;  // "portal", "console"; empty: as it answers
};
/// 0 as listed, 1 could not be looked at, 3 not as listed, 4 the list is not signed by the keys.
int run_site_verify(const SiteVerifyOptions& options);

struct AuditExportOptions {
    std::string data;
    std::string slug;
    std::string out;
};
int run_audit_export(const AuditExportOptions& options);

struct AuditCloseOptions {
    std::string data;
    std::string slug;
    bool yes = false;  // the clock is right
};
/// Closes all days that are over, however many. 0 done, 3 not.
int run_audit_close(const AuditCloseOptions& options);

struct AuditVerifyOptions {
    std::string file;
    std::vector<std::string> checkpoints;  // files with older ones, or mails
};
/// 0 it holds, 1 could not be read, 3 it does not hold, 4 it does not continue a checkpoint given.
int run_audit_verify(const AuditVerifyOptions& options);

struct ReceiptOptions {
    std::string file;
    std::vector<std::string> checkpoints;  // files with one kept or seen elsewhere, or mails
};
/// 0 it proves its report, 1 could not be read, 3 it proves nothing, 4 a checkpoint given is not of
/// the same log, 5 one is of another number of days, so that nothing can be told.
int run_receipt_verify(const ReceiptOptions& options);

struct BackupKeyOptions {
    std::string out;
};
int run_backup_key(const BackupKeyOptions& options);

struct BackupOptions {
    std::string data;
    std::string slug;
    std::string to;  // "age1pq1...", or a file with it
    std::string out;
};
/// While the service runs.
int run_backup_create(const BackupOptions& options);

struct RestoreOptions {
    std::string file;
    std::string key_file;
    std::string data;  // to restore into
    std::string slug;  // empty: as in the backup
    bool by_passphrase = false;
};
/// 0 sound, 1 could not be opened, 3 opened and not sound.
int run_backup_verify(const RestoreOptions& options);
int run_backup_restore(const RestoreOptions& options);

struct CheckOptions {
    std::string data;
    bool is_production = false;
};
int run_check(const CheckOptions& options);

}  // namespace tillit::cli

// tillit backup: an organisation as one sealed file, looked through, put back.
#include "storage/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <stdexcept>

#include "crypto/directory.h"
#include "crypto/fingerprint.h"
#include "server/app/backup_file.h"
#include "server/app/clock.h"
#include "server/app/days.h"
#include "server/app/log.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/database_key.h"
#include "server/cli/log_key.h"
#include "server/cli/new_file.h"
#include "server/cli/recovery_key.h"
#include "storage/directories.h"
#include "storage/organisations.h"
#include "storage/sessions.h"

namespace tillit::cli {

namespace {

enum ExitCode { done = 0, not_sound = 3 };

constexpr std::size_t kPieceBytes = std::size_t{1} << 20U;

/// `take` gets all bytes of the file, piece by piece.
void read_all(const std::filesystem::path& path,
              const std::function<void(crypto::ByteView)>& take) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    crypto::Bytes piece(kPieceBytes);
    while (in) {
        in.read(reinterpret_cast<char*>(piece.data()), static_cast<std::streamsize>(piece.size()));
        take(crypto::ByteView(piece).first(static_cast<std::size_t>(in.gcount())));
    }
    if (in.bad()) throw std::runtime_error("cannot read all of " + path.string());
}

std::string date(storage::Day day) {
    const auto [year, month, of_month, weekday] = app::date_of(day);
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    return std::to_string(year) + "-" + two(month) + "-" + two(of_month);
}

[[noreturn]] void refuse(app::BackupError why, const std::string& file) {
    switch (why) {
        case app::BackupError::not_opened:
            throw std::runtime_error(file + " is no backup, or one to another recovery key");
        case app::BackupError::damaged:
            throw std::runtime_error(file +
                                     " is damaged: bytes of it were changed, or it ends early");
        case app::BackupError::malformed:
            break;
    }
    throw std::runtime_error(file + " opens with this key, but holds no backup of this program");
}

/// A backup, taken out into a folder of its own: still encrypted, under the key of its head.
class Opened {
  public:
    Opened(const std::string& file, const std::string& key_file, const std::filesystem::path& work)
        : folder_(work), head_(open(file, load_recovery_key(key_file))) {
        // Brings an older database up to this program's version.
        store_ = std::make_unique<storage::Store>(
            storage::StoreOptions{.path = database().string(), .create = false, .readers = 1},
            head_.database_key);
    }
    [[nodiscard]] const app::BackupHead& head() const noexcept { return head_; }
    [[nodiscard]] storage::Store& store() noexcept { return *store_; }

    /// Empty: sound, and the organisation that it says it is of.
    [[nodiscard]] std::string problems() {
        auto problems = store_->integrity_problems();
        if (problems.empty() && settings_of(*store_).org_id != head_.org) {
            problems = "its database is of another organisation";
        }
        return problems;
    }
    void print() {
        const auto settings = settings_of(*store_);
        const auto notes = store_->read(
            [](storage::Database& db) { return storage::Directories(db).signers_notes(); });
        std::cout << "Organisation: " << settings.name << " (" << head_.slug << ")\n"
                  << "Fingerprint:  "
                  << (notes.empty() ? "none: nothing was published yet"
                                    : crypto::fingerprint_words(
                                          crypto::organisation_fingerprint(notes.front())))
                  << "\n  (compare these words with its poster or its site)\n"
                  << "Made on:      " << date(head_.day) << "\n";
    }

  private:
    [[nodiscard]] std::filesystem::path database() const { return folder_.path() / "backup.db"; }
    app::BackupHead open(const std::string& file, crypto::AgeSeed key) {
        NewFile out(database());
        app::BackupOpener opener(std::move(key), [&](crypto::ByteView piece) { out.write(piece); });
        read_all(file, [&](crypto::ByteView piece) {
            if (const auto taken = opener.write(piece); !taken) refuse(taken.error(), file);
        });
        auto head = opener.finish();
        if (!head) refuse(head.error(), file);
        out.keep();
        return std::move(*head);
    }

    TemporaryFolder folder_;
    app::BackupHead head_;
    std::unique_ptr<storage::Store> store_;
};

/// Into `data`, whose folder for this organisation is not there yet and is gone again if this
/// fails.
void put_back(Opened& backup, const DataDir& data, const std::string& slug, bool by_passphrase) {
    make_private_folder(data.organisation(slug));
    try {
        const auto key = create_database_key(data, slug, by_passphrase, std::cout);
        backup.store().read([&](storage::Database& db) {
            storage::copy_to_new_file(db, data.database(slug), key);
        });
        storage::Store store({.path = data.database(slug), .create = false, .readers = 1}, key);
        if (const auto problems = store.integrity_problems(); !problems.empty()) {
            throw std::runtime_error("the database could not be written soundly: " + problems);
        }
        const auto clock = app::Clock::system();
        store.write([&](storage::Database& db) {
            storage::Sessions(db).remove_everybodys();
            app::record(db, clock, {.kind = app::kRestored});
        });
        write_log_key(data, slug, backup.head().log_key);
    } catch (...) {
        std::error_code ignored;
        std::filesystem::remove_all(data.organisation(slug), ignored);
        throw;
    }
}

}  // namespace

int run_backup_key(const BackupKeyOptions& options) {
    create_recovery_key(options.out);
    std::cout << "The recovery key is " << options.out
              << ": it opens every backup made to it. Keep it, and a copy of it, away from the "
                 "server and from the backups.\nFor the server: "
              << options.out << ".pub (tillit backup create --to)\n";
    return done;
}

int run_backup_create(const BackupOptions& options) {
    const DataDir data(options.data);
    const auto slug = data.choose(options.slug);
    const auto to = load_recovery_recipient(options.to);
    const auto store = data.open(slug);
    NewFile out(options.out);
    // Beside the new file, where there has to be room anyway.
    const auto parent = std::filesystem::absolute(options.out).parent_path();
    const TemporaryFolder work(parent);
    const auto copy = work.path() / "copy.db";
    auto key = storage::DatabaseKey::random();
    store->read([&](storage::Database& db) { storage::copy_to_new_file(db, copy.string(), key); });
    const app::BackupHead head{.org = settings_of(*store).org_id,
                               .slug = slug,
                               .day = app::Clock::system().today(),
                               .database_key = std::move(key),
                               .log_key = open_log_key(data, slug),
                               .database_bytes = std::filesystem::file_size(copy)};
    app::BackupSealer sealer(head, to, [&](crypto::ByteView piece) { out.write(piece); });
    read_all(copy, [&](crypto::ByteView piece) { sealer.write(piece); });
    sealer.finish();
    out.keep();
    std::cout << "Wrote " << options.out
              << ". Try it where the recovery key is: tillit backup "
                 "verify "
              << options.out << " --key FILE\n";
    return done;
}

int run_backup_verify(const RestoreOptions& options) {
    Opened backup(options.file, options.key_file, std::filesystem::temp_directory_path());
    backup.print();
    if (const auto problems = backup.problems(); !problems.empty()) {
        std::cout << "PROBLEM:      " << problems << "\n";
        return not_sound;
    }
    std::cout << "The backup is whole and its database is sound.\n";
    return done;
}

int run_backup_restore(const RestoreOptions& options) {
    const DataDir data(options.data);
    const bool is_first = !std::filesystem::exists(data.config_file());
    make_private_folder(data.root());
    Opened backup(options.file, options.key_file, data.root());
    const auto slug = options.slug.empty() ? backup.head().slug : options.slug;
    // It names a folder, and whoever made the file chose it.
    if (!config::is_slug(slug)) throw std::runtime_error("a slug is a-z, 0-9 and \"-\"");
    if (std::filesystem::exists(data.organisation(slug))) {
        throw std::runtime_error(data.organisation(slug) +
                                 " is there already: nothing was restored. Move it away, or give "
                                 "another folder or --slug");
    }
    backup.print();
    if (const auto problems = backup.problems(); !problems.empty()) {
        std::cout << "PROBLEM:      " << problems << "\nNothing was restored.\n";
        return not_sound;
    }
    put_back(backup, data, slug, options.by_passphrase);
    if (is_first) write_private_file(data.config_file(), config::first_config(slug));
    std::cout << "Restored to " << data.organisation(slug)
              << ".\nWhat happened after the backup was made is not in it: keys taken away, case "
                 "keys changed and doors closed since then are as they were. Checkpoints of the "
                 "log that were published since then will not fit any more; whoever compares them "
                 "will see that. Everybody has to log in again.\n";
    if (!is_first) std::cout << how_to_list(data, slug);
    return done;
}

}  // namespace tillit::cli

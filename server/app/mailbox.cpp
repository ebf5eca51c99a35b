#include "server/app/mailbox.h"

#include <algorithm>

#include "server/app/days.h"
#include "server/app/mailbox_thread.h"
#include "server/app/visits.h"
#include "storage/attachments.h"
#include "storage/cases.h"

namespace tillit::app {

namespace {

using What = MailboxFault::What;
using crypto::Kind;

What fault_of(crypto::ChainFault::What what) {
    switch (what) {
        case crypto::ChainFault::What::fork:
            return What::chain_fork;
        case crypto::ChainFault::What::gap:
            return What::chain_gap;
        case crypto::ChainFault::What::missing_head:
            return What::missing_head;
    }
    crypto::ensure(false);
    return What::chain_gap;
}

What fault_of(crypto::ThreadFault what) {
    switch (what) {
        case crypto::ThreadFault::bad_signature:
        case crypto::ThreadFault::unknown_author:
        case crypto::ThreadFault::no_key_holder:
            return What::wrong_signer;
        case crypto::ThreadFault::two_epochs:
        case crypto::ThreadFault::old_epoch:
        case crypto::ThreadFault::bad_access:
        case crypto::ThreadFault::bad_epoch:
        case crypto::ThreadFault::no_epoch_key:
            return What::keys;
        default:
            return What::not_readable;
    }
}

bool is_shown(const crypto::Statement& statement) {
    return statement.kind == Kind::report || statement.kind == Kind::message ||
           statement.kind == Kind::identity_notice;
}

std::string name_of(const crypto::CaseThread& thread, const crypto::Author& author) {
    const auto* member = thread.find(author);
    return member == nullptr ? std::string{} : member->name;
}

/// Holders from signed statements only.
std::vector<MailboxReader> readers_of(const crypto::CaseThread& thread, storage::Day received) {
    std::vector<MailboxReader> readers;
    for (const auto& held : thread.holders()) {
        const auto* member = thread.find(held.member);
        if (member == nullptr || held.is_leaving) continue;
        MailboxReader reader{.name = member->name,
                             .office = member->office,
                             .role = member->role,
                             .since = received};
        for (const auto& entry : thread.entries()) {
            const auto& s = entry.statement;
            if (s.from == held.member) reader.has_opened = true;  // any signed act shows it
            if (s.access && s.access->member == held.member) {
                reader.since = static_cast<storage::Day>(entry.day);
            }
        }
        readers.push_back(std::move(reader));
    }
    return readers;
}

std::optional<MailboxChange> change_of(const crypto::CaseThread& thread,
                                       const crypto::ThreadEntry& entry) {
    using Changed = MailboxChange::What;
    const auto& s = entry.statement;
    MailboxChange change{.what = Changed::recusal,
                         .who = name_of(thread, s.from),
                         .to = {},
                         .day = static_cast<storage::Day>(entry.day)};
    if (s.kind == Kind::access) {
        change.what = Changed::access;
        change.to = name_of(thread, s.access->member);
    } else if (s.kind == Kind::epoch) {
        change.what = s.change->rekey ? Changed::new_words : Changed::new_epoch;
    } else if (s.kind != Kind::recusal) {
        return std::nullopt;
    }
    return change;
}

MailboxMessage message_of(const crypto::CaseThread& thread, const crypto::ThreadEntry& entry) {
    const auto* member = thread.find(entry.statement.from);
    return {.statement = entry.statement,
            .author_name = member == nullptr ? std::string{} : member->name,
            .author_office = member == nullptr ? std::string{} : member->office,
            .day = static_cast<storage::Day>(entry.day)};
}

}  // namespace

Mailbox::Keys Mailbox::derive(const crypto::CaseKey& key, const crypto::Id& org) {
    Keys keys{.lookup_hash = crypto::lookup_hash(crypto::lookup_token(key, org)),
              .reporter_identity = crypto::reporter_identity(key, org),
              .signing = crypto::reporter_signing_seed(key, org),
              .first_verify_key = {},
              .secrets = {}};
    keys.first_verify_key = crypto::verify_key(keys.signing);
    keys.secrets.push_back(crypto::case_identity(key, org));
    return keys;
}

bool Mailbox::take_package(Keys& keys, const crypto::Id& org, const crypto::Hash& case_id,
                           crypto::ByteView sealed) {
    const auto own_key = [&](const crypto::Author& from) -> std::optional<crypto::VerifyKey> {
        if (from != crypto::kReporter) return std::nullopt;
        return keys.first_verify_key;
    };
    auto package = crypto::open_epoch_grant(sealed, keys.reporter_identity, crypto::kReporter, org,
                                            case_id, own_key);
    if (!package || package->first_epoch != 0) return false;
    keys.first_verify_key = package->verify_key;
    keys.secrets = std::move(package->secrets);
    return true;
}

std::unique_ptr<Mailbox> Mailbox::open(Organisation& organisation, const crypto::CaseKey& key) {
    const auto& org = organisation.settings().org_id;
    auto keys = derive(key, org);
    std::optional<crypto::Bytes> package;  // of words that were changed
    auto row = organisation.store().read([&](storage::Database& db) {
        auto found = storage::Cases(db).find_by_lookup(keys.lookup_hash);
        if (!found) return found;
        storage::Epochs epochs(db);
        const auto newest = epochs.reporter_key(found->case_id);
        if (!std::ranges::equal(newest, found->verify_key)) {
            auto copies = epochs.copies(found->case_id, crypto::kReporter);
            if (!copies.empty()) package = std::move(copies.front().sealed);
        }
        return found;
    });
    if (!row) return nullptr;
    if (package && !take_package(keys, org, row->case_id, *package)) {
        throw storage::Error(storage::Error::corrupt, "mailbox: the keys of new words do not open");
    }
    // The id certifies the keys: a copy of a later key is sealed to what the row says here.
    crypto::HybridRecipient recipient{};
    std::ranges::copy(row->reporter_recipient, recipient.begin());
    const auto made = crypto::case_id(org, crypto::hybrid_recipient(keys.secrets.front()),
                                      recipient, keys.first_verify_key);
    if (made != row->case_id) {
        throw storage::Error(storage::Error::corrupt, "mailbox: the case's keys are not its own");
    }
    return std::unique_ptr<Mailbox>(new Mailbox(organisation, std::move(keys), std::move(*row)));
}

Mailbox::Mailbox(Organisation& organisation, Keys keys, storage::StoredCase row)
    : organisation_(organisation), keys_(std::move(keys)), row_(std::move(row)) {}

bool Mailbox::is_still_mine(storage::Database& db) const {
    const auto row = storage::Cases(db).find_by_lookup(keys_.lookup_hash);
    return row && row->case_id == row_.case_id;
}

bool Mailbox::is_still_open() {
    return organisation_.store().read([&](storage::Database& db) { return is_still_mine(db); });
}

std::optional<Mailbox::Thread> Mailbox::read_thread() {
    struct Stored {
        std::vector<storage::EpochCopy> epochs;
        std::vector<storage::StoredEnvelope> envelopes;
    };
    auto stored = organisation_.store().read([&](storage::Database& db) -> std::optional<Stored> {
        if (!is_still_mine(db)) return std::nullopt;
        return Stored{.epochs = storage::Epochs(db).copies(row_.case_id, crypto::kReporter),
                      .envelopes = storage::Envelopes(db).thread(row_.case_id)};
    });
    if (!stored) return std::nullopt;
    Thread thread(organisation_, keys_, row_);
    for (auto& copy : stored->epochs) thread.read.offer(copy.epoch, std::move(copy.sealed));
    for (const auto& row : stored->envelopes) {
        if (crypto::envelope_hash(row.sealed) == row.hash) {
            thread.read.add(row.sealed, row.position, static_cast<std::uint64_t>(row.day));
        } else {
            thread.faults.push_back({What::not_readable, row.day});
        }
    }
    for (const auto& fault : thread.read.faults()) {
        thread.faults.push_back({fault_of(fault.what), static_cast<storage::Day>(fault.day)});
    }
    for (const auto& fault : crypto::check_chains(thread.read.chain())) {
        thread.faults.push_back({fault_of(fault.what), 0});
    }
    if (thread.read.manifest() == nullptr) thread.faults.push_back({What::no_report, 0});
    return thread;
}

std::optional<MailboxView> Mailbox::view() {
    auto row = organisation_.store().read(
        [&](storage::Database& db) { return storage::Cases(db).find(row_.case_id); });
    auto thread = read_thread();
    if (!row || !thread) return std::nullopt;
    const auto& read = thread->read;

    MailboxView view;
    view.short_id = crypto::short_case_id(row_.case_id);
    view.row = std::move(*row);
    view.row.feedback_due_day = feedback_due(view.row.received_day, view.row.acknowledged_day);
    view.faults = std::move(thread->faults);
    view.readers = readers_of(read, view.row.received_day);
    if (const auto* manifest = read.manifest()) {
        view.identity_given = manifest->identity_given;
        for (const auto& exclusion : manifest->excluded) {
            view.excluded_names.push_back(exclusion.name);
        }
    }
    for (const auto& entry : read.entries()) {
        if (auto change = change_of(read, entry)) view.changes.push_back(std::move(*change));
        if (!is_shown(entry.statement)) continue;
        if (entry.statement.from != crypto::kReporter) {
            view.last_news_day = std::max(view.last_news_day, static_cast<storage::Day>(entry.day));
        }
        view.messages.push_back(message_of(read, entry));
    }
    return view;
}

std::optional<MailboxFile> Mailbox::find_attachment(const crypto::Id& id) {
    const auto thread = read_thread();
    if (!thread) return std::nullopt;
    for (const auto& entry : thread->read.entries()) {
        for (const auto& attachment : entry.statement.attachments) {
            if (attachment.id == id) {
                return MailboxFile{.file = attachment,
                                   .secret = thread->read.secret(entry.statement.epoch).clone()};
            }
        }
    }
    return std::nullopt;
}

bool Mailbox::stream_attachment(const MailboxFile& attachment,
                                const std::function<bool(crypto::ByteView)>& write) const {
    const auto info = organisation_.store().read([&](storage::Database& db) {
        return storage::Attachments(db).find(row_.case_id, attachment.file.id);
    });
    if (!info) return false;
    bool client_is_there = true;
    crypto::AttachmentOpener opener(attachment.secret.clone(), attachment.file.size,
                                    attachment.file.stored_hash, [&](crypto::ByteView content) {
                                        if (client_is_there) client_is_there = write(content);
                                    });
    for (std::uint64_t i = 0; i < info->pieces && client_is_there; ++i) {
        const auto piece = organisation_.store().read([&](storage::Database& db) {
            return storage::Attachments(db).piece(attachment.file.id, i);
        });
        if (!opener.write(piece)) return false;
    }
    return client_is_there && opener.finish().has_value();
}

void Mailbox::record_visit() { note_visit(organisation_, row_.case_id); }

}  // namespace tillit::app

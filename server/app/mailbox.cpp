#include "server/app/mailbox.h"

#include <algorithm>

#include "server/app/days.h"
#include "server/app/log.h"
#include "storage/attachments.h"
#include "storage/cases.h"
#include "storage/envelopes.h"

namespace tillit::app {

using What = MailboxFault::What;

/// A thread as read: what verified, in the server's order, and what did not.
struct Mailbox::Thread {
    struct Item {
        crypto::Statement statement;
        crypto::Hash hash{};
        storage::Day day = 0;
    };
    std::deque<Item> items;  // a deque, so that entries() may point into it
    std::vector<MailboxFault> faults;

    [[nodiscard]] std::vector<crypto::ChainEntry> entries() const {
        std::vector<crypto::ChainEntry> entries;
        for (const auto& item : items) entries.push_back({item.hash, &item.statement});
        return entries;
    }
    [[nodiscard]] const crypto::Manifest* manifest() const {
        if (items.empty() || !items.front().statement.manifest) return nullptr;
        return &*items.front().statement.manifest;
    }
};

namespace {

bool holds_a_grant(const crypto::Manifest* manifest, const crypto::DirectoryMember& member) {
    if (manifest == nullptr) return false;
    const auto hash = crypto::recipient_hash(member.recipient);
    return std::any_of(manifest->grants.begin(), manifest->grants.end(), [&](const auto& grant) {
        return grant.member == member.member && grant.recipient_hash == hash;
    });
}

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

bool is_shown(const crypto::Statement& statement) {
    return statement.kind == crypto::Kind::report || statement.kind == crypto::Kind::message ||
           statement.kind == crypto::Kind::identity_notice;
}

}  // namespace

std::unique_ptr<Mailbox> Mailbox::open(Organisation& organisation, const crypto::CaseKey& key) {
    const auto& org = organisation.settings().org_id;
    const auto hash = crypto::lookup_hash(crypto::lookup_token(key, org));
    auto identity = crypto::case_identity(key, org);
    auto signing = crypto::reporter_signing_seed(key, org);
    auto row = organisation.store().read(
        [&](storage::Database& db) { return storage::Cases(db).find_by_lookup(hash); });
    if (!row) return nullptr;
    return std::unique_ptr<Mailbox>(
        new Mailbox(organisation, std::move(identity), std::move(signing), std::move(*row)));
}

Mailbox::Mailbox(Organisation& organisation, crypto::AgeSeed case_identity,
                 crypto::SigningSeed signing, storage::StoredCase row)
    : organisation_(organisation),
      case_identity_(std::move(case_identity)),
      signing_(std::move(signing)),
      verify_key_(crypto::verify_key(signing_)),
      row_(std::move(row)) {}

Mailbox::Thread Mailbox::read_thread() {
    Thread thread;
    const auto stored = organisation_.store().read(
        [&](storage::Database& db) { return storage::Envelopes(db).thread(row_.case_id); });
    const auto readers = organisation_.readers();
    const auto& org = organisation_.settings().org_id;

    for (const auto& row : stored) {
        auto opened = crypto::open_envelope(row.sealed, case_identity_);
        if (!opened || crypto::envelope_hash(row.sealed) != row.hash) {
            thread.faults.push_back({What::not_readable, row.day});
            continue;
        }
        // The reporter's own key comes from the case key, never from the server's row.
        const auto author = opened->claimed_author();
        std::optional<crypto::VerifyKey> key;
        if (author == crypto::kReporter) {
            key = verify_key_;
        } else if (const auto* member = readers ? readers->find(author) : nullptr;
                   member != nullptr && holds_a_grant(thread.manifest(), *member)) {
            key = member->verify_key;
        }
        if (!key) {
            thread.faults.push_back({What::wrong_signer, row.day});
            continue;
        }
        auto statement = std::move(*opened).verify(*key, org, row_.case_id);
        if (!statement) {
            const bool is_signature = statement.error() == crypto::EnvelopeError::bad_signature;
            thread.faults.push_back(
                {is_signature ? What::wrong_signer : What::not_readable, row.day});
            continue;
        }
        thread.items.push_back({std::move(*statement), row.hash, row.day});
    }
    for (const auto& fault : crypto::check_chains(thread.entries())) {
        thread.faults.push_back({fault_of(fault.what), 0});
    }
    if (thread.manifest() == nullptr) thread.faults.push_back({What::no_report, 0});
    return thread;
}

std::optional<MailboxView> Mailbox::view() {
    auto row = organisation_.store().read(
        [&](storage::Database& db) { return storage::Cases(db).find(row_.case_id); });
    if (!row) return std::nullopt;
    const auto readers = organisation_.readers();
    Thread thread = read_thread();

    MailboxView view;
    view.short_id = crypto::short_case_id(row_.case_id);
    view.row = std::move(*row);
    view.row.feedback_due_day = feedback_due(view.row.received_day, view.row.acknowledged_day);
    view.faults = std::move(thread.faults);
    if (const auto* manifest = thread.manifest()) {
        view.identity_given = manifest->identity_given;
        for (const auto& exclusion : manifest->excluded) {
            view.excluded_names.push_back(exclusion.name);
        }
        for (const auto& grant : manifest->grants) {
            const auto* member = readers ? readers->find(grant.member) : nullptr;
            if (member == nullptr) continue;
            const bool has_opened =
                std::any_of(thread.items.begin(), thread.items.end(), [&](const auto& item) {
                    return item.statement.from == grant.member;  // any signed act shows it
                });
            view.readers.push_back({.name = member->name,
                                    .office = member->office,
                                    .role = member->role,
                                    .since = view.row.received_day,
                                    .has_opened = has_opened});
        }
    }
    for (auto& item : thread.items) {
        if (!is_shown(item.statement)) continue;
        MailboxMessage message{.statement = std::move(item.statement),
                               .author_name = {},
                               .author_office = {},
                               .day = item.day};
        if (message.statement.from != crypto::kReporter) {
            const auto* member = readers ? readers->find(message.statement.from) : nullptr;
            if (member != nullptr) {
                message.author_name = member->name;
                message.author_office = member->office;
            }
            view.last_news_day = std::max(view.last_news_day, item.day);
        }
        view.messages.push_back(std::move(message));
    }
    return view;
}

crypto::HybridRecipient Mailbox::case_recipient() const {
    return crypto::hybrid_recipient(case_identity_);
}

std::unique_ptr<Uploads> Mailbox::start_uploads() {
    return std::make_unique<Uploads>(organisation_, case_recipient());
}

crypto::Result<storage::AppendResult, ReplyError> Mailbox::append(const crypto::SecretBytes& text,
                                                                  Uploads& uploads) {
    const Thread thread = read_thread();
    const auto heads = crypto::heads_of(thread.entries());
    const auto own = std::find_if(heads.begin(), heads.end(), [](const auto& head) {
        return head.author == crypto::kReporter;
    });
    const crypto::Statement statement{.org = organisation_.settings().org_id,
                                      .case_id = row_.case_id,
                                      .kind = crypto::Kind::message,
                                      .from = crypto::kReporter,
                                      .seq = own == heads.end() ? 1 : own->seq + 1,
                                      .prev = own == heads.end() ? crypto::Hash{} : own->hash,
                                      .heads = heads,
                                      .sealed_by = crypto::SealedBy::server,
                                      .body = std::string(text.expose_text()),
                                      .state = {},
                                      .attachments = uploads.finished(),
                                      .manifest = std::nullopt};
    auto sealed = crypto::seal_envelope(statement, signing_, case_recipient());
    // How long a text is as JSON depends on what is in it: quotes and line ends take two bytes or
    // six.
    if (!sealed) return crypto::unexpected(ReplyError::too_long);
    const storage::NewEnvelope envelope{.author = crypto::kReporter,
                                        .seq = statement.seq,
                                        .prev = statement.prev,
                                        .hash = crypto::envelope_hash(*sealed),
                                        .sealed = std::move(*sealed)};
    return organisation_.store().write([&](storage::Database& db) {
        const auto how = storage::Envelopes(db).append(
            row_.case_id, envelope, organisation_.clock().today(), uploads.ids());
        if (how == storage::AppendResult::stored) {
            record(db, organisation_.clock(),
                   {.kind = kEnvelopeStored,
                    .by_reporter = true,
                    .case_id = row_.case_id,
                    .object = envelope.hash});
        }
        return how;
    });
}

crypto::Result<std::monostate, ReplyError> Mailbox::reply(const crypto::SecretBytes& text,
                                                          Uploads& uploads) {
    using crypto::unexpected;
    // Room is left in the largest bucket for heads, file names and JSON escapes.
    constexpr std::size_t kMaxReplyBytes = 200'000;
    constexpr int kMaxTries = 20;
    if (text.empty() && uploads.finished().empty()) return unexpected(ReplyError::empty);
    if (text.size() > kMaxReplyBytes) return unexpected(ReplyError::too_long);
    try {
        for (int i = 0; i < kMaxTries; ++i) {
            const auto how = append(text, uploads);
            if (!how) return unexpected(how.error());
            switch (*how) {
                case storage::AppendResult::stored:
                    uploads.mark_bound();
                    return std::monostate{};
                case storage::AppendResult::no_such_case:
                    return unexpected(ReplyError::gone);
                case storage::AppendResult::case_closed:
                    return unexpected(ReplyError::closed);
                case storage::AppendResult::not_successor:
                    break;  // another of the reporter's devices wrote: read, sign again
            }
        }
    } catch (const storage::Error&) {
        // Falls through: the text goes back to the reporter's page.
    }
    return unexpected(ReplyError::storage_full);
}

std::optional<crypto::AttachmentRef> Mailbox::find_attachment(const crypto::Id& id) {
    const Thread thread = read_thread();
    for (const auto& item : thread.items) {
        for (const auto& attachment : item.statement.attachments) {
            if (attachment.id == id) return attachment;
        }
    }
    return std::nullopt;
}

bool Mailbox::stream_attachment(const crypto::AttachmentRef& attachment,
                                const std::function<bool(crypto::ByteView)>& write) {
    const auto info = organisation_.store().read([&](storage::Database& db) {
        return storage::Attachments(db).find(row_.case_id, attachment.id);
    });
    if (!info) return false;
    bool client_is_there = true;
    crypto::AttachmentOpener opener(case_identity_.clone(), attachment.size, attachment.stored_hash,
                                    [&](crypto::ByteView content) {
                                        if (client_is_there) client_is_there = write(content);
                                    });
    for (std::uint64_t i = 0; i < info->pieces && client_is_there; ++i) {
        const auto piece = organisation_.store().read([&](storage::Database& db) {
            return storage::Attachments(db).piece(attachment.id, i);
        });
        if (!opener.write(piece)) return false;
    }
    return client_is_there && opener.finish().has_value();
}

void Mailbox::record_visit() {
    // Not worth a wait for the disk: a lost visit is a number one too small.
    organisation_.store().write_relaxed([&](storage::Database& db) {
        storage::Cases(db).record_visit(row_.case_id, organisation_.clock().today());
    });
}

}  // namespace tillit::app

// What a reporter writes and changes from a session on the server: replies, new words, a closed
// door.
#include <algorithm>

#include "crypto/new_epoch.h"
#include "server/app/mailbox_thread.h"
#include "server/app/thread_writing.h"

namespace tillit::app {

namespace {

using crypto::unexpected;

crypto::HybridRecipient recipient_in(const crypto::Bytes& stored) {
    crypto::HybridRecipient recipient{};
    crypto::ensure(stored.size() == recipient.size());  // the table's CHECK
    std::ranges::copy(stored, recipient.begin());
    return recipient;
}

std::vector<crypto::AgeSeed> clones(const std::vector<crypto::AgeSeed>& secrets) {
    std::vector<crypto::AgeSeed> copies;
    copies.reserve(secrets.size());
    for (const auto& secret : secrets) copies.push_back(secret.clone());
    return copies;
}

std::span<const crypto::DirectoryMember> members_of(const Readers* readers) {
    if (readers == nullptr) return {};
    return readers->known;
}

std::vector<crypto::DirectoryMember> former_members(Organisation& organisation,
                                                    const Readers* readers) {
    std::vector<crypto::DirectoryMember> members;
    if (readers == nullptr || readers->directory.version < 2) return members;
    const auto earlier = organisation.earlier_directories(*readers);
    for (const auto& directory : *earlier) {
        members.insert(members.end(), directory.members.begin(), directory.members.end());
    }
    return members;
}

KeysError to_error(KeysRefusal why) {
    if (why == KeysRefusal::closed) return KeysError::closed;
    return why == KeysRefusal::no_such_case ? KeysError::gone : KeysError::failed;
}

bool is_race(KeysRefusal why) {
    return why == KeysRefusal::not_successor || why == KeysRefusal::other_epoch;
}

// Another of the reporter's devices, or a member, may write at the same moment: read, sign again.
constexpr int kMaxTries = 20;

}  // namespace

Mailbox::Thread::Thread(Organisation& organisation, const Keys& keys,
                        const storage::StoredCase& row)
    : readers(organisation.readers()),
      former(former_members(organisation, readers.get())),
      read({.org = organisation.settings().org_id,
            .case_id = row.case_id,
            .me = crypto::kReporter,
            .identity = keys.reporter_identity,
            .reporter_key = keys.first_verify_key,
            .reporter_recipient = recipient_in(row.reporter_recipient),
            .directory = members_of(readers.get()),
            .former = former},
           clones(keys.secrets)) {}

crypto::Statement Mailbox::next_statement(const crypto::CaseThread& thread,
                                          crypto::Kind kind) const {
    const auto heads = crypto::heads_of(thread.chain());
    const auto own = std::ranges::find(heads, crypto::kReporter, &crypto::Head::author);
    return {.org = organisation_.settings().org_id,
            .case_id = row_.case_id,
            .epoch = thread.epoch(),
            .kind = kind,
            .from = crypto::kReporter,
            .seq = own == heads.end() ? 1 : own->seq + 1,
            .prev = own == heads.end() ? crypto::Hash{} : own->hash,
            .heads = heads,
            .sealed_by = crypto::SealedBy::server,
            .body = {},
            .state = {},
            .attachments = {},
            .manifest = std::nullopt};
}

SealedAct Mailbox::seal_act(const crypto::CaseThread& thread,
                            const crypto::Statement& statement) const {
    auto sealed =
        crypto::seal_envelope(statement, keys_.signing, crypto::hybrid_recipient(thread.secret()));
    crypto::ensure(sealed.has_value());  // acts carry no text of the reporter's: they fit
    return {.epoch = statement.epoch,
            .seq = statement.seq,
            .prev = statement.prev,
            .sealed = std::move(*sealed)};
}

/// `new_key`: null unless the words are changed with it.
KeysResult Mailbox::begin_epoch(const crypto::CaseThread& thread, const crypto::CaseKey* new_key) {
    const auto& org = organisation_.settings().org_id;
    const crypto::Giver giver{.org = org,
                              .case_id = row_.case_id,
                              .me = crypto::kReporter,
                              .reporter_key = keys_.first_verify_key,
                              .signing = keys_.signing};
    const auto secret = crypto::AgeSeed::random();
    const auto readers = thread.readers_who_stay();
    auto statement = next_statement(thread, crypto::Kind::epoch);
    if (new_key == nullptr) {
        auto epoch = crypto::new_epoch(thread, giver, secret, readers);
        statement.change = epoch.change;
        const auto act = to_act(seal_act(thread, statement), epoch);
        const auto signature =
            sign_reporter_act(ReporterAct::epoch, keys_.signing, org, row_.case_id,
                              crypto::envelope_hash(act.act.sealed));
        return CaseKeys(organisation_).begin_epoch(keys_.lookup_hash, act, nullptr, signature);
    }
    Keys next = derive(*new_key, org);
    const crypto::NewReporterKeys keys{.identity = next.reporter_identity, .signing = next.signing};
    auto epoch = crypto::new_epoch(thread, giver, secret, readers, &keys);
    statement.change = epoch.change;
    auto act = to_act(seal_act(thread, statement), epoch);
    const NewWords words{.lookup_hash = next.lookup_hash, .verify_key = next.first_verify_key};
    const auto signature = sign_reporter_act(ReporterAct::rekey, keys_.signing, org, row_.case_id,
                                             crypto::envelope_hash(act.act.sealed), &words);
    auto begun = CaseKeys(organisation_).begin_epoch(keys_.lookup_hash, act, &words, signature);
    if (begun) {
        crypto::ensure(take_package(next, org, row_.case_id, act.reporter_copy));
        keys_ = std::move(next);
    }
    return begun;
}

EpochAct Mailbox::to_act(SealedAct act, crypto::NewEpoch& epoch) {
    EpochAct out{.act = std::move(act), .grants = {}, .reporter_copy = epoch.reporter_copy};
    for (auto& grant : epoch.grants) out.grants.push_back({grant.member, std::move(grant.sealed)});
    return out;
}

std::optional<Mailbox::Thread> Mailbox::read_renewed_thread() {
    for (int i = 0;; ++i) {
        auto thread = read_thread();
        const bool can_renew =
            thread && thread->read.is_epoch_due() && !thread->read.readers_who_stay().empty();
        if (i == kMaxTries || !can_renew) return thread;
        try {
            const auto begun = begin_epoch(thread->read, nullptr);
            // What cannot be renewed is written with the key there is: a reply must not be lost.
            if (!begun && !is_race(begun.error())) return thread;
        } catch (const storage::Error&) {
            return thread;
        }
    }
}

std::unique_ptr<Uploads> Mailbox::start_uploads() {
    const auto thread = read_renewed_thread();
    const auto& secret = thread ? thread->read.secret() : keys_.secrets.front();
    return std::make_unique<Uploads>(organisation_, crypto::hybrid_recipient(secret));
}

crypto::Result<storage::AppendResult, ReplyError> Mailbox::append(const crypto::SecretBytes& text,
                                                                  Uploads& uploads) {
    const auto thread = read_renewed_thread();
    if (!thread) return unexpected(ReplyError::gone);
    const auto recipient = crypto::hybrid_recipient(thread->read.secret());
    if (!uploads.finished().empty() && uploads.recipient() != recipient) {
        return unexpected(ReplyError::keys_changed);
    }
    auto statement = next_statement(thread->read, crypto::Kind::message);
    statement.body = std::string(text.expose_text());
    statement.attachments = uploads.finished();
    auto sealed = crypto::seal_envelope(statement, keys_.signing, recipient);
    // How long a text is as JSON depends on what is in it: quotes and line ends take two bytes or
    // six.
    if (!sealed) return unexpected(ReplyError::too_long);
    const storage::NewEnvelope envelope{.author = crypto::kReporter,
                                        .epoch = statement.epoch,
                                        .seq = statement.seq,
                                        .prev = statement.prev,
                                        .hash = crypto::envelope_hash(*sealed),
                                        .sealed = std::move(*sealed)};
    return organisation_.store().write([&](storage::Database& db) {
        if (!is_still_mine(db)) return storage::AppendResult::no_such_case;
        return append_to_thread(db, organisation_.clock(), row_.case_id, envelope, kEnvelopeStored,
                                {}, uploads.ids());
    });
}

crypto::Result<std::monostate, ReplyError> Mailbox::reply(const crypto::SecretBytes& text,
                                                          Uploads& uploads) {
    // Room is left in the largest bucket for heads, file names and JSON escapes.
    constexpr std::size_t kMaxReplyBytes = 200'000;
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
                case storage::AppendResult::thread_full:
                    return unexpected(ReplyError::thread_full);
                case storage::AppendResult::other_epoch:
                case storage::AppendResult::not_successor:
                    break;
            }
        }
    } catch (const storage::Error&) {
        // Falls through: the text goes back to the reporter's page.
    }
    return unexpected(ReplyError::storage_full);
}

const crypto::CaseKey& Mailbox::new_words() {
    if (!new_words_) new_words_ = crypto::CaseKey::random();
    return *new_words_;
}

crypto::Result<std::monostate, KeysError> Mailbox::use_new_words() {
    if (!new_words_) {
        // The button pressed twice, or the answer lost: what was asked for has been done.
        if (has_used_new_words_) return std::monostate{};
        return unexpected(KeysError::failed);
    }
    for (int i = 0; i < kMaxTries; ++i) {
        const auto thread = read_thread();
        if (!thread) return unexpected(KeysError::gone);
        if (thread->read.readers_who_stay().empty()) return unexpected(KeysError::nobody_reads);
        const auto begun = begin_epoch(thread->read, &*new_words_);
        if (begun) {
            new_words_.reset();
            has_used_new_words_ = true;
            return std::monostate{};
        }
        if (!is_race(begun.error())) return unexpected(to_error(begun.error()));
    }
    return unexpected(KeysError::failed);
}

crypto::Result<std::monostate, KeysError> Mailbox::close_door() {
    const auto& org = organisation_.settings().org_id;
    for (int i = 0; i < kMaxTries; ++i) {
        const auto thread = read_thread();
        if (!thread) return unexpected(KeysError::gone);
        const auto act =
            seal_act(thread->read, next_statement(thread->read, crypto::Kind::door_closed));
        const auto signature = sign_reporter_act(ReporterAct::door, keys_.signing, org,
                                                 row_.case_id, crypto::envelope_hash(act.sealed));
        const auto closed = CaseKeys(organisation_).close_door(keys_.lookup_hash, act, signature);
        if (closed) return std::monostate{};
        if (!is_race(closed.error())) return unexpected(to_error(closed.error()));
    }
    return unexpected(KeysError::failed);
}

}  // namespace tillit::app

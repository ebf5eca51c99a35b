#include "tests/support/colleague.h"

#include <algorithm>

namespace tillit::test {

using namespace crypto;

namespace {

HybridRecipient recipient_in(const Bytes& stored) {
    HybridRecipient recipient{};
    std::ranges::copy(stored, recipient.begin());
    return recipient;
}

}  // namespace

std::unique_ptr<CaseThread> Colleague::read() {
    app::ConsoleCases cases(org_.organisation());
    const auto file = cases.open(case_id_, person_.listed.member, true);
    if (!file) return nullptr;
    readers_ = org_.organisation().readers();
    former_.clear();
    for (const auto& directory : *org_.organisation().earlier_directories(*readers_)) {
        former_.insert(former_.end(), directory.members.begin(), directory.members.end());
    }
    const auto& org_id = org_.organisation().settings().org_id;
    const auto reporter_recipient = recipient_in(file->row.reporter_recipient);
    const auto case_recipient = recipient_in(file->row.case_recipient);
    std::vector<AgeSeed> secrets;
    auto grant = open_grant(file->grant, person_.identity, org_id, case_id_, case_recipient,
                            reporter_recipient);
    if (grant) {
        secrets.push_back(std::move(*grant->secret));
        reporter_key_ = grant->verify_key;
    } else {
        const auto key = [&](const Author& from) -> std::optional<VerifyKey> {
            if (const auto* member = readers_->find(from)) return member->verify_key;
            const auto found = std::ranges::find(former_, from, &DirectoryMember::member);
            return found == former_.end() ? std::nullopt : std::optional(found->verify_key);
        };
        auto later = open_epoch_grant(file->grant, person_.identity, person_.listed.member, org_id,
                                      case_id_, key);
        ensure(later.has_value());
        secrets = std::move(later->secrets);
        reporter_key_ = later->verify_key;
    }
    reader_.emplace(CaseReader{.org = org_id,
                               .case_id = case_id_,
                               .me = person_.listed.member,
                               .identity = person_.identity,
                               .reporter_key = reporter_key_,
                               .reporter_recipient = reporter_recipient,
                               .directory = readers_->known,
                               .former = former_});
    auto thread = std::make_unique<CaseThread>(*reader_, std::move(secrets));
    for (const auto& copy : file->epochs) thread->offer(copy.epoch, copy.sealed);
    for (const auto& e : file->envelopes) {
        thread->add(e.sealed, e.position, static_cast<std::uint64_t>(e.day));
    }
    return thread;
}

Statement Colleague::next(const CaseThread& thread, Kind kind) const {
    Statement s;
    s.org = org_.organisation().settings().org_id;
    s.case_id = case_id_;
    s.epoch = thread.epoch();
    s.kind = kind;
    s.from = person_.listed.member;
    s.sealed_by = SealedBy::cli;
    s.body = "Because.";
    s.heads = heads_of(thread.chain());
    const auto own = std::ranges::find(s.heads, s.from, &Head::author);
    if (own != s.heads.end()) {
        s.seq = own->seq + 1;
        s.prev = own->hash;
    }
    return s;
}

app::SealedAct Colleague::seal(const CaseThread& thread, const Statement& statement) const {
    auto sealed =
        seal_envelope(statement, person_.signing, hybrid_recipient(thread.secret(thread.epoch())));
    ensure(sealed.has_value());
    return {.epoch = statement.epoch,
            .seq = statement.seq,
            .prev = statement.prev,
            .sealed = std::move(*sealed)};
}

Giver Colleague::giver() const {
    return {.org = org_.organisation().settings().org_id,
            .case_id = case_id_,
            .me = person_.listed.member,
            .reporter_key = reporter_key_,
            .signing = person_.signing};
}

crypto::Result<app::Written, app::WriteRefusal> Colleague::write(const std::string& body) {
    const auto thread = read();
    ensure(thread != nullptr);
    auto statement = next(*thread, Kind::message);
    statement.body = body;
    const auto act = seal(*thread, statement);
    app::ConsoleCases cases(org_.organisation());
    app::NewMessage message;
    message.epoch = act.epoch;
    message.seq = act.seq;
    message.prev = act.prev;
    message.sealed = act.sealed;
    return cases.write(case_id_, person_.listed.member, message);
}

app::KeysResult Colleague::give_key_to(const Person& other) {
    const auto all = notes();
    ensure(all.has_value());
    const auto& thread = all->thread;
    const auto access = access_grant(*thread, giver(), other.listed, nullptr);
    std::vector<storage::EpochCopy> handling;
    for (auto& copy : handling_for(*all->notes, giver(), other.listed)) {
        handling.push_back({copy.epoch, std::move(copy.sealed)});
    }
    auto statement = next(*thread, Kind::access);
    statement.access = access.access;
    return app::CaseKeys(org_.organisation())
        .give_access(case_id_, person_.listed.member, seal(*thread, statement),
                     {other.listed.member, access.sealed}, handling);
}

std::optional<Colleague::Notes> Colleague::notes() {
    auto thread = read();
    const auto stored = app::CaseNotes(org_.organisation()).read(case_id_, person_.listed.member);
    if (!thread || !stored) return std::nullopt;
    auto notes = std::make_unique<NoteThread>(*reader_, *thread);
    for (const auto& copy : stored->handling) notes->offer(copy.sealed);
    for (const auto& n : stored->notes) {
        notes->add(n.sealed, n.position, static_cast<std::uint64_t>(n.day));
    }
    return Notes{std::move(thread), std::move(notes)};
}

std::vector<std::string> Colleague::Notes::bodies() const {
    std::vector<std::string> all;
    for (const auto& entry : notes->entries()) all.push_back(entry.note.body);
    return all;
}

app::NewNote Colleague::next_note(const Notes& read, const std::string& body) const {
    app::NewNote made;
    made.epoch = read.thread->epoch();
    const auto known = read.notes->identities().find(made.epoch);
    const bool is_first = known == read.notes->identities().end();
    const auto secret = is_first ? AgeSeed::random() : known->second.clone();
    if (is_first) {
        app::NewHandling handling{.thread = read.thread->entries().back().position, .grants = {}};
        for (auto& grant :
             new_handling(*read.thread, giver(), secret, read.thread->readers_who_stay())) {
            handling.grants.push_back({grant.member, std::move(grant.sealed)});
        }
        made.handling = std::move(handling);
    }
    CaseNote note{.org = org_.organisation().settings().org_id,
                  .case_id = case_id_,
                  .epoch = made.epoch,
                  .from = person_.listed.member,
                  .seq = 1,
                  .prev = {},
                  .heads = heads_of(read.notes->chain()),
                  .body = body};
    const auto own = std::ranges::find(note.heads, note.from, &Head::author);
    if (own != note.heads.end()) {
        note.seq = own->seq + 1;
        note.prev = own->hash;
    }
    made.seq = note.seq;
    made.prev = note.prev;
    made.sealed = seal_case_note(note, person_.signing, hybrid_recipient(secret)).value();
    return made;
}

crypto::Result<std::monostate, app::NoteRefusal> Colleague::hand_in(const app::NewNote& note) {
    return app::CaseNotes(org_.organisation()).write(case_id_, person_.listed.member, note);
}

crypto::Result<std::monostate, app::NoteRefusal> Colleague::write_note(const std::string& body) {
    const auto read = notes();
    ensure(read.has_value());
    return hand_in(next_note(*read, body));
}

app::KeysResult Colleague::leave() {
    const auto thread = read();
    ensure(thread != nullptr);
    return app::CaseKeys(org_.organisation())
        .leave(case_id_, person_.listed.member, seal(*thread, next(*thread, Kind::recusal)));
}

app::KeysResult Colleague::renew() {
    const auto thread = read();
    ensure(thread != nullptr);
    return renew_for(thread->readers_who_stay());
}

app::KeysResult Colleague::renew_for(const std::vector<const DirectoryMember*>& to) {
    const auto thread = read();
    ensure(thread != nullptr);
    const auto epoch = new_epoch(*thread, giver(), AgeSeed::random(), to);
    auto statement = next(*thread, Kind::epoch);
    statement.change = epoch.change;
    app::EpochAct act{
        .act = seal(*thread, statement), .grants = {}, .reporter_copy = epoch.reporter_copy};
    for (const auto& grant : epoch.grants) act.grants.push_back({grant.member, grant.sealed});
    return app::CaseKeys(org_.organisation()).begin_epoch(case_id_, person_.listed.member, act);
}

}  // namespace tillit::test

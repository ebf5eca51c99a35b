#include "server/app/organisation.h"

#include <algorithm>

#include "storage/directories.h"
#include "storage/members.h"
#include "storage/organisations.h"

namespace tillit::app {

namespace {

// How old the verified directory may be before it is read again: long enough that a burst of
// submissions pays once, short enough that a closed account is noticed while a person fills a form.
constexpr std::int64_t kDirectoryMaxAgeSeconds = 5;

struct StoredNotes {
    std::vector<std::string> signers;
    std::optional<std::string> directory;
    std::vector<storage::Member> members;
};

StoredNotes load_notes(storage::Store& store) {
    return store.read([](storage::Database& db) {
        storage::Directories directories(db);
        return StoredNotes{.signers = directories.signers_notes(),
                           .directory = directories.newest_directory(),
                           .members = storage::Members(db).all()};
    });
}

void leave_out_closed(crypto::Directory& directory, const std::vector<storage::Member>& members) {
    std::erase_if(directory.members, [&](const crypto::DirectoryMember& listed) {
        const auto row = std::find_if(members.begin(), members.end(), [&](const auto& member) {
            return member.member_id == listed.member;
        });
        return row == members.end() || row->status == storage::MemberStatus::closed;
    });
}

IntakeState state_of(const crypto::Directory& directory, storage::Day today) {
    if (static_cast<storage::Day>(directory.expires_day) < today) {
        return IntakeState::directory_expired;
    }
    const auto count = [&](crypto::Role role) {
        return std::count_if(directory.members.begin(), directory.members.end(),
                             [&](const auto& member) { return member.role == role; });
    };
    if (count(crypto::Role::investigator) < 2) return IntakeState::too_few_readers;
    if (count(crypto::Role::alternate) < 1) return IntakeState::no_alternate;
    return IntakeState::open;
}

std::shared_ptr<const Readers> load_readers(storage::Store& store, storage::Day today) {
    const auto notes = load_notes(store);
    if (!notes.directory) return nullptr;
    auto signers = crypto::verify_signers_chain(notes.signers);
    if (!signers) return nullptr;
    // Expiry is judged in state_of(), so that threads already begun stay readable afterwards.
    auto directory = crypto::verify_directory(*notes.directory, signers->back(), /*today=*/0);
    if (!directory) return nullptr;
    auto readers = std::make_shared<Readers>();
    readers->fingerprint_words =
        crypto::fingerprint_words(crypto::organisation_fingerprint(notes.signers.front()));
    readers->signers = std::move(signers->back());
    readers->directory = std::move(*directory);
    readers->directory_hash = crypto::note_hash(*notes.directory);
    readers->signers_notes = notes.signers;
    readers->directory_note = *notes.directory;
    readers->known = readers->directory.members;
    leave_out_closed(readers->directory, notes.members);
    readers->state = state_of(readers->directory, today);
    return readers;
}

}  // namespace

const crypto::DirectoryMember* Readers::find(const crypto::Id& member) const {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& listed) { return listed.member == member; });
    return found == known.end() ? nullptr : &*found;
}

bool Readers::has_custodian() const {
    return std::any_of(directory.members.begin(), directory.members.end(),
                       [](const auto& member) { return member.role == crypto::Role::custodian; });
}

Organisation::Organisation(std::unique_ptr<storage::Store> store, Clock clock)
    : store_(std::move(store)), clock_(std::move(clock)) {
    settings_ =
        store_->read([](storage::Database& db) { return storage::Organisations(db).get(); });
}

std::shared_ptr<const Readers> Organisation::readers() {
    const auto now = clock_.unix_seconds();
    const std::lock_guard lock(mutex_);
    const bool is_fresh =
        loaded_unix_ >= 0 && now >= loaded_unix_ && now - loaded_unix_ < kDirectoryMaxAgeSeconds;
    if (!is_fresh) {
        readers_ = load_readers(*store_, now / 86400);
        loaded_unix_ = now;
    }
    return readers_;
}

std::shared_ptr<const std::vector<crypto::Directory>> Organisation::earlier_directories(
    const Readers& readers) {
    const std::lock_guard lock(mutex_);
    // Reading all versions takes a while and their page is for anybody: once for each newest one.
    if (!earlier_ || earlier_than_ != readers.directory_hash) {
        const auto notes = store_->read(
            [](storage::Database& db) { return storage::Directories(db).all_directories(); });
        earlier_ = std::make_shared<const std::vector<crypto::Directory>>(
            crypto::earlier_directories(notes, readers.directory));
        earlier_than_ = readers.directory_hash;
    }
    return earlier_;
}

std::vector<std::string> Organisation::directory_notes() {
    return store_->read(
        [](storage::Database& db) { return storage::Directories(db).all_directories(); });
}

IntakeState Organisation::intake_state() {
    const auto current = readers();
    return current ? current->state : IntakeState::no_directory;
}

}  // namespace tillit::app

#include "server/app/upload.h"

#include <algorithm>
#include <future>

#include "storage/attachments.h"

namespace tillit::app {

namespace {

constexpr std::size_t kMaxNameCharacters = 120;  // as frontend/shared/file_name.ts has it

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

/// UTF-8 text, at most this long and never half a character.
std::string cut(std::string text, std::size_t max_characters, std::size_t max_bytes) {
    std::size_t characters = 0;
    std::size_t end = 0;
    for (std::size_t at = 0; at <= text.size() && at <= max_bytes; ++at) {
        if (at < text.size() && !begins_character(text[at])) continue;
        end = at;
        if (characters++ == max_characters) break;
    }
    text.resize(end);
    return text;
}

}  // namespace

/// One file in hand: content → sealer → pieces of the stored object → rows.
struct Uploads::Current {
    Current(storage::Store& to, const crypto::HybridRecipient& case_recipient)
        : store(to), sealer(case_recipient, [this](crypto::ByteView sealed) { keep(sealed); }) {
        piece.reserve(crypto::kPieceBytes);
    }

    void keep(crypto::ByteView sealed) {
        while (!sealed.empty()) {
            const auto room = crypto::kPieceBytes - piece.size();
            const auto part = sealed.first(std::min(room, sealed.size()));
            piece.insert(piece.end(), part.begin(), part.end());
            sealed = sealed.subspan(part.size());
            if (piece.size() == crypto::kPieceBytes) flush();
        }
    }

    /// Hands the piece to the writer and goes on sealing meanwhile; one piece is under way at most,
    /// so memory stays at two. Throws what storing the piece before threw.
    void flush() {
        settle();
        if (piece.empty()) return;
        under_way =
            std::async(std::launch::async, [this, index = next_piece++, sealed = std::move(piece)] {
                store.write_relaxed([&](storage::Database& db) {
                    storage::Attachments(db).add_piece(ref.id, index, sealed);
                });
            });
        piece = {};
        piece.reserve(crypto::kPieceBytes);
    }

    void settle() {
        if (under_way.valid()) under_way.get();
    }

    storage::Store& store;
    crypto::AttachmentRef ref;
    crypto::Bytes piece;  // sealed bytes, nothing secret
    std::uint64_t next_piece = 0;
    crypto::AttachmentSealer sealer;
    std::future<void> under_way;  // last: its destructor waits, while the rest is still there
};

Uploads::Uploads(Organisation& organisation, const crypto::HybridRecipient& case_recipient)
    : organisation_(organisation), case_recipient_(case_recipient) {}

Uploads::~Uploads() {
    abandon_current();
    if (is_bound_ || finished_.empty()) return;
    try {
        organisation_.store().write_relaxed([&](storage::Database& db) {
            for (const auto& file : finished_) storage::Attachments(db).drop(file.id);
        });
    } catch (const storage::Error&) {
        // Unbound uploads are swept at the next start and once a day; nothing points to them.
    }
}

bool Uploads::begin(const std::string& name, const std::string& type) {
    if (error_) return false;
    abandon_current();
    current_name_ = name;
    current_ = std::make_unique<Current>(organisation_.store(), case_recipient_);
    // A statement with longer ones would be refused, after the whole file has come.
    current_->ref = {.id = crypto::random_array<16>(),
                     .name = cut(name, kMaxNameCharacters, crypto::kMaxFileNameBytes),
                     .type = cut(type, crypto::kMaxFileTypeBytes, crypto::kMaxFileTypeBytes),
                     .size = 0,
                     .stored_hash = {}};
    try {
        organisation_.store().write_relaxed([&](storage::Database& db) {
            storage::Attachments(db).begin(current_->ref.id, organisation_.clock().today());
        });
    } catch (const storage::Error&) {
        error_ = UploadError::storage_full;
        current_.reset();
        return false;
    }
    return true;
}

bool Uploads::write(crypto::ByteView content) {
    if (!current_) return false;
    total_bytes_ += content.size();
    if (total_bytes_ > organisation_.settings().max_report_bytes) {
        error_ = UploadError::too_large;
        return false;
    }
    try {
        current_->sealer.write(content);
    } catch (const storage::Error&) {
        error_ = UploadError::storage_full;
        return false;
    }
    return true;
}

bool Uploads::end() {
    if (!current_) return false;
    try {
        const auto sealed = current_->sealer.finish();
        current_->flush();
        current_->settle();
        crypto::ensure(organisation_.store().write_relaxed([&](storage::Database& db) {
            return storage::Attachments(db).seal(current_->ref.id, sealed.stored_size);
        }));
        current_->ref.size = sealed.size;
        current_->ref.stored_hash = sealed.stored_hash;
    } catch (const storage::Error&) {
        error_ = UploadError::storage_full;
        return false;
    }
    finished_.push_back(std::move(current_->ref));
    current_.reset();
    current_name_.clear();
    return true;
}

void Uploads::abandon_current() {
    if (!current_) return;
    try {
        current_->settle();
    } catch (const storage::Error&) {
        // The caller knows: a piece that was not stored made write() or end() fail, or the file is
        // given up anyway.
    }
    try {
        organisation_.store().write_relaxed(
            [&](storage::Database& db) { storage::Attachments(db).drop(current_->ref.id); });
    } catch (const storage::Error&) {
        // Swept later, as in the destructor.
    }
    current_.reset();
}

std::vector<crypto::Id> Uploads::ids() const {
    std::vector<crypto::Id> ids;
    ids.reserve(finished_.size());
    for (const auto& file : finished_) ids.push_back(file.id);
    return ids;
}

}  // namespace tillit::app

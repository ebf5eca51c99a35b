#include "server/app/backup_file.h"

#include <algorithm>

#include "crypto/json_writer.h"
#include "crypto/strict_json.h"
#include "crypto/wiped.h"

namespace tillit::app {

namespace {

constexpr std::size_t kMaxHeadBytes = 1024;
constexpr std::size_t kMaxSlugBytes = 40;

BackupError to_error(crypto::age::Error error) {
    const bool is_another =
        error == crypto::age::Error::no_match || error == crypto::age::Error::bad_header;
    return is_another ? BackupError::not_opened : BackupError::damaged;
}

}  // namespace

crypto::SecretBytes encode_backup_head(const BackupHead& head) {
    std::string text;
    text.reserve(kMaxHeadBytes);  // grown, it would leave copies of the keys behind
    const crypto::detail::WipeString wiped{text};
    crypto::JsonWriter out(text);
    out.begin_object();
    out.key("t").text("backup");
    out.key("org").bytes(head.org);
    out.key("slug").text(head.slug);
    out.key("day").integer(static_cast<std::uint64_t>(head.day));
    out.key("database_key").bytes(head.database_key.expose());
    out.key("log_key").bytes(head.log_key.expose());
    out.key("bytes").integer(head.database_bytes);
    out.end_object();
    crypto::SecretBytes line{std::string_view(text)};
    line.push_back('\n');
    return line;
}

std::optional<BackupHead> decode_backup_head(crypto::ByteView line) {
    const auto json = crypto::parse_strict_json(line);
    if (!json) return std::nullopt;
    crypto::FieldReader fields(*json);
    const bool is_backup = fields.text("t", 10) == "backup";
    BackupHead head;
    head.org = fields.array<16>("org");
    head.slug = fields.text("slug", kMaxSlugBytes);
    head.day = static_cast<storage::Day>(fields.integer("day"));
    head.database_key = storage::DatabaseKey::copy_of(fields.array<32>("database_key"));
    head.log_key = crypto::SigningSeed::copy_of(fields.array<32>("log_key"));
    head.database_bytes = fields.integer("bytes");
    if (!fields.done() || !is_backup) return std::nullopt;
    return head;
}

BackupSealer::BackupSealer(const BackupHead& head, const crypto::HybridRecipient& to,
                           crypto::age::Sink sink)
    : sealer_(to, std::move(sink)) {
    sealer_.write(encode_backup_head(head).expose());
}

void BackupSealer::write(crypto::ByteView database) { sealer_.write(database); }
void BackupSealer::finish() { sealer_.finish(); }

BackupOpener::BackupOpener(crypto::AgeSeed identity, crypto::age::Sink database)
    : database_(std::move(database)),
      opener_(std::move(identity), [this](crypto::ByteView plain) { take(plain); }) {}

void BackupOpener::take(crypto::ByteView plain) {
    if (is_malformed_) return;
    if (!head_) {
        const auto end = std::ranges::find(plain, std::uint8_t{'\n'});
        const auto length = static_cast<std::size_t>(end - plain.begin());
        is_malformed_ = line_.size() + length > kMaxHeadBytes;
        if (is_malformed_) return;
        line_.append(plain.first(length));
        if (end == plain.end()) return;
        head_ = decode_backup_head(line_.expose());
        is_malformed_ = !head_;
        if (is_malformed_) return;
        plain = plain.subspan(length + 1);
    }
    database_bytes_ += plain.size();
    is_malformed_ = database_bytes_ > head_->database_bytes;
    if (!is_malformed_ && !plain.empty()) database_(plain);
}

crypto::Result<std::monostate, BackupError> BackupOpener::write(crypto::ByteView sealed) {
    const auto taken = opener_.write(sealed);
    if (is_malformed_) return crypto::unexpected(BackupError::malformed);
    if (!taken) return crypto::unexpected(to_error(taken.error()));
    return std::monostate{};
}

crypto::Result<BackupHead, BackupError> BackupOpener::finish() {
    const auto ended = opener_.finish();
    if (is_malformed_) return crypto::unexpected(BackupError::malformed);
    if (!ended) return crypto::unexpected(to_error(ended.error()));
    if (!head_ || database_bytes_ != head_->database_bytes) {
        return crypto::unexpected(BackupError::malformed);
    }
    return std::move(*head_);
}

}  // namespace tillit::app

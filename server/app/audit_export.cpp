#include "server/app/audit_export.h"

#include "crypto/checkpoint.h"
#include "crypto/json_writer.h"
#include "crypto/note.h"
#include "crypto/strict_json.h"
#include "storage/directories.h"
#include "storage/log_events.h"

namespace tillit::app {
namespace {

constexpr std::size_t kMaxItems = std::size_t{1} << 24;

void write_texts(crypto::JsonWriter& out, const char* name, const std::vector<std::string>& texts) {
    out.key(name).begin_list();
    for (const auto& text : texts) out.text(text);
    out.end_list();
}

std::vector<std::string> read_texts(crypto::FieldReader& fields, const char* name) {
    std::vector<std::string> texts;
    for (const auto& item : fields.list(name, kMaxItems)) {
        if (item.is_string() &&
            item.get_ref<const std::string&>().size() <= crypto::kMaxNoteBytes) {
            texts.push_back(item.get<std::string>());
        } else {
            fields.fail();
        }
    }
    return texts;
}

AuditDay read_day(const nlohmann::json& item, crypto::FieldReader& all) {
    crypto::FieldReader read(item);
    AuditDay day{.day = read.integer("day", UINT32_MAX),
                 .seed = read.array<32>("seed"),
                 .root = read.array<32>("root"),
                 .checkpoint = read.text("checkpoint", crypto::kMaxCheckpointBytes)};
    if (!read.done()) all.fail();
    return day;
}

AuditEvent read_event(const nlohmann::json& item, crypto::FieldReader& all) {
    crypto::FieldReader read(item);
    AuditEvent event{.day = read.integer("day", UINT32_MAX),
                     .hash = read.array<32>("hash"),
                     .salt = std::nullopt,
                     .event = read.text("event", crypto::kMaxEventBytes)};
    const auto salt = read.text("salt", 32);
    if (!salt.empty()) event.salt = crypto::array_from_base64url<16>(salt);
    if (!read.done() || event.salt.has_value() == event.event.empty()) all.fail();
    return event;
}

std::optional<AuditLog> decode(std::string_view text) {
    const auto object = crypto::parse_strict_json(crypto::view(text));
    if (!object) return std::nullopt;
    crypto::FieldReader read(*object);
    if (read.text("t", 16) != "log") read.fail();
    AuditLog log{.signers_notes = read_texts(read, "signers_notes"),
                 .directories = read_texts(read, "directories"),
                 .days = {},
                 .events = {}};
    for (const auto& item : read.list("days", kMaxItems)) log.days.push_back(read_day(item, read));
    for (const auto& item : read.list("events", kMaxItems)) {
        log.events.push_back(read_event(item, read));
    }
    if (!read.done()) return std::nullopt;
    return log;
}

}  // namespace

AuditLog read_log(storage::Store& store) {
    return store.read([](storage::Database& db) {
        storage::Directories directories(db);
        storage::LogEvents stored(db);
        AuditLog log{.signers_notes = directories.signers_notes(),
                     .directories = directories.all_directories(),
                     .days = {},
                     .events = {}};
        for (auto& day : stored.days()) {
            const auto number = static_cast<std::uint64_t>(day.day);
            for (auto& row : stored.of_day(day.day)) {
                log.events.push_back({.day = number,
                                      .hash = row.hash,
                                      .salt = row.salt,
                                      .event = std::move(row.event)});
            }
            log.days.push_back({.day = number,
                                .seed = day.seed,
                                .root = day.root,
                                .checkpoint = std::move(day.checkpoint)});
        }
        return log;
    });
}

std::string encode_log(const AuditLog& log) {
    std::string text;
    crypto::JsonWriter out(text);
    out.begin_object().key("t").text("log");
    write_texts(out, "signers_notes", log.signers_notes);
    write_texts(out, "directories", log.directories);
    out.key("days").begin_list();
    for (const auto& day : log.days) {
        out.begin_object().key("day").integer(day.day).key("seed").bytes(day.seed);
        out.key("root").bytes(day.root).key("checkpoint").text(day.checkpoint).end_object();
    }
    out.end_list().key("events").begin_list();
    for (const auto& event : log.events) {
        out.begin_object().key("day").integer(event.day).key("hash").bytes(event.hash);
        out.key("salt").text(event.salt ? crypto::to_base64url(*event.salt) : "");
        out.key("event").text(event.event).end_object();
    }
    out.end_list().end_object();
    return text + "\n";
}

std::optional<AuditLog> decode_log(std::string_view text) {
    auto log = decode(text);
    if (!log || encode_log(*log) != text) return std::nullopt;
    return log;
}

}  // namespace tillit::app

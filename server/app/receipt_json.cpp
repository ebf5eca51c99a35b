// A receipt as text. The layout stands in receipt.h.
#include "crypto/checkpoint.h"
#include "crypto/json_writer.h"
#include "crypto/note.h"
#include "crypto/strict_json.h"
#include "server/app/receipt.h"

namespace tillit::app {
namespace {

constexpr std::size_t kMaxReportText = 512 * 1024;  // base64url of the largest envelope
constexpr std::size_t kMaxEntries = 100'000;
constexpr std::size_t kMaxPathText = 64 * 43;

std::string path_text(const std::vector<crypto::Hash>& path) {
    crypto::Bytes bytes;
    for (const auto& hash : path) bytes.insert(bytes.end(), hash.begin(), hash.end());
    return crypto::to_base64url(bytes);
}

std::vector<crypto::Hash> read_path(crypto::FieldReader& read, const char* name) {
    std::vector<crypto::Hash> path;
    const auto bytes = crypto::from_base64url(read.text(name, kMaxPathText));
    if (!bytes || bytes->size() % 32 != 0) {
        read.fail();
        return path;
    }
    for (std::size_t at = 0; at < bytes->size(); at += 32) {
        std::copy_n(bytes->begin() + static_cast<std::ptrdiff_t>(at), 32,
                    path.emplace_back().begin());
    }
    return path;
}

ReceiptEntry read_entry(const nlohmann::json& item, crypto::FieldReader& all) {
    crypto::FieldReader read(item);
    ReceiptEntry entry;
    entry.author = read.array<16>("author");
    entry.seq = read.integer("seq");
    entry.hash = read.array<32>("hash");
    entry.day = read.integer("day", UINT32_MAX);
    entry.salt = read.array<16>("salt");
    entry.event = read.text("event", crypto::kMaxEventBytes);
    entry.index = read.integer("index");
    entry.width = read.integer("width");
    entry.path = read_path(read, "path");
    entry.root = read.array<32>("root");
    entry.day_index = read.integer("day_index");
    entry.day_path = read_path(read, "day_path");
    if (!read.done()) all.fail();
    return entry;
}

std::optional<Receipt> decode(std::string_view text) {
    const auto object = crypto::parse_strict_json(crypto::view(text));
    if (!object) return std::nullopt;
    crypto::FieldReader read(*object);
    if (read.text("t", 16) != "receipt") read.fail();
    Receipt receipt;
    for (const auto& item : read.list("signers_notes", 1000)) {
        if (!item.is_string()) return std::nullopt;
        receipt.signers_notes.push_back(item.get<std::string>());
    }
    receipt.checkpoint = read.text("checkpoint", crypto::kMaxCheckpointBytes);
    const auto report = crypto::from_base64url(read.text("report", kMaxReportText));
    for (const auto& item : read.list("envelopes", kMaxEntries)) {
        receipt.envelopes.push_back(read_entry(item, read));
    }
    if (!read.done() || !report) return std::nullopt;
    receipt.report = *report;
    return receipt;
}

}  // namespace

std::string encode_receipt(const Receipt& receipt) {
    std::string text;
    crypto::JsonWriter out(text);
    out.begin_object().key("t").text("receipt").key("signers_notes").begin_list();
    for (const auto& note : receipt.signers_notes) out.text(note);
    out.end_list().key("checkpoint").text(receipt.checkpoint);
    out.key("report").bytes(receipt.report).key("envelopes").begin_list();
    for (const auto& entry : receipt.envelopes) {
        out.begin_object().key("author").bytes(entry.author).key("seq").integer(entry.seq);
        out.key("hash").bytes(entry.hash).key("day").integer(entry.day);
        out.key("salt").bytes(entry.salt).key("event").text(entry.event);
        out.key("index").integer(entry.index).key("width").integer(entry.width);
        out.key("path").text(path_text(entry.path)).key("root").bytes(entry.root);
        out.key("day_index").integer(entry.day_index);
        out.key("day_path").text(path_text(entry.day_path)).end_object();
    }
    out.end_list().end_object();
    return text + "\n";
}

std::optional<Receipt> decode_receipt(std::string_view text) {
    auto receipt = decode(text);
    if (!receipt || encode_receipt(*receipt) != text) return std::nullopt;
    return receipt;
}

}  // namespace tillit::app

#include "crypto/directory.h"

#include <algorithm>
#include <map>

#include "crypto/json_writer.h"
#include "crypto/note.h"
#include "crypto/statement_parts.h"

namespace tillit::crypto {
namespace {

constexpr std::size_t kMaxMembers = 256;

std::string encode(const Directory& directory) {
    std::string text;
    text.reserve(512 + directory.members.size() * 2304);
    JsonWriter out(text);
    out.begin_object();
    out.key("t").text("directory");
    out.key("org").bytes(directory.org);
    out.key("version").integer(directory.version);
    out.key("day").integer(directory.day);
    out.key("expires_day").integer(directory.expires_day);
    out.key("previous").bytes(directory.previous);
    out.key("members").begin_list();
    for (const DirectoryMember& member : directory.members) {
        out.begin_object();
        out.key("member").bytes(member.member);
        out.key("person").bytes(member.person);
        out.key("name").text(member.name);
        out.key("office").text(member.office);
        out.key("role").text(to_text(member.role));
        out.key("recipient").bytes(member.recipient);
        out.key("verify_key").bytes(member.verify_key);
        out.key("since_day").integer(member.since_day);
        out.key("default").boolean(member.is_default);
        out.end_object();
    }
    out.end_list();
    out.end_object();
    return text;
}

DirectoryMember read_member(const nlohmann::json& item, FieldReader& directory) {
    FieldReader read(item);
    DirectoryMember member;
    member.member = read.array<16>("member");
    member.person = read.array<16>("person");
    member.name = read.text("name", kMaxPersonNameBytes);
    member.office = read.text("office", kMaxPersonNameBytes);
    const auto role = role_from_text(read.text("role", 16));
    member.role = role.value_or(Role::auditor);
    member.recipient = read.array<kHybridRecipientBytes>("recipient");
    member.verify_key = read.array<32>("verify_key");
    member.since_day = read.integer("since_day");
    member.is_default = read.boolean("default");
    const bool is_named = detail::is_person_name(member.name) &&
                          detail::is_person_name(member.office) && member.member != kReporter;
    if (!role || !read.done() || !is_named) directory.fail();
    return member;
}

/// The rules of §3.3 that one directory alone can break.
bool is_sound(const Directory& directory) {
    if (directory.version == 0 || (directory.version == 1) != (directory.previous == Hash{})) {
        return false;
    }
    if (directory.expires_day < directory.day ||
        directory.expires_day - directory.day > kMaxDirectoryDays) {
        return false;
    }
    for (std::size_t i = 0; i < directory.members.size(); ++i) {
        const DirectoryMember& member = directory.members[i];
        const auto is_same = [&](const DirectoryMember& m) { return m.member == member.member; };
        if (std::ranges::count_if(directory.members, is_same) != 1) return false;
        if (!encapsulate(member.recipient)) return false;  // nothing could be sealed to it
    }
    return true;
}

std::optional<Directory> decode(std::string_view json) {
    const auto object = parse_strict_json(view(json));
    if (!object) return std::nullopt;
    FieldReader read(*object);
    if (read.text("t", 16) != "directory") return std::nullopt;
    Directory directory;
    directory.org = read.array<16>("org");
    directory.version = read.integer("version");
    directory.day = read.integer("day");
    directory.expires_day = read.integer("expires_day");
    directory.previous = read.array<32>("previous");
    for (const nlohmann::json& item : read.list("members", kMaxMembers)) {
        directory.members.push_back(read_member(item, read));
    }
    if (!read.done() || !is_sound(directory)) return std::nullopt;
    return directory;
}

}  // namespace

std::string sign_directory(const Directory& directory, const std::vector<NamedSeed>& signers) {
    const std::string text = note_text("directory", encode(directory));
    std::string whole = text + "\n";
    for (const NamedSeed& signer : signers) {
        whole += signature_line("directory", text, signer.name, *signer.seed);
    }
    return whole;
}

Result<Directory, DirectoryError> verify_directory(std::string_view text,
                                                   const SignersNote& signers,
                                                   std::uint64_t today) {
    const auto note = parse_note("directory", text);
    if (!note) return unexpected(DirectoryError::malformed);
    // Signatures first: what nobody signed is not worth the work of reading.
    const auto count = count_signers(*note, "directory", note_keys(signers));
    if (!count) return unexpected(DirectoryError::bad_signature);
    if (*count < signers.threshold) return unexpected(DirectoryError::below_threshold);
    auto directory = decode(note->json);
    if (!directory) return unexpected(DirectoryError::malformed);
    if (directory->org != signers.org) return unexpected(DirectoryError::wrong_org);
    if (today > directory->expires_day) return unexpected(DirectoryError::expired);
    return std::move(*directory);
}

Result<Directory, DirectoryError> verify_next_directory(std::string_view text,
                                                        const SignersNote& signers,
                                                        std::uint64_t today,
                                                        const Directory& previous,
                                                        const Hash& previous_hash) {
    auto directory = verify_directory(text, signers, today);
    if (!directory) return directory;
    const bool follows = directory->version == previous.version + 1 &&
                         directory->previous == previous_hash && directory->day >= previous.day;
    if (!follows) return unexpected(DirectoryError::wrong_order);
    return directory;
}

std::optional<Directory> unverified_directory(std::string_view text) {
    const auto note = parse_draft("directory", text);
    return note ? decode(note->json) : std::nullopt;
}

std::vector<Directory> earlier_directories(std::span<const std::string> notes,
                                           const Directory& newest) {
    std::map<Hash, const std::string*> by_hash;
    for (const std::string& note : notes) by_hash[note_hash(note)] = &note;
    std::vector<Directory> earlier;
    const Directory* after = &newest;
    while (after->version > 1) {
        const auto note = by_hash.find(after->previous);
        auto before = note == by_hash.end() ? std::nullopt : unverified_directory(*note->second);
        const bool follows =
            before && before->version + 1 == after->version && before->org == newest.org;
        if (!follows) break;
        earlier.push_back(std::move(*before));
        after = &earlier.back();
    }
    return earlier;
}

Hash note_hash(std::string_view note) { return sha256(view(note)); }

Hash member_fingerprint(const Id& org, const Id& person, const HybridRecipient& recipient,
                        const VerifyKey& key) {
    return labelled_hash("tillit/v1/member", {org, person, recipient, key});
}

}  // namespace tillit::crypto

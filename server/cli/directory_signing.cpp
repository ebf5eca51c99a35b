#include "server/cli/directory_signing.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "crypto/strict_json.h"
#include "server/app/log.h"
#include "server/cli/data_dir.h"
#include "storage/directories.h"
#include "storage/members.h"
#include "storage/organisations.h"

namespace tillit::cli {

namespace {

struct Newest {
    crypto::SignersNote signers;
    std::optional<crypto::Directory> directory;
    std::optional<std::string> directory_text;
};

crypto::SignersNote verify_chain(const std::vector<std::string>& notes) {
    auto note = crypto::verify_first_signers_note(notes.front());
    for (std::size_t i = 1; note && i < notes.size(); ++i) {
        note = crypto::verify_next_signers_note(notes[i], *note);
    }
    if (!note) throw std::runtime_error("the stored signers note is not signed as it must be");
    return std::move(*note);
}

std::vector<crypto::NamedSeed> named_seeds(const std::vector<SignerFile>& signers) {
    std::vector<crypto::NamedSeed> out;
    out.reserve(signers.size());
    for (const auto& signer : signers) out.push_back({.name = signer.name, .seed = &signer.seed});
    return out;
}

/// Signers note 0 if there is none yet.
std::string first_note(const crypto::Id& org, const std::vector<SignerFile>& signers,
                       const crypto::VerifyKey& log_key) {
    if (signers.size() < 2 || signers.size() > 5) {
        throw std::runtime_error("the first publication needs two to five signers");
    }
    crypto::SignersNote note{
        .number = 0, .org = org, .signers = {}, .threshold = 2, .log_key = log_key};
    for (const auto& signer : signers) {
        note.signers.push_back({.name = signer.name,
                                .office = signer.office,
                                .key = crypto::verify_key(signer.seed),
                                .is_administrator = signer.is_administrator});
    }
    return crypto::sign_signers_note(note, named_seeds(signers));
}

crypto::DirectoryMember listed(const storage::Member& member,
                               const std::optional<crypto::Directory>& before, storage::Day today) {
    crypto::DirectoryMember out{.member = member.member_id,
                                .person = member.person_id,
                                .name = member.name,
                                .office = member.office,
                                .since_day = static_cast<std::uint64_t>(today),
                                .is_default = member.is_default};
    const auto role = crypto::role_from_text(member.role);
    if (!role || member.recipient.size() != out.recipient.size() ||
        member.verify_key.size() != out.verify_key.size()) {
        throw std::runtime_error("the keys or role of " + member.login + " are broken");
    }
    out.role = *role;
    std::copy(member.recipient.begin(), member.recipient.end(), out.recipient.begin());
    std::copy(member.verify_key.begin(), member.verify_key.end(), out.verify_key.begin());
    if (before) {
        for (const auto& known : before->members) {
            if (known.member == out.member) out.since_day = known.since_day;
        }
    }
    return out;
}

bool stands_in_directory(const storage::Member& member) {
    return member.status == storage::MemberStatus::enrolled ||
           member.status == storage::MemberStatus::active;
}

}  // namespace

SignerFile create_signer(const std::filesystem::path& file, const std::string& name,
                         const std::string& office, bool is_administrator) {
    SignerFile signer{.name = name,
                      .office = office,
                      .is_administrator = is_administrator,
                      .seed = crypto::SigningSeed::random()};
    const nlohmann::json json = {{"t", "signer"},
                                 {"name", name},
                                 {"office", office},
                                 {"administrator", is_administrator},
                                 {"seed", crypto::to_base64url(signer.seed.expose())}};
    write_private_file(file, json.dump() + "\n");
    return signer;
}

SignerFile load_signer(const std::filesystem::path& file) {
    struct stat info {};
    if (::stat(file.c_str(), &info) != 0) throw std::runtime_error("cannot read " + file.string());
    if ((info.st_mode & 077) != 0) {
        throw std::runtime_error(file.string() + " can be read by others: chmod 600 it");
    }
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto json = crypto::parse_strict_json(crypto::view(text));
    if (!json) throw std::runtime_error(file.string() + " is no signer file");
    crypto::FieldReader fields(*json);
    SignerFile signer;
    const bool is_signer = fields.text("t", 10) == "signer";
    signer.name = fields.text("name", 200);
    signer.office = fields.text("office", 200);
    signer.is_administrator = fields.boolean("administrator");
    const auto seed = fields.array<32>("seed");
    if (!fields.done() || !is_signer)
        throw std::runtime_error(file.string() + " is no signer file");
    signer.seed = crypto::SigningSeed::copy_of(seed);
    return signer;
}

std::uint64_t publish_directory(storage::Store& store, const std::vector<SignerFile>& signers,
                                const crypto::VerifyKey& log_key, const app::Clock& clock,
                                int days) {
    const auto today = clock.today();
    return store.write([&](storage::Database& db) {
        storage::Directories directories(db);
        storage::Members members(db);
        const auto org = storage::Organisations(db).get().org_id;
        auto notes = directories.signers_notes();
        if (notes.empty()) {
            notes.push_back(first_note(org, signers, log_key));
            directories.put_signers_note(0, notes.front());
            app::record(
                db, clock,
                {.kind = app::kSignersPublished, .object = crypto::note_hash(notes.front())});
        }
        const auto note = verify_chain(notes);
        const auto before_text = directories.newest_directory();
        std::optional<crypto::Directory> before;
        if (before_text) {
            auto read = crypto::verify_directory(*before_text, note, /*today=*/0);
            if (read) before = std::move(*read);
        }
        crypto::Directory directory{
            .org = org,
            .version = before ? before->version + 1 : 1,
            .day = static_cast<std::uint64_t>(today),
            .expires_day = static_cast<std::uint64_t>(today) + static_cast<std::uint64_t>(days),
            .previous = before_text ? crypto::note_hash(*before_text) : crypto::Hash{},
            .members = {}};
        for (const auto& member : members.all()) {
            if (!stands_in_directory(member)) continue;
            directory.members.push_back(listed(member, before, today));
            members.set_status(member.member_id, storage::MemberStatus::active);
        }
        const auto text = crypto::sign_directory(directory, named_seeds(signers));
        if (!crypto::verify_directory(text, note, static_cast<std::uint64_t>(today))) {
            throw std::runtime_error(
                "these signers do not suffice: " + std::to_string(note.threshold) +
                " of the signers named in the signers note are needed");
        }
        directories.put_directory(directory.version, text);
        app::record(db, clock,
                    {.kind = app::kDirectoryPublished, .object = crypto::note_hash(text)});
        return directory.version;
    });
}

}  // namespace tillit::cli

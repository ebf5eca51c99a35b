#include "server/cli/seal_inputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <limits>
#include <stdexcept>

#include "crypto/strict_json.h"
#include "crypto/submission_file.h"
#include "server/cli/seal_output.h"

namespace tillit::cli {

namespace {

constexpr std::size_t kMaxDirectoryFile = 4 * crypto::kMaxNoteBytes;
constexpr std::size_t kMaxTextBytes = 200'000;
constexpr std::size_t kMaxNameBytes = 500;

using Member = crypto::DirectoryMember;

/// All of it, in memory that is wiped; "-" is standard input.
crypto::SecretBytes read_file(const std::string& path, std::size_t max_bytes) {
    const int file = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) throw std::runtime_error("cannot read " + path);
    crypto::SecretBytes out;
    crypto::WipedArray<4096> piece;
    ssize_t count = 0;
    while (out.size() <= max_bytes &&
           (count = ::read(file, piece.mutable_bytes().data(), piece.mutable_bytes().size())) > 0) {
        out.append(piece.expose().first(static_cast<std::size_t>(count)));
    }
    if (file != STDIN_FILENO) ::close(file);
    if (count < 0) throw std::runtime_error("cannot read " + path);
    if (out.size() > max_bytes) {
        throw std::runtime_error(path + " is longer than " + std::to_string(max_bytes) + " bytes");
    }
    return out;
}

/// As a form's text is read: LF only, no white space at the end.
crypto::SecretBytes cleaned(const crypto::SecretBytes& typed) {
    crypto::SecretBytes out;
    for (const auto byte : typed.expose()) {
        if (byte != '\r') out.push_back(byte);
    }
    std::size_t size = out.size();
    const auto is_space = [&](std::size_t i) {
        const auto byte = out.expose()[i];
        return byte == ' ' || byte == '\t' || byte == '\n';
    };
    while (size > 0 && is_space(size - 1)) --size;
    out.resize(size);
    return out;
}

[[noreturn]] void refuse(crypto::DirectoryError error) {
    if (error == crypto::DirectoryError::expired) {
        throw std::runtime_error(
            "the directory has expired: fetch a newer one, and check the clock of this machine");
    }
    throw std::runtime_error(
        "the directory file is not signed as it must be: do not use it. Nothing was sealed");
}

std::vector<std::string> texts(const nlohmann::json& object, const char* name) {
    std::vector<std::string> out;
    const auto found = object.find(name);
    if (found == object.end() || !found->is_array()) return out;
    for (const auto& item : *found) {
        if (item.is_string()) out.push_back(item.get<std::string>());
    }
    return out;
}

/// What files of one report may have together; a file that does not say leaves it to the portal.
std::uint64_t max_report_bytes(const nlohmann::json& object) {
    const auto found = object.find("max_report_bytes");
    return found != object.end() && found->is_number_unsigned()
               ? found->get<std::uint64_t>()
               : std::numeric_limits<std::uint64_t>::max();
}

/// Everything in any role of the persons so named; a name that fits nobody is a mistake to stop at.
std::vector<crypto::Id> named(const crypto::Directory& directory, const std::string& said) {
    std::vector<crypto::Id> found;
    for (const Member& member : directory.members) {
        if (member.name == said || crypto::to_base64url(member.member) == said) {
            found.push_back(member.member);
        }
    }
    if (found.empty()) {
        std::string known;
        for (const Member& member : directory.members) known += "\n  " + member.name;
        throw std::runtime_error("the directory lists nobody called " + said +
                                 "; it lists:" + known);
    }
    return found;
}

crypto::SecretBytes asked(const char* question) {
    std::cerr << question << std::flush;
    crypto::SecretBytes line;
    std::uint8_t byte = 0;
    while (line.size() <= kMaxNameBytes && ::read(STDIN_FILENO, &byte, 1) == 1 && byte != '\n') {
        line.push_back(byte);
    }
    return cleaned(line);
}

}  // namespace

VerifiedDirectory read_directory_file(const std::string& path, std::uint64_t today) {
    const auto json = crypto::parse_strict_json(read_file(path, kMaxDirectoryFile).expose());
    if (!json || !json->contains("directory") || !(*json)["directory"].is_string()) {
        throw std::runtime_error(path + " is no directory file of a portal");
    }
    const auto notes = texts(*json, "signers_notes");
    const auto note = (*json)["directory"].get<std::string>();
    const auto signers = crypto::verify_signers_chain(notes);
    if (!signers) refuse(signers.error());
    auto directory = crypto::verify_directory(note, signers->back(), today);
    if (!directory) refuse(directory.error());
    const auto closed = texts(*json, "closed");
    std::erase_if(directory->members, [&](const Member& member) {
        return std::find(closed.begin(), closed.end(), crypto::to_base64url(member.member)) !=
               closed.end();
    });
    return {.directory = std::move(*directory),
            .directory_hash = crypto::note_hash(note),
            .fingerprint = crypto::organisation_fingerprint(notes.front()),
            .max_report_bytes = max_report_bytes(*json)};
}

app::Recipients choose(const crypto::Directory& directory, const std::vector<std::string>& only,
                       const std::vector<std::string>& exclude) {
    std::vector<crypto::Id> ticked;
    std::vector<crypto::Id> excluded;
    for (const auto& name : only) {
        for (const auto& id : named(directory, name)) ticked.push_back(id);
    }
    for (const auto& name : exclude) {
        for (const auto& id : named(directory, name)) excluded.push_back(id);
    }
    for (const Member& member : directory.members) {
        if (only.empty() && member.is_default) ticked.push_back(member.member);
    }
    return app::choose_recipients(directory, ticked, excluded);
}

void check_sizes(const std::vector<std::string>& files, std::uint64_t max_bytes) {
    if (files.size() > crypto::kMaxSubmissionFiles) refuse_too_many();
    std::uint64_t total = 0;
    for (const auto& file : files) {
        std::error_code ignored;  // what cannot be read is said when it is opened
        if (!std::filesystem::is_regular_file(file, ignored)) continue;
        const auto size = std::filesystem::file_size(file, ignored);
        if (ignored) continue;
        if (size > max_bytes - total) refuse_too_large(max_bytes);
        total += size;
    }
}

crypto::SecretBytes read_text(const std::string& path) {
    if (path == "-" && ::isatty(STDIN_FILENO) == 1) {
        std::cerr << "Write what happened. End with Ctrl-D on a line of its own.\n";
    }
    return cleaned(read_file(path, kMaxTextBytes));
}

app::IdentityFields read_identity(const SealOptions& options) {
    app::IdentityFields out;
    if (!options.identity_file.empty()) {
        const auto all = cleaned(read_file(options.identity_file, 2 * kMaxNameBytes + 2));
        const auto said = all.expose_text();
        const auto end = std::min(said.find('\n'), said.size());
        out.name = cleaned(crypto::SecretBytes(said.substr(0, end)));
        if (end < said.size()) out.contact = cleaned(crypto::SecretBytes(said.substr(end + 1)));
    } else if (options.asks_name) {
        if (options.text == "-") {
            throw std::runtime_error(
                "--ask-name and --text - both read the keyboard: put the "
                "text or the name into a file");
        }
        out.name = asked("Your name, opened only by two people together: ");
        out.contact = asked("How to reach you (may be empty): ");
    }
    return out;
}

}  // namespace tillit::cli

// `tillit seal`: a whole submission as one file, on a machine that need not be connected.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "crypto/fingerprint.h"
#include "crypto/submission_file.h"
#include "server/app/clock.h"
#include "server/app/submission_sealer.h"
#include "server/cli/commands.h"
#include "server/cli/seal_inputs.h"
#include "server/cli/seal_output.h"
#include "server/cli/terminal.h"

namespace tillit::cli {

namespace {

constexpr int kNotVerified = 3;

void list(const char* what, const std::vector<std::string>& names) {
    std::cerr << what;
    for (const auto& name : names) std::cerr << "\n  " << visible(name);
    std::cerr << "\n";
}

std::string described(const crypto::DirectoryMember& member) {
    return member.office.empty() ? member.name : member.name + ", " + member.office;
}

void show_readers(const app::Recipients& chosen) {
    std::vector<std::string> names;
    for (const auto* reader : chosen.readers) names.push_back(described(*reader));
    list(chosen.falls_to_alternate ? "Nobody else is left, so this can be read by the alternate:"
                                   : "This can be read by:",
         names);
    if (chosen.custodian != nullptr) {
        std::cerr << "A name, if you give one, is opened only together with "
                  << visible(described(*chosen.custodian)) << ".\n";
    }
    names.clear();
    for (const auto& exclusion : chosen.excluded) names.push_back(exclusion.name);
    if (!names.empty()) list("Excluded, and named so in the report:", names);
}

std::string words_for(app::SubmitError error) {
    switch (error) {
        case app::SubmitError::empty:
            return "the text is empty";
        case app::SubmitError::too_long:
            return "the text or the name is too long, or is not plain UTF-8 text; attach it as a "
                   "file instead";
        case app::SubmitError::nobody_left:
            return "nobody is left who could read this: exclude fewer people";
        case app::SubmitError::no_custodian:
            return "nobody is left who could guard your name: leave it out, or exclude fewer";
        case app::SubmitError::too_many_excluded:
            return "at most twelve people can be excluded";
        case app::SubmitError::not_receiving:
        case app::SubmitError::storage_full:
            break;
    }
    return "it could not be sealed";
}

/// False, and said why, unless the poster's words are this organisation's.
bool is_the_organisation(const SealOptions& options, const crypto::Hash& fingerprint) {
    if (options.is_unchecked) {
        std::cerr << "The organisation's fingerprint is NOT COMPARED with a poster. It is:\n  "
                  << crypto::fingerprint_words(fingerprint)
                  << "\nIf somebody changed the directory file, somebody else reads your report.\n";
        return true;
    }
    if (crypto::says_fingerprint(options.fingerprint, fingerprint)) return true;
    std::cerr << "The directory file is of another organisation than the eight words say. Nothing "
                 "was sealed.\nIf you typed them as they stand on the poster: do not use this "
                 "file, take another way.\n";
    return false;
}

}  // namespace

int run_seal(const SealOptions& options) {
    const auto today = app::Clock::system().today();
    const auto about = read_directory_file(options.directory, static_cast<std::uint64_t>(today));
    if (!is_the_organisation(options, about.fingerprint)) return kNotVerified;
    const auto chosen = choose(about.directory, options.only, options.exclude);
    show_readers(chosen);
    check_sizes(options.attach, about.max_report_bytes);

    KeyDisplay display(options.key_to_stdout);  // before all work: else the key is lost
    (void)::signal(SIGPIPE, SIG_IGN);           // a closed pipe is trouble to be told, too
    const auto text = read_text(options.text);
    const auto identity = read_identity(options);
    const auto key = crypto::CaseKey::random();
    const auto recipient =
        crypto::hybrid_recipient(crypto::case_identity(key, about.directory.org));
    SubmissionWriter writer(options.out, recipient, about.max_report_bytes);
    for (const auto& file : options.attach) writer.attach(file);

    const auto sealed = app::seal_submission({.org = about.directory.org,
                                              .directory = about.directory,
                                              .directory_hash = about.directory_hash,
                                              .key = key,
                                              .sealed_by = crypto::SealedBy::cli},
                                             chosen, text, identity, writer.files());
    if (!sealed) throw std::runtime_error(words_for(sealed.error()));
    writer.write(*sealed, about.directory.org);
    try {
        display.show(key);
    } catch (...) {
        // Handed in, it would be a report to which nobody has the way back.
        std::filesystem::remove(options.out);
        throw;
    }
    std::cerr << "Sealed: " << options.out
              << ". Hand it in with the form of the portal under /hand-in, from any machine.\n"
                 "Text and files on this machine are as they were; remove what must not stay.\n";
    return 0;
}

}  // namespace tillit::cli

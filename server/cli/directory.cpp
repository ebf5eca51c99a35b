// Proposals out of the database and, signed, into it again. They travel as files, on a stick.
#include <iostream>
#include <stdexcept>

#include "crypto/case_key.h"
#include "server/app/clock.h"
#include "server/app/day_closer.h"
#include "server/cli/commands.h"
#include "server/cli/data_dir.h"
#include "server/cli/log_key.h"
#include "server/cli/publication.h"
#include "server/cli/review.h"
#include "server/cli/signer_file.h"

namespace tillit::cli {

namespace {

crypto::Proposal read_proposal(const std::string& file, std::string_view type) {
    auto proposal = crypto::parse_proposal(read_file(file, crypto::kMaxProposalBytes));
    if (!proposal || crypto::type_of(*proposal) != type) {
        throw std::runtime_error(file + " is no proposal of a " +
                                 (type == "signers" ? "signers note" : "directory"));
    }
    return std::move(*proposal);
}

void write_proposal(const std::string& file, const crypto::Proposal& proposal) {
    const auto reviewed = review(proposal);  // what nobody would sign is not worth the way
    write_private_file(file, crypto::encode_proposal(proposal));
    for (const auto& line : reviewed.lines) std::cout << "  " << visible(line) << "\n";
    std::cout << "Proposed in " << file
              << ". Take it to the signers; each runs `tillit signer sign " << file
              << " --key …`\non a machine of his own.\n";
}

crypto::Signer read_card(const std::string& file) {
    auto card = crypto::parse_signer_card(read_file(file, crypto::kMaxSignerKeyBytes));
    if (!card) throw std::runtime_error(file + " is no signer's card (`tillit signer create`)");
    return std::move(*card);
}

}  // namespace

int run_directory_propose(const ProposeOptions& options) {
    if (options.days < 1 || options.days > static_cast<int>(crypto::kMaxDirectoryDays)) {
        throw std::runtime_error("a directory is good for 1 to 400 days");
    }
    const DataDir data(options.data);
    const auto store = data.open(data.choose(options.slug));
    std::optional<std::string> signers;
    if (!options.signers_file.empty()) {
        signers = read_proposal(options.signers_file, "signers").note;
    }
    write_proposal(options.out,
                   propose_directory(*store, app::Clock::system().today(), options.days, signers));
    return 0;
}

int run_directory_publish(const PublishOptions& options) {
    const DataDir data(options.data);
    const auto store = data.open(data.choose(options.slug));
    const auto proposal = read_proposal(options.proposal, "directory");
    const auto version = publish_directory(*store, proposal, app::Clock::system());
    std::cout << "Published version " << version << " of the directory.\n";
    return 0;
}

int run_signers_propose(const SignersOptions& options) {
    const DataDir data(options.data);
    const auto slug = data.choose(options.slug);
    const auto store = data.open(slug);
    SignersChange change{.add = {},
                         .remove = options.remove,
                         .threshold = std::nullopt,
                         .log_key = crypto::verify_key(open_log_key(data, slug))};
    for (const auto& file : options.add) change.add.push_back(read_card(file));
    if (options.threshold > 0) change.threshold = static_cast<std::uint64_t>(options.threshold);
    write_proposal(options.out, propose_signers(*store, change));
    return 0;
}

int run_signers_publish(const PublishOptions& options) {
    const DataDir data(options.data);
    const auto slug = data.choose(options.slug);
    const auto store = data.open(slug);
    const auto proposal = read_proposal(options.proposal, "signers");
    std::optional<crypto::Proposal> directory;
    if (!options.directory_file.empty()) {
        directory = read_proposal(options.directory_file, "directory");
    }
    const auto number =
        publish_signers(*store, proposal, directory ? &*directory : nullptr, app::Clock::system());
    // The first note begins the log: its first checkpoint need not wait for the service.
    (void)app::close_finished_days(*store, app::Clock::system(), open_log_key(data, slug));
    std::cout << "Published signers note " << number << ".\n";
    if (number == 0) {
        std::cout << "The organisation's words, for posters and to compare with:\n\n  "
                  << crypto::fingerprint_words(crypto::organisation_fingerprint(proposal.note))
                  << "\n";
    }
    return 0;
}

}  // namespace tillit::cli

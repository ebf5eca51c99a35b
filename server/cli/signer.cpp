// What a signer does on a machine of her own: make a key, show it, read what is proposed, sign it.
#include <iostream>
#include <stdexcept>

#include "crypto/case_key.h"
#include "server/cli/commands.h"
#include "server/cli/review.h"
#include "server/cli/signer_file.h"
#include "server/cli/site_list.h"

namespace tillit::cli {

namespace {

crypto::Proposal read_proposal(const std::string& file) {
    auto proposal = crypto::parse_proposal(read_file(file, crypto::kMaxProposalBytes));
    if (!proposal) throw std::runtime_error(file + " is no proposal of `tillit … propose`");
    return std::move(*proposal);
}

void print(const Review& reviewed) {
    if (reviewed.organisation_words.empty()) {
        std::cout << "The first signers note: it makes the organisation.\n";
    } else {
        std::cout << "Organisation: " << reviewed.organisation_words
                  << "\n(compare with the words on your poster)\n";
    }
    for (const auto& line : reviewed.lines) std::cout << "  " << visible(line) << "\n";
    std::cout << std::flush;
}

/// The point of having signers: each new key is one that its owner read out, not one that a server
/// says she has. Throws at the first that does not match.
void ask_for_words(const Review& reviewed, const std::vector<crypto::SignerKey>& mine,
                   const Ask& ask) {
    for (const auto& person : reviewed.new_keys) {
        const bool is_mine = std::any_of(mine.begin(), mine.end(), [&](const auto& key) {
            return person.words == crypto::fingerprint_words(
                                       crypto::signer_fingerprint(crypto::verify_key(key.seed)));
        });
        if (is_mine) continue;
        const auto typed =
            ask("The eight words that " + visible(person.name) + " reads out to you: ");
        if (!typed) throw std::runtime_error("nobody typed the words of " + person.name);
        if (typed_words(*typed) != person.words) {
            throw std::runtime_error("those are not the words of the keys proposed for " +
                                     person.name +
                                     ": nothing is signed. Ask her again in person; if she reads "
                                     "the same, somebody else's keys stand here");
        }
    }
}

}  // namespace

int run_signer_create(const SignerOptions& options) {
    const auto made =
        create_signer(options.out, options.name, options.office, options.is_administrator);
    std::cout
        << "Made the signer's key " << options.out << ". Its passphrase, shown this once:\n\n"
        << "  " << made.passphrase.expose_text() << "\n\n"
        << "Who holds file and passphrase, and one more signer's, decides to whom reports are "
           "sealed:\nkeep them apart from each other and off the server. "
        << options.out << ".card is public:\nhand it to whoever runs `tillit signers "
        << "propose`, and read out these words to the other signers:\n\n  "
        << crypto::fingerprint_words(crypto::signer_fingerprint(crypto::verify_key(made.key.seed)))
        << "\n";
    return 0;
}

int run_signer_show(const SignerShowOptions& options) {
    Passphrases passphrases(options.passphrase_file);
    const auto key = load_signer(options.file, passphrases);
    const auto signer = public_part(key);
    std::cout << visible(verifier_key(signer.name, signer.key)) << "\n"
              << visible(signer.name) << ", " << visible(signer.office)
              << (signer.is_administrator ? ", administers the service" : "") << "\n"
              << crypto::fingerprint_words(crypto::signer_fingerprint(signer.key)) << "\n";
    return 0;
}

int run_signer_sign(const SignOptions& options) {
    auto proposal = read_proposal(options.proposal);
    const auto reviewed = review(proposal);
    print(reviewed);
    Passphrases passphrases(options.passphrase_file);
    std::vector<crypto::SignerKey> keys;
    for (const auto& file : options.key_files) keys.push_back(load_signer(file, passphrases));
    const auto ask = asking(options.words_file);
    ask_for_words(reviewed, keys, ask);
    if (!options.is_yes) {
        const auto answer = ask("Sign this? Type yes: ");
        if (!answer || typed_words(*answer) != "yes") {
            std::cerr << "tillit: nothing is signed\n";
            return 1;
        }
    }
    for (const auto& key : keys) {
        proposal = sign_proposal(proposal, reviewed, key);
        std::cout << "Signed by " << visible(key.name) << "\n";
    }
    replace_file(options.proposal, crypto::encode_proposal(proposal));
    return 0;
}

}  // namespace tillit::cli

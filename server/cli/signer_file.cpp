#include "server/cli/signer_file.h"

#include <filesystem>
#include <stdexcept>

#include "crypto/case_key.h"
#include "server/cli/data_dir.h"

namespace tillit::cli {

crypto::Signer public_part(const crypto::SignerKey& key) {
    return {.name = key.name,
            .office = key.office,
            .key = crypto::verify_key(key.seed),
            .is_administrator = key.is_administrator};
}

NewSigner create_signer(const std::string& file, const std::string& name, const std::string& office,
                        bool is_administrator) {
    NewSigner made{.key = {.name = name,
                           .office = office,
                           .is_administrator = is_administrator,
                           .seed = crypto::SigningSeed::random()},
                   .passphrase = crypto::generate_passphrase()};
    const auto card = crypto::encode_signer_card(public_part(made.key));
    if (!crypto::parse_signer_card(card)) {
        throw std::runtime_error("name and office are 1 to 96 bytes without control characters");
    }
    const auto sealed = crypto::seal_signer_key(made.key, made.passphrase);
    if (std::filesystem::exists(file + ".card")) {
        throw std::runtime_error(file + ".card is there already");
    }
    write_private_file(file, std::string(sealed.begin(), sealed.end()));
    write_private_file(file + ".card", card);
    return made;
}

crypto::SignerKey load_signer(const std::string& file, Passphrases& passphrases) {
    const auto bytes = read_file(file, crypto::kMaxSignerKeyBytes);
    const auto passphrase = passphrases.next("Passphrase of " + file);
    auto key = crypto::open_signer_key(crypto::view(bytes), passphrase);
    if (key) return std::move(*key);
    throw std::runtime_error(key.error() == crypto::SignerKeyError::wrong_passphrase
                                 ? "that is not the passphrase of " + file
                                 : file + " is no signer's key file (`tillit signer create`)");
}

}  // namespace tillit::cli

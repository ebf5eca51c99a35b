// Who vouches for a build signs the list of what it serves; anybody can then ask a running site
// whether it serves just that.
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

#include "server/cli/commands.h"
#include "server/cli/signer_file.h"
#include "server/cli/site_list.h"
#include "server/cli/site_look.h"
#include "server/connect/rules.h"
#include "server/http/client.h"

namespace tillit::cli {

namespace {

constexpr int kDiffers = 3;
constexpr int kNotSigned = 4;

std::string read(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in || text.empty()) throw std::runtime_error("cannot read " + file);
    return text;
}

SiteList read_list(const std::string& file) {
    auto list = parse_site_list(read(file));
    if (!list) throw std::runtime_error(file + " is no list of a site's files");
    return std::move(*list);
}

/// False: not signed by every key that was named.
bool check_signatures(const SiteList& list, const std::vector<std::string>& texts) {
    if (texts.empty()) {
        std::cerr << "tillit: no --key was given: nobody's signature was looked at\n";
        return true;
    }
    std::vector<crypto::NoteKey> keys;
    for (const auto& text : texts) {
        const auto key = parse_verifier_key(text);
        if (!key) throw std::runtime_error("--key takes NAME+HASH+KEY as `site sign` prints it");
        keys.push_back(*key);
    }
    return is_signed_by(list, keys);
}

const char* word_for(Finding::Kind kind) {
    switch (kind) {
        case Finding::Kind::differs:
            return "differs     ";
        case Finding::Kind::missing:
            return "missing     ";
        case Finding::Kind::additional:
            return "additional  ";
        case Finding::Kind::policy:
            return "policy      ";
        case Finding::Kind::unreachable:
            return "no answer   ";
    }
    return "";
}

}  // namespace

int run_site_sign(const SiteSignOptions& options) {
    auto text = read(options.hashes);
    (void)read_list(options.hashes);
    Passphrases passphrases(options.passphrase_file);
    for (const auto& file : options.signer_files) {
        const auto signer = load_signer(file, passphrases);
        text = sign_site_list(text, signer.name, signer.seed);
        std::cout << verifier_key(signer.name, crypto::verify_key(signer.seed)) << "\n";
    }
    std::ofstream out(options.out, std::ios::binary);
    out << text << std::flush;
    if (!out) throw std::runtime_error("cannot write " + options.out);
    std::cerr << "Signed. The line above goes to those who verify, by a way they trust: it is "
                 "their --key.\n";
    return 0;
}

int run_site_verify(const SiteVerifyOptions& options) {
    const auto list = read_list(options.hashes);
    if (!check_signatures(list, options.keys)) {
        std::cout << "NOT SIGNED by every key given: " << options.hashes << "\n";
        return kNotSigned;
    }
    const auto origin = connect::parse_origin(options.url);
    if (!origin) throw std::runtime_error("the address must be https://HOST[:PORT]");
    if (origin->starts_with("https://") && !http::Client::has_tls()) {
        throw std::runtime_error("this build speaks no TLS (OpenSSL was missing)");
    }
    const auto door = options.door.empty() ? door_of(*origin) : options.door;
    const auto findings = look_at(*origin, door, list);
    std::size_t listed = 0;
    for (const auto& file : list.files) listed += file.door == door ? 1 : 0;
    int code = 0;
    for (const auto& finding : findings) {
        std::cout << "  " << word_for(finding.kind) << finding.path << "  (" << finding.detail
                  << ")\n";
        const bool is_trouble = finding.kind == Finding::Kind::unreachable;
        if (code != kDiffers) code = is_trouble ? 1 : kDiffers;
    }
    std::cout << *origin << ", looked at as the " << door << ": "
              << (code == 0          ? "as listed, "
                  : code == kDiffers ? "NOT AS LISTED, "
                                     : "could not be looked at whole, ")
              << listed << " files\n";
    return code;
}

}  // namespace tillit::cli

#include "tests/support/fixed_world.h"

#include <algorithm>

namespace tillit::test {

using namespace crypto;

namespace {

void fix(age::detail::SealRandomness& randomness, std::string_view name) {
    const std::string base(name);
    const Hash file_key = fixed_bytes(base + " file key");
    const Hash seed[] = {fixed_bytes(base + " kem 1"), fixed_bytes(base + " kem 2")};
    const Hash nonce = fixed_bytes(base + " nonce");
    std::copy_n(file_key.begin(), 16, randomness.file_key.mutable_bytes().begin());
    std::ranges::copy(seed[0], randomness.encapsulation.mutable_bytes().begin());
    std::ranges::copy(seed[1], randomness.encapsulation.mutable_bytes().begin() + 32);
    std::copy_n(nonce.begin(), 16, randomness.nonce.begin());
}

std::string to_plain_base64(ByteView bytes) {  // standard alphabet, no padding, as age has it
    std::string text = to_base64url(bytes);
    std::ranges::replace(text, '-', '+');
    std::ranges::replace(text, '_', '/');
    return text;
}

}  // namespace

Id fixed_id(std::string_view name) {
    Id id{};
    std::copy_n(fixed_bytes(name).begin(), id.size(), id.begin());
    return id;
}

FixedMember::FixedMember(const std::string& name)
    : member(fixed_id(name + " member")),
      person(fixed_id(name + " person")),
      identity(fixed_secret<AgeSeed>(name + " identity")),
      signing(fixed_secret<SigningSeed>(name + " signing")),
      recipient(hybrid_recipient(identity)) {}

FixedWorld::FixedWorld(const std::string& name)
    : org(fixed_id(name + " org")),
      key(fixed_secret<CaseKey>(name + " case key")),
      case_identity(crypto::case_identity(key, org)),
      reporter_identity(crypto::reporter_identity(key, org)),
      share_a(identity_share_a(key, org)),
      share_b(identity_share_b(key, org)),
      reporter(reporter_signing_seed(key, org)),
      case_recipient(hybrid_recipient(case_identity)),
      reporter_recipient(hybrid_recipient(reporter_identity)),
      reporter_key(verify_key(reporter)),
      case_id(crypto::case_id(org, case_recipient, reporter_recipient, reporter_key)),
      ingrid(name + " ingrid"),
      kari(name + " kari") {}

Statement FixedWorld::report(std::string body) const {
    Statement s;
    s.org = org;
    s.case_id = case_id;
    s.kind = Kind::report;
    s.body = std::move(body);
    s.sealed_by = SealedBy::browser;
    s.attachments = {{.id = fixed_id("file"),
                      .name = "bilde \"1\" – صورة.jpg",
                      .type = "image/jpeg",
                      .size = 123456,
                      .stored_hash = fixed_bytes("stored")}};
    Manifest manifest;
    manifest.grants = {{ingrid.member, recipient_hash(ingrid.recipient), fixed_bytes("grant i")},
                       {kari.member, recipient_hash(kari.recipient), fixed_bytes("grant k")}};
    manifest.identity_hash = fixed_bytes("identity");
    manifest.dir_version = 3;
    manifest.dir_hash = fixed_bytes("directory");
    manifest.excluded = {{fixed_id("odd person"), "Odd Hansen"}};
    s.manifest = manifest;
    return s;
}

Statement FixedWorld::message(std::string body) const {
    Statement s;
    s.org = org;
    s.case_id = case_id;
    s.from = ingrid.member;
    s.body = std::move(body);
    s.heads = {{.author = kReporter, .seq = 1, .hash = fixed_bytes("the report")}};
    return s;
}

Grant FixedWorld::grant_for_investigator() const {
    Grant grant = grant_for_custodian();
    grant.to = ingrid.member;
    grant.to_recipient_hash = recipient_hash(ingrid.recipient);
    grant.role = Role::investigator;
    grant.secret = case_identity.clone();
    grant.share = share_b.clone();
    return grant;
}

Grant FixedWorld::grant_for_custodian() const {
    Grant grant;
    grant.org = org;
    grant.case_id = case_id;
    grant.to = kari.member;
    grant.to_recipient_hash = recipient_hash(kari.recipient);
    grant.dir_version = 3;
    grant.dir_hash = fixed_bytes("directory");
    grant.role = Role::custodian;
    grant.share = share_a.clone();
    grant.verify_key = reporter_key;
    grant.reporter_recipient_hash = recipient_hash(reporter_recipient);
    grant.excluded = {{fixed_id("odd person"), "Odd Hansen"}};
    return grant;
}

Bytes fixed_seal(std::string_view name, ByteView plain, const HybridRecipient& to) {
    age::detail::SealRandomness randomness;
    fix(randomness, name);
    auto sealed = age::detail::seal_with(randomness, plain, to);
    ensure(sealed.has_value());
    return std::move(*sealed);
}

Bytes with_two_stanzas(std::string_view name, const Bytes& sealed) {
    const std::string text(sealed.begin(), sealed.end());
    const std::size_t stanza = text.find("-> ");
    const std::size_t end = text.find("\n--- ") + 1;
    const std::size_t payload = text.find('\n', end) + 1;
    const std::string one = text.substr(stanza, end - stanza);
    const std::string header = text.substr(0, stanza) + one + one + "---";
    Hash mac_key{};
    age::detail::SealRandomness randomness;
    fix(randomness, name);
    hkdf_sha256(randomness.file_key.expose(), {}, view("header"), mac_key);
    const std::string mac = to_plain_base64(hmac_sha256(mac_key, view(header)));
    const std::string whole = header + " " + mac + "\n" + text.substr(payload);
    return {whole.begin(), whole.end()};
}

}  // namespace tillit::test

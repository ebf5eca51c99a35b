// Seals and opens age files from standard input to standard output, as a stream: the C++ side of
// tests/interop/age.test.mjs.
//
//   age_tool seal RECIPIENT        age1pq1… (the product's Sealer) or age1… (X25519)
//   age_tool seal-passphrase TEXT
//   age_tool open IDENTITY         AGE-SECRET-KEY-…, any header
//   age_tool open-strict IDENTITY  the product's Opener
//   age_tool open-passphrase TEXT
//   age_tool armor | dearmor
//   age_tool decapsulate SEED_HEX  1,120 bytes in, hex of the shared secret out
//   age_tool hybrid lines          one question a line in, one answer a line out, all in hex:
//                                  recipient SEED | encapsulate RECIPIENT SEED | decapsulate SEED
//                                  CT
#include <array>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "crypto/age/armor.h"
#include "crypto/age/reader.h"
#include "crypto/age/text_keys.h"

using namespace tillit::crypto;

namespace {

void put(ByteView bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size()) {
        throw std::runtime_error("write");
    }
}

template <class Take>
void for_each_piece(Take take) {
    std::array<std::uint8_t, 50'000> buffer{};
    for (;;) {
        const std::size_t size = std::fread(buffer.data(), 1, buffer.size(), stdin);
        if (size == 0) return;
        take(ByteView(buffer).first(size));
    }
}

Bytes all_input() {
    Bytes out;
    for_each_piece([&](ByteView part) { out.insert(out.end(), part.begin(), part.end()); });
    return out;
}

template <class T>
void expect(const Result<T, age::Error>& result) {
    if (!result) {
        throw std::runtime_error("age error " + std::to_string(static_cast<int>(result.error())));
    }
}

void seal_with_stanza(const age::FileKey& key, age::Stanza stanza) {
    std::vector<age::Stanza> stanzas;
    stanzas.push_back(std::move(stanza));
    put(view(age::encode_header(stanzas, key)));
    const auto nonce = random_array<age::kNonceBytes>();
    put(nonce);
    age::ChunkSealer chunks(key, nonce, put);
    for_each_piece([&](ByteView part) { chunks.write(part); });
    chunks.finish();
}

void seal(std::string_view recipient) {
    if (const auto hybrid = age::hybrid_recipient_from_text(recipient)) {
        age::Sealer sealer(*hybrid, put);
        for_each_piece([&](ByteView part) { sealer.write(part); });
        sealer.finish();
        return;
    }
    age::FileKey key;
    fill_random(key.mutable_bytes());
    seal_with_stanza(
        key, age::wrap_x25519(key, age::x25519_recipient_from_text(recipient).value()).value());
}

void seal_passphrase(std::string_view text) {
    age::FileKey key;
    fill_random(key.mutable_bytes());
    seal_with_stanza(key, age::wrap_scrypt(key, SecretBytes(text), 10));
}

void open(age::Identity identity) {
    std::vector<age::Identity> identities;
    identities.push_back(std::move(identity));
    age::Reader reader(std::move(identities), put);
    for_each_piece([&](ByteView part) { expect(reader.write(part)); });
    expect(reader.finish());
}

void open_strict(age::Identity identity) {
    age::Opener opener(std::move(std::get<AgeSeed>(identity)), put);
    for_each_piece([&](ByteView part) { expect(opener.write(part)); });
    expect(opener.finish());
}

void print_decapsulated(std::string_view seed_hex) {
    const auto seed_bytes = from_hex(seed_hex).value();
    const auto seed = AgeSeed::copy_of(ByteView(seed_bytes).first<AgeSeed::kSize>());
    const Bytes in = all_input();
    const auto shared = decapsulate(ByteView(in).first<kHybridEncapsulationBytes>(), seed);
    put(view(shared ? to_hex(shared->expose()) : "none"));
}

template <std::size_t N>
ByteArray<N> array_from(const std::string& hex) {
    const auto bytes = from_hex(hex).value();
    ByteArray<N> out{};
    if (bytes.size() != N) throw std::runtime_error("length");
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

std::string answer_hybrid(const std::string& act, const std::string& a, const std::string& b) {
    if (act == "recipient") {
        return to_hex(hybrid_recipient(AgeSeed::copy_of(array_from<AgeSeed::kSize>(a))));
    }
    if (act == "encapsulate") {
        EncapsulationSeed seed;
        const auto entropy = array_from<64>(b);
        std::copy(entropy.begin(), entropy.end(), seed.mutable_bytes().begin());
        const auto made = encapsulate_with(seed, array_from<kHybridRecipientBytes>(a));
        return made ? to_hex(made->encapsulation) + " " + to_hex(made->shared.expose()) : "none";
    }
    if (act == "decapsulate") {
        const auto shared = decapsulate(array_from<kHybridEncapsulationBytes>(b),
                                        AgeSeed::copy_of(array_from<AgeSeed::kSize>(a)));
        return shared ? to_hex(shared->expose()) : "none";
    }
    throw std::runtime_error("unknown question " + act);
}

void answer_hybrid_lines() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string act;
        std::string a;
        std::string b;
        words >> act >> a >> b;
        put(view(answer_hybrid(act, a, b) + "\n"));
    }
}

void run(const std::string& act, std::string_view argument) {
    if (act == "seal") return seal(argument);
    if (act == "seal-passphrase") return seal_passphrase(argument);
    if (act == "open") return open(age::identity_from_text(argument).value());
    if (act == "open-strict") return open_strict(age::identity_from_text(argument).value());
    if (act == "open-passphrase") return open(age::Passphrase{SecretBytes(argument)});
    if (act == "armor") return put(view(age::encode_armor(all_input())));
    if (act == "dearmor") {
        const auto bytes = age::decode_armor(all_input());
        expect(bytes);
        return put(*bytes);
    }
    if (act == "decapsulate") return print_decapsulated(argument);
    if (act == "hybrid") return answer_hybrid_lines();
    throw std::runtime_error("unknown act " + act);
}

}  // namespace

int main(int argc, char** argv) {
    init();
    try {
        run(argc > 1 ? argv[1] : "", argc > 2 ? argv[2] : "");
        return std::fflush(stdout) == 0 ? 0 : 1;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "age_tool: %s\n", e.what());
        return 1;
    }
}

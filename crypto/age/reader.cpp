#include "crypto/age/reader.h"

#include <algorithm>

namespace tillit::crypto::age {

bool is_strict_hybrid(const Header& header) {
    if (header.stanzas.size() != 1) return false;
    const Stanza& stanza = header.stanzas.front();
    if (stanza.args.size() != 2 || stanza.args[0] != kHybridStanza) return false;
    if (stanza.body.size() != kWrappedKeyBytes) return false;
    const auto encapsulation = from_base64(stanza.args[1]);
    return encapsulation && encapsulation->size() == kHybridEncapsulationBytes;
}

Reader::Reader(std::vector<Identity> identities, Sink sink, Profile profile)
    : identities_(std::move(identities)),
      sink_(std::move(sink)),
      profile_(profile),
      header_(profile == Profile::any ? kMaxHeaderBytes : kHybridHeaderBytes) {}

Result<std::monostate, Error> Reader::write(ByteView sealed) {
    if (error_) return unexpected(*error_);
    if (!has_key_) {
        const auto taken = take_header(sealed);
        if (!taken) return fail(taken.error());
        sealed = sealed.subspan(*taken);
        if (!has_key_) return std::monostate{};
    }
    if (!chunks_) {
        const auto taken = take_nonce(sealed);
        if (!taken) return fail(taken.error());
        sealed = sealed.subspan(*taken);
    }
    if (!chunks_) return std::monostate{};
    auto written = chunks_->write(sealed, sink_);
    return written ? written : fail(written.error());
}

Result<std::monostate, Error> Reader::finish() {
    if (error_) return unexpected(*error_);
    if (!chunks_) return fail(Error::bad_header);  // the kit counts a missing nonce as header too
    auto finished = chunks_->finish(sink_);
    return finished ? finished : fail(finished.error());
}

Result<std::size_t, Error> Reader::take_header(ByteView sealed) {
    const auto taken = header_.write(sealed);
    if (!taken || !header_.is_complete()) return taken;
    const Header header = std::move(header_).take();
    if (profile_ == Profile::strict_hybrid && !is_strict_hybrid(header)) {
        return unexpected(Error::bad_header);
    }
    if (const auto r = unwrap_file_key(header); !r) return unexpected(r.error());
    if (!has_valid_mac(header, file_key_)) return unexpected(Error::bad_mac);
    has_key_ = true;
    return taken;
}

Result<std::size_t, Error> Reader::take_nonce(ByteView sealed) {
    const std::size_t part = std::min(sealed.size(), kNonceBytes - nonce_.size());
    nonce_.insert(nonce_.end(), sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(part));
    if (nonce_.size() == kNonceBytes) {
        chunks_.emplace(file_key_, std::span<const std::uint8_t, kNonceBytes>(nonce_));
    }
    return part;
}

Result<std::monostate, Error> Reader::unwrap_file_key(const Header& header) {
    for (const Identity& identity : identities_) {
        const auto unwrapped = unwrap(header.stanzas, identity, file_key_);
        if (!unwrapped) return unexpected(unwrapped.error());
        if (*unwrapped) return std::monostate{};
    }
    return unexpected(Error::no_match);
}

Result<std::monostate, Error> Reader::fail(Error error) {
    error_ = error;
    return unexpected(error);
}

}  // namespace tillit::crypto::age

/// Reads age files as a stream, for any of several identities: the reader that the test kit judges.
/// Tillit's own objects go through age::Opener, which is this one under the strict profile.
#pragma once

#include "crypto/age/stanza.h"
#include "crypto/age/stream.h"

namespace tillit::crypto::age {

enum class Profile {
    any,           // any header of the format, up to kMaxHeaderBytes
    strict_hybrid  // exactly one well-formed mlkem768x25519 stanza
};

/// Exactly one mlkem768x25519 stanza with an encapsulation and a wrapped key of the right sizes.
[[nodiscard]] bool is_strict_hybrid(const Header& header);

/// Binary files only (see armor.h). After an error every call returns that error. A damaged last
/// chunk shows at finish(), so nothing is complete before that.
class Reader {
  public:
    Reader(std::vector<Identity> identities, Sink sink, Profile profile = Profile::any);
    [[nodiscard]] Result<std::monostate, Error> write(ByteView sealed);
    [[nodiscard]] Result<std::monostate, Error> finish();

  private:
    [[nodiscard]] Result<std::size_t, Error> take_header(ByteView sealed);
    [[nodiscard]] Result<std::size_t, Error> take_nonce(ByteView sealed);
    [[nodiscard]] Result<std::monostate, Error> unwrap_file_key(const Header& header);
    [[nodiscard]] Result<std::monostate, Error> fail(Error error);

    std::vector<Identity> identities_;
    Sink sink_;
    Profile profile_;
    HeaderParser header_;
    bool has_key_ = false;
    FileKey file_key_;
    Bytes nonce_;
    std::optional<ChunkOpener> chunks_;
    std::optional<Error> error_;
};

}  // namespace tillit::crypto::age

#include "tests/support/error_names.h"

namespace tillit::test {
namespace {

template <class E, std::size_t N>
std::string pick(E error, const char* const (&names)[N]) {
    const auto index = static_cast<std::size_t>(error);
    crypto::ensure(index < N);
    return names[index];
}

}  // namespace

std::string name(crypto::CaseKeyError error) {
    return pick(error, {"not_words", "wrong_count", "wrong_checksum"});
}
std::string name(crypto::JsonError error) {
    return pick(error, {"not_utf8", "not_json", "duplicate_key", "not_an_object", "bad_number",
                        "nul", "too_deep"});
}
std::string name(crypto::EnvelopeError error) {
    return pick(error, {"too_large", "not_sealed", "malformed", "bad_signature", "wrong_case"});
}
std::string name(crypto::GrantError error) {
    return pick(error, {"not_sealed", "malformed", "unknown_author", "bad_signature", "not_for_me",
                        "wrong_case"});
}
std::string name(crypto::DirectoryError error) {
    return pick(error, {"malformed", "bad_signature", "below_threshold", "expired", "wrong_org",
                        "wrong_order"});
}
std::string name(crypto::LetterError error) {
    return pick(error, {"too_large", "not_sealed", "malformed", "unknown_author", "bad_signature",
                        "wrong_case", "wrong_role", "excluded", "same_person", "not_for_me",
                        "wrong_request"});
}
std::string name(crypto::ActError error) {
    return pick(error, {"malformed", "bad_signature", "wrong_org", "wrong_act"});
}
std::string name(crypto::CheckpointError error) {
    return pick(error, {"malformed", "wrong_log", "not_signed", "bad_signature"});
}
std::string name(crypto::SubmissionFileError error) {
    return pick(error,
                {"not_a_submission", "too_large", "damaged", "malformed", "truncated", "trailing"});
}
std::string name(crypto::age::Error error) {
    return pick(error, {"bad_header", "bad_mac", "no_match", "not_authentic", "truncated",
                        "bad_armor", "too_large"});
}
std::string name(crypto::ChainFault::What what) {
    return pick(what, {"fork", "gap", "missing_head"});
}

}  // namespace tillit::test

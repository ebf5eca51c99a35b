// However a submission file is sliced, the reader says the same; what it reads to the end is
// written again as the same bytes.
#include "crypto/submission_file.h"

#include <algorithm>

#include "tests/fuzz/fuzz.h"

using namespace tillit::crypto;

namespace {

struct Outcome {
    std::optional<SubmissionFileError> error;
    std::optional<SubmissionHead> head;
    Bytes attachments;
};

Outcome read(ByteView file, std::size_t slice) {
    Outcome out;
    SubmissionReader reader({.head = [&](const SubmissionHead& head) { out.head = head; },
                             .bytes =
                                 [&](std::size_t, ByteView sealed) {
                                     out.attachments.insert(out.attachments.end(), sealed.begin(),
                                                            sealed.end());
                                 },
                             .end = {}});
    while (!file.empty()) {
        const auto n = std::min(slice, file.size());
        if (!reader.write(file.first(n))) break;
        file = file.subspan(n);
    }
    const auto end = reader.finish();
    if (!end) out.error = end.error();
    return out;
}

}  // namespace

TILLIT_FUZZ_TARGET(submission_file) {
    const auto whole = read(data, data.size() + 1);
    const auto sliced = read(data, 511);
    ensure(whole.error == sliced.error && whole.head.has_value() == sliced.head.has_value());
    if (whole.error) return;
    // White space and the order of keys may differ, so what is compared is what is read again.
    Bytes again = submission_front(*whole.head);
    again.insert(again.end(), whole.attachments.begin(), whole.attachments.end());
    const auto second = read(again, again.size());
    ensure(!second.error && submission_front(*second.head) == submission_front(*whole.head));
    ensure(second.attachments == whole.attachments);
}

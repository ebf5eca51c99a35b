// A proof is read to the byte or not at all; looking through one never fails in another way.
#include "server/app/receipt.h"

#include "tests/fuzz/fuzz.h"

using namespace tillit;

TILLIT_FUZZ_TARGET(receipt) {
    const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
    const auto receipt = app::decode_receipt(text);
    if (!receipt) return;
    crypto::ensure(app::encode_receipt(*receipt) == text);
    const auto report = app::verify_receipt(*receipt);
    (void)app::compare_with_checkpoint(*receipt, text);
    (void)app::compare_with_checkpoint(*receipt, receipt->checkpoint);
    crypto::ensure(!report.problems.empty() || app::begins_with_its_report(*receipt));
}

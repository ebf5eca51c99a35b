// With scripts off the server compares a saved proof with the thread; it keeps nothing of the file.
#include <mutex>

#include "server/portal/case_pages.h"
#include "server/portal/compare_pages.h"
#include "server/portal/draft.h"
#include "server/portal/handlers.h"

namespace tillit::portal {

namespace {

/// The one file of the form, as far as it may be a proof; read to its end in any case, so that the
/// answer reaches the browser.
class ProofFile {
  public:
    /// `is_wanted`: asked with the fields before the file, so that a stranger's is not even kept.
    using IsWanted = std::function<bool(const http::Form& so_far)>;
    explicit ProofFile(IsWanted is_wanted) : is_wanted_(std::move(is_wanted)) {}

    [[nodiscard]] http::FileSink sink() {
        return {.begin =
                    [this](const http::Form& so_far, const http::FileHeader&) {
                        if (has_come_) return false;  // a second file
                        has_come_ = true;
                        is_kept_ = is_wanted_(so_far);
                        return true;
                    },
                .write =
                    [this](crypto::ByteView piece) {
                        if (piece.size() > app::kMaxReceiptBytes - content_.size())
                            is_kept_ = false;
                        if (is_kept_) content_.append(piece);
                        return true;
                    },
                .end = [] { return true; }};
    }
    [[nodiscard]] bool has_come() const noexcept { return has_come_; }
    [[nodiscard]] std::optional<app::Receipt> receipt() const {
        return is_kept_ ? app::decode_receipt(content_.expose_text()) : std::nullopt;
    }

  private:
    IsWanted is_wanted_;
    bool has_come_ = false;
    bool is_kept_ = false;
    crypto::SecretBytes content_;  // proves that its holder reported
};

using Compared = crypto::Result<app::MailboxComparison, app::CompareError>;

Compared compare(app::ReporterSession& session, const ProofFile& file) {
    const auto receipt = file.receipt();
    if (!receipt) return crypto::unexpected(app::CompareError::no_proof);
    return session.mailbox->compare(*receipt);
}

}  // namespace

http::Reply post_compare(const Desk& desk, http::Request& request) {
    const auto session = session_of(desk, request);
    ProofFile file([&](const http::Form& so_far) {
        return session && so_far.text("form_token") == session->form_token;
    });
    http::FormRules rules;
    rules.text_limits = {{"form_token", kMaxTokenBytes}};
    rules.file_fields = {"proof"};
    rules.max_parts = 2;
    const auto form = http::read_form(request, rules, file.sink());
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);
    if (!session) return return_page(desk.pages, desk.frame(), {.has_ended = true});
    if (form.text("form_token") != session->form_token) return desk.pages.error(400);
    if (!form.error && !file.has_come()) return no_proof_sent_page(desk.pages, desk.frame());

    const std::lock_guard lock(session->use);
    // One at a time for each organisation, as when proofs are made: reading one takes memory.
    const std::unique_lock turn(desk.site.organisation.proof_turn(), std::try_to_lock);
    if (!turn) return desk.pages.error(503);
    const auto compared = compare(*session, file);
    if (!compared && compared.error() == app::CompareError::gone) {
        return return_page(desk.pages, desk.frame(), {.has_ended = true});
    }
    return compared_page(desk.pages, desk.frame(), compared, desk.today());
}

}  // namespace tillit::portal

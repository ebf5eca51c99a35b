#include "server/portal/handlers.h"
#include "server/portal/received_files.h"
#include "server/portal/report_pages.h"

namespace tillit::portal {

namespace {

using Begin = app::SubmissionTokens::Begin;

/// Holds a submission token while its form is read; without a finish() the token is free again.
class TokenClaim {
  public:
    explicit TokenClaim(app::SubmissionTokens& tokens) : tokens_(tokens) {}
    TokenClaim(const TokenClaim&) = delete;
    TokenClaim& operator=(const TokenClaim&) = delete;
    ~TokenClaim() {
        if (result_ == Begin::fresh) tokens_.fail(token_);
    }

    /// Claims once; later calls give the first answer. A double click waits for its twin.
    Begin claim(std::string_view token) {
        constexpr int kWaitSeconds = 20;
        if (result_) return *result_;
        token_ = std::string(token);
        auto result = tokens_.begin(token_);
        if (result == Begin::in_progress) {
            tokens_.wait(token_, kWaitSeconds);
            result = tokens_.begin(token_);
        }
        result_ = result;
        return result;
    }
    void finish(app::SubmissionTokens::Done done) {
        tokens_.finish(token_, std::move(done));
        result_ = Begin::done;
    }

  private:
    app::SubmissionTokens& tokens_;
    std::string token_;
    std::optional<Begin> result_;
};

/// A report whose form was read: what is left is to check it and to store it.
class Handover {
  public:
    Handover(const Desk& desk, Draft draft, std::shared_ptr<const app::Readers> readers)
        : desk_(desk), draft_(std::move(draft)), readers_(std::move(readers)) {}

    [[nodiscard]] http::Reply form_again(const std::vector<Problem>& problems) const {
        return report_page(desk_.pages, desk_.frame(), draft_, *readers_, problems);
    }
    [[nodiscard]] http::Reply check_again(std::string_view problem) const {
        return check_page(desk_.pages, desk_.site.organisation.settings(), draft_, *readers_,
                          {{"send", desk_.pages.texts().text(problem)}});
    }
    [[nodiscard]] http::Reply with_new_token() {
        draft_.token = app::SubmissionTokens::make();
        return check_again("problem.token");
    }

    /// Commits, and shows the key only after that.
    [[nodiscard]] http::Reply commit(app::Submission& submission, TokenClaim& claim,
                                     const std::vector<std::string>& missing) const {
        const auto stored =
            submission.commit(draft_.text, draft_.identity(), draft_.to, draft_.not_to);
        if (!stored) return refused(stored.error());
        const auto chosen = app::choose_recipients(*readers_, draft_.to, draft_.not_to);
        std::vector<std::string> names;
        for (const auto* reader : chosen.readers) {
            names.push_back(desk_.pages.person(reader->name, reader->office));
        }
        const auto done = [&] {
            return app::SubmissionTokens::Done{.key = submission.key().clone(),
                                               .missing_files = missing,
                                               .reader_names = names,
                                               .fell_to_alternate = chosen.falls_to_alternate};
        };
        claim.finish(done());
        return key_page(desk_.pages, desk_.frame(), done(), {draft_.token, false, desk_.today()});
    }

  private:
    [[nodiscard]] http::Reply refused(app::SubmitError error) const {
        const auto& texts = desk_.pages.texts();
        switch (error) {
            case app::SubmitError::empty:
                return form_again({{"text", texts.text("problem.text.empty")}});
            case app::SubmitError::too_long:
                return form_again({{"text", texts.text("problem.text.too_long")}});
            case app::SubmitError::nobody_left:
                return form_again({{"to", texts.text("problem.to.nobody")}});
            case app::SubmitError::too_many_excluded:
                return form_again({{"to", texts.text("problem.to.too_many")}});
            case app::SubmitError::no_custodian:
                return form_again({{"name", texts.text("problem.name.no_custodian")}});
            case app::SubmitError::not_receiving:
                return check_again("problem.not_receiving");
            case app::SubmitError::storage_full:
                return check_again("problem.storage");
        }
        return check_again("problem.storage");
    }

    const Desk& desk_;
    Draft draft_;
    std::shared_ptr<const app::Readers> readers_;
};

http::Reply key_again(const Desk& desk, const std::string& token) {
    const auto done = desk.site.tokens.find_done(token);
    if (!done) return done_page(desk.pages, desk.frame(), std::nullopt);
    return key_page(desk.pages, desk.frame(), *done, {token, true, desk.today()});
}

/// The whole body was larger than any report may be: what came before the file at fault is kept.
bool is_kept_in_spite_of(http::FormError error) { return error == http::FormError::too_large; }

}  // namespace

http::Reply post_report(const Desk& desk, http::Request& request) {
    auto readers = desk.site.organisation.readers();
    if (!readers)
        readers =
            std::make_shared<app::Readers>(app::Readers{.state = app::IntakeState::no_directory});
    TokenClaim claim(desk.site.tokens);
    std::optional<app::Submission> submission;
    ReceivedFiles files([&](const http::Form& so_far) -> app::Uploads* {
        if (readers->state != app::IntakeState::open) return nullptr;
        if (claim.claim(so_far.text("token")) != Begin::fresh) return nullptr;
        if (!submission) submission.emplace(desk.site.organisation, readers);
        return &submission->uploads();
    });
    const auto form = http::read_form(request, draft_rules(kReportFiles), files.sink());
    files.finish();
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    if (form.error == http::FormError::cut_off) return desk.pages.error(400);

    const auto& texts = desk.pages.texts();
    auto draft = read_draft(form, *readers);
    const auto token = draft.token;
    auto problems = problems_of(draft, *readers, texts);
    Handover handover(desk, std::move(draft), readers);
    switch (claim.claim(token)) {
        case Begin::fresh:
            break;
        case Begin::done:
        case Begin::forgotten:
            return key_again(desk, token);
        case Begin::in_progress:
            return handover.check_again("problem.busy");
        case Begin::malformed:
            return handover.with_new_token();
    }
    if (readers->state != app::IntakeState::open) {
        return handover.check_again("problem.not_receiving");
    }
    if (form.error && !is_kept_in_spite_of(*form.error)) problems = problems_of(form, texts);
    if (!problems.empty()) return handover.form_again(problems);
    if (!submission) submission.emplace(desk.site.organisation, readers);
    return handover.commit(*submission, claim, files.missing());
}

http::Reply post_key_done(const Desk& desk, http::Request& request) {
    http::FormRules rules;
    rules.text_limits = {{"token", kMaxTokenBytes}};
    const auto form = http::read_form(request, rules);
    if (form.error == http::FormError::wrong_type) return desk.pages.error(415);
    desk.site.tokens.forget(form.text("token"));
    return done_page(desk.pages, desk.frame(), desk.today());
}

}  // namespace tillit::portal

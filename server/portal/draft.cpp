#include "server/portal/draft.h"

#include <algorithm>

#include "server/app/submission_tokens.h"

namespace tillit::portal {

namespace {

constexpr std::size_t kTextFieldBytes = std::size_t{1} << 20;
constexpr std::size_t kNameFieldBytes = 4096;
constexpr std::size_t kMaxMembers = 200;

std::vector<crypto::Id> read_members(const http::Form& form, std::string_view field,
                                     const app::Readers& readers, bool& has_unknown) {
    std::vector<crypto::Id> ids;
    for (const auto value : form.all(field)) {
        const auto id = crypto::array_from_base64url<16>(value);
        const bool is_listed =
            id && std::any_of(readers.directory.members.begin(), readers.directory.members.end(),
                              [&](const auto& member) { return member.member == *id; });
        if (is_listed) {
            ids.push_back(*id);
        } else {
            has_unknown = true;
        }
    }
    return ids;
}

/// As if the form had been filled in so: nowhere ticked, and excluded in all of that person's
/// roles.
void leave_out(Draft& draft, const crypto::Id& left, const app::Readers& readers) {
    const auto person_of = [&](const crypto::Id& id) {
        const auto& members = readers.directory.members;
        return std::ranges::find(members, id, &crypto::DirectoryMember::member)->person;
    };
    std::erase_if(draft.to, [&](const auto& id) { return person_of(id) == person_of(left); });
    draft.not_to.push_back(left);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

crypto::SecretBytes clean_text(std::string_view text) {
    crypto::SecretBytes clean;
    if (std::all_of(text.begin(), text.end(), is_space)) return clean;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        clean.append(text.substr(0, end));
        if (end == std::string_view::npos) break;
        clean.append("\n");
        text.remove_prefix(end + 2);
    }
    return clean;
}

app::IdentityFields Draft::identity() const {
    return {.name = crypto::SecretBytes(name.expose()),
            .contact = crypto::SecretBytes(contact.expose())};
}

Draft blank_draft(const app::Readers& readers) {
    Draft draft;
    draft.token = app::SubmissionTokens::make();
    for (const auto& member : readers.directory.members) {
        if (member.role == crypto::Role::investigator && member.is_default) {
            draft.to.push_back(member.member);
        }
    }
    return draft;
}

Draft read_draft(const http::Form& form, const app::Readers& readers) {
    Draft draft;
    draft.token = std::string(form.text("token"));
    draft.text = clean_text(form.text("text"));
    draft.to = read_members(form, "to", readers, draft.has_unknown_member);
    draft.not_to = read_members(form, "not", readers, draft.has_unknown_member);
    for (const auto& id : read_members(form, "leave", readers, draft.has_unknown_member)) {
        leave_out(draft, id, readers);
    }
    draft.asks_name = form.has("name") || form.has("contact");
    draft.name = clean_text(form.text("name"));
    draft.contact = clean_text(form.text("contact"));
    return draft;
}

std::vector<Problem> problems_of(const Draft& draft, const app::Readers& readers,
                                 const Catalogue& texts) {
    std::vector<Problem> problems;
    if (draft.text.empty()) problems.push_back({"text", texts.text("problem.text.empty")});
    if (draft.text.size() > kMaxTextBytes) {
        problems.push_back({"text", texts.text("problem.text.too_long")});
    }
    const auto chosen = app::choose_recipients(readers, draft.to, draft.not_to);
    if (draft.has_unknown_member) {
        problems.push_back({"to", texts.text("problem.to.changed")});
    } else if (chosen.readers.empty()) {
        problems.push_back({"to", texts.text("problem.to.nobody")});
    }
    if (std::max(draft.name.size(), draft.contact.size()) > kMaxNameBytes) {
        problems.push_back({"name", texts.text("problem.name.too_long")});
    } else if (draft.has_identity() && chosen.custodian == nullptr) {
        problems.push_back({"name", texts.text("problem.name.no_custodian")});
    }
    return problems;
}

std::vector<Problem> problems_of(const http::Form& form, const Catalogue& texts) {
    if (!form.error) return {};
    const std::string field =
        form.error_field == "name" || form.error_field == "contact" ? "name" : "text";
    switch (*form.error) {
        case http::FormError::field_too_large:
            return {{field, texts.text(field == "name" ? "problem.name.too_long"
                                                       : "problem.text.too_long")}};
        case http::FormError::not_text:
            return {{field, texts.text("problem.text.not_text")}};
        default:
            return {{"text", texts.text("problem.form")}};
    }
}

http::FormRules draft_rules(std::size_t file_fields) {
    http::FormRules rules;
    rules.text_limits = {{"token", kMaxTokenBytes}, {"text", kTextFieldBytes},
                         {"to", kMaxTokenBytes},    {"not", kMaxTokenBytes},
                         {"name", kNameFieldBytes}, {"contact", kNameFieldBytes},
                         {"leave", kMaxTokenBytes}};
    rules.repeatable = {"to", "not"};
    for (std::size_t i = 1; i <= file_fields; ++i) {
        rules.file_fields.push_back("file" + std::to_string(i));
    }
    rules.max_parts = 2 * kMaxMembers + 16;
    return rules;
}

}  // namespace tillit::portal

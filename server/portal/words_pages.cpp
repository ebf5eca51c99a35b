#include "server/portal/words_pages.h"

namespace tillit::portal {

void put_key(PageData& data, const crypto::CaseKey& key) {
    const auto words = crypto::case_key_words(key);
    auto rest = words.expose_text();
    while (!rest.empty()) {
        const auto end = rest.find(' ');
        data.add("words", std::move(PageData().put("word", rest.substr(0, end))));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    const auto numbers = crypto::case_key_numbers(key);
    data.put("numbers", numbers.expose_text());
}

http::Reply words_page(const Pages& pages, const Frame& frame, const WordsPage& how) {
    PageData data;
    data.put("form_token", how.form_token);
    std::vector<Problem> problems;
    if (!how.problem.empty()) {
        const auto text = pages.texts().text(how.problem);
        problems.push_back({"sure", text});
        if (how.is_of_box) data.put("sure_problem", text);
    }
    Pages::put_problems(data, problems);
    return pages.page("words", "words", frame, std::move(data), problems.empty() ? 200 : 422);
}

http::Reply new_key_page(const Pages& pages, const Frame& frame, std::string_view form_token,
                         const crypto::CaseKey& key) {
    PageData data;
    data.put("form_token", form_token);
    put_key(data, key);
    return pages.page("new-key", "new_key", frame, std::move(data));
}

http::Reply door_page(const Pages& pages, const Frame& frame) {
    return pages.page("door", "door", frame, PageData());
}

}  // namespace tillit::portal

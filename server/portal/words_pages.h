/// Pages about a reporter's key: what can be done with it, a new one, a closed door.
#pragma once

#include "crypto/case_key.h"
#include "server/portal/pages.h"

namespace tillit::portal {

struct WordsPage {
    std::string_view form_token;
    std::string_view problem;  // a text's key, or empty
    bool is_of_box = false;    // the problem is an unticked box
};
[[nodiscard]] http::Reply words_page(const Pages& pages, const Frame& frame, const WordsPage& how);
[[nodiscard]] http::Reply new_key_page(const Pages& pages, const Frame& frame,
                                       std::string_view form_token, const crypto::CaseKey& key);
[[nodiscard]] http::Reply door_page(const Pages& pages, const Frame& frame);

/// A key as a list of words and a line of numbers, for the template key-words.
void put_key(PageData& data, const crypto::CaseKey& key);

}  // namespace tillit::portal

#include "tests/vectors/generate/parts.h"

namespace tillit::test {
namespace {

using namespace crypto;

/// Threads are lists of {author, seq, hash, prev, heads}; authors and hashes are short names that
/// stand for any distinct values, "" for zeros, "reporter" for the reporter.
Json envelope(const char* author, int seq, const char* hash, const char* prev,
              const std::vector<std::tuple<const char*, int, const char*>>& heads = {}) {
    Json list = Json::array();
    for (const auto& [of, at, what] : heads) {
        list.push_back({{"author", of}, {"seq", at}, {"hash", what}});
    }
    return {{"author", author}, {"seq", seq}, {"hash", hash}, {"prev", prev}, {"heads", list}};
}

Json fault(const char* what, const char* author, int seq) {
    return {{"what", what}, {"author", author}, {"seq", seq}};
}

}  // namespace

Json chain_vectors() {
    Json all = Json::array();
    const auto add = [&](const char* comment, const Json& thread, const Json& faults) {
        all.push_back({{"comment", comment}, {"thread", thread}, {"faults", faults}});
    };
    const Json none = Json::array();
    const Json r1 = envelope("reporter", 1, "r1", "");
    const Json r2 = envelope("reporter", 2, "r2", "r1", {{"reporter", 1, "r1"}, {"a", 1, "a1"}});
    const Json a1 = envelope("a", 1, "a1", "", {{"reporter", 1, "r1"}});
    const Json b1 = envelope("b", 1, "b1", "", {{"reporter", 1, "r1"}});

    add("nothing", none, none);
    add("a report alone", Json::array({r1}), none);
    add("three authors", Json::array({r1, a1, b1, r2}), none);
    add("at the same moment: neither knew of the other", Json::array({r1, b1, a1, r2}), none);
    add("an answer left out", Json::array({r1, b1, r2}),
        Json::array({fault("missing_head", "a", 1)}));
    add("the report left out", Json::array({a1}),
        Json::array({fault("missing_head", "reporter", 1)}));
    add("the first of an author left out",
        Json::array({a1, envelope("a", 3, "a3", "a2", {{"a", 2, "a2"}})}),
        Json::array({fault("missing_head", "reporter", 1), fault("gap", "a", 3),
                     fault("missing_head", "a", 2)}));
    add("a predecessor that is another envelope",
        Json::array({r1, envelope("reporter", 2, "r2", "x")}),
        Json::array({fault("gap", "reporter", 2)}));
    add("a first envelope that names a predecessor",
        Json::array({envelope("reporter", 1, "r1", "x")}),
        Json::array({fault("gap", "reporter", 1)}));
    add("two envelopes in one place",
        Json::array({r1, a1, envelope("a", 1, "a1x", "", {{"reporter", 1, "r1"}})}),
        Json::array({fault("fork", "a", 1)}));
    add("an envelope shown twice", Json::array({r1, r1}),
        Json::array({fault("fork", "reporter", 1)}));
    add("shown in another order: an answer before what it answers", Json::array({a1, r1}),
        Json::array({fault("missing_head", "reporter", 1)}));
    add("shown in another order: a successor first",
        Json::array({r1, a1, envelope("reporter", 3, "r3", "r2"), r2}),
        Json::array({fault("gap", "reporter", 3)}));
    add("a head with another hash",
        Json::array({r1, envelope("a", 1, "a1", "", {{"reporter", 1, "x"}})}),
        Json::array({fault("missing_head", "reporter", 1)}));
    add("one missing head named twice is one fault",
        Json::array({envelope("a", 1, "a1", "", {{"reporter", 1, "r1"}}),
                     envelope("b", 1, "b1", "", {{"reporter", 1, "r1"}})}),
        Json::array({fault("missing_head", "reporter", 1)}));
    return {{"spec", "§5.5"}, {"cases", all}};
}

}  // namespace tillit::test

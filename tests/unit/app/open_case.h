/// A case of three investigators, two of whom have it, and what opens of all that is stored.
#pragma once

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "server/app/intake.h"
#include "server/app/mailbox.h"
#include "storage/statement.h"
#include "tests/support/colleague.h"

namespace tillit::test {

inline constexpr std::string_view kBefore = "words from before";
inline constexpr std::string_view kAfter = "words from afterwards";

struct Case {
    DemoOrganisation org{{.investigators = 3}};
    std::unique_ptr<app::Mailbox> reporter;
    crypto::CaseKey key = crypto::CaseKey::zeroed();
    crypto::Hash id{};
    std::string third;

    Case() {
        app::Submission submission(org.organisation(), org.organisation().readers());
        REQUIRE(submission.commit(crypto::SecretBytes(kBefore), {}, org.default_readers()));
        key = submission.key().clone();
        id = submission.case_id();
        reporter = app::Mailbox::open(org.organisation(), key);
        for (const auto& person : org.people) {
            const bool is_investigator = person.listed.role == crypto::Role::investigator;
            if (is_investigator && !person.listed.is_default) third = person.listed.name;
        }
        REQUIRE_FALSE(third.empty());
    }
    [[nodiscard]] Colleague as(std::string_view name) { return {org, org.person(name), id}; }
    void reply(std::string_view text, std::string_view file = {}) {
        auto uploads = reporter->start_uploads();
        if (!file.empty()) {
            REQUIRE(uploads->begin("f.txt", "text/plain"));
            REQUIRE(uploads->write(crypto::view(file)));
            REQUIRE(uploads->end());
        }
        REQUIRE(reporter->reply(crypto::SecretBytes(text), *uploads));
    }
    [[nodiscard]] std::vector<std::string> bodies_as(std::string_view name) {
        std::vector<std::string> bodies;
        const auto thread = as(name).read();
        if (!thread) return bodies;
        CHECK(thread->faults().empty());
        CHECK(crypto::check_chains(thread->chain()).empty());
        for (const auto& entry : thread->entries()) bodies.push_back(entry.statement.body);
        return bodies;
    }
};

inline bool holds(const std::vector<std::string>& all, std::string_view text) {
    return std::ranges::find(all, text) != all.end();
}

/// Every sealed thing in the file, whatever table it stands in.
inline std::vector<crypto::Bytes> everything_stored(storage::Store& store) {
    return store.read([](storage::Database& db) {
        std::vector<std::pair<std::string, std::string>> columns;
        storage::Statement names(db,
                                 "SELECT t.name, c.name FROM sqlite_schema t,"
                                 " pragma_table_info(t.name) c WHERE t.type = 'table'");
        while (names.step()) columns.emplace_back(names.text(0), names.text(1));
        std::vector<crypto::Bytes> all;
        for (const auto& [table, column] : columns) {
            const std::string sql = "SELECT \"" + column + "\" FROM \"" + table +
                                    "\" WHERE typeof(\"" + column + "\") = 'blob' AND length(\"" +
                                    column + "\") > 1643";
            storage::Statement rows(db, sql.c_str());
            while (rows.step()) all.push_back(rows.blob(0));
        }
        return all;
    });
}

/// All that opens with these seeds, and with every seed found in what opens, again and again.
inline std::string all_that_opens(const std::vector<crypto::Bytes>& stored,
                                  std::vector<crypto::AgeSeed> seeds) {
    std::string found;
    std::set<std::string> known;
    while (!seeds.empty()) {
        const auto seed = std::move(seeds.back());
        seeds.pop_back();
        if (!known.insert(crypto::to_hex(seed.expose())).second) continue;
        for (const auto& sealed : stored) {
            const auto plain = crypto::age::open(sealed, seed);
            if (!plain) continue;
            const auto text = plain->expose_text();
            found += text;
            for (std::size_t at = 1; at + 43 <= text.size(); ++at) {
                if (text[at - 1] != '"') continue;
                const auto bytes = crypto::array_from_base64url<32>(text.substr(at, 43));
                if (bytes) seeds.push_back(crypto::AgeSeed::copy_of(*bytes));
            }
        }
    }
    return found;
}

inline std::vector<crypto::AgeSeed> seeds_of(const Person& person) {
    std::vector<crypto::AgeSeed> seeds;
    seeds.push_back(person.identity.clone());
    seeds.push_back(crypto::AgeSeed::copy_of(person.signing.expose()));
    return seeds;
}

}  // namespace tillit::test

/// A whole organisation for tests: a real SQLCipher file, real keys, a signed directory.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "crypto/directory.h"
#include "crypto/keyring.h"
#include "server/app/organisation.h"

namespace tillit::test {

/// A directory that goes away with its owner.
class TempDir {
  public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  private:
    std::filesystem::path path_;
};

/// One person with her keys, as her browser would hold them.
struct Person {
    crypto::DirectoryMember listed;
    std::string login;
    crypto::AgeSeed identity = crypto::AgeSeed::random();
    crypto::SigningSeed signing = crypto::SigningSeed::random();
};

struct OrganisationSetup {
    int investigators = 2;
    bool with_custodian = true;
    bool with_alternate = true;
    std::uint64_t max_report_bytes = 500ULL << 20;
};

/// People: "Ingrid", "Jonas" (investigators, the default pair), further investigators unticked by
/// default, "Kari" (custodian), "Liv" (alternate). The clock stands until somebody moves it.
class DemoOrganisation {
  public:
    explicit DemoOrganisation(const OrganisationSetup& setup = {});

    /// `without`: name of somebody who is not listed any more.
    void publish(std::uint64_t version = 1, std::uint64_t valid_days = 365,
                 std::string_view without = {});
    [[nodiscard]] app::Organisation& organisation() noexcept { return *organisation_; }
    [[nodiscard]] storage::Store& store() noexcept { return organisation_->store(); }
    [[nodiscard]] const Person& person(std::string_view name) const;
    [[nodiscard]] std::vector<crypto::Id> default_readers() const;
    [[nodiscard]] app::Clock clock();
    [[nodiscard]] storage::Day today() const { return now_ / 86400; }
    void advance_days(int days) { now_ += days * 86400; }
    void advance_seconds(std::int64_t seconds) { now_ += seconds; }
    [[nodiscard]] const std::filesystem::path& directory() const { return dir_.path(); }
    /// "signer one", Municipal director, and "signer two", Employee representative; both must sign.
    [[nodiscard]] const crypto::SigningSeed& signer_one() const { return signer_one_; }
    [[nodiscard]] const crypto::SigningSeed& signer_two() const { return signer_two_; }
    /// A further person, enrolled but not listed in a directory yet.
    void add_person(const std::string& name, const std::string& office, crypto::Role role,
                    bool is_default);

  private:
    struct CryptoStart {
        CryptoStart();
    };
    CryptoStart crypto_start_;  // first: the members below make keys
    TempDir dir_;
    std::int64_t now_;
    crypto::Id org_ = crypto::random_array<16>();
    crypto::SigningSeed signer_one_ = crypto::SigningSeed::random();
    crypto::SigningSeed signer_two_ = crypto::SigningSeed::random();
    std::unique_ptr<app::Organisation> organisation_;

  public:
    std::vector<Person> people;
    crypto::SigningSeed log_key = crypto::SigningSeed::random();
};

/// What a member's client does with a case it holds a grant for.
struct OpenedCase {
    storage::StoredCase row;
    crypto::Grant grant;
    std::vector<crypto::Statement> statements;
};
[[nodiscard]] OpenedCase open_case_as(DemoOrganisation& org, const Person& person,
                                      const crypto::Hash& case_id);
/// Appends a message of a member; returns how the server took it.
storage::AppendResult answer_as(DemoOrganisation& org, const Person& person,
                                const crypto::Hash& case_id, const std::string& body,
                                crypto::Kind kind = crypto::Kind::message);

}  // namespace tillit::test

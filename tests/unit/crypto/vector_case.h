/// The people, keys and sealed objects of tests/vectors/case_thread.json.
#pragma once

#include <map>

#include "crypto/case_thread.h"
#include "tests/unit/crypto/vectors.h"

namespace tillit::test {

struct VectorCase {
    Json file = read_vectors("case_thread");
    std::vector<crypto::DirectoryMember> directory;
    std::map<std::string, crypto::AgeSeed> identities;

    VectorCase() {
        for (const auto& m : file["directory"]) {
            crypto::DirectoryMember member;
            member.member = array_of<16>(m["member"]);
            member.person = array_of<16>(m["person"]);
            member.role = crypto::role_from_text(m["role"].get<std::string>()).value();
            member.verify_key = array_of<32>(m["verify_key"]);
            member.name = m["name"].get<std::string>();
            auto identity = secret_of<crypto::AgeSeed>(m["identity"]);
            member.recipient = crypto::hybrid_recipient(identity);
            identities.emplace(member.name, std::move(identity));
            directory.push_back(member);
        }
        identities.emplace("reporter", secret_of<crypto::AgeSeed>(file["reporter_identity"]));
        identities.emplace("new reporter",
                           secret_of<crypto::AgeSeed>(file["new_reporter_identity"]));
    }
    [[nodiscard]] crypto::Bytes object(const std::string& name) const {
        return bytes_of(file["objects"][name]);
    }
    [[nodiscard]] crypto::CaseReader reader(const std::string& who) const {
        crypto::CaseReader reader{
            .org = array_of<16>(file["org"]),
            .case_id = array_of<32>(file["case_id"]),
            .me = {},
            .identity = identities.at(who),
            .reporter_key = array_of<32>(file["reporter_key"]),
            .reporter_recipient = crypto::hybrid_recipient(identities.at("reporter")),
            .directory = directory};
        for (const auto& member : directory) {
            if (member.name == who) reader.me = member.member;
        }
        return reader;
    }
    [[nodiscard]] std::vector<crypto::AgeSeed> secrets(std::size_t count) const {
        std::vector<crypto::AgeSeed> known;
        for (std::size_t i = 0; i < count; ++i) {
            known.push_back(secret_of<crypto::AgeSeed>(file["secrets"][i]));
        }
        return known;
    }
};

}  // namespace tillit::test

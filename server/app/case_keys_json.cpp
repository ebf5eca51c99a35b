#include "server/app/case_keys_json.h"

#include "crypto/epoch_grant.h"

namespace tillit::app {

namespace {

constexpr std::size_t kMaxSealedBytes = 300'000;
constexpr std::size_t kMaxGrantBytes = 8 * 1024;

crypto::Bytes read_sealed(crypto::FieldReader& fields, const char* name, std::size_t max_bytes) {
    auto bytes = crypto::from_base64url(fields.text(name, max_bytes * 4 / 3 + 4));
    if (bytes && !bytes->empty()) return std::move(*bytes);
    fields.fail();
    return {};
}

}  // namespace

crypto::Bytes read_sealed_grant(crypto::FieldReader& fields, const char* name) {
    return read_sealed(fields, name, kMaxGrantBytes);
}

std::vector<storage::EpochCopy> read_handling(crypto::FieldReader& fields) {
    std::vector<storage::EpochCopy> copies;
    for (const auto& item : fields.list("handling", crypto::kMaxEpoch + 1)) {
        crypto::FieldReader read(item);
        storage::EpochCopy copy;
        copy.epoch = read.integer("epoch", crypto::kMaxEpoch);
        copy.sealed = read_sealed_grant(read, "sealed");
        if (!read.done()) fields.fail();
        copies.push_back(std::move(copy));
    }
    return copies;
}

SealedAct read_sealed_act(crypto::FieldReader& fields) {
    SealedAct act;
    act.epoch = fields.integer("epoch");
    act.seq = fields.integer("seq");
    act.prev = fields.array<32>("prev");
    act.sealed = read_sealed(fields, "sealed", kMaxSealedBytes);
    if (act.seq == 0) fields.fail();
    return act;
}

std::vector<storage::NewGrant> read_grants(crypto::FieldReader& fields) {
    std::vector<storage::NewGrant> grants;
    for (const auto& item : fields.list("grants", crypto::kMaxGrants)) {
        crypto::FieldReader read(item);
        storage::NewGrant grant;
        grant.member_id = read.array<16>("member");
        grant.sealed = read_sealed_grant(read, "sealed");
        if (!read.done()) fields.fail();
        grants.push_back(std::move(grant));
    }
    return grants;
}

EpochAct read_epoch_act(crypto::FieldReader& fields) {
    EpochAct epoch;
    epoch.act = read_sealed_act(fields);
    epoch.grants = read_grants(fields);
    epoch.reporter_copy = read_sealed_grant(fields, "reporter_copy");
    return epoch;
}

std::optional<NewWords> read_new_words(crypto::FieldReader& fields) {
    const auto* object = fields.optional("words");
    if (object == nullptr) return std::nullopt;
    crypto::FieldReader read(*object);
    NewWords words{.lookup_hash = read.array<32>("lookup_hash"),
                   .verify_key = read.array<32>("verify_key")};
    if (!read.done()) fields.fail();
    return words;
}

KeysReply to_reply(KeysRefusal why) {
    switch (why) {
        case KeysRefusal::no_such_case:
            return {404, "not_found"};
        case KeysRefusal::not_sealed:
            return {422, "not_sealed"};
        case KeysRefusal::wrong_holders:
            return {422, "holders"};
        case KeysRefusal::last_reader:
            return {409, "last_reader"};
        case KeysRefusal::bad_signature:
            return {403, "signature"};
        case KeysRefusal::wrong_act:
            return {422, "act"};
        case KeysRefusal::taken:
            return {409, "taken"};
        case KeysRefusal::not_successor:
        case KeysRefusal::other_epoch:
            return {409, "not_successor"};
        case KeysRefusal::too_many:
            return {409, "too_many"};
        case KeysRefusal::closed:
            return {409, "closed"};
    }
    return {500, "server"};
}

nlohmann::json to_json(const std::vector<storage::EpochCopy>& epochs) {
    auto list = nlohmann::json::array();
    for (const auto& copy : epochs) {
        list.push_back({{"epoch", copy.epoch}, {"sealed", crypto::to_base64url(copy.sealed)}});
    }
    return list;
}

}  // namespace tillit::app

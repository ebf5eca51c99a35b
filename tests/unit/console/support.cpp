#include "tests/unit/console/support.h"

#include "crypto/keyring.h"
#include "server/app/intake.h"
#include "server/http/router.h"
#include "storage/members.h"

namespace tillit::console::test {

namespace {
crypto::Hash hash_of(const std::string& login, bool recovery) {
    return crypto::auth_hash(World::auth_of(login, recovery));
}
}  // namespace

World::World() {
    for (const auto& person : org.people) {
        org.store().write([&](storage::Database& db) {
            storage::Members members(db);
            crypto::ensure(members.replace_keyring(
                person.listed.member, 1, hash_of(person.login, false), crypto::Bytes(104, 2)));
            crypto::ensure(members.replace_recovery(
                person.listed.member, 1, hash_of(person.login, true), crypto::Bytes(104, 3)));
        });
    }
    console_ = std::make_unique<Console>(
        std::map<std::string, app::Organisation*>{{kHost, &org.organisation()}}, "/nonexistent");
}

crypto::SymmetricKey World::auth_of(const std::string& login, bool recovery) {
    const auto text = login + (recovery ? " recovery" : "");
    return crypto::SymmetricKey::copy_of(crypto::sha256(crypto::view(text)));
}

void World::add_member(const std::string& login, const std::string& role) {
    const storage::Member row{.member_id = crypto::random_array<16>(),
                              .person_id = crypto::random_array<16>(),
                              .login = login,
                              .name = login,
                              .office = "Office",
                              .role = role,
                              .recipient = {},
                              .verify_key = {}};
    org.store().write([&](storage::Database& db) {
        storage::Members members(db);
        members.invite(row, crypto::random_array<32>(), org.clock().unix_seconds() + 3600);
        crypto::ensure(members.enrol(row.member_id, org.people.front().listed.recipient,
                                     org.people.front().listed.verify_key,
                                     {.auth_hash = hash_of(login, false),
                                      .keyring = crypto::Bytes(104, 2),
                                      .keyring_version = 1,
                                      .recovery_auth_hash = hash_of(login, true),
                                      .recovery_keyring = crypto::Bytes(104, 3),
                                      .recovery_version = 0}));
    });
}

crypto::Hash World::submit_case() {
    app::Submission submission(org.organisation(), org.organisation().readers());
    const auto done = submission.commit(crypto::SecretBytes("what happened"), {},
                                        {org.person("Ingrid").listed.member});
    crypto::ensure(done.has_value());
    return submission.case_id();
}

Answer Browser::call(http::Method method, const std::string& path, std::string body,
                     std::string type) {
    http::Request request;
    request.method = method;
    const auto question = path.find('?');
    request.path = path.substr(0, question);
    request.host = host;
    request.csrf = csrf;
    request.content_type = std::move(type);
    request.content_length = body.size();
    if (question != std::string::npos) {
        auto rest = path.substr(question + 1);
        while (!rest.empty()) {
            const auto end = std::min(rest.find('&'), rest.size());
            const auto pair = rest.substr(0, end);
            const auto equals = pair.find('=');
            request.query.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
            rest = rest.substr(std::min(end + 1, rest.size()));
        }
    }
    for (const auto& [name, value] : cookies) request.cookies.emplace_back(name, value);
    request.read_body = [&](const std::function<bool(crypto::ByteView)>& on_piece) {
        return body.empty() || on_piece(crypto::view(body)) ? http::BodyEnd::complete
                                                            : http::BodyEnd::stopped;
    };
    const http::Router router(routes_);
    auto match = router.find(method, request.path);
    Answer answer{.status = match.status};
    if (!match.route) return answer;
    request.path_args = std::move(match.args);
    answer.reply = match.route->handler(request);
    answer.status = answer.reply.status;
    if (answer.reply.content_type == "application/json" && !answer.reply.body.empty()) {
        answer.json = nlohmann::json::parse(answer.reply.body);
    }
    for (const auto& cookie : answer.reply.cookies) {
        if (cookie.value.empty()) {
            cookies.erase(cookie.name);
        } else {
            cookies[cookie.name] = cookie.value;
        }
    }
    return answer;
}

Answer Browser::log_in(const std::string& login, bool recovery) {
    csrf = "1";
    auto answer = post(recovery ? "/api/v1/login/recovery" : "/api/v1/login",
                       {{"login", login},
                        {"auth", crypto::to_base64url(World::auth_of(login, recovery).expose())}});
    if (answer.status == 200) csrf = answer.json.at("csrf");
    return answer;
}

}  // namespace tillit::console::test

#include "server/mail/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <memory>

#include "crypto/primitives.h"

namespace tillit::mail {
namespace {

constexpr long kConnectSeconds = 10;
constexpr long kWholeSeconds = 20;

struct EndCurl {
    void operator()(CURL* curl) const noexcept { curl_easy_cleanup(curl); }
};
struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

struct Reading {
    std::string_view rest;
};

std::size_t give(char* out, std::size_t size, std::size_t count, void* user) {
    auto& reading = *static_cast<Reading*>(user);
    const auto taken = std::min(size * count, reading.rest.size());
    std::memcpy(out, reading.rest.data(), taken);
    reading.rest.remove_prefix(taken);
    return taken;
}

std::string date_header(std::int64_t unix_seconds) {
    const auto time = static_cast<std::time_t>(unix_seconds);
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[64];
    const auto size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &parts);
    return {text, size};
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n') out += '\r';
        out += c;
    }
    return out;
}

std::string domain_of(const std::string& address) {
    const auto at = address.rfind('@');
    return at == std::string::npos ? "localhost" : address.substr(at + 1);
}

void start_library() {
    static const bool is_started = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    crypto::ensure(is_started);
}

}  // namespace

std::string message_of(const std::string& from, const Mail& mail) {
    const auto id = crypto::to_hex(crypto::random_array<16>());
    return with_crlf("Date: " + date_header(mail.unix_seconds) + "\nFrom: <" + from + ">\nTo: <" +
                     mail.to + ">\nMessage-ID: <" + id + "@" + domain_of(from) +
                     ">\nSubject: " + mail.subject +
                     "\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n"
                     "Content-Type: text/plain; charset=utf-8\n"
                     "Content-Transfer-Encoding: 8bit\n\n" +
                     mail.body);
}

std::optional<std::string> send(const config::MailConfig& server,
                                const crypto::SecretBytes& password, const Mail& mail) {
    start_library();
    const std::unique_ptr<CURL, EndCurl> curl(curl_easy_init());
    if (!curl) return "out of memory";
    const auto sender = "<" + server.from + ">";
    const auto receiver = "<" + mail.to + ">";
    const std::unique_ptr<curl_slist, FreeList> receivers(
        curl_slist_append(nullptr, receiver.c_str()));
    const auto message = message_of(server.from, mail);
    Reading reading{.rest = message};
    const auto set = [&](CURLoption option, auto value) {
        crypto::ensure(curl_easy_setopt(curl.get(), option, value) == CURLE_OK);
    };
    set(CURLOPT_URL, server.server.c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_USE_SSL, static_cast<long>(server.is_local() ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    set(CURLOPT_MAIL_FROM, sender.c_str());
    set(CURLOPT_MAIL_RCPT, receivers.get());
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &give);
    set(CURLOPT_READDATA, &reading);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_TIMEOUT, kWholeSeconds);
    if (!server.user.empty()) {
        set(CURLOPT_USERNAME, server.user.c_str());
        crypto::SecretBytes ended;
        ended.append(password.expose());
        ended.push_back(0);
        set(CURLOPT_PASSWORD, reinterpret_cast<const char*>(ended.expose().data()));
    }
    const auto result = curl_easy_perform(curl.get());
    if (result == CURLE_OK) return std::nullopt;
    return curl_easy_strerror(result);
}

}  // namespace tillit::mail

#include "storage/key_source.h"

#include <sys/stat.h>

#include "tests/unit/storage/support.h"

namespace tillit::storage::test {
namespace {

void write_key(const std::string& path, const std::string& text, mode_t mode = 0600) {
    std::ofstream(path, std::ios::binary) << text;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
}

}  // namespace

TEST_CASE("a key file opens what it was made for", "[storage][key]") {
    const Directory directory;
    const auto path = directory.file("key");
    const auto key = create_key_file(path);
    CHECK(load_key_file(path) == key);
    CHECK_FALSE(create_key_file(directory.file("other")) == key);
    CHECK(code_of([&] { create_key_file(path); }) == Error::exists);
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a key file is 32 bytes or 64 digits and nothing else", "[storage][key]") {
    const Directory directory;
    const auto path = directory.file("key");
    const auto load = [&](const std::string& text) {
        write_key(path, text);
        return load_key_file(path);
    };
    const auto letters = load(std::string(32, 'a'));
    std::string digits;
    for (int i = 0; i < 32; ++i) digits += "61";
    CHECK(load(digits) == letters);
    CHECK(load(digits + "\n") == letters);
    for (const auto& wrong : {std::string(), std::string(31, 'a'), std::string(33, 'a'),
                              std::string(64, 'g'), std::string(66, '6'), std::string(5000, '6')}) {
        CHECK(code_of([&] { (void)load(wrong); }) == Error::corrupt);
    }
    CHECK(code_of([&] { (void)load_key_file(directory.file("none")); }) == Error::not_found);
}

TEST_CASE("a key file that others can use is refused", "[storage][key]") {
    const Directory directory;
    const auto path = directory.file("key");
    for (const mode_t mode : {0640U, 0604U, 0620U, 0666U}) {
        write_key(path, std::string(32, 'a'), mode);
        CHECK(code_of([&] { (void)load_key_file(path); }) == Error::insecure);
    }
    write_key(path, std::string(32, 'a'), 0400);
    CHECK_NOTHROW((void)load_key_file(path));
}

TEST_CASE("a passphrase gives the same key again, with its record only", "[storage][key]") {
    const Directory directory;
    const auto path = directory.file("one.db.key.json");
    const crypto::SecretBytes passphrase(std::string_view("correct horse"));
    const auto key = create_passphrase_key(path, passphrase);
    CHECK(load_passphrase_key(path, passphrase) == key);
    CHECK_FALSE(load_passphrase_key(path, crypto::SecretBytes(std::string_view("wrong"))) == key);
    CHECK_FALSE(create_passphrase_key(directory.file("other.json"), passphrase) == key);

    const auto record = contents(path);
    for (const auto& wrong : {std::string("{}"), std::string("["), record.substr(0, 20),
                              std::string(record).replace(record.find("65536"), 5, "64"),
                              std::string(record).replace(record.find("\"v\":1"), 5, "\"v\":2")}) {
        write_key(path, wrong);
        CHECK(code_of([&] { (void)load_passphrase_key(path, passphrase); }) == Error::corrupt);
    }
}

}  // namespace tillit::storage::test

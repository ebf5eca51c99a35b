# Where the libraries come from. deploy/setup.sh puts what the distribution lacks into TILLIT_DEPS; a library of the
# distribution that reaches the floor is as good. Targets: tillit::sodium, tillit::httplib, tillit::sqlcipher,
# tillit::mustache, nlohmann_json::nlohmann_json, tl::expected, tomlplusplus::tomlplusplus, CLI11::CLI11,
# spdlog::spdlog, Catch2::Catch2WithMain, Threads::Threads.

if(DEFINED ENV{XDG_CACHE_HOME})
    set(default_deps $ENV{XDG_CACHE_HOME}/tillit/deps)
else()
    set(default_deps $ENV{HOME}/.cache/tillit/deps)
endif()
set(TILLIT_DEPS ${default_deps} CACHE PATH "Libraries built by deploy/setup.sh")
set(hint "run deploy/setup.sh first")

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)

# --- libsodium: the static library of the cache, else a system one above the floor ---
set(ENV{PKG_CONFIG_PATH} "${TILLIT_DEPS}/libsodium/lib/pkgconfig:$ENV{PKG_CONFIG_PATH}")
pkg_check_modules(SODIUM IMPORTED_TARGET libsodium>=1.0.22)
if(NOT SODIUM_FOUND)
    message(FATAL_ERROR "libsodium >= 1.0.22 is missing (crypto_kem_xwing_*): ${hint}")
endif()
add_library(tillit::sodium ALIAS PkgConfig::SODIUM)

# --- cpp-httplib: one header; older ones than the floor have known holes ---
find_path(HTTPLIB_INCLUDE httplib.h HINTS ${TILLIT_DEPS}/cpp-httplib/include NO_DEFAULT_PATH)
find_path(HTTPLIB_INCLUDE httplib.h)
if(NOT HTTPLIB_INCLUDE)
    message(FATAL_ERROR "cpp-httplib >= 0.41 is missing: ${hint}")
endif()
file(STRINGS ${HTTPLIB_INCLUDE}/httplib.h httplib_version REGEX "^#define CPPHTTPLIB_VERSION \"")
string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" httplib_version "${httplib_version}")
if(httplib_version VERSION_LESS 0.41)
    message(FATAL_ERROR "cpp-httplib ${httplib_version} in ${HTTPLIB_INCLUDE} is too old, wanted >= 0.41: ${hint}")
endif()
add_library(tillit_httplib INTERFACE)
add_library(tillit::httplib ALIAS tillit_httplib)
target_include_directories(tillit_httplib SYSTEM INTERFACE ${HTTPLIB_INCLUDE})
target_link_libraries(tillit_httplib INTERFACE Threads::Threads)
# TLS for `tillit console --connect https://…` and `tillit site verify`; the service itself stands behind a proxy. For
# every file that includes the header alike, since its classes differ.
find_package(OpenSSL 3)
if(OPENSSL_FOUND)
    target_compile_definitions(tillit_httplib INTERFACE CPPHTTPLIB_OPENSSL_SUPPORT)
    target_link_libraries(tillit_httplib INTERFACE OpenSSL::SSL OpenSSL::Crypto)
else()
    message(STATUS "OpenSSL is missing: https:// addresses will be refused by `tillit console` and `tillit site`")
endif()

# --- libcurl: the weekly mail to a witness (server/mail) ---
pkg_check_modules(CURL IMPORTED_TARGET libcurl>=7.85)
if(NOT CURL_FOUND)
    message(FATAL_ERROR "libcurl >= 7.85 (libcurl4-openssl-dev) is missing: ${hint}")
endif()

# --- SQLCipher ---
# -DSQLITE_HAS_CODEC makes sqlite3.h declare sqlite3_key; the header is <sqlcipher/sqlite3.h>.
pkg_check_modules(SQLCIPHER IMPORTED_TARGET sqlcipher)
if(NOT SQLCIPHER_FOUND)
    message(FATAL_ERROR "SQLCipher >= 4.6 (libsqlcipher-dev) is missing: ${hint}")
endif()
# The .pc file gives SQLite's version; SQLCipher 4.6 carries SQLite 3.46, 3.4.1 carried 3.15.
if(SQLCIPHER_VERSION VERSION_LESS 3.46)
    message(FATAL_ERROR "SQLCipher with SQLite ${SQLCIPHER_VERSION} is too old, wanted SQLCipher >= 4.6: ${hint}")
endif()
add_library(tillit_sqlcipher INTERFACE)
add_library(tillit::sqlcipher ALIAS tillit_sqlcipher)
target_link_libraries(tillit_sqlcipher INTERFACE PkgConfig::SQLCIPHER)
target_compile_definitions(tillit_sqlcipher INTERFACE SQLITE_HAS_CODEC)

# --- header-only libraries without a CMake package everywhere ---
find_path(MUSTACHE_INCLUDE kainjow/mustache.hpp PATH_SUFFIXES kainjow-mustache)
if(NOT MUSTACHE_INCLUDE)
    message(FATAL_ERROR "kainjow mustache (libkainjow-mustache-dev) is missing: ${hint}")
endif()
add_library(tillit_mustache INTERFACE)
add_library(tillit::mustache ALIAS tillit_mustache)
target_include_directories(tillit_mustache SYSTEM INTERFACE ${MUSTACHE_INCLUDE})

find_package(tomlplusplus QUIET)
if(NOT TARGET tomlplusplus::tomlplusplus)
    find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
    add_library(tomlplusplus::tomlplusplus INTERFACE IMPORTED)
    target_include_directories(tomlplusplus::tomlplusplus SYSTEM INTERFACE ${TOMLPLUSPLUS_INCLUDE})
endif()

if(TILLIT_TESTS)
    find_package(Catch2 3.7 REQUIRED)
    list(APPEND CMAKE_MODULE_PATH ${Catch2_DIR})
    find_package(benchmark QUIET)
endif()

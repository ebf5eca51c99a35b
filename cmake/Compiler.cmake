# Compile options as interface targets: a folder's target links the ones it wants, nothing is global except what
# has to be the same in every object file (sanitizers, hardening).

add_library(tillit_warnings INTERFACE)
target_compile_options(tillit_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast
    # With named initialisers, what is left out is meant to be left at its default.
    -Wno-missing-field-initializers
    $<$<BOOL:${TILLIT_WERROR}>:-Werror>
    $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)

add_library(tillit_hardening INTERFACE)
if(TILLIT_HARDENING)
    # Debian's hardening flags plus zeroed locals. -U first: some compilers predefine _FORTIFY_SOURCE.
    target_compile_options(tillit_hardening INTERFACE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection
        -ftrivial-auto-var-init=zero -fcf-protection)
    target_link_options(tillit_hardening INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()

if(TILLIT_SANITIZE)
    # Every object must agree, Catch2's main and ours alike, so this one is global.
    add_compile_options(-fsanitize=${TILLIT_SANITIZE} -fno-omit-frame-pointer
        -fno-sanitize-recover=undefined)
    add_link_options(-fsanitize=${TILLIT_SANITIZE})
endif()

# What every library of ours is built with. Includes are written from the root of the repository.
add_library(tillit_base INTERFACE)
target_include_directories(tillit_base INTERFACE ${PROJECT_SOURCE_DIR})
target_link_libraries(tillit_base INTERFACE tillit_hardening)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# The built front end: scripts, styles, templates and locales in <build>/assets, made by frontend/build.mjs (esbuild).
# It is rebuilt when any of its sources changes, and only then.

set(TILLIT_ASSETS ${CMAKE_BINARY_DIR}/assets)
if(EXISTS ${PROJECT_SOURCE_DIR}/frontend/build.mjs)
    find_program(NODE_PROGRAM NAMES node nodejs REQUIRED)
    file(GLOB_RECURSE frontend_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/frontend/*)
    list(FILTER frontend_sources EXCLUDE REGEX "/frontend/(node_modules|dist)/")
    add_custom_command(
        OUTPUT ${CMAKE_BINARY_DIR}/assets.stamp
        COMMAND ${NODE_PROGRAM} build.mjs --out ${TILLIT_ASSETS}
        COMMAND ${CMAKE_COMMAND} -E touch ${CMAKE_BINARY_DIR}/assets.stamp
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}/frontend
        DEPENDS ${frontend_sources}
        COMMENT "Building the front end"
        VERBATIM)
    add_custom_target(tillit_assets ALL DEPENDS ${CMAKE_BINARY_DIR}/assets.stamp)
endif()

# tillit_test(NAME sources... [LIBS targets...]): the program bin/test_NAME, with Catch2's main, built from the listed
# sources, known to ctest, built by the target tillit_tests, and run (in the root of the repository) and counted by
# tests/run.sh.
function(tillit_test name)
    cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
    add_executable(test_${name} ${arg_UNPARSED_ARGUMENTS})
    target_link_libraries(test_${name} PRIVATE ${arg_LIBS} tillit_base tillit_warnings Catch2::Catch2WithMain)
    add_dependencies(tillit_tests test_${name})
    add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
endfunction()

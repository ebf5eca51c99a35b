# Needs the engine's own header for the bare loop it is compared with.
add_executable(storage_bench ${CMAKE_CURRENT_LIST_DIR}/storage_bench.cpp
    ${CMAKE_CURRENT_LIST_DIR}/storage_rounds.cpp)
target_link_libraries(storage_bench PRIVATE tillit_storage tillit_warnings tillit::sqlcipher Threads::Threads)

# A stage of the pipeline is one folder and one library. A stage names only what stands left of it,
# so that the linker refuses a dependency that points back.

add_library(killify_options INTERFACE)
target_compile_options(killify_options INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>  # else ccache cannot take precompiled headers
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${KILLIFY_WERROR}>:-Werror>)

# What is tested is sanitized; the code of the tests only takes longer to compile with it.
add_library(killify_sanitizers INTERFACE)
target_compile_options(killify_sanitizers INTERFACE
  $<$<BOOL:${KILLIFY_SANITIZE}>:-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer>)
target_link_options(killify_sanitizers INTERFACE
  $<$<BOOL:${KILLIFY_SANITIZE}>:-fsanitize=address,undefined>)

# What nearly every unit includes, parsed once. JSON's header does not belong here: what it
# instantiates is instantiated again in each unit.
set(KILLIFY_PRECOMPILED
  <algorithm> <array> <chrono> <filesystem> <functional> <map> <memory> <mutex> <optional> <set>
  <string> <string_view> <tuple> <unordered_map> <utility> <vector>
  <fmt/format.h> <tl/expected.hpp>)

# killify_precompile(NAME LIBRARIES... HEADERS...): a library NAME of which others reuse the
# headers. What LIBRARIES define as macros has to be defined by all who reuse them.
function(killify_precompile name)
  cmake_parse_arguments(PCH "" "" "LIBRARIES;HEADERS" ${ARGN})
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "")
  add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  target_link_libraries(${name} PRIVATE killify_options ${PCH_LIBRARIES})
  target_precompile_headers(${name} PRIVATE ${PCH_HEADERS})
endfunction()

# killify_stage(NAME DEPENDS stage... LIBRARIES target...): builds orchestrator/NAME/*.cpp.
function(killify_stage name)
  cmake_parse_arguments(STAGE "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(killify_${name} STATIC ${sources})
  target_include_directories(killify_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(killify_${name} PRIVATE killify_options killify_sanitizers
    PUBLIC ${STAGE_LIBRARIES})
  target_precompile_headers(killify_${name} REUSE_FROM killify_precompiled)
  foreach(stage ${STAGE_DEPENDS})
    target_link_libraries(killify_${name} PUBLIC killify_${stage})
  endforeach()
endfunction()

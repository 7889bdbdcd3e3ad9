# A stage of the pipeline is one folder and one library. A stage names only what stands left of it,
# so that the linker refuses a dependency that points back.

add_library(killify_options INTERFACE)
target_compile_options(killify_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion
  $<$<BOOL:${KILLIFY_WERROR}>:-Werror>
  $<$<BOOL:${KILLIFY_SANITIZE}>:-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer>)
target_link_options(killify_options INTERFACE
  $<$<BOOL:${KILLIFY_SANITIZE}>:-fsanitize=address,undefined>)

# killify_stage(NAME DEPENDS stage... LIBRARIES target...): builds orchestrator/NAME/*.cpp.
function(killify_stage name)
  cmake_parse_arguments(STAGE "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  add_library(killify_${name} STATIC ${sources})
  target_include_directories(killify_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(killify_${name} PRIVATE killify_options PUBLIC ${STAGE_LIBRARIES})
  foreach(stage ${STAGE_DEPENDS})
    target_link_libraries(killify_${name} PUBLIC killify_${stage})
  endforeach()
endfunction()

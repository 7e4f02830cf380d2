# One CMake target per source folder, and a wrong include does not compile.
#
# rondo_layer(ir SOURCES graph.cc ... DEPENDS base)
#   makes the static library rondo_ir from the calling folder. Its headers are included as "ir/graph.h", and only targets
#   that link rondo_ir can: the include root of a layer is a folder in the build tree that holds one link, to that layer.
#   A name with a slash ("importers/onnx") makes rondo_importers_onnx, included as "importers/onnx/...".
#   PRECOMPILE lists what nearly every file of the layer includes: half the time of a clean build goes into reading headers.
#   OPTIMIZE is the level of a release build, 2 where none is named: 3 is for loops that have to be fast.
#
# rondo_test(name SOURCES a_test.cc ... LINK rondo_ir ...)
#   makes a GoogleTest program and hands its cases to CTest. Tests are compiled for the compiler's speed, not their own.

function(rondo_layer name)
  cmake_parse_arguments(ARG "" "OPTIMIZE" "SOURCES;DEPENDS;PRIVATE;PRECOMPILE" ${ARGN})
  if(NOT DEFINED ARG_OPTIMIZE)
    set(ARG_OPTIMIZE 2)
  endif()
  string(REPLACE "/" "_" target "rondo_${name}")
  add_library(${target} STATIC ${ARG_SOURCES})
  set(root ${PROJECT_BINARY_DIR}/layers/${target})
  get_filename_component(parent ${root}/${name} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${root}/${name} SYMBOLIC)
  target_include_directories(${target} PUBLIC ${root})
  foreach(dep IN LISTS ARG_DEPENDS)
    string(REPLACE "/" "_" dep_target "rondo_${dep}")
    target_link_libraries(${target} PUBLIC ${dep_target})
  endforeach()
  target_link_libraries(${target} PRIVATE ${ARG_PRIVATE} rondo_warnings)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O${ARG_OPTIMIZE}>)
  target_precompile_headers(${target} PRIVATE ${ARG_PRECOMPILE})
endfunction()

function(rondo_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} GTest::gmock_main rondo_warnings)
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O0>)
  target_precompile_headers(${name} REUSE_FROM rondo_test_precompiled)
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST)
endfunction()

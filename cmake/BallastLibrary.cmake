# A folder is a library.
#
#   ballast_library(<folder> [THREADS] [COLD] DEPS <folder>... [EXTERNAL <target>...])
#
# is the one line of src/<folder>/CMakeLists.txt. It makes the static library ballast_<folder> (with
# `_` for `/`) of all *.cpp below the folder that are not tests, or an INTERFACE library when there
# are none. DEPS are folders, EXTERNAL are imported targets: both are the whole of what it can link.
# All *_test.cpp below it become one GoogleTest program <folder>_test (again with `_` for `/`), each
# of its tests the CTest <folder>/Suite.test.
# THREADS labels those `threads`: they run again under ThreadSanitizer.
# COLD: it waits for the network or for people, and its headers are the slowest to compile: it is
# optimised less, for tests not at all (BALLAST_COLD_FLAGS).

include_guard(GLOBAL)

set(ballast_standard_headers
    <algorithm> <array> <cstddef> <cstdint> <functional> <map> <memory> <optional> <span> <string>
    <string_view> <utility> <variant> <vector> <fmt/format.h> <tl/expected.hpp>)

# Every precompiled header is compiled once, in a target of nothing else, and reused.
set(pch_source "${PROJECT_BINARY_DIR}/pch.cpp")
file(CONFIGURE OUTPUT "${pch_source}" CONTENT "// Carries a precompiled header.\n")
if(BALLAST_PRECOMPILED STREQUAL "ALL")
  add_library(ballast_pch OBJECT "${pch_source}")
  target_link_libraries(ballast_pch PRIVATE ballast_options fmt::fmt tl::expected Threads::Threads)
  target_precompile_headers(ballast_pch PRIVATE ${ballast_standard_headers})
endif()
if(NOT BALLAST_PRECOMPILED STREQUAL "NONE")
  add_library(ballast_cold_pch OBJECT "${pch_source}")
  target_link_libraries(ballast_cold_pch PRIVATE ballast_options ballast_cold_options fmt::fmt
                                                 tl::expected Threads::Threads)
  target_precompile_headers(ballast_cold_pch PRIVATE ${ballast_standard_headers}
                                                     <nlohmann/json.hpp> <CLI/CLI.hpp>)
  if(BALLAST_TESTS)
    add_library(ballast_test_pch OBJECT "${pch_source}")
    target_link_libraries(ballast_test_pch PRIVATE ballast_options ballast_test_options fmt::fmt
                                                   tl::expected GTest::gtest)
    target_precompile_headers(ballast_test_pch PRIVATE ${ballast_standard_headers} <gtest/gtest.h>
                                                       <nlohmann/json.hpp>)
  endif()
endif()

# Each of these collects what the folders below src/ declare.
set_property(GLOBAL PROPERTY ballast_libraries "")
add_custom_target(ballast_tests) # every registered test program
add_custom_target(ballast_fuzz) # every fuzz target
add_custom_target(ballast_bench) # every benchmark

function(ballast_target_name folder out)
  string(REPLACE "/" "_" name "${folder}")
  set(${out} "${name}" PARENT_SCOPE)
endfunction()

# The options, the include root and, where `pch` names one, the precompiled header; what that was
# compiled with, its users are too.
function(ballast_configure_target target pch)
  target_link_libraries(${target} PRIVATE ballast_options Threads::Threads)
  if(pch STREQUAL "ballast_cold_pch")
    target_link_libraries(${target} PRIVATE ballast_cold_options)
  elseif(pch STREQUAL "ballast_test_pch")
    target_link_libraries(${target} PRIVATE ballast_test_options)
  endif()
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/src")
  if(TARGET "${pch}")
    target_precompile_headers(${target} REUSE_FROM ${pch})
  endif()
  # Most of what a small file costs is its headers.
  get_target_property(sources ${target} SOURCES)
  ballast_mark_alone(${sources})
  set_target_properties(${target} PROPERTIES UNITY_BUILD "${BALLAST_UNITY}"
                                             UNITY_BUILD_BATCH_SIZE 6)
endfunction()

function(ballast_tidy_target target)
  if(BALLAST_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "${BALLAST_CLANG_TIDY};--quiet")
  endif()
endfunction()

# One GoogleTest program of `sources` against `libraries`; each of its tests is the CTest
# <prefix>/Suite.test with all of `labels`.
function(ballast_test_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "PREFIX" "SOURCES;LIBRARIES;LABELS;DEFINITIONS")
  if(BALLAST_THREAD_TESTS_ONLY AND NOT "threads" IN_LIST arg_LABELS)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} fmt::fmt tl::expected
                                        GTest::gtest GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE BALLAST_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                             ${arg_DEFINITIONS})
  ballast_configure_target(${name} ballast_test_pch)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
  add_dependencies(ballast_tests ${name})
  # PRE_TEST: a test program that cannot start fails its tests, not the build.
  gtest_discover_tests(
    ${name}
    TEST_PREFIX "${BALLAST_TEST_PREFIX}${arg_PREFIX}/"
    TEST_LIST ${name}_tests
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 300)
  # gtest_discover_tests() cannot pass a list as one property, hence the labels by a file of ours.
  set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake")
  file(
    CONFIGURE
    OUTPUT "${labels_file}"
    CONTENT "if(@name@_tests)
  set_tests_properties(\${@name@_tests} PROPERTIES LABELS \"@arg_LABELS@\")
endif()
"
    @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
endfunction()

function(ballast_library folder)
  cmake_parse_arguments(PARSE_ARGV 1 arg "THREADS;COLD" "" "DEPS;EXTERNAL")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ballast_library(${folder}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  ballast_target_name("${folder}" name)
  set(library ballast_${name})

  set(dependencies ${arg_EXTERNAL})
  foreach(dependency IN LISTS arg_DEPS)
    ballast_target_name("${dependency}" dependency_name)
    if(NOT TARGET ballast_${dependency_name})
      message(FATAL_ERROR "${folder} names ${dependency}, which is not on a lower floor")
    endif()
    list(APPEND dependencies ballast_${dependency_name})
  endforeach()

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  set(tests "${sources}")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(REMOVE_ITEM sources "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp") # see ballast_program

  if(sources)
    add_library(${library} STATIC ${sources})
    target_link_libraries(${library} PUBLIC ${dependencies})
    target_compile_definitions(${library} PRIVATE BALLAST_VERSION="${PROJECT_VERSION}")
    if(arg_COLD)
      ballast_configure_target(${library} ballast_cold_pch)
    else()
      ballast_configure_target(${library} ballast_pch)
    endif()
    ballast_tidy_target(${library})
  else()
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE ${dependencies})
  endif()
  set_property(GLOBAL APPEND PROPERTY ballast_libraries ${library})

  if(BALLAST_TESTS AND BALLAST_UNIT_TESTS AND tests)
    set(labels unit)
    if(arg_THREADS)
      list(APPEND labels threads)
    endif()
    ballast_test_program(
      ${name}_test
      PREFIX ${folder}
      SOURCES ${tests}
      LIBRARIES ${library}
      LABELS ${labels})
  endif()
endfunction()

# The program: main.cpp alone, before a library of the folder's other sources so that subcommands
# can be tested like everything else. It is the composition root, so it links every library.
#
#   ballast_program(<folder> <program> [EXTERNAL <target>...])
function(ballast_program folder program)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "EXTERNAL")
  get_property(everything GLOBAL PROPERTY ballast_libraries)
  ballast_library("${folder}" COLD EXTERNAL ${everything} ${arg_EXTERNAL})

  file(GLOB main CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/main.cpp")
  if(NOT main)
    return()
  endif()
  ballast_target_name("${folder}" name)
  add_executable(${program} ${main})
  target_link_libraries(${program} PRIVATE ballast_${name})
  ballast_configure_target(${program} ballast_cold_pch)
  ballast_tidy_target(${program})
  set_target_properties(${program} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}")
endfunction()

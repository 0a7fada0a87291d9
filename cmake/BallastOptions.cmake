# How everything of ours is compiled: standard, warnings, floating point, sanitizers, ccache.

option(BALLAST_TESTS "Build and register tests" ON)
option(BALLAST_UNIT_TESTS "With BALLAST_TESTS: those beside the sources too" ON)
option(BALLAST_THREAD_TESTS_ONLY "Register only the tests labelled `threads`" OFF)
option(BALLAST_BENCH "Build the benchmarks" OFF)
option(BALLAST_LIBFUZZER "Make each fuzz target a libFuzzer program (clang only)" OFF)
option(BALLAST_WERROR "Warnings are errors" ON)
# Both are off in tidy, so that a file which forgot an include is found out there.
option(BALLAST_UNITY "Compile several files of a target as one" OFF)
# Where g++ optimises much, it warns of what a precompiled header takes from the standard library:
# there only libraries marked COLD and tests have one.
set(BALLAST_PRECOMPILED "ALL" CACHE STRING "What is compiled with precompiled headers: ALL, COLD, NONE")
option(BALLAST_TIDY "Run clang-tidy on our sources, tests aside, while they compile" OFF)
# These take longer to compile than to run.
set(BALLAST_COLD_FLAGS "" CACHE STRING "Flags for libraries marked COLD")
set(BALLAST_TEST_FLAGS "" CACHE STRING "Flags for tests, not for what they test")
set(BALLAST_SANITIZE "" CACHE STRING "Value for -fsanitize=, on every one of our targets")
set(BALLAST_FUZZ_RUNS 1000 CACHE STRING "Mutations that one fuzz smoke test runs")
set(BALLAST_TEST_PREFIX "" CACHE STRING "Put before each test's name, to tell the builds apart")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(BALLAST_CCACHE ccache)
if(BALLAST_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without these, ccache refuses every file that uses a precompiled header. By the compiler's own
  # lists of headers it need not run the preprocessor first, which is a quarter of the work.
  set(sloppiness pch_defines,time_macros,include_file_mtime,include_file_ctime)
  set(CMAKE_CXX_COMPILER_LAUNCHER
      "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=${sloppiness} CCACHE_DEPEND=1
      "${BALLAST_CCACHE}")
endif()

# Every target of ours links this one PRIVATE; nothing of it reaches a third-party header.
add_library(ballast_options INTERFACE)
target_compile_options(
  ballast_options
  INTERFACE -Wall
            -Wextra
            -Wpedantic
            -Wconversion
            -Wshadow
            # A multiply and an add round twice on every compiler: equal journals, equal digests.
            -ffp-contract=off
            # Clang's -Wconversion includes it and g++'s does not; both must accept the same code.
            -Wno-sign-conversion)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 warns falsely about `"x" + std::string` when optimising (GCC bug 105651), and about what
  # an optional holds when it optimises much (80635); the other builds look for the latter.
  # Where files are compiled as one, it takes their own unnamed namespaces for a header's.
  target_compile_options(ballast_options INTERFACE -Wno-restrict
                                                   $<$<CONFIG:Release>:-Wno-maybe-uninitialized>
                                                   $<$<BOOL:${BALLAST_UNITY}>:-Wno-subobject-linkage>)
else()
  # Clang hashes the time of a precompiled header into its users; ccache needs it not to.
  target_compile_options(ballast_options INTERFACE "SHELL:-Xclang -fno-pch-timestamp")
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  # Any x86-64 still runs it: only what is chosen among its instructions changes. Tuned for machines
  # of all ages, g++ clears every struct of some size (an event, a quote) by `rep stos`, which takes
  # longer to start than the clearing.
  target_compile_options(ballast_options INTERFACE $<$<CONFIG:Release>:-mtune=skylake>)
endif()
# What is COLD, and tests, link these behind the options above.
separate_arguments(cold_flags UNIX_COMMAND "${BALLAST_COLD_FLAGS}")
add_library(ballast_cold_options INTERFACE)
target_compile_options(ballast_cold_options INTERFACE ${cold_flags})
separate_arguments(test_flags UNIX_COMMAND "${BALLAST_TEST_FLAGS}")
add_library(ballast_test_options INTERFACE)
target_compile_options(ballast_test_options INTERFACE ${test_flags})
if(BALLAST_UNITY) # a neighbour's names are not the file's own
  target_compile_options(ballast_test_options INTERFACE -Wno-shadow)
endif()
find_program(BALLAST_LLD ld.lld)
if(BALLAST_LLD AND CMAKE_CXX_COMPILER_ID MATCHES "Clang") # links in a third of the time
  target_link_options(ballast_options INTERFACE -fuse-ld=lld)
endif()
if(BALLAST_WERROR)
  target_compile_options(ballast_options INTERFACE -Werror)
endif()
if(BALLAST_SANITIZE)
  target_compile_options(
    ballast_options INTERFACE -fsanitize=${BALLAST_SANITIZE} -fno-sanitize-recover=all
                              -fno-omit-frame-pointer)
  target_link_options(ballast_options INTERFACE -fsanitize=${BALLAST_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    target_compile_options(
      ballast_options
      INTERFACE "-fsanitize-ignorelist=${CMAKE_CURRENT_LIST_DIR}/sanitizer_ignorelist.txt")
  endif()
endif()
if(BALLAST_LIBFUZZER)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "BALLAST_LIBFUZZER needs clang: cmake --preset fuzz")
  endif()
  target_compile_options(ballast_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_definitions(ballast_options INTERFACE _GLIBCXX_ASSERTIONS)
endif()

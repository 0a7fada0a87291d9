# What stands beside src/: tests that span floors, fuzz targets, benchmarks, tests of the tools.
# Each may link against everything, and each folder may be missing.

include_guard(GLOBAL)

# tests/*_test.cpp become one program, each sub-folder of tests/ another. tests/support/ is a
# library for all of them. They include from src/ and tests/, and know where the sources and the
# program stand (BALLAST_SOURCE_DIR, BALLAST_PROGRAM). A sub-folder's name is a label of its tests;
# `./dev soak` repeats those labelled `sim` and `live` with BALLAST_SEED=1, 2, ... set.
function(ballast_spanning_tests)
  if(NOT BALLAST_TESTS)
    return()
  endif()
  set(threaded live sink) # folders whose tests run again under ThreadSanitizer
  # What the sanitizers see in other tests too, and takes minutes there: months of recordings, control's
  # loops (sim/ closes them all), the names of metrics, and QuantLib's headers.
  set(unsanitized real_runs control ops oracle)
  set(tests_dir "${PROJECT_SOURCE_DIR}/tests")
  get_property(libraries GLOBAL PROPERTY ballast_libraries)
  set(definitions)
  if(TARGET ballast)
    set(definitions BALLAST_PROGRAM="$<TARGET_FILE:ballast>")
  endif()

  file(GLOB_RECURSE support CONFIGURE_DEPENDS "${tests_dir}/support/*.cpp")
  if(support)
    add_library(tests_support STATIC EXCLUDE_FROM_ALL ${support})
    target_link_libraries(tests_support PUBLIC ${libraries} GTest::gtest)
    target_include_directories(tests_support PRIVATE "${tests_dir}")
    target_compile_definitions(tests_support PRIVATE BALLAST_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                                                     ${definitions})
    ballast_configure_target(tests_support ballast_test_pch)
    list(PREPEND libraries tests_support)
  endif()

  file(GLOB top_level CONFIGURE_DEPENDS "${tests_dir}/*_test.cpp")
  file(GLOB entries CONFIGURE_DEPENDS LIST_DIRECTORIES true "${tests_dir}/*")
  foreach(entry IN LISTS entries ITEMS "${tests_dir}")
    get_filename_component(folder "${entry}" NAME)
    if(entry STREQUAL tests_dir)
      set(sources ${top_level})
      set(name tests_top)
      set(prefix tests)
      set(labels spanning)
    elseif(folder IN_LIST unsanitized AND BALLAST_SANITIZE)
      continue()
    elseif(IS_DIRECTORY "${entry}" AND NOT folder STREQUAL "support")
      file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${entry}/*.cpp")
      set(name tests_${folder})
      set(prefix tests/${folder})
      set(labels spanning ${folder})
      if(folder IN_LIST threaded)
        list(APPEND labels threads)
      endif()
    else()
      continue()
    endif()
    if(sources)
      ballast_test_program(
        ${name}
        PREFIX ${prefix}
        SOURCES ${sources}
        LIBRARIES ${libraries}
        LABELS ${labels}
        DEFINITIONS ${definitions})
      if(TARGET ${name})
        target_include_directories(${name} PRIVATE "${tests_dir}")
        if(folder STREQUAL "oracle")
          target_link_libraries(${name} PRIVATE quantlib::quantlib)
        endif()
        if(TARGET ballast)
          add_dependencies(${name} ballast)
        endif()
      endif()
    endif()
  endforeach()
endfunction()

# fuzz/<name>_fuzz.cpp is a libFuzzer program in the fuzz preset. Under AddressSanitizer it runs the
# committed corpus and some thousand seeded mutations of it as the CTest fuzz_smoke_<name>.
function(ballast_fuzz_targets)
  if(NOT BALLAST_TESTS OR NOT BALLAST_SANITIZE OR BALLAST_THREAD_TESTS_ONLY)
    return()
  endif()
  set(fuzz_dir "${PROJECT_SOURCE_DIR}/fuzz")
  get_property(libraries GLOBAL PROPERTY ballast_libraries)
  file(GLOB sources CONFIGURE_DEPENDS "${fuzz_dir}/*_fuzz.cpp")
  if(sources AND NOT BALLAST_LIBFUZZER)
    add_library(fuzz_main OBJECT "${fuzz_dir}/standalone_main.cpp")
    ballast_configure_target(fuzz_main "")
  endif()
  foreach(source IN LISTS sources)
    get_filename_component(target "${source}" NAME_WE)
    string(REGEX REPLACE "_fuzz$" "" name "${target}")
    add_executable(${target} "${source}")
    target_link_libraries(${target} PRIVATE ${libraries})
    ballast_configure_target(${target} ballast_pch)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                               "${PROJECT_BINARY_DIR}/fuzz")
    add_dependencies(ballast_tests ${target})
    add_dependencies(ballast_fuzz ${target})
    if(BALLAST_LIBFUZZER)
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      continue()
    endif()
    target_link_libraries(${target} PRIVATE fuzz_main)
    set(test "${BALLAST_TEST_PREFIX}fuzz_smoke_${name}")
    set(runs ${BALLAST_FUZZ_RUNS})
    if(name STREQUAL "engine") # one run is a desk's whole life
      math(EXPR runs "${runs} / 4")
    endif()
    add_test(NAME "${test}" COMMAND ${target} --runs ${runs} "${fuzz_dir}/corpus/${name}")
    set_tests_properties("${test}" PROPERTIES TIMEOUT 300 LABELS fuzz)
    if(name STREQUAL "canary")
      # It fails on purpose: were it to pass, no other fuzz test could be believed. The second test
      # makes sure that it fails for the input found, and not for want of a corpus.
      set_tests_properties("${test}" PROPERTIES WILL_FAIL TRUE)
      add_test(NAME "${test}_names_its_input" COMMAND ${target} --runs ${BALLAST_FUZZ_RUNS}
                                                      "${fuzz_dir}/corpus/${name}")
      set_tests_properties(
        "${test}_names_its_input"
        PROPERTIES TIMEOUT 300 LABELS fuzz PASS_REGULAR_EXPRESSION
                   "died by signal 6 .*The input is in crash-canary_fuzz")
    endif()
  endforeach()
endfunction()

# bench/<name>_bench.cpp is one Google Benchmark program each. Where there is a folder bench/<name>/,
# the benchmark is of the whole program instead: its sources are compiled with it, include one another
# from bench/, link none of our libraries, and know where the program stands (BALLAST_PROGRAM).
function(ballast_benchmarks)
  if(NOT BALLAST_BENCH)
    return()
  endif()
  get_property(libraries GLOBAL PROPERTY ballast_libraries)
  set(with_quantlib black heston lookback) # benchmarks that have it as a peer
  set(bench_dir "${PROJECT_SOURCE_DIR}/bench")
  file(GLOB sources CONFIGURE_DEPENDS "${bench_dir}/*_bench.cpp")
  foreach(source IN LISTS sources)
    get_filename_component(target "${source}" NAME_WE)
    string(REGEX REPLACE "_bench$" "" name "${target}")
    file(GLOB own CONFIGURE_DEPENDS "${bench_dir}/${name}/*.cpp")
    add_executable(${target} EXCLUDE_FROM_ALL "${source}" ${own})
    if(own)
      target_link_libraries(${target} PRIVATE fmt::fmt)
      target_include_directories(${target} PRIVATE "${bench_dir}")
      if(TARGET ballast)
        target_compile_definitions(${target} PRIVATE BALLAST_PROGRAM="$<TARGET_FILE:ballast>")
        add_dependencies(${target} ballast)
      endif()
    else()
      target_link_libraries(${target} PRIVATE ${libraries} benchmark::benchmark
                                              benchmark::benchmark_main)
    endif()
    if(name IN_LIST with_quantlib)
      target_link_libraries(${target} PRIVATE quantlib::quantlib)
    endif()
    ballast_configure_target(${target} ballast_pch)
    set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                               "${PROJECT_BINARY_DIR}/bench")
    add_dependencies(ballast_bench ${target})
  endforeach()
endfunction()

# tools/<name>_test.py are the tools' own tests; check_tree.py is itself a test of the sources.
function(ballast_tool_tests)
  if(NOT BALLAST_TESTS OR BALLAST_SANITIZE)
    return() # once is enough: nothing here is compiled
  endif()
  if(EXISTS "${PROJECT_SOURCE_DIR}/tools/check_tree.py")
    add_test(NAME tree COMMAND "${Python3_EXECUTABLE}" "${PROJECT_SOURCE_DIR}/tools/check_tree.py"
                               "${PROJECT_SOURCE_DIR}")
    set_tests_properties(tree PROPERTIES TIMEOUT 60 LABELS tools)
  endif()
  file(GLOB tests CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tools/*_test.py")
  foreach(test IN LISTS tests)
    get_filename_component(name "${test}" NAME_WE)
    add_test(NAME tools_${name} COMMAND "${Python3_EXECUTABLE}" "${test}")
    set_tests_properties(tools_${name} PROPERTIES TIMEOUT 60 LABELS tools)
  endforeach()
endfunction()

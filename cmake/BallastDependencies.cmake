# Everything from outside, found once. packages.txt lists the Debian packages, and
# docs/dependencies.md says why each is here. All of it is included as SYSTEM.

find_package(Threads REQUIRED)
find_package(tl-expected REQUIRED) # tl::expected
find_package(fmt REQUIRED) # fmt::fmt
find_package(simdjson REQUIRED) # simdjson::simdjson
find_package(nlohmann_json REQUIRED) # nlohmann_json::nlohmann_json
find_package(tomlplusplus REQUIRED) # tomlplusplus::tomlplusplus
find_package(CLI11 REQUIRED) # CLI11::CLI11
find_package(SQLite3 REQUIRED) # SQLite::SQLite3
find_package(ZLIB REQUIRED) # ZLIB::ZLIB
find_package(Boost 1.74 REQUIRED) # Boost::headers: Asio and Beast are headers only
find_package(OpenSSL 3.0 REQUIRED) # OpenSSL::SSL
find_package(Eigen3 3.4 REQUIRED NO_MODULE) # Eigen3::Eigen
find_package(Ceres 2.1 REQUIRED) # Ceres::ceres

# Debian ships no CMake configuration for libsodium.
find_path(BALLAST_SODIUM_INCLUDE sodium.h REQUIRED)
find_library(BALLAST_SODIUM_LIBRARY sodium REQUIRED)
add_library(sodium::sodium UNKNOWN IMPORTED)
set_target_properties(
  sodium::sodium PROPERTIES IMPORTED_LOCATION "${BALLAST_SODIUM_LIBRARY}"
                            INTERFACE_INCLUDE_DIRECTORIES "${BALLAST_SODIUM_INCLUDE}")

# Of LEMON we use templates, which need none of its library, and its configuration names no target.
find_path(BALLAST_LEMON_INCLUDE lemon/network_simplex.h REQUIRED)
add_library(lemon::lemon INTERFACE IMPORTED)
set_target_properties(
  lemon::lemon PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${BALLAST_LEMON_INCLUDE}"
                          INTERFACE_COMPILE_DEFINITIONS LEMON_ONLY_TEMPLATES)

# Of prometheus-cpp only the core: its own configuration also asks for an HTTP server and a client.
find_path(BALLAST_PROMETHEUS_INCLUDE prometheus/text_serializer.h REQUIRED)
find_library(BALLAST_PROMETHEUS_LIBRARY prometheus-cpp-core REQUIRED)
add_library(prometheus-cpp::core UNKNOWN IMPORTED)
set_target_properties(
  prometheus-cpp::core PROPERTIES IMPORTED_LOCATION "${BALLAST_PROMETHEUS_LIBRARY}"
                                  INTERFACE_INCLUDE_DIRECTORIES "${BALLAST_PROMETHEUS_INCLUDE}")

if(BALLAST_TESTS)
  find_package(GTest REQUIRED) # GTest::gtest_main
  find_package(Python3 3.9 REQUIRED COMPONENTS Interpreter) # for tools/ only
  include(GoogleTest)
endif()
if(BALLAST_BENCH)
  find_package(benchmark REQUIRED) # benchmark::benchmark_main
endif()
if(BALLAST_TESTS OR BALLAST_BENCH)
  # The oracle and the peer: it is never linked into the product. Debian ships no CMake configuration.
  find_path(BALLAST_QUANTLIB_INCLUDE ql/version.hpp REQUIRED)
  find_library(BALLAST_QUANTLIB_LIBRARY QuantLib REQUIRED)
  add_library(quantlib::quantlib UNKNOWN IMPORTED)
  set_target_properties(
    quantlib::quantlib PROPERTIES IMPORTED_LOCATION "${BALLAST_QUANTLIB_LIBRARY}"
                                  INTERFACE_INCLUDE_DIRECTORIES "${BALLAST_QUANTLIB_INCLUDE}")
endif()
if(BALLAST_TIDY)
  find_program(BALLAST_CLANG_TIDY NAMES clang-tidy clang-tidy-14 REQUIRED)
endif()

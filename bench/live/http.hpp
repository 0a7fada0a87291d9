// A plain HTTP client for a few small requests, and the little reading of JSON that the benchmark
// needs: it knows which answers it asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ballast::live_bench {

struct HttpAsk {
  std::string_view method = "GET";
  std::string_view target;
  std::string_view token;
  std::string_view body = {};  // JSON
};

/// The body of a 2xx answer; throws Failure, with what the service said, on any other.
std::string ask(std::uint16_t port, const HttpAsk& what);

/// The status that a response's first line tells; 0 where it is none.
int status_of(std::string_view response);

/// The text of the first value of that key, from `from` on: of a string what is within its quotes,
/// of anything else what stands before the next comma or closing bracket.
std::optional<std::string_view> json_value(std::string_view json,
                                           std::string_view key,
                                           std::size_t from = 0);
/// 0 where there is none.
std::uint64_t json_count(std::string_view json, std::string_view key);
double json_number(std::string_view json, std::string_view key, std::size_t from = 0);

}  // namespace ballast::live_bench

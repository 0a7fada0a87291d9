// Result<T>: what the world can cause is a value; what only we can cause is a contract violation.
//
// An Error says what failed, on which value, why, and what to do about it. No exception crosses a
// library boundary, and no NaN or magic number stands for "no answer".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace ballast {

enum class Errc : std::uint8_t {
  bad_input,      // malformed text, unknown name, value outside its domain
  overflow,       // a number that the type cannot hold
  excess_digits,  // more fractional digits than the type holds exactly
  divide_by_zero,
  stale_data,  // an input is missing or too old
  conflict,    // the same key with a different body
  io,          // the operating system or the store said no
  corrupt,     // stored data is damaged
  locked,      // somebody else is the writer
  no_convergence,
  not_found,
  infeasible,  // no solution: the conditions exclude one another
  unbounded,   // no best solution: there is always a better one
};

constexpr std::string_view to_string(Errc code) {
  constexpr std::string_view names[] = {
      "bad_input", "overflow", "excess_digits",  "divide_by_zero", "stale_data", "conflict", "io",
      "corrupt",   "locked",   "no_convergence", "not_found",      "infeasible", "unbounded"};
  return names[static_cast<std::size_t>(code)];
}

struct Error {
  Errc code{};
  std::string what;  // one sentence: what failed, on which value, and what to do
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Errc code, std::string what) {
  return tl::unexpected<Error>(Error{code, std::move(what)});
}

}  // namespace ballast

/// Unwraps a Result or returns its error from the enclosing function.
#define BALLAST_TRY(name, expression)                                            \
  auto name##_result = (expression);                                             \
  if (!name##_result) return ::tl::unexpected(std::move(name##_result).error()); \
  auto& name = *name##_result

/// The same for a Result<void>.
#define BALLAST_CHECK(expression)                               \
  do {                                                          \
    if (auto check_result = (expression); !check_result)        \
      return ::tl::unexpected(std::move(check_result).error()); \
  } while (false)

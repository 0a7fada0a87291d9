// A formula by name: what it takes and gives, where it is from, and the function itself.
//
// calculate() checks a request against the entry (unknown, missing and doubled parameters, kinds,
// domains), fills in defaults, and holds the answers to what the entry declares. So an entry's own
// function reads arguments that are there and of their kind, and checks only what relates them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "quant/calc/value.hpp"

namespace ballast {

enum class Kind : std::uint8_t {
  number,
  whole,    // a number without a fraction, at most 2^53
  text,     // one of the parameter's choices
  record,   // named values, which the formula itself checks
  numbers,  // a list
  matrix,   // a list of lists of equally many numbers
  rows,     // a list of lists whose elements are numbers or null
  records,  // a list of records
  point,    // a record of numbers, or a list of them
};
std::string_view to_string(Kind kind);

/// Which numbers a parameter may be, or its elements.
struct Domain {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;
  bool high_open = false;

  bool holds(double value) const {
    return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
  }
};
constexpr Domain any_number{};
constexpr Domain positive{.low = 0.0, .low_open = true};
constexpr Domain not_negative{.low = 0.0};
constexpr Domain below_one{.low = 0.0, .high = 1.0, .high_open = true};
constexpr Domain share{.low = 0.0, .high = 1.0};
constexpr Domain inner_share{.low = 0.0, .high = 1.0, .low_open = true, .high_open = true};
/// "> 0", "0 to 1, 1 excluded"; empty for any number.
std::string to_string(const Domain& domain);

struct Required {};
struct Optional {};
using Presence = std::variant<Required, Optional, double, std::string_view>;  // or its default

struct Parameter {
  std::string_view name;
  Kind kind = Kind::number;
  std::string_view about;  // what it is, with its unit
  Domain domain = any_number;
  Presence presence = Required{};
  std::span<const std::string_view> choices = {};
};

struct Answer {
  std::string_view name;
  std::string_view about;  // what it is, with its unit; null where it says when it is absent
};

struct Matrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> numbers;  // row by row
};

/// The checked arguments of one request. Asking for what is neither given nor has a default is a
/// broken contract.
class Arguments {
 public:
  double number(std::string_view name) const;
  std::int64_t whole(std::string_view name) const;
  std::string_view text(std::string_view name) const;
  std::vector<double> numbers(std::string_view name) const;
  Matrix matrix(std::string_view name) const;
  std::vector<std::vector<std::optional<double>>> rows(std::string_view name) const;
  const List& records(std::string_view name) const;
  const Fields& record(std::string_view name) const;
  /// The numbers of a point by `names`, in their order: all of them and no others.
  Result<std::vector<double>> point(std::string_view name,
                                    std::span<const std::string_view> names) const;

  /// Whether it was in the request or has a default.
  bool has(std::string_view name) const { return find(values_, name) != nullptr; }
  /// The first of `names` that is missing (refused: is there) is an error: "stationary needs Q".
  Result<void> need(std::initializer_list<std::string_view> names, std::string_view who) const;
  Result<void> refuse(std::initializer_list<std::string_view> names, std::string_view who) const;

 private:
  friend Result<Fields> calculate(const struct Formula& formula, Fields request);
  const Value& value(std::string_view name) const;

  Fields values_;
};

struct Formula {
  std::string_view name;
  std::string_view about;  // one line
  std::string_view source;
  std::span<const Parameter> parameters;
  std::span<const Answer> answers;
  Result<Fields> (*evaluate)(const Arguments&) = nullptr;
  Fields (*example)() = nullptr;  // a request that evaluates

  const Parameter* find_parameter(std::string_view parameter) const;
};

/// Answers are finite numbers, lists or records of them, or null where there is none, in the
/// declared order.
/// Errors: bad_input, naming the parameter; overflow where an answer is no finite number; the
/// formula's own.
Result<Fields> calculate(const Formula& formula, Fields request);

}  // namespace ballast

// Formulas by name in JSON: one request a line, one answer a line. Pure: text in, text out.
//
//   {"fn": "glft", "q": 5, ...}  ->  {"bid_depth": 3.65, ...}
//   anything else                ->  {"error": {"code": "bad_input", "message": "..."}}
//
// Numbers are written as the shortest text that reads back as the same double, with a point or an
// exponent, and never NaN or infinity. An integer that no double holds is refused, not rounded.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "quant/calc/value.hpp"

namespace ballast {

/// One JSON value and nothing behind it. Error: bad_input, with the column.
Result<Value> read_value(std::string_view json);

/// On one line, without a newline. Texts that are not UTF-8 lose what is not.
std::string write_value(const Value& value);
/// {"error": {"code": ..., "message": ...}}, likewise.
std::string write_error(const Error& error);

struct CalcAnswer {
  std::string line;      // without a newline
  bool refused = false;  // it is an error
};
/// The answer to one line of input.
CalcAnswer answer_request(std::string_view line);

}  // namespace ballast

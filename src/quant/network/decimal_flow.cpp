#include "quant/network/decimal_flow.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/network/minimum_cost_flow.hpp"

namespace ballast {
namespace {

/// digits * 10^exponent, the digits without trailing zeros.
struct Decimal10 {
  std::int64_t digits = 0;
  int exponent = 0;
};

/// The shortest decimal that reads back as `value`, which is finite: at most 17 digits.
Decimal10 shortest_decimal(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.begin(), text.end(), value, std::chars_format::scientific).ptr;
  Decimal10 decimal;
  bool behind_point = false;
  const char* at = text.begin();
  const bool negative = *at == '-';
  for (at += negative ? 1 : 0; at != end && *at != 'e'; ++at) {
    if (*at == '.') {
      behind_point = true;
      continue;
    }
    decimal.digits = 10 * decimal.digits + (*at - '0');
    decimal.exponent -= behind_point ? 1 : 0;
  }
  int power = 0;
  at += at != end ? 1 : 0;                // the e
  at += at != end && *at == '+' ? 1 : 0;  // which from_chars does not take
  std::from_chars(at, end, power);
  decimal.exponent += power;
  if (negative) decimal.digits = -decimal.digits;
  return decimal;
}

/// The one scale of several numbers: how many decimals the one with the most of them has.
class Scale {
 public:
  Result<void> include(std::string_view name, double value) {
    BALLAST_CHECK(require_finite(name, value));
    if (value != 0.0) decimals_ = std::max(decimals_, -shortest_decimal(value).exponent);
    return {};
  }
  int decimals() const { return decimals_; }

  Result<std::int64_t> scaled(std::string_view name, double value) const {
    if (value == 0.0) return 0;
    const Decimal10 decimal = shortest_decimal(value);
    std::int64_t result = decimal.digits;
    for (int i = decimal.exponent + decimals_; i > 0; --i) {
      if (__builtin_mul_overflow(result, 10, &result)) {
        return fail(Errc::overflow,
                    fmt::format("{} is {} where others have {} decimals: together more digits than "
                                "64 bits hold, so round them, or use another unit",
                                name, value, decimals_));
      }
    }
    return result;
  }

 private:
  int decimals_ = 0;
};

/// The double nearest to number / 10^decimals.
double unscaled(Int128 number, int decimals) {
  const std::string text = fmt::format("{}e-{}", number, decimals);
  double value = 0.0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  BALLAST_ASSERT(read.ec == std::errc{});
  return value;
}

struct Scales {
  Scale amount;
  Scale cost;
};

Result<Scales> scales_of(const DecimalFlowProblem& problem) {
  Scales scales;
  for (std::size_t i = 0; i < problem.supplies.size(); ++i)
    BALLAST_CHECK(scales.amount.include(fmt::format("supply {}", i), problem.supplies[i]));
  for (std::size_t i = 0; i < problem.arcs.size(); ++i) {
    const DecimalFlowArc& arc = problem.arcs[i];
    BALLAST_CHECK(scales.cost.include(fmt::format("the cost of arc {}", i), arc.cost));
    if (!arc.capacity) continue;
    BALLAST_CHECK(scales.amount.include(fmt::format("the capacity of arc {}", i), *arc.capacity));
  }
  return scales;
}

Result<MinimumCostFlowProblem> scaled(const DecimalFlowProblem& problem, const Scales& scales) {
  MinimumCostFlowProblem whole;
  whole.amount_decimals = scales.amount.decimals();
  for (std::size_t i = 0; i < problem.supplies.size(); ++i) {
    BALLAST_TRY(supply, scales.amount.scaled(fmt::format("supply {}", i), problem.supplies[i]));
    whole.supplies.push_back(supply);
  }
  for (std::size_t i = 0; i < problem.arcs.size(); ++i) {
    const DecimalFlowArc& arc = problem.arcs[i];
    BALLAST_TRY(cost, scales.cost.scaled(fmt::format("the cost of arc {}", i), arc.cost));
    FlowArc whole_arc{arc.from, arc.to, FlowArc::unlimited, cost};
    if (arc.capacity) {
      BALLAST_TRY(capacity,
                  scales.amount.scaled(fmt::format("the capacity of arc {}", i), *arc.capacity));
      whole_arc.capacity = capacity;
    }
    whole.arcs.push_back(whole_arc);
  }
  return whole;
}

}  // namespace

Result<DecimalFlow> minimum_cost_flow(const DecimalFlowProblem& problem) {
  BALLAST_TRY(scales, scales_of(problem));
  BALLAST_TRY(whole, scaled(problem, scales));
  BALLAST_TRY(answer, minimum_cost_flow(whole));
  const int amount_decimals = scales.amount.decimals();
  const int cost_decimals = scales.cost.decimals();
  DecimalFlow flow;
  flow.cost = unscaled(answer.cost, amount_decimals + cost_decimals);
  for (const std::int64_t amount : answer.flows)
    flow.flows.push_back(unscaled(amount, amount_decimals));
  for (const std::int64_t dual : answer.duals)
    flow.duals.push_back(unscaled(dual, cost_decimals));
  return flow;
}

}  // namespace ballast

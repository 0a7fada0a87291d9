#include <algorithm>
#include <array>
#include <cmath>

#include "quant/calc/registry.hpp"
#include "quant/pricing/heston_paths.hpp"
#include "quant/pricing/lookback.hpp"
#include "quant/pricing/merton.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 2> call_or_put{"call", "put"};

OptionRight right_in(const Arguments& arguments) {
  return arguments.text("right") == "call" ? OptionRight::call : OptionRight::put;
}

// ---- merton

constexpr std::array merton_parameters{
    Parameter{"right", Kind::text, "of the option", any_number, Required{}, call_or_put},
    Parameter{"spot", Kind::number, "price now", positive},
    Parameter{"strike", Kind::number, "in the unit of the spot", positive},
    Parameter{"years", Kind::number, "to the expiry", positive},
    Parameter{"rate", Kind::number, "continuous, annual"},
    Parameter{"yield", Kind::number, "continuous, annual"},
    Parameter{"sigma", Kind::number, "vol between jumps, annual", not_negative},
    Parameter{"lambda", Kind::number, "jumps a year", not_negative},
    Parameter{"jump_mean", Kind::number, "mean of the logarithm of a jump"},
    Parameter{"jump_sd", Kind::number, "standard deviation of the logarithm of a jump",
              not_negative},
};
constexpr std::array price_answer{Answer{"price", "discounted, in the unit of the spot"}};

Result<Fields> evaluate_merton(const Arguments& arguments) {
  const double years = arguments.number("years");
  const double rate = arguments.number("rate");
  BALLAST_TRY(price, merton_price(right_in(arguments),
                                  {.forward = arguments.number("spot") *
                                              std::exp((rate - arguments.number("yield")) * years),
                                   .discount = std::exp(-rate * years),
                                   .strike = arguments.number("strike"),
                                   .years = years,
                                   .sigma = arguments.number("sigma"),
                                   .lambda = arguments.number("lambda"),
                                   .jump_mean = arguments.number("jump_mean"),
                                   .jump_sd = arguments.number("jump_sd")}));
  return Fields{{"price", price}};
}

Fields example_merton() {
  return {{"right", "call"},   {"spot", 100.0},  {"strike", 100.0}, {"years", 1.0},
          {"rate", 0.05},      {"yield", 0.0},   {"sigma", 0.2},    {"lambda", 1.0},
          {"jump_mean", -0.1}, {"jump_sd", 0.15}};
}

// ---- lookback and lookback_heston

constexpr std::array<std::string_view, 4> lookback_styles{"floating", "fixed", "partial_floating",
                                                          "partial_fixed"};
constexpr std::array<std::string_view, 2> fixing_methods{"exact", "corrected"};
constexpr Domain fixing_counts{.low = 1.0, .high = 1e5};

constexpr Parameter style_parameter{
    "style",
    Kind::text,
    "floating: against the price at the end; fixed: against the strike; partial_floating: the "
    "extreme up to t1; partial_fixed: from t1",
    any_number,
    Required{},
    lookback_styles};
constexpr Parameter right_parameter{"right",    Kind::text, "of the option",
                                    any_number, Required{}, call_or_put};
constexpr Parameter spot_parameter{"spot", Kind::number, "price now", positive};
constexpr Parameter strike_parameter{"strike", Kind::number, "of the two fixed styles", positive,
                                     Optional{}};
constexpr Parameter extremum_parameter{
    "extremum", Kind::number,
    "least price so far (floating call, fixed put) or greatest; absent: the spot", positive,
    Optional{}};
constexpr Parameter years_parameter{"years", Kind::number, "to the expiry", positive};
constexpr Parameter t1_parameter{"t1", Kind::number, "of the two partial styles, years",
                                 not_negative, Optional{}};
constexpr Parameter rate_parameter{"rate", Kind::number, "continuous, annual"};
constexpr Parameter yield_parameter{"yield", Kind::number, "continuous, annual"};
constexpr Parameter lambda_parameter{
    "lambda", Kind::number,
    "of the two floating styles: what the extreme counts; call 1 or above, put at most 1", positive,
    1.0};
constexpr Parameter monitorings_parameter{
    "monitorings", Kind::whole,
    "equal steps to the end at which, and now, the extreme is taken; absent: continuously",
    fixing_counts, Optional{}};

constexpr std::array lookback_parameters{
    style_parameter,
    right_parameter,
    spot_parameter,
    strike_parameter,
    extremum_parameter,
    years_parameter,
    t1_parameter,
    rate_parameter,
    yield_parameter,
    Parameter{"vol", Kind::number, "annual", positive},
    lambda_parameter,
    monitorings_parameter,
    Parameter{
        "method", Kind::text,
        "with monitorings, exact: at most 5,000 of them; corrected: from the continuous price",
        any_number, std::string_view("exact"), fixing_methods},
};

Lookback lookback_in(const Arguments& arguments) {
  const auto maybe = [&](std::string_view name) {
    return arguments.has(name) ? std::optional(arguments.number(name)) : std::nullopt;
  };
  const auto* const style =
      std::find(lookback_styles.begin(), lookback_styles.end(), arguments.text("style"));
  return {.style = static_cast<LookbackStyle>(style - lookback_styles.begin()),
          .right = right_in(arguments),
          .years = arguments.number("years"),
          .strike = maybe("strike"),
          .extremum = maybe("extremum"),
          .t1 = maybe("t1"),
          .lambda = arguments.number("lambda")};
}

Result<Fields> evaluate_lookback(const Arguments& arguments) {
  const LookbackMarket market{.spot = arguments.number("spot"),
                              .rate = arguments.number("rate"),
                              .yield = arguments.number("yield"),
                              .vol = arguments.number("vol")};
  const Lookback lookback = lookback_in(arguments);
  const auto priced = [&] {
    if (!arguments.has("monitorings")) return lookback_price(market, lookback);
    const auto fixings = static_cast<int>(arguments.whole("monitorings"));
    return arguments.text("method") == "exact"
               ? lookback_price_discrete(market, lookback, fixings)
               : lookback_price_corrected(market, lookback, fixings);
  };
  BALLAST_TRY(price, priced());
  return Fields{{"price", price}};
}

Fields example_lookback() {
  return {{"style", "partial_floating"},
          {"right", "call"},
          {"spot", 110.0},
          {"extremum", 110.0},
          {"years", 1.0},
          {"t1", 0.25},
          {"rate", 0.06},
          {"yield", 0.0},
          {"vol", 0.1}};
}

constexpr Domain path_counts{.low = 2.0, .high = 1e7};
constexpr Domain step_counts{.low = 1.0, .high = 1e5};
constexpr std::array lookback_heston_parameters{
    style_parameter,
    right_parameter,
    spot_parameter,
    strike_parameter,
    extremum_parameter,
    years_parameter,
    t1_parameter,
    rate_parameter,
    yield_parameter,
    lambda_parameter,
    monitorings_parameter,
    Parameter{"v0", Kind::number, "variance now, annual; not 0 together with theta", not_negative},
    Parameter{"kappa", Kind::number, "speed of its return to theta, 1 / year", positive},
    Parameter{"theta", Kind::number, "variance in the long run, annual", not_negative},
    Parameter{"sigma", Kind::number, "volatility of the variance, per root of year", positive},
    Parameter{"rho", Kind::number, "correlation of price and variance",
              Domain{.low = -1.0, .high = 1.0, .low_open = true, .high_open = true}},
    Parameter{"paths", Kind::whole, "drawn", path_counts},
    Parameter{"seed", Kind::whole, "of the draws: the same seed, the same answer", not_negative},
    Parameter{"steps", Kind::whole, "of time; absent: 200 a year, 50 to 1,000", step_counts,
              Optional{}},
};
constexpr std::array lookback_heston_answers{
    Answer{"price", "discounted, in the unit of the spot"},
    Answer{"std_error", "of the price"},
};

Result<Fields> evaluate_lookback_heston(const Arguments& arguments) {
  const double years = arguments.number("years");
  constexpr double per_year = 200.0;
  const double usual = std::clamp(std::ceil(per_year * years), 50.0, 1000.0);
  const HestonPaths paths{
      .parameters = {.v0 = arguments.number("v0"),
                     .kappa = arguments.number("kappa"),
                     .theta = arguments.number("theta"),
                     .sigma = arguments.number("sigma"),
                     .rho = arguments.number("rho")},
      .spot = arguments.number("spot"),
      .rate = arguments.number("rate"),
      .yield = arguments.number("yield"),
      .paths = arguments.whole("paths"),
      .steps = static_cast<int>(arguments.has("steps") ? arguments.number("steps") : usual),
      .seed = static_cast<std::uint64_t>(arguments.whole("seed"))};
  std::optional<int> fixings;
  if (arguments.has("monitorings")) fixings = static_cast<int>(arguments.whole("monitorings"));
  BALLAST_TRY(price, lookback_price_heston(paths, lookback_in(arguments), fixings));
  return Fields{{"price", price.price}, {"std_error", price.std_error}};
}

Fields example_lookback_heston() {
  return {{"style", "floating"}, {"right", "put"}, {"spot", 100.0}, {"years", 1.0},  {"rate", 0.01},
          {"yield", 0.02},       {"v0", 0.04},     {"kappa", 4.0},  {"theta", 0.25}, {"sigma", 1.0},
          {"rho", -0.5},         {"paths", 500.0}, {"seed", 1.0},   {"steps", 50.0}};
}

}  // namespace

std::span<const Formula> path_dependent_formulas() {
  static constexpr std::array entries{
      Formula{"merton", "price of a European option when the price also jumps",
              "Merton (1976), Journal of Financial Economics 3", merton_parameters, price_answer,
              evaluate_merton, example_merton},
      Formula{
          "lookback", "price of an option on the greatest or least price, Black-Scholes",
          "Goldman, Sosin and Gatto (1979); Conze and Viswanathan (1991); Heynen and Kat (1994); "
          "Haug (2006), sections 4.15 and 4.16; Broadie, Glasserman and Kou (1999)",
          lookback_parameters, price_answer, evaluate_lookback, example_lookback},
      Formula{"lookback_heston", "the same under stochastic variance, by Monte Carlo",
              "Andersen (2008), Journal of Computational Finance 11(3)", lookback_heston_parameters,
              lookback_heston_answers, evaluate_lookback_heston, example_lookback_heston},
  };
  return entries;
}

}  // namespace ballast

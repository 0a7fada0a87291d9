#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "quant/calc/registry.hpp"
#include "quant/pricing/heston.hpp"
#include "quant/pricing/heston_calibration.hpp"
#include "quant/pricing/svi.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 2> option_rights{"call", "put"};
constexpr Domain correlation{.low = -1.0, .high = 1.0, .low_open = true, .high_open = true};
constexpr std::array<std::string_view, 5> heston_names{"v0", "kappa", "theta", "sigma", "rho"};

OptionRight right_named(std::string_view name) {
  return name == "call" ? OptionRight::call : OptionRight::put;
}

HestonExpiry expiry_after(double spot, double rate, double yield, double years) {
  return {.forward = spot * std::exp((rate - yield) * years),
          .discount = std::exp(-rate * years),
          .years = years};
}

Fields record_of(const HestonParameters& p) {
  return {{"v0", p.v0}, {"kappa", p.kappa}, {"theta", p.theta}, {"sigma", p.sigma}, {"rho", p.rho}};
}

// ---- heston

constexpr std::array heston_call_parameters{
    Parameter{"right", Kind::text, "of the option", any_number, Required{}, option_rights},
    Parameter{"spot", Kind::number, "price now", positive},
    Parameter{"strike", Kind::number, "in the unit of the spot", positive},
    Parameter{"years", Kind::number, "to the expiry", positive},
    Parameter{"rate", Kind::number, "continuous, annual"},
    Parameter{"yield", Kind::number, "continuous, annual"},
    Parameter{"v0", Kind::number, "variance now, annual; not 0 together with theta", not_negative},
    Parameter{"kappa", Kind::number, "speed of its return to theta, 1 / year", positive},
    Parameter{"theta", Kind::number, "variance in the long run, annual", not_negative},
    Parameter{"sigma", Kind::number, "volatility of the variance, per root of year", not_negative},
    Parameter{"rho", Kind::number, "correlation of price and variance", correlation},
};
constexpr std::array heston_call_answers{
    Answer{"price", "discounted, in the unit of the spot"},
    Answer{"gradient", "the price's derivatives: a record of v0, kappa, theta, sigma, rho"},
};

Result<Fields> evaluate_heston(const Arguments& arguments) {
  const HestonParameters parameters{.v0 = arguments.number("v0"),
                                    .kappa = arguments.number("kappa"),
                                    .theta = arguments.number("theta"),
                                    .sigma = arguments.number("sigma"),
                                    .rho = arguments.number("rho")};
  const HestonOption option{right_named(arguments.text("right")), arguments.number("strike")};
  HestonValue value;
  BALLAST_CHECK(heston_values(parameters,
                              expiry_after(arguments.number("spot"), arguments.number("rate"),
                                           arguments.number("yield"), arguments.number("years")),
                              {&option, 1}, {&value, 1}));
  return Fields{{"price", value.price}, {"gradient", record_of(value.gradient)}};
}

Fields example_heston() {
  return {{"right", "call"}, {"spot", 100.0}, {"strike", 100.0}, {"years", 1.0},
          {"rate", 0.01},    {"yield", 0.02}, {"v0", 0.04},      {"kappa", 4.0},
          {"theta", 0.25},   {"sigma", 1.0},  {"rho", -0.5}};
}

// ---- heston_calibrate

constexpr std::array heston_calibrate_parameters{
    Parameter{"spot", Kind::number, "price now", positive},
    Parameter{"rate", Kind::number, "continuous, annual"},
    Parameter{"yield", Kind::number, "continuous, annual"},
    Parameter{
        "quotes", Kind::records,
        "at least five records: right, strike, years, either price or vol, and weight (of the "
        "squared error in vols, 1 by default)"},
    Parameter{
        "start", Kind::point,
        "v0, kappa, theta, sigma, rho from which to search; absent: five starts made from the "
        "quotes",
        any_number, Optional{}},
};
constexpr std::array heston_calibrate_answers{
    Answer{"v0", "variance now, annual"},
    Answer{"kappa", "speed of its return to theta, 1 / year"},
    Answer{"theta", "variance in the long run, annual"},
    Answer{"sigma", "volatility of the variance, per root of year"},
    Answer{"rho", "correlation of price and variance"},
    Answer{"rmse_vol", "root of the mean squared error in implied vols"},
    Answer{"iterations", "of the search that ended best"},
    Answer{"residuals", "vol of the model less vol of the quote, of each quote"},
    Answer{"condition",
           "greatest over least influence of a mixture of parameters; null when one has none"},
    Answer{"standard_errors", "of the parameters, a record; null with five quotes"},
};

Result<double> number_in(const Fields& record, std::string_view name, const std::string& where) {
  const Value* const value = find(record, name);
  if (value == nullptr || value->null())
    return fail(Errc::bad_input, fmt::format("{}.{} is missing", where, name));
  if (value->number() == nullptr || !std::isfinite(*value->number())) {
    return fail(Errc::bad_input,
                fmt::format("{}.{} is {}: it must be a number", where, name, to_text(*value)));
  }
  return *value->number();
}

Result<HestonQuote> quote_of(const Arguments& arguments, const Fields& record, std::size_t i) {
  const std::string where = fmt::format("quotes[{}]", i);
  for (const Field& field : record) {
    constexpr std::array<std::string_view, 6> known{"right", "strike", "years",
                                                    "price", "vol",    "weight"};
    if (std::find(known.begin(), known.end(), field.name) == known.end()) {
      return fail(Errc::bad_input, fmt::format("{} has a {}: it must be of {}", where, field.name,
                                               fmt::join(known, ", ")));
    }
  }
  const Value* const right = find(record, "right");
  if (right == nullptr || right->text() == nullptr ||
      (*right->text() != "call" && *right->text() != "put")) {
    return fail(Errc::bad_input, fmt::format("{}.right is {}: it must be call or put", where,
                                             right == nullptr ? "missing" : to_text(*right)));
  }
  BALLAST_TRY(strike, number_in(record, "strike", where));
  BALLAST_TRY(years, number_in(record, "years", where));
  HestonQuote quote{.expiry = expiry_after(arguments.number("spot"), arguments.number("rate"),
                                           arguments.number("yield"), years),
                    .option = {right_named(*right->text()), strike}};
  const auto is_given = [&](std::string_view name) {
    const Value* const value = find(record, name);
    return value != nullptr && !value->null();
  };
  if (is_given("price")) {
    BALLAST_TRY(price, number_in(record, "price", where));
    quote.price = price;
  }
  if (is_given("vol")) {
    BALLAST_TRY(vol, number_in(record, "vol", where));
    quote.vol = vol;
  }
  if (is_given("weight")) {
    BALLAST_TRY(weight, number_in(record, "weight", where));
    quote.weight = weight;
  }
  return quote;
}

Result<Fields> evaluate_heston_calibrate(const Arguments& arguments) {
  std::vector<HestonQuote> quotes;
  const List& records = arguments.records("quotes");
  for (std::size_t i = 0; i < records.size(); ++i) {
    BALLAST_TRY(quote, quote_of(arguments, *records[i].record(), i));
    quotes.push_back(quote);
  }
  HestonCalibrationOptions options;
  if (arguments.has("start")) {
    BALLAST_TRY(start, arguments.point("start", heston_names));
    options.starts.push_back({start[0], start[1], start[2], start[3], start[4]});
  }
  BALLAST_TRY(calibration, calibrate_heston(quotes, options));
  Fields answers = record_of(calibration.parameters);
  answers.push_back({"rmse_vol", calibration.rmse_vol});
  answers.push_back({"iterations", static_cast<double>(calibration.iterations)});
  answers.push_back({"residuals", list_of(calibration.residuals)});
  answers.push_back({"condition", calibration.condition ? Value(*calibration.condition) : Value()});
  answers.push_back({"standard_errors", calibration.standard_errors
                                            ? Value(record_of(*calibration.standard_errors))
                                            : Value()});
  return answers;
}

Fields example_heston_calibrate() {
  const auto quote = [](const char* right, double strike, double years, double vol) {
    return Value(Fields{{"right", right}, {"strike", strike}, {"years", years}, {"vol", vol}});
  };
  return {{"spot", 100.0},
          {"rate", 0.0},
          {"yield", 0.0},
          {"quotes", List{quote("put", 85.0, 0.1, 0.68), quote("call", 100.0, 0.1, 0.61),
                          quote("call", 115.0, 0.1, 0.60), quote("put", 75.0, 0.5, 0.71),
                          quote("call", 100.0, 0.5, 0.63), quote("call", 135.0, 0.5, 0.60)}},
          {"start",
           Fields{{"v0", 0.4}, {"kappa", 2.0}, {"theta", 0.4}, {"sigma", 1.0}, {"rho", -0.3}}}};
}

// ---- svi

constexpr std::array svi_parameters{
    Parameter{"a", Kind::number, "level of the total variance"},
    Parameter{"b", Kind::number, "opening of the wings", not_negative},
    Parameter{"rho", Kind::number, "tilt", correlation},
    Parameter{"m", Kind::number, "log-moneyness of the bend"},
    Parameter{"sigma", Kind::number, "width of the bend, in log-moneyness", positive},
    Parameter{"log_strike", Kind::number, "k = ln(K / F)"},
};
constexpr std::array svi_answers{
    Answer{"total_variance", "w = vol^2 T"},
    Answer{"g", "Durrleman's: below 0 there is butterfly arbitrage"},
    Answer{"slope_left", "how fast w grows far out on the left: b (1 - rho)"},
    Answer{"slope_right", "how fast w grows far out on the right: b (1 + rho)"},
};

Result<Fields> evaluate_svi(const Arguments& arguments) {
  const RawSvi svi{.a = arguments.number("a"),
                   .b = arguments.number("b"),
                   .rho = arguments.number("rho"),
                   .m = arguments.number("m"),
                   .sigma = arguments.number("sigma")};
  const double k = arguments.number("log_strike");
  BALLAST_TRY(g, durrleman_g(svi, k));
  const SviSlopes slopes = svi_slopes(svi);
  return Fields{{"total_variance", svi_total_variance(svi, k)},
                {"g", g},
                {"slope_left", slopes.left},
                {"slope_right", slopes.right}};
}

Fields example_svi() {
  return {{"a", -0.0410}, {"b", 0.1331},     {"rho", 0.3060},
          {"m", 0.3586},  {"sigma", 0.4153}, {"log_strike", 0.8}};
}

}  // namespace

std::span<const Formula> surface_formulas() {
  static constexpr std::array entries{
      Formula{"heston", "price of a European option under stochastic variance, and its gradient",
              "Heston (1993), Review of Financial Studies 6(2); Cui, del Bano Rollin and Germano "
              "(2017), European Journal of Operational Research 263",
              heston_call_parameters, heston_call_answers, evaluate_heston, example_heston},
      Formula{
          "heston_calibrate", "Heston's parameters from option quotes, by least squares in vols",
          "Cui, del Bano Rollin and Germano (2017), European Journal of Operational Research 263",
          heston_calibrate_parameters, heston_calibrate_answers, evaluate_heston_calibrate,
          example_heston_calibrate},
      Formula{"svi", "total implied variance of a raw SVI smile, and whether it has arbitrage",
              "Gatheral and Jacquier (2014), Quantitative Finance 14(1)", svi_parameters,
              svi_answers, evaluate_svi, example_svi},
  };
  return entries;
}

}  // namespace ballast

#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "quant/calc/registry.hpp"
#include "quant/control/aim_portfolio.hpp"
#include "quant/control/no_trade_band.hpp"

namespace ballast {
namespace {

// ---- no_trade_band

constexpr std::array<std::string_view, 3> band_models{"whalley_wilmott", "zakamouline",
                                                      "proportional"};
constexpr std::array no_trade_band_parameters{
    Parameter{"model", Kind::text,
              "whalley_wilmott or zakamouline: the delta of options; proportional: the share of "
              "wealth in an asset",
              any_number, Required{}, band_models},
    Parameter{"gamma", Kind::number,
              "risk aversion: absolute, 1 / money, for deltas; relative for proportional",
              positive},
    Parameter{
        "sigma", Kind::number,
        "annual volatility (per root of the time of mu); whalley_wilmott needs it with K only",
        positive, Optional{}},
    Parameter{"Gamma", Kind::number, "deltas: d delta / d price of the position, units per price",
              any_number, Optional{}},
    Parameter{"K", Kind::number,
              "deltas: in place of Gamma, the strike of the one option hedged (Black and Scholes)",
              positive, Optional{}},
    Parameter{"S", Kind::number, "deltas: price of the underlying", positive, Optional{}},
    Parameter{"lambda", Kind::number, "deltas: cost one way, as a share of what is traded",
              not_negative, Optional{}},
    Parameter{"T", Kind::number, "deltas: years to expiry", positive, Optional{}},
    Parameter{"r", Kind::number, "deltas: interest rate, continuous, annual; 0 when left out",
              any_number, Optional{}},
    Parameter{"mu", Kind::number, "proportional: drift above the safe rate, per time", positive,
              Optional{}},
    Parameter{"eps", Kind::number, "proportional: bought at S, sold at (1 - eps) S", inner_share,
              Optional{}},
};
constexpr std::array no_trade_band_answers{
    Answer{"lower", "proportional: least share of wealth, below which to buy; else null"},
    Answer{"upper", "proportional: greatest share of wealth; else null"},
    Answer{"half_width", "deltas: units either side of the model's delta; else null"},
};

Result<Fields> proportional_band(const Arguments& arguments) {
  BALLAST_CHECK(arguments.need({"mu", "sigma", "eps"}, "proportional"));
  BALLAST_CHECK(arguments.refuse({"Gamma", "K", "S", "lambda", "T", "r"}, "proportional"));
  BALLAST_TRY(band, proportional_cost_band({.excess_return = arguments.number("mu"),
                                            .sigma = arguments.number("sigma"),
                                            .gamma = arguments.number("gamma"),
                                            .cost = arguments.number("eps")}));
  return Fields{{"lower", band.lower}, {"upper", band.upper}, {"half_width", {}}};
}

/// Gamma as given, or that of one option with the strike K: phi(d1) / (S sigma root(T)).
Result<double> gamma_of(const Arguments& arguments, std::string_view model) {
  if (!arguments.has("K")) {
    BALLAST_CHECK(arguments.need({"Gamma"}, model));
    return arguments.number("Gamma");
  }
  BALLAST_CHECK(arguments.need({"sigma"}, "the Gamma of an option with strike K"));
  const double spot = arguments.number("S");
  const double years = arguments.number("T");
  const double sigma = arguments.number("sigma");
  const double rate = arguments.has("r") ? arguments.number("r") : 0.0;
  const double stdev = sigma * std::sqrt(years);
  const double d1 = (std::log(spot / arguments.number("K")) + rate * years) / stdev + 0.5 * stdev;
  const double density = std::exp(-0.5 * d1 * d1) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const double gamma = density / (spot * stdev);
  constexpr double tolerance = 1e-6;  // what is printed of a Gamma
  if (arguments.has("Gamma") &&
      std::fabs(arguments.number("Gamma") - gamma) > tolerance * std::fabs(gamma)) {
    return fail(Errc::bad_input,
                fmt::format("Gamma is {}, but with strike K it is {}: give one of them",
                            arguments.number("Gamma"), gamma));
  }
  return gamma;
}

Result<Fields> evaluate_no_trade_band(const Arguments& arguments) {
  const std::string_view model = arguments.text("model");
  if (model == "proportional") return proportional_band(arguments);
  BALLAST_CHECK(arguments.refuse({"mu", "eps"}, model));
  BALLAST_CHECK(arguments.need({"S", "lambda", "T"}, model));
  BALLAST_TRY(gamma, gamma_of(arguments, model));
  HedgeBandInput input{.gamma_position = gamma,
                       .spot = arguments.number("S"),
                       .cost = arguments.number("lambda"),
                       .risk_aversion = arguments.number("gamma"),
                       .years = arguments.number("T"),
                       .rate = arguments.has("r") ? arguments.number("r") : 0.0};
  if (model == "zakamouline") {
    BALLAST_CHECK(arguments.need({"sigma"}, model));
    input.sigma = arguments.number("sigma");
  }
  BALLAST_TRY(half_width, model == "zakamouline" ? zakamouline_half_width(input)
                                                 : whalley_wilmott_half_width(input));
  return Fields{{"lower", {}}, {"upper", {}}, {"half_width", half_width}};
}

Fields example_no_trade_band() {
  return {{"model", "whalley_wilmott"}, {"gamma", 1.0}, {"Gamma", 0.02}, {"S", 5000.0},
          {"lambda", 0.0005},           {"T", 0.25}};
}

// ---- aim_portfolio

constexpr std::array aim_portfolio_parameters{
    Parameter{"gamma", Kind::number, "absolute risk aversion, 1 / money", positive},
    Parameter{"lambda", Kind::number, "trading cost: a trade x costs lambda / 2 x^2 sigma^2, money",
              positive},
    Parameter{"rho", Kind::number, "discount a period", below_one},
    Parameter{"sigma", Kind::number,
              "volatility of the asset's return a period, per unit; its square is the variance",
              positive},
    Parameter{"signals", Kind::numbers,
              "what each signal says of the return a period, per unit (the paper's B f)"},
    Parameter{"decays", Kind::numbers, "share of each signal lost in a period (the paper's phi)",
              share},
};
constexpr std::array aim_portfolio_answers{
    Answer{"rate", "share of the way to the aim to trade in a period (the paper's a / lambda)"},
    Answer{"aim", "the holding to trade towards, units"},
};

Result<Fields> evaluate_aim_portfolio(const Arguments& arguments) {
  const auto signals = arguments.numbers("signals");
  const auto decays = arguments.numbers("decays");
  if (signals.size() != decays.size()) {
    return fail(Errc::bad_input, fmt::format("{} signals and {} decays: each signal has one decay",
                                             signals.size(), decays.size()));
  }
  std::vector<Signal> both;
  for (std::size_t i = 0; i < signals.size(); ++i)
    both.push_back({signals[i], decays[i]});
  const AimInput input{.gamma = arguments.number("gamma"),
                       .lambda = arguments.number("lambda"),
                       .discount = arguments.number("rho")};
  const double sigma = arguments.number("sigma");
  if (sigma * sigma == 0.0) {
    return fail(Errc::overflow, "sigma is so small that its square is 0");
  }
  BALLAST_TRY(rate, trading_rate(input));
  BALLAST_TRY(aim, aim_position(input, sigma * sigma, both));
  return Fields{{"rate", rate}, {"aim", aim}};
}

Fields example_aim_portfolio() {
  return {{"gamma", 1.0}, {"lambda", 5.0},        {"rho", 0.01},
          {"sigma", 1.0}, {"signals", List{1.0}}, {"decays", List{0.1}}};
}

}  // namespace

std::span<const Formula> holding_formulas() {
  static constexpr std::array entries{
      Formula{"no_trade_band",
              "how far a holding may be from its target before trading is worth its cost",
              "Whalley and Wilmott (1997), Mathematical Finance 7(3); Zakamouline (2006), Journal "
              "of Economic Dynamics and Control 30(1); Gerhold, Guasoni, Muhle-Karbe and "
              "Schachermayer (2014), Finance and Stochastics 18",
              no_trade_band_parameters, no_trade_band_answers, evaluate_no_trade_band,
              example_no_trade_band},
      Formula{"aim_portfolio", "what to trade towards, and how fast, when signals decay",
              "Garleanu and Pedersen (2013), Journal of Finance 68(6)", aim_portfolio_parameters,
              aim_portfolio_answers, evaluate_aim_portfolio, example_aim_portfolio},
  };
  return entries;
}

}  // namespace ballast

#include <array>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "quant/calc/registry.hpp"
#include "quant/control/avellaneda_stoikov.hpp"
#include "quant/control/glft.hpp"
#include "quant/control/glft_multi.hpp"

namespace ballast {
namespace {

// ---- avellaneda_stoikov

constexpr std::array avellaneda_stoikov_parameters{
    Parameter{"mid", Kind::number, "mid price"},
    Parameter{"q", Kind::number, "inventory, in fills of one size; > 0: long"},
    Parameter{"gamma", Kind::number, "absolute risk aversion, 1 / money", positive},
    Parameter{"sigma", Kind::number, "volatility of the price, price per root of time",
              not_negative},
    Parameter{"k", Kind::number, "decay of the fill rate with depth, 1 / price", positive},
    Parameter{"horizon", Kind::number, "T - t, in the time of sigma", not_negative},
};
constexpr std::array avellaneda_stoikov_answers{
    Answer{"reservation", "what the holding makes the mid worth, price"},
    Answer{"bid", "price"},
    Answer{"ask", "price"},
    Answer{"spread", "ask - bid, price"},
};

Result<Fields> evaluate_avellaneda_stoikov(const Arguments& arguments) {
  BALLAST_TRY(quote, avellaneda_stoikov({.mid = arguments.number("mid"),
                                         .q = arguments.number("q"),
                                         .gamma = arguments.number("gamma"),
                                         .sigma = arguments.number("sigma"),
                                         .k = arguments.number("k"),
                                         .horizon = arguments.number("horizon")}));
  return Fields{{"reservation", quote.reservation},
                {"bid", quote.bid},
                {"ask", quote.ask},
                {"spread", quote.spread}};
}

Fields example_avellaneda_stoikov() {
  return {{"mid", 100.0}, {"q", 2.0}, {"gamma", 0.1}, {"sigma", 2.0}, {"k", 1.5}, {"horizon", 0.5}};
}

// ---- glft

constexpr Domain inventory_limits{.low = 1.0, .high = 1e9};
constexpr std::array<std::string_view, 3> glft_methods{"closed_form", "stationary", "exact"};
constexpr std::array glft_parameters{
    Parameter{"q", Kind::number, "inventory: in fills of one size, or in units with delta"},
    Parameter{"gamma", Kind::number, "absolute risk aversion, 1 / money", positive},
    Parameter{"sigma", Kind::number, "volatility of the price, price per root of time", positive},
    Parameter{"k", Kind::number, "decay of the fill rate with depth, 1 / price", positive},
    Parameter{"A", Kind::number, "fill rate at depth 0, 1 / time", positive},
    Parameter{"Q", Kind::whole,
              "inventory limit either way, at most 500; closed_form can do without, or have more",
              inventory_limits, Optional{}},
    Parameter{"drift", Kind::number, "of the price, price per time", any_number, 0.0},
    Parameter{"method", Kind::text,
              "closed_form: the Gaussian approximation of 2013, or with xi and delta equations 4.6 "
              "and 4.7 of 2017; stationary: long before the end; exact: at a horizon",
              any_number, std::string_view("closed_form"), glft_methods},
    Parameter{"xi", Kind::number,
              "closed_form of 2017: gamma for exponential utility, 0 for mean and variance",
              not_negative, Optional{}},
    Parameter{"delta", Kind::number, "closed_form of 2017: size of a fill, units", positive,
              Optional{}},
    Parameter{"horizon", Kind::number, "exact: time before the end", not_negative, Optional{}},
};
constexpr std::array glft_answers{
    Answer{"bid_depth", "below the mid, price; null where a buy would pass Q"},
    Answer{"ask_depth", "above the mid, price; null where a sale would pass Q"},
    Answer{"half_spread", "mean of the two depths, price; null when one is"},
    Answer{"skew",
           "how much deeper the bid is, and nearer the ask, than with one unit of inventory less, "
           "price; null when a depth is"},
};

/// Depths as a function of inventory, by the method that the request asks for.
using DepthsAt = std::function<Result<GlftDepths>(double q)>;

Result<DepthsAt> closed_form_2017(const Arguments& arguments) {
  BALLAST_CHECK(arguments.need({"xi", "delta"}, "the closed form of 2017"));
  if (arguments.number("drift") != 0.0) {
    return fail(Errc::bad_input,
                "drift is given, but the closed form of 2017 has no use for it: "
                "leave out xi and delta");
  }
  const GueantInput input{.gamma = arguments.number("gamma"),
                          .sigma = arguments.number("sigma"),
                          .k = arguments.number("k"),
                          .fill_rate = arguments.number("A"),
                          .xi = arguments.number("xi"),
                          .delta = arguments.number("delta")};
  return [input](double q) { return gueant_closed_form(input, q); };
}

Result<DepthsAt> depths_by_method(const Arguments& arguments) {
  const std::string_view method = arguments.text("method");
  GlftInput input{.gamma = arguments.number("gamma"),
                  .sigma = arguments.number("sigma"),
                  .k = arguments.number("k"),
                  .fill_rate = arguments.number("A"),
                  .drift = arguments.number("drift")};
  if (method != "exact") BALLAST_CHECK(arguments.refuse({"horizon"}, method));
  if (method == "closed_form") {
    if (arguments.has("xi") || arguments.has("delta")) return closed_form_2017(arguments);
    return [input](double q) { return glft_closed_form(input, q); };
  }
  BALLAST_CHECK(arguments.need({"Q"}, method));
  BALLAST_CHECK(arguments.refuse({"xi", "delta"}, method));
  if (const double q = arguments.number("q"); std::trunc(q) != q) {
    return fail(Errc::bad_input,
                fmt::format("q is {}: {} needs a whole number of fills", q, method));
  }
  input.limit = static_cast<int>(arguments.whole("Q"));
  if (method == "stationary")
    return [input](double q) { return glft_stationary(input, static_cast<int>(q)); };
  BALLAST_CHECK(arguments.need({"horizon"}, method));
  return [input, horizon = arguments.number("horizon")](double q) {
    return glft_exact(input, static_cast<int>(q), horizon);
  };
}

Result<void> check_limit(const Arguments& arguments) {
  if (!arguments.has("Q") || std::fabs(arguments.number("q")) <= arguments.number("Q")) return {};
  return fail(Errc::bad_input, fmt::format("q is {}: it must be within +-Q, {}",
                                           arguments.number("q"), arguments.number("Q")));
}

/// The closed forms know no limit: what would pass it is not quoted.
void keep_limit(const Arguments& arguments, GlftDepths& depths) {
  if (!arguments.has("Q")) return;
  const double limit = arguments.number("Q");
  const double q = arguments.number("q");
  const double fill = arguments.has("delta") ? arguments.number("delta") : 1.0;
  if (q + fill > limit) depths.bid.reset();
  if (q - fill < -limit) depths.ask.reset();
}

Value value_of(const std::optional<double>& maybe) { return maybe ? Value(*maybe) : Value(); }

Result<Fields> evaluate_glft(const Arguments& arguments) {
  BALLAST_CHECK(check_limit(arguments));
  BALLAST_TRY(depths_at, depths_by_method(arguments));
  const double q = arguments.number("q");
  BALLAST_TRY(depths, depths_at(q));
  keep_limit(arguments, depths);
  std::optional<double> half_spread;
  std::optional<double> skew;
  if (depths.bid && depths.ask) {
    half_spread = 0.5 * (*depths.bid + *depths.ask);
    BALLAST_TRY(with_less, depths_at(q - 1.0));  // the ask is quoted, so q - 1 is within the limit
    skew = *depths.bid - *with_less.bid;
  }
  return Fields{{"bid_depth", value_of(depths.bid)},
                {"ask_depth", value_of(depths.ask)},
                {"half_spread", value_of(half_spread)},
                {"skew", value_of(skew)}};
}

Fields example_glft() {
  return {{"q", 5.0}, {"gamma", 0.01}, {"sigma", 0.3},          {"k", 0.3},
          {"A", 0.9}, {"Q", 30.0},     {"method", "stationary"}};
}

// ---- glft_multi

constexpr std::array<std::string_view, 2> glft_multi_models{"A", "B"};
constexpr std::array glft_multi_parameters{
    Parameter{"q", Kind::numbers, "inventory of each asset, units"},
    Parameter{"gamma", Kind::number, "absolute risk aversion, 1 / money", positive},
    Parameter{
        "sigma", Kind::matrix,
        "covariances of the prices, price x price per time: symmetric, positive semidefinite"},
    Parameter{"k", Kind::numbers, "decay of each fill rate with depth, 1 / price", positive},
    Parameter{"A", Kind::numbers, "each fill rate at depth 0, 1 / time", positive},
    Parameter{"z", Kind::numbers, "size of a fill of each asset, units", positive},
    Parameter{"model", Kind::text, "A: exponential utility; B: mean and variance", any_number,
              std::string_view("A"), glft_multi_models},
};
constexpr std::array glft_multi_answers{
    Answer{"gamma_matrix", "Gamma: root(gamma) Gamma q is the skew; a row an asset"},
    Answer{"bid_depth", "of each asset, below its mid, price"},
    Answer{"ask_depth", "of each asset, above its mid, price"},
};

Result<Fields> evaluate_glft_multi(const Arguments& arguments) {
  const auto q = arguments.numbers("q");
  const Matrix sigma = arguments.matrix("sigma");
  const auto k = arguments.numbers("k");
  const auto fill_rate = arguments.numbers("A");
  const auto size = arguments.numbers("z");
  const std::size_t assets = k.size();
  if (q.size() != assets) {
    return fail(Errc::bad_input,
                fmt::format("q holds {} numbers: {} are needed, for k names that many assets",
                            q.size(), assets));
  }
  if (sigma.rows != sigma.columns) {
    return fail(Errc::bad_input, fmt::format("sigma has {} rows of {} numbers: it must be square",
                                             sigma.rows, sigma.columns));
  }
  BALLAST_TRY(market, GlftMulti::create({.gamma = arguments.number("gamma"),
                                         .sigma = sigma.numbers,
                                         .k = k,
                                         .fill_rate = fill_rate,
                                         .size = size,
                                         .utility = arguments.text("model") == "A"
                                                        ? MarketMakerUtility::exponential
                                                        : MarketMakerUtility::mean_variance}));
  std::vector<double> bid(assets);
  std::vector<double> ask(assets);
  BALLAST_CHECK(market.depths(q, bid, ask));
  return Fields{{"gamma_matrix", rows_of(market.gamma_matrix(), assets)},
                {"bid_depth", list_of(bid)},
                {"ask_depth", list_of(ask)}};
}

Fields example_glft_multi() {
  const auto numbers = [](double a, double b) { return Value(List{a, b}); };
  return {{"q", numbers(3.0, 0.0)},
          {"gamma", 0.05},
          {"sigma", List{numbers(0.36, 0.24), numbers(0.24, 0.64)}},
          {"k", numbers(2.0, 1.5)},
          {"A", numbers(0.5, 0.8)},
          {"z", numbers(1.0, 2.0)}};
}

}  // namespace

std::span<const Formula> market_making_formulas() {
  static constexpr std::array entries{
      Formula{"avellaneda_stoikov",
              "where a market maker quotes around its reservation price, before an end",
              "Avellaneda and Stoikov (2008), Quantitative Finance 8(3), eq. 3.17 and 3.18",
              avellaneda_stoikov_parameters, avellaneda_stoikov_answers,
              evaluate_avellaneda_stoikov, example_avellaneda_stoikov},
      Formula{"glft", "depths of a market maker's quotes with inventory limits",
              "Gueant, Lehalle and Fernandez-Tapia (2013), Mathematics and Financial Economics "
              "7(4); Gueant (2017), Applied Mathematical Finance 24(2), eq. 4.6 and 4.7",
              glft_parameters, glft_answers, evaluate_glft, example_glft},
      Formula{"glft_multi", "depths of a market maker's quotes in several assets",
              "Bergault, Evangelista, Gueant and Vieira (2021), Applied Mathematical Finance 28(2)",
              glft_multi_parameters, glft_multi_answers, evaluate_glft_multi, example_glft_multi},
  };
  return entries;
}

}  // namespace ballast

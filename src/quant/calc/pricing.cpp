#include <array>

#include "quant/calc/registry.hpp"
#include "quant/pricing/black.hpp"
#include "quant/pricing/futures.hpp"
#include "quant/pricing/implied_vol.hpp"
#include "quant/pricing/inverse_option.hpp"

namespace ballast {
namespace {

constexpr std::array<std::string_view, 2> rights{"call", "put"};
constexpr Parameter right_parameter{"right",    Kind::text, "call or put",
                                    any_number, Required{}, rights};
constexpr Parameter forward_parameter{"forward", Kind::number, "price of the forward, quote",
                                      positive};

OptionRight right_of(const Arguments& arguments) {
  return arguments.text("right") == "call" ? OptionRight::call : OptionRight::put;
}

// ---- black76

constexpr std::array black76_parameters{
    right_parameter,
    forward_parameter,
    Parameter{"strike", Kind::number, "quote", not_negative},
    Parameter{"years", Kind::number, "to expiry", not_negative},
    Parameter{"vol", Kind::number, "annual, 0.5 is 50 %", not_negative},
    Parameter{"discount", Kind::number, "factor exp(-rate years); 1 where years is 0", positive,
              1.0},
};
constexpr std::array black76_answers{
    Answer{"price", "quote"},
    Answer{"delta", "d price / d forward"},
    Answer{"gamma", "d delta / d forward, 1 / quote"},
    Answer{"vega", "d price / d vol, quote per 1.00"},
    Answer{"theta", "d price / d time, quote per year that passes"},
    Answer{"rho", "d price / d rate with the forward fixed, quote per 1.00"},
    Answer{"vanna", "d delta / d vol, per 1.00"},
    Answer{"volga", "d vega / d vol, quote per 1.00 squared"},
    Answer{"charm", "d delta / d time, per year that passes"},
    Answer{"speed", "d gamma / d forward, 1 / quote squared"},
    Answer{"color", "d gamma / d time, 1 / quote per year that passes"},
    Answer{"zomma", "d gamma / d vol, 1 / quote per 1.00"},
    Answer{"ultima", "d volga / d vol, quote per 1.00 cubed"},
};

Result<Fields> evaluate_black76(const Arguments& arguments) {
  BALLAST_TRY(greeks, black76({.right = right_of(arguments),
                               .forward = arguments.number("forward"),
                               .strike = arguments.number("strike"),
                               .years = arguments.number("years"),
                               .vol = arguments.number("vol"),
                               .discount = arguments.number("discount")}));
  return Fields{{"price", greeks.price},  {"delta", greeks.delta}, {"gamma", greeks.gamma},
                {"vega", greeks.vega},    {"theta", greeks.theta}, {"rho", greeks.rho},
                {"vanna", greeks.vanna},  {"volga", greeks.volga}, {"charm", greeks.charm},
                {"speed", greeks.speed},  {"color", greeks.color}, {"zomma", greeks.zomma},
                {"ultima", greeks.ultima}};
}

Fields example_black76() {
  return {
      {"right", "call"}, {"forward", 60000.0}, {"strike", 65000.0}, {"years", 0.25}, {"vol", 0.6}};
}

// ---- implied_vol

constexpr std::array implied_vol_parameters{
    right_parameter,
    forward_parameter,
    Parameter{"strike", Kind::number, "quote", positive},
    Parameter{"years", Kind::number, "to expiry", positive},
    Parameter{"price", Kind::number, "of the option, undiscounted, quote", not_negative},
};
constexpr std::array implied_vol_answers{Answer{"vol", "annual"}};

Result<Fields> evaluate_implied_vol(const Arguments& arguments) {
  BALLAST_TRY(vol, implied_vol({.right = right_of(arguments),
                                .forward = arguments.number("forward"),
                                .strike = arguments.number("strike"),
                                .years = arguments.number("years"),
                                .price = arguments.number("price")}));
  return Fields{{"vol", vol}};
}

Fields example_implied_vol() {
  return {{"right", "call"},
          {"forward", 60000.0},
          {"strike", 65000.0},
          {"years", 0.25},
          {"price", 5000.0}};
}

// ---- inverse_option

constexpr std::array inverse_option_parameters{
    right_parameter,
    forward_parameter,
    Parameter{"strike", Kind::number, "quote", not_negative},
    Parameter{"years", Kind::number, "to expiry", not_negative},
    Parameter{"vol", Kind::number, "annual, 0.5 is 50 %", not_negative},
};
constexpr std::array inverse_option_answers{
    Answer{"price_coin", "coin"},
    Answer{"delta", "Black's, coins: d (price in quote) / d forward"},
    Answer{"delta_net", "delta - price_coin, coins: what a book kept in coin holds"},
    Answer{"gamma", "d delta / d forward, 1 / quote"},
    Answer{"vega_coin", "d price_coin / d vol, coin per 1.00"},
    Answer{"theta_usd", "d (price in quote) / d time, quote per year that passes"},
};

Result<Fields> evaluate_inverse_option(const Arguments& arguments) {
  BALLAST_TRY(option, inverse_option({.right = right_of(arguments),
                                      .forward = arguments.number("forward"),
                                      .strike = arguments.number("strike"),
                                      .years = arguments.number("years"),
                                      .vol = arguments.number("vol")}));
  return Fields{{"price_coin", option.price_coin}, {"delta", option.delta},
                {"delta_net", option.delta_net},   {"gamma", option.gamma},
                {"vega_coin", option.vega_coin},   {"theta_usd", option.theta}};
}

Fields example_inverse_option() {
  return {
      {"right", "put"}, {"forward", 60000.0}, {"strike", 55000.0}, {"years", 0.25}, {"vol", 0.6}};
}

// ---- inverse_future

constexpr std::array inverse_future_parameters{
    Parameter{"contracts", Kind::number, "how many; > 0: long"},
    Parameter{"contract_size", Kind::number, "quote a contract", positive},
    Parameter{"entry", Kind::number, "price, quote per coin", positive},
    Parameter{"mark", Kind::number, "price, quote per coin", positive},
};
constexpr std::array inverse_future_answers{
    Answer{"pnl_coin", "profit at the mark, coin"},
    Answer{"delta_coin", "the contracts at the mark, coins"},
};

Result<Fields> evaluate_inverse_future(const Arguments& arguments) {
  BALLAST_TRY(future, inverse_future({.contracts = arguments.number("contracts"),
                                      .contract_size = arguments.number("contract_size"),
                                      .entry = arguments.number("entry"),
                                      .mark = arguments.number("mark")}));
  return Fields{{"pnl_coin", future.pnl_coin}, {"delta_coin", future.delta_coin}};
}

Fields example_inverse_future() {
  return {{"contracts", 15000.0}, {"contract_size", 1.0}, {"entry", 750.0}, {"mark", 800.0}};
}

}  // namespace

std::span<const Formula> pricing_formulas() {
  static constexpr std::array formulas{
      Formula{"black76", "price and greeks of a European option on a forward", "Black (1976)",
              black76_parameters, black76_answers, evaluate_black76, example_black76},
      Formula{"implied_vol", "the volatility of a European option's price",
              "Jäckel (2015), Let's be rational", implied_vol_parameters, implied_vol_answers,
              evaluate_implied_vol, example_implied_vol},
      Formula{"inverse_option", "price and greeks of an option settled in coin",
              "Black (1976); Deribit's contract specifications", inverse_option_parameters,
              inverse_option_answers, evaluate_inverse_option, example_inverse_option},
      Formula{"inverse_future", "profit and delta of a future or perpetual settled in coin",
              "definition; BitMEX's and Deribit's contract specifications",
              inverse_future_parameters, inverse_future_answers, evaluate_inverse_future,
              example_inverse_future},
  };
  return formulas;
}

}  // namespace ballast

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "quant/calc/registry.hpp"
#include "quant/margin/deribit_portfolio.hpp"
#include "quant/margin/deribit_standard.hpp"

namespace ballast {
namespace {

// ---- records

tl::unexpected<Error> refused(std::string_view place, const Value& value, std::string_view domain) {
  return fail(Errc::bad_input,
              fmt::format("{} is {}: it must be {}", place, to_text(value), domain));
}

/// Every field is known and given once.
Result<void> check_fields(const Fields& record,
                          std::span<const std::string_view> known,
                          std::string_view place) {
  for (auto field = record.begin(); field != record.end(); ++field) {
    const std::string name = fmt::format("{}.{}", place, field->name);
    if (std::find(known.begin(), known.end(), field->name) == known.end())
      return refused(name, field->value, fmt::format("one of {}", fmt::join(known, ", ")));
    const bool doubled = std::any_of(
        record.begin(), field, [&](const Field& earlier) { return earlier.name == field->name; });
    if (doubled) return fail(Errc::bad_input, fmt::format("{} is given twice", name));
  }
  return {};
}

/// The number of that name; `missing` is an error where there is no default.
Result<double> number_in(const Fields& record,
                         std::string_view name,
                         std::string_view place,
                         std::optional<double> missing = std::nullopt) {
  const Value* const value = find(record, name);
  if (value == nullptr || value->null()) {
    if (missing) return *missing;
    return fail(Errc::bad_input, fmt::format("{}.{} is missing: it must be a number", place, name));
  }
  if (value->number() == nullptr)
    return refused(fmt::format("{}.{}", place, name), *value, "a number");
  return *value->number();
}

Result<std::string> text_in(const Fields& record, std::string_view name, std::string_view place) {
  const Value* const value = find(record, name);
  if (value == nullptr)
    return fail(Errc::bad_input, fmt::format("{}.{} is missing: it must be a text", place, name));
  if (value->text() == nullptr) return refused(fmt::format("{}.{}", place, name), *value, "a text");
  return *value->text();
}

bool given(const Fields& record, std::string_view name) {
  const Value* const value = find(record, name);
  return value != nullptr && !value->null();
}

// ---- the book

constexpr std::array<std::string_view, 5> position_fields{"instrument", "size", "right", "strike",
                                                          "years"};
constexpr std::array<std::string_view, 4> mark_fields{"instrument", "price", "forward", "vol"};

/// The mark of an instrument; empty where there is none.
Result<Fields> mark_of(const List& marks, std::string_view instrument) {
  const Fields* found = nullptr;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const Fields& mark = *marks[i].record();
    const std::string place = fmt::format("marks[{}]", i);
    BALLAST_CHECK(check_fields(mark, mark_fields, place));
    BALLAST_TRY(name, text_in(mark, "instrument", place));
    if (name != instrument) continue;
    if (found != nullptr)
      return fail(Errc::bad_input, fmt::format("{}: {} has a mark before", place, instrument));
    found = &mark;
  }
  return found == nullptr ? Fields{} : *found;
}

/// What a kind of margin has no use for may be missing.
Result<DeribitPosition> position_of(
    const Fields& record, const List& marks, std::string_view place, bool portfolio, bool in_coin) {
  BALLAST_CHECK(check_fields(record, position_fields, place));
  BALLAST_TRY(instrument, text_in(record, "instrument", place));
  BALLAST_TRY(mark, mark_of(marks, instrument));
  const std::string of_mark = fmt::format("the mark of {}", instrument);
  DeribitPosition position;
  BALLAST_TRY(size, number_in(record, "size", place));
  position.size = size;
  if (!given(record, "strike")) {
    if (given(record, "right"))
      return fail(Errc::bad_input, fmt::format("{}.strike is missing: right is given", place));
    if (given(record, "years")) position.instrument = DeribitInstrument::future;
    BALLAST_TRY(years, number_in(record, "years", place, 0.0));
    position.years = years;
    if (portfolio && !in_coin) {
      BALLAST_TRY(price, number_in(mark, "price", of_mark));
      position.forward = price;
    }
    return position;
  }
  position.instrument = DeribitInstrument::option;
  BALLAST_TRY(right, text_in(record, "right", place));
  if (right != "call" && right != "put")
    return refused(fmt::format("{}.right", place), right, "call or put");
  position.right = right == "call" ? OptionRight::call : OptionRight::put;
  BALLAST_TRY(strike, number_in(record, "strike", place));
  position.strike = strike;
  BALLAST_TRY(forward, number_in(mark, "forward", of_mark));
  position.forward = forward;
  const std::optional<double> unused = 0.0;
  BALLAST_TRY(years, number_in(record, "years", place, portfolio ? std::nullopt : unused));
  position.years = years;
  BALLAST_TRY(vol, number_in(mark, "vol", of_mark, portfolio ? std::nullopt : unused));
  position.vol = vol;
  BALLAST_TRY(price, number_in(mark, "price", of_mark, portfolio ? unused : std::nullopt));
  position.mark = price;
  return position;
}

Result<DeribitBook> book_of(const Arguments& arguments) {
  const bool portfolio = arguments.text("kind") == "portfolio";
  const bool in_coin = arguments.text("settlement") == "coin";
  DeribitBook book{.settlement = in_coin ? DeribitSettlement::coin : DeribitSettlement::quote};
  if (portfolio || !in_coin) {
    BALLAST_CHECK(arguments.need({"index"}, portfolio ? "portfolio" : "settlement in quote"));
    book.index = arguments.number("index");
  }
  static const List no_marks;
  const List& marks = arguments.has("marks") ? arguments.records("marks") : no_marks;
  const List& positions = arguments.records("positions");
  for (std::size_t i = 0; i < positions.size(); ++i) {
    BALLAST_TRY(position, position_of(*positions[i].record(), marks,
                                      fmt::format("positions[{}]", i), portfolio, in_coin));
    book.positions.push_back(position);
  }
  return book;
}

// ---- the rules

/// A rule that is a number, by the name that a request gives it.
template <class Rules>
struct Rule {
  std::string_view name;
  double& (*of)(Rules&);
};

constexpr std::array standard_rules{
    Rule<DeribitStandardRules>{"futures_initial",
                               [](auto& r) -> double& { return r.futures.initial; }},
    Rule<DeribitStandardRules>{"futures_maintenance",
                               [](auto& r) -> double& { return r.futures.maintenance; }},
    Rule<DeribitStandardRules>{"futures_per_coin",
                               [](auto& r) -> double& { return r.futures.per_coin; }},
    Rule<DeribitStandardRules>{"options_initial",
                               [](auto& r) -> double& { return r.options.initial; }},
    Rule<DeribitStandardRules>{"options_initial_min",
                               [](auto& r) -> double& { return r.options.initial_min; }},
    Rule<DeribitStandardRules>{"options_maintenance",
                               [](auto& r) -> double& { return r.options.maintenance; }},
    Rule<DeribitStandardRules>{"put_mark_maintenance",
                               [](auto& r) -> double& { return r.options.put_mark_maintenance; }},
};

struct PortfolioRules {
  DeribitPortfolioRules rules;
  DeribitCharges charges;
};
#define BALLAST_RULE(name)                                 \
  Rule<PortfolioRules> {                                   \
#name, [](auto& r) -> double& { return r.rules.name; } \
  }
constexpr std::array portfolio_rules{
    BALLAST_RULE(price_range),
    BALLAST_RULE(volatility_range_up),
    BALLAST_RULE(volatility_range_down),
    BALLAST_RULE(min_volatility_for_shock_up),
    BALLAST_RULE(short_term_vega_power),
    BALLAST_RULE(long_term_vega_power),
    BALLAST_RULE(vega_days),
    BALLAST_RULE(days_min),
    BALLAST_RULE(extended_table_factor),
    BALLAST_RULE(extended_dampener),
    BALLAST_RULE(pnl_offset),
    BALLAST_RULE(max_offsetable_pnl),
    BALLAST_RULE(delta_total_liq_shock_threshold),
    BALLAST_RULE(m_inc),
    BALLAST_RULE(max_delta_shock),
    BALLAST_RULE(min_annualised_move),
    BALLAST_RULE(annualised_move_risk),
    BALLAST_RULE(short_option_contingency),
    BALLAST_RULE(offsetting_future_contingency),
    BALLAST_RULE(mm_factor),
    Rule<PortfolioRules>{"spot_margin", [](auto& r) -> double& { return r.charges.spot; }},
    Rule<PortfolioRules>{"mmp_margin", [](auto& r) -> double& { return r.charges.mmp; }},
    Rule<PortfolioRules>{"open_orders_margin",
                         [](auto& r) -> double& { return r.charges.open_orders; }},
};
#undef BALLAST_RULE
constexpr std::array<std::string_view, 4> portfolio_other_rules{"buckets_count", "extended_moves",
                                                                "roll_compounded", "decimals"};

/// Sets the rules that are numbers; `others` are known and left to the caller.
template <class Rules, std::size_t n>
Result<void> set_rules(const Fields& record,
                       const std::array<Rule<Rules>, n>& table,
                       std::span<const std::string_view> others,
                       Rules& rules) {
  std::vector<std::string_view> known;
  for (const Rule<Rules>& rule : table)
    known.push_back(rule.name);
  known.insert(known.end(), others.begin(), others.end());
  BALLAST_CHECK(check_fields(record, known, "parameters"));
  for (const Rule<Rules>& rule : table) {
    BALLAST_TRY(number, number_in(record, rule.name, "parameters", rule.of(rules)));
    rule.of(rules) = number;
  }
  return {};
}

/// A whole number of at most two digits.
Result<int> small_whole(const Fields& record, std::string_view name, int missing) {
  BALLAST_TRY(number, number_in(record, name, "parameters", missing));
  if (!(number >= 0.0 && number <= 100.0) || number != static_cast<int>(number))
    return refused(fmt::format("parameters.{}", name), number, "a whole number of 0 to 100");
  return static_cast<int>(number);
}

Result<void> set_other_rules(const Fields& record, DeribitPortfolioRules& rules) {
  BALLAST_TRY(buckets, small_whole(record, "buckets_count", rules.buckets_count));
  rules.buckets_count = buckets;
  const Value* const decimals = find(record, "decimals");
  if (decimals != nullptr && decimals->null()) {
    rules.decimals.reset();
  } else if (decimals != nullptr) {
    BALLAST_TRY(digits, small_whole(record, "decimals", 0));
    rules.decimals = digits;
  }
  if (given(record, "roll_compounded")) {
    const Value& value = *find(record, "roll_compounded");
    const bool* const truth = std::get_if<bool>(&value.held);
    if (truth == nullptr) return refused("parameters.roll_compounded", value, "true or false");
    rules.roll_compounded = *truth;
  }
  if (!given(record, "extended_moves")) return {};
  const Value& value = *find(record, "extended_moves");
  rules.extended_moves.clear();
  const List* const moves = value.list();
  if (moves == nullptr) return refused("parameters.extended_moves", value, "a list of numbers");
  for (const Value& move : *moves) {
    if (move.number() == nullptr)
      return refused("parameters.extended_moves", value, "a list of numbers");
    rules.extended_moves.push_back(*move.number());
  }
  return {};
}

// ---- margin_deribit

constexpr std::array<std::string_view, 2> margin_kinds{"standard", "portfolio"};
constexpr std::array<std::string_view, 2> settlements{"coin", "quote"};
constexpr std::array margin_deribit_parameters{
    Parameter{"kind", Kind::text, "standard: each position by itself; portfolio: all together",
              any_number, Required{}, margin_kinds},
    Parameter{"positions", Kind::records,
              "net, on one currency pair: {instrument, size (coins, > 0: long)}, and of a future "
              "years, of an option right, strike and years (to expiry; portfolio)"},
    Parameter{"marks", Kind::records,
              "{instrument, price (settlement currency), forward (of an option's expiry, quote), "
              "vol}: of an option forward, and price for standard, vol for portfolio; of a future "
              "in quote price for portfolio",
              any_number, Optional{}},
    Parameter{"index", Kind::number,
              "price index of the pair, quote; only standard in coin does without", positive,
              Optional{}},
    Parameter{"settlement", Kind::text, "of all positions: coin (inverse) or quote (linear)",
              any_number, "coin", settlements},
    Parameter{"parameters", Kind::record,
              "rules that differ from BTC's as published, by name (an unknown one lists them): "
              "futures_initial, ..., for standard; price_range, ..., and mmp_margin, "
              "open_orders_margin, spot_margin for portfolio",
              any_number, Optional{}},
};
constexpr std::array margin_deribit_answers{
    Answer{"initial", "what a new position must leave, settlement currency"},
    Answer{"maintenance", "below which liquidation begins, settlement currency"},
    Answer{"scenarios",
           "portfolio: [price move, volatility (1 up, 0 the same, -1 down), profit, what of it is "
           "charged] each; else null"},
    Answer{"positions", "standard: [initial, maintenance] of each; else null"},
    Answer{"risk_matrix", "portfolio: initial without margin for orders; else null"},
    Answer{"worst_case", "portfolio: the greatest loss in a scenario; else null"},
    Answer{"delta_shock", "portfolio: for large deltas; else null"},
    Answer{"roll_shock", "portfolio: for deltas per expiry; else null"},
    Answer{"contingency", "portfolio: for short options and futures that offset; else null"},
    Answer{"delta_total", "portfolio: coins, net of options' prices in coin; else null"},
};

Result<Fields> standard_margin(const DeribitBook& book, const Fields& given_rules) {
  DeribitStandardRules rules;
  BALLAST_CHECK(set_rules(given_rules, standard_rules, {}, rules));
  BALLAST_TRY(margin, deribit_standard_margin(book, rules));
  List positions;
  for (const DeribitMargin& one : margin.positions)
    positions.push_back(Value(List{one.initial, one.maintenance}));
  return Fields{{"initial", margin.total.initial},
                {"maintenance", margin.total.maintenance},
                {"scenarios", Value()},
                {"positions", std::move(positions)},
                {"risk_matrix", Value()},
                {"worst_case", Value()},
                {"delta_shock", Value()},
                {"roll_shock", Value()},
                {"contingency", Value()},
                {"delta_total", Value()}};
}

double sign_of(DeribitVolShock shock) {
  if (shock == DeribitVolShock::same) return 0.0;
  return shock == DeribitVolShock::up ? 1.0 : -1.0;
}

Result<Fields> portfolio_margin(const DeribitBook& book, const Fields& given_rules) {
  PortfolioRules all{.rules = deribit_portfolio_rules(book.settlement), .charges = {}};
  BALLAST_CHECK(set_rules(given_rules, portfolio_rules, portfolio_other_rules, all));
  BALLAST_CHECK(set_other_rules(given_rules, all.rules));
  BALLAST_TRY(margin, deribit_portfolio_margin(book, all.rules, all.charges));
  List scenarios;
  for (const DeribitScenario& scenario : margin.scenarios) {
    scenarios.push_back(
        Value(List{scenario.price_move, sign_of(scenario.vol), scenario.pnl, scenario.charged}));
  }
  return Fields{{"initial", margin.margin.initial},  {"maintenance", margin.margin.maintenance},
                {"scenarios", std::move(scenarios)}, {"positions", Value()},
                {"risk_matrix", margin.risk_matrix}, {"worst_case", margin.worst_case},
                {"delta_shock", margin.delta_shock}, {"roll_shock", margin.roll_shock},
                {"contingency", margin.contingency}, {"delta_total", margin.delta_total}};
}

Result<Fields> evaluate_margin_deribit(const Arguments& arguments) {
  static const Fields as_published;
  const Fields& rules = arguments.has("parameters") ? arguments.record("parameters") : as_published;
  BALLAST_TRY(book, book_of(arguments));
  return arguments.text("kind") == "standard" ? standard_margin(book, rules)
                                              : portfolio_margin(book, rules);
}

Fields example_margin_deribit() {
  return {{"kind", "portfolio"},
          {"positions",
           List{Fields{{"instrument", "BTC-PERPETUAL"}, {"size", 0.314538364}},
                Fields{{"instrument", "BTC-28JUN24"}, {"size", -0.001187534}, {"years", 0.03}}}},
          {"index", 65666.19}};
}

}  // namespace

std::span<const Formula> margin_formulas() {
  static constexpr std::array entries{
      Formula{"margin_deribit", "initial and maintenance margin of a book by Deribit's rules",
              "Deribit, support articles 25944738177565 (standard) and 25944756247837 (portfolio), "
              "and private/pme/simulate of its API",
              margin_deribit_parameters, margin_deribit_answers, evaluate_margin_deribit,
              example_margin_deribit},
  };
  return entries;
}

}  // namespace ballast

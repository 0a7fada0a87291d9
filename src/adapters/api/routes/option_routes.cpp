// Options: what a desk's options are worth, risk and earned, by underlying and book.
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "engine/option_views.hpp"
#include "json/option_json.hpp"

namespace ballast::api {
namespace {

constexpr std::string_view list_name = "options";
const ParameterDoc book_parameter{"book", "a book that a factor names; the whole desk when absent",
                                  "string"};

Response option_list(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(page, page_of(request, list_name));
  const Engine& engine = view.engine;
  const auto underlyings = engine.options().underlyings();
  return answer_page(
      view, page,
      {.list = list_name,
       .count = underlyings.size(),
       .wanted = {},
       .name_of = [&](std::size_t i) { return engine.desk().asset(underlyings[i].asset).name; },
       .write =
           [&](JsonWriter& out, std::size_t i) {
             write_option_underlying(out, greeks_view(engine, {i, 0}), option_books(engine, i));
           }});
}

/// The options that the path and `?book=` name, or 404.
tl::expected<OptionPlace, Response> options_named(const Engine& engine, const Request& request) {
  const auto place = find_options(engine, request.captures.at("underlying"),
                                  request.parameter("book").value_or("*"));
  if (place) return *place;
  return tl::unexpected(problem(404, "not_found", place.error().what));
}

/// "-0.1,0,0.1"
tl::expected<std::vector<double>, Response> numbers_of(const Request& request,
                                                       std::string_view parameter,
                                                       std::vector<double> default_value) {
  const auto text = request.parameter(parameter);
  if (!text) return default_value;
  std::vector<double> numbers;
  for (std::string_view rest = *text;;) {
    const auto comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    double number = 0.0;
    const auto [at, error] = std::from_chars(one.data(), one.data() + one.size(), number);
    if (error != std::errc{} || at != one.data() + one.size() || !std::isfinite(number)) {
      return tl::unexpected(problem(
          400, "bad_parameter",
          fmt::format("{} is `{}`: it must be numbers, a comma between them", parameter, *text)));
    }
    numbers.push_back(number);
    if (comma == std::string_view::npos) return numbers;
    rest.remove_prefix(comma + 1);
  }
}

Response scenarios(const DeskView& view, const Request& request) {
  BALLAST_ANSWER(place, options_named(view.engine, request));
  ScenarioAsk ask = usual_scenarios();
  BALLAST_ANSWER(spot, numbers_of(request, "spot", ask.spot));
  BALLAST_ANSWER(vol, numbers_of(request, "vol", ask.vol));
  BALLAST_ANSWER(days, numbers_of(request, "days", ask.days));
  BALLAST_ANSWER(dynamics, one_of(request, "dynamics", smile_dynamics_names.front(),
                                  {smile_dynamics_names.begin(), smile_dynamics_names.end()}));
  BALLAST_ANSWER(delta,
                 one_of(request, "delta", "", {delta_kind_names.begin(), delta_kind_names.end()}));
  ask.spot = spot;
  ask.vol = vol;
  ask.days = days;
  ask.dynamics = dynamics == smile_dynamics_names.front() ? SmileDynamics::sticky_strike
                                                          : SmileDynamics::sticky_delta;
  for (std::size_t i = 0; i < delta_kind_names.size(); ++i) {
    if (delta == delta_kind_names[i]) ask.delta = static_cast<DeltaKind>(i);
  }
  const auto grid = scenario_view(view.engine, place, ask);
  if (!grid) return problem(400, "bad_parameter", grid.error().what);
  JsonWriter out(JsonWriter::Layout::compact);
  write_scenarios(out, *grid, view.figures.durable_seq);
  return ok(out);
}

}  // namespace

void add_option_routes(Table& table, const RouteContext& context) {
  table.push_back(reads(context, "/api/v1/options",
                        "The underlyings with options that factors count, and their expiries.",
                        "OptionUnderlyingList", with_page(), option_list));
  const auto of_one = [&](std::string_view what, std::string_view about, std::string_view schema,
                          auto view_of, auto write) {
    table.push_back(reads(context, "/api/v1/options/{underlying}/" + std::string(what),
                          std::string(about), std::string(schema), {book_parameter},
                          [view_of, write](const DeskView& view, const Request& request) {
                            BALLAST_ANSWER(place, options_named(view.engine, request));
                            JsonWriter out(JsonWriter::Layout::compact);
                            write(out, view_of(view.engine, place), view.figures.durable_seq);
                            return ok(out);
                          }));
  };
  of_one("greeks", "Value and greeks of the options held, by expiry and strike.", "OptionGreeks",
         greeks_view, write_greeks);
  of_one("smile", "The surface, the market's implied volatilities, and what is held, by expiry.",
         "OptionSmile", smile_view, write_smile);
  of_one("explain", "Where the profit of the options came from, step by step.", "OptionExplain",
         explain_view, write_pnl_explain);
  table.push_back(reads(
      context, "/api/v1/options/{underlying}/scenarios",
      "What spot, volatility and time would earn, and what inventory they would leave.",
      "OptionScenarios",
      {book_parameter,
       {"spot", "moves of the spot as shares, a comma between them; -0.3 to 0.3 in 0.05", "string"},
       {"vol", "added to volatilities; -0.2 to 0.4 in 0.1", "string"},
       {"days", "passed, rising; 0,1,7", "string"},
       {"dynamics", "sticky_strike or sticky_delta; sticky_strike", "string"},
       {"delta", "delta, delta_net or delta_equity; the convention of the book's delta factor",
        "string"}},
      scenarios));
}

}  // namespace ballast::api

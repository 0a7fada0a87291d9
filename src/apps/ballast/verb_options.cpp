#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/report/option_sheets.hpp"
#include "apps/ballast/client_verb.hpp"
#include "apps/ballast/journal_run.hpp"
#include "apps/ballast/margin_output.hpp"
#include "engine/margin_views.hpp"
#include "engine/option_views.hpp"
#include "json/margin_json.hpp"
#include "json/option_json.hpp"

namespace ballast {
namespace {

using json = nlohmann::ordered_json;

constexpr std::array underlying_columns{
    ItemColumn{"underlying", "underlying"},
    ItemColumn{"quote", "quote"},
    ItemColumn{"books", "books"},
    ItemColumn{"expiry", "expiry"},
    ItemColumn{"days", "days"},
    ItemColumn{"state", "state"},
    ItemColumn{"forward", "forward"},
    ItemColumn{"vol", "atm_vol"},
    ItemColumn{"contracts", "contracts"},
};
constexpr std::array line_columns{
    ItemColumn{"expiry", "expiry"},
    ItemColumn{"strike", "strike"},
    ItemColumn{"right", "right"},
    ItemColumn{"contracts", "contracts"},
    ItemColumn{"vol", "vol"},
    ItemColumn{"mark", "mark"},
    ItemColumn{"value", "value"},
    ItemColumn{"delta", "delta"},
    ItemColumn{"net", "delta_net"},
    ItemColumn{"gamma 1%", "gamma"},
    ItemColumn{"vega", "vega"},
    ItemColumn{"theta", "theta"},
    ItemColumn{"vanna", "vanna"},
    ItemColumn{"volga", "volga"},
    ItemColumn{"instrument", "instrument"},
};
constexpr std::array expiry_columns{
    ItemColumn{"expiry", "expiry"},        ItemColumn{"state", "state"},
    ItemColumn{"forward", "forward"},      ItemColumn{"value", "total.value"},
    ItemColumn{"delta", "total.delta"},    ItemColumn{"net", "total.delta_net"},
    ItemColumn{"gamma 1%", "total.gamma"}, ItemColumn{"vega", "total.vega"},
    ItemColumn{"theta", "total.theta"},
};
constexpr std::array smile_columns{
    ItemColumn{"of", "of"},
    ItemColumn{"expiry", "expiry"},
    ItemColumn{"strike", "strike"},
    ItemColumn{"right", "right"},
    ItemColumn{"vol", "vol"},
    ItemColumn{"bid", "bid_vol"},
    ItemColumn{"mark", "mark_vol"},
    ItemColumn{"ask", "ask_vol"},
    ItemColumn{"contracts", "contracts"},
    ItemColumn{"vega", "vega"},
    ItemColumn{"instrument", "instrument"},
};
constexpr std::array cell_columns{
    ItemColumn{"days", "days"},   ItemColumn{"vol", "vol"},
    ItemColumn{"spot", "spot"},   ItemColumn{"pnl", "pnl"},
    ItemColumn{"delta", "delta"}, ItemColumn{"delta side", "delta_side"},
    ItemColumn{"gamma", "gamma"}, ItemColumn{"gamma side", "gamma_side"},
    ItemColumn{"vega", "vega"},   ItemColumn{"vega side", "vega_side"},
    ItemColumn{"theta", "theta"},
};
constexpr std::array explain_columns{
    ItemColumn{"of", "of"},
    ItemColumn{"from", "from"},
    ItemColumn{"to", "to"},
    ItemColumn{"delta", "delta"},
    ItemColumn{"gamma", "gamma"},
    ItemColumn{"vega", "vega"},
    ItemColumn{"theta", "theta"},
    ItemColumn{"vanna", "vanna"},
    ItemColumn{"volga", "volga"},
    ItemColumn{"trades", "new_trades"},
    ItemColumn{"rest", "unexplained"},
    ItemColumn{"total", "total"},
};

struct OptionsArguments : ClientVerb {
  std::string underlying, book = "*";
  std::optional<std::string> journal;
  std::optional<Timestamp> at;
  bool service = true;
  // Of scenarios; empty: the service's own.
  std::vector<double> spot, vol, days;
  std::string dynamics, delta;
};

std::string list_of(const std::vector<double>& numbers) {
  return fmt::format("{}", fmt::join(numbers, ","));
}

// ---- whom to ask: a running service, or a journal

Result<std::unique_ptr<Run>> journal_engine(const OptionsArguments& arguments) {
  JournalSpan span;
  span.until = arguments.at;
  BALLAST_TRY(run, run_journal(*arguments.journal, span));
  if (!run->engine().started()) return fail(Errc::not_found, "there is no event up to that time");
  if (arguments.at) run->engine().pass_time(*arguments.at);
  return std::move(run);
}

class Asked {
 public:
  static Result<Asked> open(const OptionsArguments& arguments) {
    Asked asked(arguments);
    if (arguments.service) {
      if (arguments.at) {
        return fail(Errc::bad_input,
                    "a running service tells the present; for --at, name its "
                    "journal instead of --url");
      }
      BALLAST_TRY(client, Client::open(arguments.client));
      asked.client_ = std::make_unique<Client>(std::move(client));
    } else {
      BALLAST_TRY(run, journal_engine(arguments));
      asked.run_ = std::move(run);
    }
    return asked;
  }

  /// The underlyings, as an array.
  Result<std::string> underlyings() {
    if (client_) return client_->get_items("/api/v1/options");
    const Engine& engine = run_->engine();
    JsonWriter out(JsonWriter::Layout::compact);
    out.begin_array();
    for (std::size_t i = 0; i < engine.options().underlyings().size(); ++i)
      write_option_underlying(out, greeks_view(engine, {i, 0}), option_books(engine, i));
    out.end_array();
    return out.take();
  }

  /// What each account is asked for, as an array.
  Result<std::string> margins() {
    if (client_) return client_->get_items("/api/v1/margins");
    JsonWriter out(JsonWriter::Layout::compact);
    out.begin_array();
    for (const MarginView& view : margin_views(run_->engine()))
      write_margin(out, view);
    out.end_array();
    return out.take();
  }

  /// "greeks" and so on, as one object.
  Result<std::string> tell(std::string_view what) {
    BALLAST_TRY(underlying, this->underlying());
    if (!client_) return told_by_journal(what, underlying);
    const OptionsArguments& a = *arguments_;
    BALLAST_TRY(reply, client_->get(with_query(
                           fmt::format("/api/v1/options/{}/{}", percent_encoded(underlying), what),
                           {{"book", a.book == "*" ? "" : a.book},
                            {"spot", list_of(a.spot)},
                            {"vol", list_of(a.vol)},
                            {"days", list_of(a.days)},
                            {"dynamics", a.dynamics},
                            {"delta", a.delta}})));
    return std::move(reply.body);
  }

 private:
  explicit Asked(const OptionsArguments& arguments) : arguments_(&arguments) {}

  /// The one that is named, or the only one.
  Result<std::string> underlying() {
    if (!arguments_->underlying.empty()) return arguments_->underlying;
    BALLAST_TRY(text, underlyings());
    const json all = json::parse(text);
    if (all.size() == 1) return all[0].value("underlying", "");
    if (all.empty()) return fail(Errc::not_found, "no factor of this desk counts options");
    std::vector<std::string> names;
    for (const json& one : all)
      names.push_back(one.value("underlying", ""));
    return fail(Errc::bad_input, fmt::format("there are options on {}: name one by --underlying",
                                             fmt::join(names, ", ")));
  }

  Result<std::string> told_by_journal(std::string_view what, const std::string& underlying) {
    const Engine& engine = run_->engine();
    BALLAST_TRY(place, find_options(engine, underlying, arguments_->book));
    JsonWriter out(JsonWriter::Layout::compact);
    if (what == "greeks") {
      write_greeks(out, greeks_view(engine, place));
    } else if (what == "smile") {
      write_smile(out, smile_view(engine, place));
    } else if (what == "explain") {
      write_pnl_explain(out, explain_view(engine, place));
    } else {
      BALLAST_TRY(grid, scenario_view(engine, place, scenario_ask()));
      write_scenarios(out, grid);
    }
    return out.take();
  }

  ScenarioAsk scenario_ask() const {
    ScenarioAsk ask = usual_scenarios();
    if (!arguments_->spot.empty()) ask.spot = arguments_->spot;
    if (!arguments_->vol.empty()) ask.vol = arguments_->vol;
    if (!arguments_->days.empty()) ask.days = arguments_->days;
    if (arguments_->dynamics == smile_dynamics_names.back())
      ask.dynamics = SmileDynamics::sticky_delta;
    for (std::size_t i = 0; i < delta_kind_names.size(); ++i) {
      if (arguments_->delta == delta_kind_names[i]) ask.delta = static_cast<DeltaKind>(i);
    }
    return ask;
  }

  const OptionsArguments* arguments_;
  std::unique_ptr<Client> client_;
  std::unique_ptr<Run> run_;
};

// ---- what a terminal or a spreadsheet is shown

std::string shown(const json& items,
                  std::span<const ItemColumn> columns,
                  Format format,
                  std::string_view none) {
  return shown_items(items.dump(), columns, format, none);
}

std::string unknown_line(const json& answer) {
  const auto reason = answer.find("unknown_reason");
  if (reason == answer.end() || !reason->is_string()) return {};
  return fmt::format("unknown: {}\n", printable(reason->get<std::string>()));
}

std::string shown_greeks(const json& answer, Format format) {
  std::string text = shown(answer["lines"], line_columns, format, "no options are held");
  if (format == Format::csv || answer["lines"].empty()) return text;
  json sums = answer["expiries"];
  sums.push_back({{"expiry", "all"}, {"total", answer["total"]}});
  return text + "\n" + shown(sums, expiry_columns, format, "") + unknown_line(answer);
}

/// Everything at once, one row each. A terminal is shown every tenth point of the surface.
std::string shown_smile(const json& answer, Format format) {
  json rows = json::array();
  const auto add = [&](const json& expiry, const char* of, json row) {
    row["of"] = of;
    row["expiry"] = expiry["expiry"];
    rows.push_back(std::move(row));
  };
  for (const json& expiry : answer["expiries"]) {
    const std::size_t step = format == Format::csv ? 1 : 10;
    for (std::size_t i = 0; i < expiry["curve"].size(); i += step)
      add(expiry, "surface", expiry["curve"][i]);
    for (const json& quote : expiry["quotes"])
      add(expiry, "market", quote);
    for (const json& own : expiry["own"])
      add(expiry, "held", own);
  }
  return shown(rows, smile_columns, format, "no expiry is to come");
}

json cells_of(const json& answer) {
  json cells = json::array();
  if (answer["cells"].empty()) return cells;
  std::size_t i = 0;
  for (const json& days : answer["days"]) {
    for (const json& vol : answer["vol"]) {
      for (const json& spot : answer["spot"]) {
        json cell{{"days", days}, {"vol", vol}, {"spot", spot}};
        cell.update(answer["cells"][i++]);
        cells.push_back(std::move(cell));
      }
    }
  }
  return cells;
}

/// A matrix of volatility by spot; `text` of a cell.
template <class Text>
std::string matrix(const json& answer, std::size_t day, const Text& text) {
  const json& spots = answer["spot"];
  std::vector<std::string> titles{"vol"};
  for (const json& spot : spots)
    titles.push_back(fmt::format("{:+.4g}%", 100.0 * spot.get<double>()));
  std::vector<std::string> paths;
  for (std::size_t s = 0; s < titles.size(); ++s)
    paths.push_back(fmt::format("c{}", s));
  std::vector<ItemColumn> columns;
  for (std::size_t s = 0; s < titles.size(); ++s)
    columns.push_back({titles[s], paths[s]});
  json rows = json::array();
  std::size_t i = day * answer["vol"].size() * spots.size();
  for (const json& vol : answer["vol"]) {
    json row{{"c0", fmt::format("{:+.4g}", 100.0 * vol.get<double>())}};
    for (std::size_t s = 1; s < titles.size(); ++s)
      row[paths[s]] = text(answer["cells"][i++]);
    rows.push_back(std::move(row));
  }
  return shown(rows, columns, Format::table, "");
}

std::string shown_scenarios(const json& answer, Format format) {
  if (format == Format::csv) return shown(cells_of(answer), cell_columns, format, "");
  if (answer["cells"].empty()) return unknown_line(answer);
  std::string text;
  for (std::size_t day = 0; day < answer["days"].size(); ++day) {
    const std::string when = after_days(answer["days"][day].get<double>());
    text +=
        fmt::format("{}profit in {} {}, by points of volatility and spot\n",
                    text.empty() ? "" : "\n", printable(answer["quote"].get<std::string>()), when);
    text += matrix(answer, day, [](const json& cell) {
      return fmt::format("{:.6g}", cell["pnl"].get<double>());
    });
    text += fmt::format("\ndelta in {} {}, and where it is below or above its band\n",
                        printable(answer["underlying"].get<std::string>()), when);
    text += matrix(answer, day, [](const json& cell) {
      const json& side = cell["delta_side"];
      const bool out = side.is_string() && side != "inside";
      return fmt::format("{:.4g}{}", cell["delta"].get<double>(),
                         out ? " " + side.get<std::string>() : "");
    });
  }
  return text;
}

std::string shown_explain(const json& answer, Format format) {
  json rows = json::array();
  const auto add = [&](const char* of, json row, const json& from, const json& to) {
    if (row.is_null()) return;
    row["of"] = of;
    row["from"] = from;
    row["to"] = to;
    rows.push_back(std::move(row));
  };
  for (const json& step : answer["steps"])
    add("step", step, step["from"], step["to"]);
  add("open", answer["open"], answer["to"], answer["as_of"]);
  add("today", answer["today"], nullptr, answer["to"]);
  add("all", answer["all"], answer["from"], answer["to"]);
  std::string text = shown(rows, explain_columns, format, "");
  const double unknown = answer.value("unknown_seconds", 0.0);
  if (format == Format::table && unknown > 0.0)
    text += fmt::format("unknown for {:.6g} s: a position had no value\n", unknown);
  return text;
}

std::string shown_underlyings(const json& all, Format format) {
  json rows = json::array();
  for (const json& one : all) {
    for (json expiry : one["expiries"]) {
      expiry["underlying"] = one["underlying"];
      expiry["quote"] = one["quote"];
      expiry["books"] = one["books"];
      rows.push_back(std::move(expiry));
    }
  }
  return shown(rows, underlying_columns, format, "no options are counted");
}

using Show = std::string (*)(const json&, Format);

constexpr std::string_view margins_name = "margins";

Result<std::string> answer_of(Asked& asked, std::string_view what) {
  if (what.empty()) return asked.underlyings();
  return what == margins_name ? asked.margins() : asked.tell(what);
}

/// @param what  empty: the list of underlyings.
Exit run(const OptionsArguments& arguments, std::string_view what, Show show) {
  auto asked = Asked::open(arguments);
  if (!asked) return complain(asked.error());
  const auto answer = answer_of(*asked, what);
  if (!answer) return complain(answer.error());
  const auto written = write_output("", arguments.format == Format::json
                                            ? pretty(*answer)
                                            : show(json::parse(*answer), arguments.format));
  return written ? Exit::fine : complain(written.error());
}

void add_axis(CLI::App& app, const char* name, std::vector<double>& axis, const char* help) {
  app.add_option(name, axis, help)->delimiter(',')->type_name("NUMBERS");
}

}  // namespace

std::function<Exit()> make_options(CLI::App& app) {
  auto arguments = std::make_shared<OptionsArguments>();
  CLI::Option* url = app.add_option("--url", arguments->client.url,
                                    "ask the service there; default, without --journal: "
                                    "BALLAST_URL, or http://127.0.0.1:8420");
  app.add_option("--token-file", arguments->client.token_file,
                 "a file with the token for it; default: the token in BALLAST_TOKEN")
      ->type_name("FILE");
  app.add_option("--journal", arguments->journal,
                 "the journal that holds the events; with --url, whose token to use")
      ->type_name("FILE");
  add_time(app, "--at", arguments->at,
           "as of this time (RFC 3339 UTC), of a journal; default: the last event");
  add_format(app, arguments->format);
  app.add_option("--underlying", arguments->underlying,
                 "such as BTC; not needed where all options are on one");
  app.add_option("--book", arguments->book, "a book that a factor names; default: the whole desk");
  const auto tell = [arguments, url](std::string_view what, Show show) {
    return std::function<Exit()>([=] {
      arguments->service = !arguments->journal || url->count() > 0;
      arguments->client.journal = arguments->journal.value_or("");
      // Not envname(): the environment is no word against a journal that is named.
      if (const char* set = std::getenv("BALLAST_URL"); url->count() == 0 && set != nullptr)
        arguments->client.url = set;
      return run(*arguments, what, show);
    });
  };
  SubVerbs verbs(app, "options", tell("", shown_underlyings));
  verbs.add("greeks", "value and greeks, by expiry and strike", "greeks --book options -o csv",
            tell("greeks", shown_greeks));
  verbs.add("smile", "the surface, the market's implied volatilities, and what is held",
            "smile --underlying BTC", tell("smile", shown_smile));
  CLI::App* scenarios =
      verbs.add("scenarios", "what spot, volatility and time would earn and leave",
                "scenarios --spot=-0.2,-0.1,0,0.1,0.2 --vol=-0.1,0,0.1 --days 0,7",
                tell("scenarios", shown_scenarios));
  add_axis(*scenarios, "--spot", arguments->spot, "moves as shares; default: -0.3 to 0.3");
  add_axis(*scenarios, "--vol", arguments->vol,
           "added to volatilities, 0.1 is ten points; default: -0.2 to 0.4");
  add_axis(*scenarios, "--days", arguments->days, "that pass, rising; default: 0,1,7");
  scenarios
      ->add_option("--dynamics", arguments->dynamics,
                   "what stays with the smile when the spot moves; default: sticky_strike")
      ->check(CLI::IsMember({"sticky_strike", "sticky_delta"}));
  scenarios
      ->add_option("--delta", arguments->delta,
                   "delta, delta_net or delta_equity; default: as the delta factor counts")
      ->check(CLI::IsMember({"delta", "delta_net", "delta_equity"}));
  verbs.add("explain", "where the profit came from, step by step",
            "explain --journal desk.db --at 2026-01-05T14:30:00Z", tell("explain", shown_explain));
  verbs.add(margins_name, "what each account of [[margins]] is asked for, and has for it",
            "margins --journal desk.db", tell(margins_name, [](const json& all, Format format) {
              return shown_margins(all.dump(), format);
            }));
  return verbs.chosen();
}

}  // namespace ballast

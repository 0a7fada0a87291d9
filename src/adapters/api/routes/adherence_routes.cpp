// How well targets are kept: over any window, and drawn.
#include <algorithm>

#include <fmt/format.h>

#include "adapters/api/routes/handlers.hpp"
#include "adapters/api/routes/item_json.hpp"
#include "adapters/api/routes/live_paths.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast::api {
namespace {

constexpr std::size_t fills_max = 500;
constexpr std::size_t points_default = 600;
constexpr std::size_t points_max = 5000;

// ---- ?window=

tl::expected<std::optional<Window>, Response> window_named(const std::string& name) {
  if (name == "today") return std::optional<Window>{};
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < window_infos.size(); ++i) {
    if (window_infos[i].name == name) return std::optional(static_cast<Window>(i));
    names.push_back(window_infos[i].name);
  }
  return tl::unexpected(problem(
      400, "bad_parameter",
      fmt::format("window is `{}`: it must be one of {}, today", name, fmt::join(names, ", "))));
}

Response sliding(const DeskView& view, const Request& request, FactorId only) {
  const std::string name = *request.parameter("window");
  BALLAST_ANSWER(window, window_named(name));
  const Engine& engine = view.engine;
  std::vector<WindowRow> rows;
  for (std::size_t i = 0; i < engine.desk().factors.size(); ++i) {
    if (!only.valid() || only == FactorId{i})
      rows.push_back(window_row(engine, FactorId{i}, window));
  }
  Timestamp from = engine.now();
  for (const WindowRow& row : rows)
    from = std::min(from, row.from);
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("window").value(name);
  out.key("from").value(from);
  out.key("to").value(engine.now());
  out.key("adherence").value(desk_adherence(engine, window));
  out.key("rows").begin_array();
  for (const WindowRow& row : rows)
    write_window(out, row);
  out.end_array();
  out.end_object();
  return ok(out);
}

// ---- ?by=

Response calendar(const RouteContext& context, const Request& request) {
  if (!context.services.calendar) return not_available("the journal's hours");
  BALLAST_ANSWER(unit, one_of(request, "by", "day", {"hour", "day", "week", "month"}));
  CalendarQuery query;
  BALLAST_ANSWER(from, time_parameter(request, "from"));
  BALLAST_ANSWER(to, time_parameter(request, "to"));
  for (const auto& [name, t] : {std::pair{"from", from}, std::pair{"to", to}}) {
    if (t && floor_to(*t, Duration::hours(1)) != *t) {
      return problem(400, "bad_parameter",
                     fmt::format("{} is {}: the journal keeps whole hours, give a full one", name,
                                 to_string(*t)));
    }
  }
  if (from && to && *from >= *to) {
    return problem(400, "bad_parameter",
                   fmt::format("from, {}, is not before to, {}", to_string(*from), to_string(*to)));
  }
  query.from = from;
  query.to = to;
  const auto at = std::find(calendar_unit_names.begin(), calendar_unit_names.end(), unit);
  query.unit = static_cast<CalendarUnit>(at - calendar_unit_names.begin());
  if (const auto key = request.parameter("factor")) {
    const auto book = key->rfind('@');
    query.factor = key->substr(0, book);
    query.book = book == std::string::npos ? "*" : key->substr(book + 1);
    if (key->starts_with("cash:")) {  // whose name holds an @ of its own
      query.factor = *key;
      query.book = "*";
    }
  }
  const auto rows = context.services.calendar(query);
  if (!rows) return problem(rows.error());
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("by").value(unit);
  out.key("from").value(from);
  out.key("to").value(to);
  out.key("rows").begin_array();
  for (const WindowRow& row : *rows)
    write_window(out, row);
  out.end_array();
  out.end_object();
  return ok(out);
}

/// Which of the three is asked; 400 where the parameters contradict one another.
void adherence(const RouteContext& context, const Request& request, const Respond& respond) {
  const bool window = request.parameter("window").has_value();
  const bool by = request.parameter("by") || request.parameter("from") || request.parameter("to");
  if (window && by) {
    return respond(problem(400, "bad_parameter",
                           "window asks for a sliding window that ends now, and by, from and to "
                           "for calendar hours: leave out the one or the other"));
  }
  if (by) return respond(calendar(context, request));
  context.desk.query([request, respond, window](const DeskView& view) {
    FactorId only;
    if (const auto key = request.parameter("factor")) {
      auto found = factor_named(view.engine.desk(), *key);
      if (!found) return respond(std::move(found).error());
      only = *found;
    }
    if (window) return respond(sliding(view, request, only));
    Report report = view.engine.report();
    if (only.valid()) {
      const FactorConfig& config = view.engine.desk().factor(only);
      std::erase_if(report.factors, [&](const FactorReport& f) {
        return f.factor != config.name || f.book != config.book;
      });
    }
    Response response;
    response.body = render_json(report);
    respond(std::move(response));
  });
}

// ---- a path for a chart

double epoch_seconds(Timestamp t) { return static_cast<double>(t.ns) / 1e9; }

template <class Value>
void write_series(JsonWriter& out,
                  std::string_view key,
                  const std::vector<PathPoint>& points,
                  const Value& value) {
  out.key(key).begin_array();
  for (const PathPoint& p : points)
    out.value(value(p));
  out.end_array();
}

/// Whether a fill in the position moves the factor.
bool concerns(const Engine& engine, const FactorConfig& factor, const Position& position) {
  const Instrument& instrument = engine.desk().instrument(position.instrument);
  if (!factor.whole_desk() && engine.books().book(position.book).view() != factor.book)
    return false;
  switch (factor.kind) {
    case FactorKind::delta:
      return instrument.base == factor.asset;
    case FactorKind::notional:
      return position.instrument == factor.instrument;
    case FactorKind::cash: {
      const Place& place = engine.books().account(position.account);
      const bool there = place.venue == factor.venue &&
                         (factor.account.empty() || place.account == factor.account);
      return there && (instrument.settlement() == factor.asset ||
                       (instrument.spot() && instrument.base == factor.asset));
    }
    case FactorKind::gamma:
    case FactorKind::vega:
    case FactorKind::theta:
      return instrument.option() && instrument.base == factor.asset;
    case FactorKind::channel:
      return false;
  }
  return false;
}

struct FillMark {
  FillView fill;
  InstrumentId instrument;
};

/// The latest fills that moved a factor in [from, to), in the order of time.
std::vector<FillMark> fills_of(const Engine& engine,
                               const FactorConfig& factor,
                               Timestamp from,
                               Timestamp to) {
  std::vector<FillMark> marks;
  const auto positions = engine.books().positions();
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i].last_fill < from || !concerns(engine, factor, positions[i])) continue;
    std::size_t taken = 0;
    engine.books().visit_fills_backwards(PositionId{i}, [&](const FillView& fill) {
      if (fill.t < from) return false;
      if (fill.t < to && !fill.busted) {
        marks.push_back({fill, positions[i].instrument});
        ++taken;
      }
      return taken < fills_max;
    });
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const FillMark& a, const FillMark& b) { return a.fill.t < b.fill.t; });
  if (marks.size() > fills_max)
    marks.erase(marks.begin(), marks.end() - static_cast<std::ptrdiff_t>(fills_max));
  return marks;
}

void write_fills(JsonWriter& out, const Desk& desk, const std::vector<FillMark>& marks) {
  out.key("fills").begin_array();
  for (const FillMark& mark : marks) {
    out.begin_object();
    out.key("t").value(epoch_seconds(mark.fill.t));
    out.key("origin").value(to_string(mark.fill.origin));
    out.key("side").value(to_string(mark.fill.side));
    out.key("qty").value(mark.fill.qty);
    out.key("instrument").value(desk.instrument(mark.instrument).name);
    out.key("price").value(mark.fill.price);
    out.end_object();
  }
  out.end_array();
}

void write_alerts(
    JsonWriter& out, const Engine& engine, FactorId id, Timestamp from, Timestamp to) {
  struct Mark {
    Timestamp t;
    AlertReport alert;
    AlertState state;
  };
  std::vector<Mark> marks;
  const auto add = [&](std::optional<Timestamp> t, const AlertEpisode& episode, AlertState state) {
    if (t && *t >= from && *t < to && episode.factor == id && episode.fired)
      marks.push_back({*t, alert_report(engine.desk(), episode), state});
  };
  const auto all = [&](const AlertEpisode& episode) {
    add(episode.fired, episode, AlertState::firing);
    add(episode.acknowledged, episode, AlertState::acknowledged);
    add(episode.cleared, episode, AlertState::ok);
  };
  // In the order in which they ended: nothing before `from` is asked for.
  engine.alerts().visit_history_backwards([&](const AlertEpisode& episode) {
    if (episode.cleared && *episode.cleared < from) return false;
    all(episode);
    return true;
  });
  for (const AlertEpisode& episode : engine.alerts().active())
    all(episode);
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.t < b.t; });
  out.key("alerts").begin_array();
  for (const Mark& mark : marks) {
    out.begin_object();
    out.key("t").value(epoch_seconds(mark.t));
    out.key("id").value(mark.alert.id);
    out.key("rule").value(mark.alert.rule);
    out.key("severity").value(mark.alert.severity);
    out.key("state").value(alert_state_names[static_cast<std::size_t>(mark.state)]);
    out.end_object();
  }
  out.end_array();
}

Response path(const RouteContext& context, const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  BALLAST_ANSWER(id, factor_named(engine.desk(), request.captures.at("key")));
  BALLAST_ANSWER(asked_from, time_parameter(request, "from"));
  BALLAST_ANSWER(asked_to, time_parameter(request, "to"));
  if (asked_from && asked_to && *asked_from >= *asked_to) {
    return problem(400, "bad_parameter",
                   fmt::format("from, {}, is not before to, {}", to_string(*asked_from),
                               to_string(*asked_to)));
  }
  // Nothing is kept beyond these.
  const Timestamp last = engine.now() + Duration{1};
  const Timestamp first = last - PathHistory::longest;
  const Timestamp to = std::clamp(asked_to.value_or(last), first + Duration{1}, last);
  const Timestamp from = std::clamp(asked_from.value_or(to - Duration::hours(6)), first, to);
  BALLAST_ANSWER(points, whole_parameter(request, "points", points_default, 6, points_max));
  const PathHistory* const history = context.paths.path(id);
  const std::vector<PathPoint> line =
      history != nullptr ? history->between(from, to, points) : std::vector<PathPoint>{};
  const FactorConfig& config = engine.desk().factor(id);
  JsonWriter out(JsonWriter::Layout::compact);
  out.begin_object();
  out.key("key").value(factor_label(config));
  out.key("unit").value(engine.desk().asset(config.unit).name);
  out.key("from").value(from);
  out.key("to").value(to);
  write_series(out, "t", line, [](const PathPoint& p) { return epoch_seconds(p.t); });
  write_series(out, "actual", line, [](const PathPoint& p) { return p.actual; });
  write_series(out, "target", line, [](const PathPoint& p) { return p.target; });
  write_series(out, "lower", line, [](const PathPoint& p) { return p.lower; });
  write_series(out, "upper", line, [](const PathPoint& p) { return p.upper; });
  write_series(out, "limit_lower", line, [](const PathPoint& p) { return p.limit_lower; });
  write_series(out, "limit_upper", line, [](const PathPoint& p) { return p.limit_upper; });
  write_series(out, "known", line, [](const PathPoint& p) { return p.known; });
  write_fills(out, engine.desk(), fills_of(engine, config, from, to));
  write_alerts(out, engine, id, from, to);
  out.key("excursions").begin_array();
  if (history != nullptr) {
    for (const ExcursionReport& e : history->excursions(from, to))
      write_excursion(out, e);
  }
  out.end_array();
  out.end_object();
  return ok(out);
}

}  // namespace

void add_adherence_routes(Table& table, const RouteContext& context) {
  Route route;
  route.pattern = "/api/v1/adherence";
  route.about = "The report; or a sliding window; or calendar rows of the journal.";
  route.response_schema = "Adherence";
  route.parameters = {{"window", "5m, 30m, 1h, 6h, 24h, 3d, 30d, or today"},
                      {"from", "calendar rows from this full hour on", "time"},
                      {"to", "up to this full hour", "time"},
                      {"by", "hour, day (default), week or month"},
                      {"factor", "only this factor, by its key"}};
  route.handle = [&context](const Request& request, Respond respond) {
    adherence(context, request, respond);
  };
  table.push_back(std::move(route));
  table.push_back(reads(context, "/api/v1/factors/{key}/path",
                        "A factor's path for a chart, with fills, alerts and excursions.", "Path",
                        {{"from", "6 h before `to` when absent", "time"},
                         {"to", "now when absent", "time"},
                         {"points", "at most so many, 6 to 5000; 600 when absent", "integer"}},
                        [&context](const DeskView& view, const Request& request) {
                          return path(context, view, request);
                        }));
}

}  // namespace ballast::api

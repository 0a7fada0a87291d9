// What the files of handlers share: the context of a table of routes, and short ways to make a row.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/api/http.hpp"
#include "adapters/api/routes/body.hpp"
#include "adapters/api/routes/desk_port.hpp"
#include "adapters/api/routes/page.hpp"
#include "adapters/api/routes/services.hpp"
#include "engine/views.hpp"
#include "json/json_writer.hpp"

namespace ballast::api {

class LivePaths;
class Backpressure;

/// Outlives every handler.
struct RouteContext {
  DeskPort& desk;
  const LivePaths& paths;
  const Services& services;
  Backpressure& backpressure;
};

using Table = std::vector<Route>;
/// Reads the desk, on its thread.
using Look = std::function<Response(const DeskView&, const Request&)>;

/// Every answer of a list takes these two.
std::vector<ParameterDoc> with_page(std::vector<ParameterDoc> parameters = {});

/// A GET of the desk's state.
Route reads(const RouteContext& context,
            std::string pattern,
            std::string about,
            std::string response_schema,
            std::vector<ParameterDoc> parameters,
            Look look);

Response ok(JsonWriter& out);
/// What a route without its service answers.
Response not_available(std::string_view what);
/// 404, with the name that was perhaps meant.
Response no_such(std::string_view what, std::string_view name, std::string_view suggestion = {});

/// The factor that a path or parameter names, or 404.
tl::expected<FactorId, Response> factor_named(const Desk& desk, std::string_view key);
/// Of a filter: an invalid id when the parameter is absent, 400 when no such thing is configured.
template <class Id>
struct Filter {
  bool set = false;
  Id id;
  bool passes(Id candidate) const { return !set || candidate == id; }
};
tl::expected<Filter<VenueId>, Response> venue_filter(const Desk& desk, const Request& request);
tl::expected<Filter<AssetId>, Response> asset_filter(const Desk& desk, const Request& request);
tl::expected<Filter<InstrumentId>, Response> instrument_filter(const Desk& desk,
                                                               const Request& request);
/// Absent, or equal.
inline bool passes(const std::optional<std::string>& filter, std::string_view name) {
  return !filter || *filter == name;
}
/// One of `allowed`, or 400 that lists them.
tl::expected<std::string, Response> one_of(const Request& request,
                                           std::string_view parameter,
                                           std::string_view default_value,
                                           const std::vector<std::string_view>& allowed);
tl::expected<std::size_t, Response> whole_parameter(const Request& request,
                                                    std::string_view parameter,
                                                    std::size_t default_value,
                                                    std::size_t least,
                                                    std::size_t most);
tl::expected<std::optional<Timestamp>, Response> time_parameter(const Request& request,
                                                                std::string_view parameter);

// Each adds its rows.
void add_desk_routes(Table& table, const RouteContext& context);
void add_holding_routes(Table& table, const RouteContext& context);
void add_factor_routes(Table& table, const RouteContext& context);
void add_adherence_routes(Table& table, const RouteContext& context);
void add_control_routes(Table& table, const RouteContext& context);
void add_option_routes(Table& table, const RouteContext& context);
void add_margin_routes(Table& table, const RouteContext& context);
void add_journal_routes(Table& table, const RouteContext& context);
void add_target_changes(Table& table, const RouteContext& context);
void add_control_changes(Table& table, const RouteContext& context);
void add_admin_changes(Table& table, const RouteContext& context);
void add_event_routes(Table& table, const RouteContext& context);

}  // namespace ballast::api

/// Unwraps an expected or answers with its response.
#define BALLAST_ANSWER(name, expression)                       \
  auto name##_answer = (expression);                           \
  if (!name##_answer) return std::move(name##_answer).error(); \
  auto& name = *name##_answer

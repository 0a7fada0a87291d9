#include "adapters/api/routes/handlers.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/suggest.hpp"
#include "engine/report_factor.hpp"

namespace ballast::api {
namespace {

/// The id that `find` has for a parameter, of things that have names.
template <class Id, class Things, class Find>
tl::expected<Filter<Id>, Response> filter_of(const Request& request,
                                             std::string_view parameter,
                                             const Things& things,
                                             const Find& find) {
  const auto name = request.parameter(parameter);
  if (!name) return Filter<Id>{};
  const Id id = find(*name);
  if (id.valid()) return Filter<Id>{true, id};
  Suggestion suggestion(*name);
  for (const auto& thing : things)
    suggestion.consider(thing.name);
  return tl::unexpected(problem(400, "bad_parameter",
                                fmt::format("{} is `{}`: the desk has none of that name{}",
                                            parameter, *name, suggestion.text())));
}

}  // namespace

std::vector<ParameterDoc> with_page(std::vector<ParameterDoc> parameters) {
  parameters.push_back({"limit", "items of a page, 1 to 1000; 200 when absent", "integer"});
  parameters.push_back({"cursor", "`next` of the page before", "string"});
  return parameters;
}

Route reads(const RouteContext& context,
            std::string pattern,
            std::string about,
            std::string response_schema,
            std::vector<ParameterDoc> parameters,
            Look look) {
  Route route;
  route.pattern = std::move(pattern);
  route.about = std::move(about);
  route.response_schema = std::move(response_schema);
  route.parameters = std::move(parameters);
  route.handle = [&context, look = std::move(look)](const Request& request, Respond respond) {
    context.desk.query([look, request, respond = std::move(respond)](const DeskView& view) {
      respond(look(view, request));
    });
  };
  return route;
}

Response ok(JsonWriter& out) {
  Response response;
  response.body = out.take();
  return response;
}

Response not_available(std::string_view what) {
  return problem(503, "not_available", fmt::format("this service was started without {}", what));
}

Response no_such(std::string_view what, std::string_view name, std::string_view suggestion) {
  return problem(404, "not_found", fmt::format("there is no {} `{}`{}", what, name, suggestion));
}

tl::expected<FactorId, Response> factor_named(const Desk& desk, std::string_view key) {
  const FactorId id = find_factor_by_key(desk, key);
  if (id.valid()) return id;
  std::vector<std::string> keys;
  for (const FactorConfig& factor : desk.factors)
    keys.push_back(factor_label(factor));
  Suggestion suggestion(key);
  for (const std::string& candidate : keys)
    suggestion.consider(candidate);
  return tl::unexpected(no_such("factor", key, suggestion.text()));
}

tl::expected<Filter<VenueId>, Response> venue_filter(const Desk& desk, const Request& request) {
  return filter_of<VenueId>(request, "venue", desk.venues,
                            [&](std::string_view name) { return desk.find_venue(name); });
}
tl::expected<Filter<AssetId>, Response> asset_filter(const Desk& desk, const Request& request) {
  return filter_of<AssetId>(request, "asset", desk.assets,
                            [&](std::string_view name) { return desk.find_asset(name); });
}
tl::expected<Filter<InstrumentId>, Response> instrument_filter(const Desk& desk,
                                                               const Request& request) {
  return filter_of<InstrumentId>(request, "instrument", desk.instruments,
                                 [&](std::string_view name) { return desk.find_instrument(name); });
}

tl::expected<std::string, Response> one_of(const Request& request,
                                           std::string_view parameter,
                                           std::string_view default_value,
                                           const std::vector<std::string_view>& allowed) {
  const auto value = request.parameter(parameter);
  if (!value) return std::string(default_value);
  for (const std::string_view candidate : allowed) {
    if (*value == candidate) return *value;
  }
  return tl::unexpected(problem(400, "bad_parameter",
                                fmt::format("{} is `{}`: it must be one of {}", parameter, *value,
                                            fmt::join(allowed, ", "))));
}

tl::expected<std::size_t, Response> whole_parameter(const Request& request,
                                                    std::string_view parameter,
                                                    std::size_t default_value,
                                                    std::size_t least,
                                                    std::size_t most) {
  const auto text = request.parameter(parameter);
  if (!text) return default_value;
  std::size_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, number);
  if (error == std::errc{} && at == end && number >= least && number <= most) return number;
  return tl::unexpected(problem(400, "bad_parameter",
                                fmt::format("{} is `{}`: it must be a whole number from {} to {}",
                                            parameter, *text, least, most)));
}

tl::expected<std::optional<Timestamp>, Response> time_parameter(const Request& request,
                                                                std::string_view parameter) {
  const auto text = request.parameter(parameter);
  if (!text) return std::optional<Timestamp>{};
  const auto time = parse_timestamp(*text);
  if (time) return std::optional(*time);
  return tl::unexpected(problem(
      400, "bad_parameter", fmt::format("{} is `{}`: {}", parameter, *text, time.error().what)));
}

}  // namespace ballast::api

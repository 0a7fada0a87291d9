// Changes of where a factor should be, and of how far it may go.
#include <fmt/format.h>

#include "adapters/api/routes/changes.hpp"
#include "adapters/api/routes/item_json.hpp"

namespace ballast::api {
namespace {

std::string target_json(const TargetView& view, std::string_view by) {
  JsonWriter out(JsonWriter::Layout::compact);
  write_target(out, view, by);
  return out.text();
}

std::string limit_json(const LimitView& view) {
  JsonWriter out(JsonWriter::Layout::compact);
  write_limit(out, view);
  return out.text();
}

std::string text_of(const Range& range) {
  return fmt::format("[{}, {}]", to_string(range.lower), to_string(range.upper));
}

/// A band that a person pushes beyond the hard limit would be cut silently: it is refused instead.
std::optional<Response> beyond_limit(const Engine& engine, const TargetOverride& change) {
  const TargetView before = target_view(engine, change.factor);
  if (!before.plan) return std::nullopt;
  const bool limited =
      engine.desk().factor(change.factor).limit || (before.override && before.override->limit);
  if (!limited) return std::nullopt;  // the band is the limit
  const Range& limit = before.plan->limit;
  const auto outside = [&](Decimal level) { return level < limit.lower || limit.upper < level; };
  if (change.band && (outside(change.band->lower) || outside(change.band->upper))) {
    return refused("band_beyond_limit",
                   fmt::format("the band {} of {} is not within its limit {}: narrow the band, or "
                               "have the limit changed first",
                               text_of(*change.band), before.key, text_of(limit)));
  }
  if (change.target && outside(*change.target)) {
    return refused("target_beyond_limit",
                   fmt::format("the target {} of {} is not within its limit {}: choose another, or "
                               "have the limit changed first",
                               to_string(*change.target), before.key, text_of(limit)));
  }
  return std::nullopt;
}

tl::expected<Plan, Response> push_target(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  auto id = factor_named(engine.desk(), request.captures.at("key"));
  if (!id) return tl::unexpected(std::move(id).error());
  auto body = body_of(request, {"target", "band", "until", "reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  TargetOverride change;
  change.factor = *id;
  const auto read = [&](auto& into, auto value) -> std::optional<Response> {
    if (!value) return std::move(value).error();
    into = std::move(*value);
    return std::nullopt;
  };
  std::string reason;
  for (auto& wrong :
       {read(change.target, field(body->decimal("target"))),
        read(change.band, field(body->range("band"))),
        read(change.until, field(body->time("until"))), read(reason, reason_of(*body, false))}) {
    if (wrong) return tl::unexpected(*wrong);
  }
  const TargetView before = target_view(engine, *id);
  if (auto matched = matches(request, before.version); !matched)
    return tl::unexpected(std::move(matched).error());
  if (!change.target && !change.band && !change.until) {
    return tl::unexpected(problem(400, "bad_body",
                                  "nothing is said: give a target, a band, or both, and an `until` "
                                  "if it should end by itself"));
  }
  if (!change.target && !change.band) {  // of what was pushed before; a limit has its own end
    if (!before.overridden())
      return tl::unexpected(
          refused("not_overridden", fmt::format("neither target nor band of {} is overridden: say "
                                                "what shall hold until then",
                                                before.key)));
    change.target = before.override->target;
    change.band = before.override->band;
  }
  if (change.until && *change.until <= view.figures.now) {
    return tl::unexpected(refused(
        "already_over", fmt::format("`until` is {}, which is over: it is {}",
                                    to_string(*change.until), to_string(view.figures.now))));
  }
  const auto max_age = engine.desk().factor(*id).max_age;
  if (max_age && !change.until && !(before.overridden() && before.override->until)) {
    return tl::unexpected(refused(
        "until_missing",
        fmt::format("{} has a max_age of {}, after which a target that does not say `until` counts "
                    "as stale and the factor as unknown: say until when this one holds",
                    before.key, to_string(*max_age))));
  }
  if (auto wrong = beyond_limit(engine, change)) return tl::unexpected(std::move(*wrong));
  const auto after = target_view_after(engine, change);
  if (!after) return tl::unexpected(refused("target_refused", after.error().what));
  return PlannedChange{change,
                       "target.set",
                       before.key,
                       target_json(before, {}),
                       target_json(*after, request.by.name),
                       reason};
}

tl::expected<Plan, Response> clear_target(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  auto id = factor_named(engine.desk(), request.captures.at("key"));
  if (!id) return tl::unexpected(std::move(id).error());
  auto body = body_of(request, {"reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto reason = reason_of(*body, false);
  if (!reason) return tl::unexpected(std::move(reason).error());
  const TargetView before = target_view(engine, *id);
  if (auto matched = matches(request, before.version); !matched)
    return tl::unexpected(std::move(matched).error());
  if (!before.overridden()) {
    return tl::unexpected(
        problem(409, "conflict",
                fmt::format("nobody has pushed a target of {}: nothing to clear", before.key)));
  }
  TargetOverride change;
  change.factor = *id;
  change.clear = true;
  if (before.override->limit) {  // which somebody else may have set, and stays
    change.limit = before.override->limit;
    change.until = before.override->limit_until;
  }
  const auto after = target_view_after(engine, change);
  if (!after) return tl::unexpected(refused("target_refused", after.error().what));
  return PlannedChange{
      change, "target.clear", before.key, target_json(before, {}), target_json(*after, {}),
      *reason};
}

tl::expected<Plan, Response> set_limit(const DeskView& view, const Request& request) {
  const Engine& engine = view.engine;
  auto id = factor_named(engine.desk(), request.captures.at("key"));
  if (!id) return tl::unexpected(std::move(id).error());
  auto body = body_of(request, {"limit", "reason"});
  if (!body) return tl::unexpected(std::move(body).error());
  auto limit = field(body->range("limit"));
  if (!limit) return tl::unexpected(std::move(limit).error());
  auto reason = reason_of(*body, true);
  if (!reason) return tl::unexpected(std::move(reason).error());
  const LimitView before = limit_view(engine, *id);
  if (auto matched = matches(request, before.version); !matched)
    return tl::unexpected(std::move(matched).error());
  if (!*limit) {
    return tl::unexpected(
        problem(400, "bad_field", "`limit` is missing: give [lower, upper], as absolute levels"));
  }
  TargetOverride change;
  change.factor = *id;
  change.limit = *limit;
  const auto after = limit_view_after(engine, change);
  if (!after) return tl::unexpected(refused("limit_refused", after.error().what));
  return PlannedChange{change, "limit.set", before.key, limit_json(before), limit_json(*after),
                       *reason};
}

}  // namespace

void add_target_changes(Table& table, const RouteContext& context) {
  const auto add = [&](Method method, std::string pattern, Permission needs, std::string about,
                       std::string schema, Prepare prepare) {
    table.push_back(changes(context, method, std::move(pattern), needs, std::move(about),
                            std::move(schema), std::move(prepare)));
    table.back().versioned = true;
  };
  add(Method::put, "/api/v1/targets/{key}", Permission::act,
      "Pushes a target, a band, or both, over the configured model.", "TargetPush", push_target);
  add(Method::del, "/api/v1/targets/{key}", Permission::act, "Clears a pushed target and band.",
      "ReasonOnly", clear_target);
  add(Method::put, "/api/v1/limits/{key}", Permission::limit, "Changes a factor's hard limit.",
      "LimitChange", set_limit);
}

}  // namespace ballast::api

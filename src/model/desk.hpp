// A desk: everything one engine keeps, as configured. A plain value; adapters/config reads it from
// TOML and has validated it, so whoever holds a Desk may rely on what the comments promise.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "model/control.hpp"
#include "model/event.hpp"
#include "model/instrument.hpp"
#include "model/learning.hpp"
#include "model/target_stage.hpp"

namespace ballast {

// ---- factors
// -------------------------------------------------------------------------------------

enum class FactorKind : std::uint8_t {
  delta,  // delta:X, in X: spot holdings of X and derivatives on X, inverse in coin
  cash,   // cash:A@venue, in A: the balance on all accounts of the venue (or cash:A@venue/account)
  notional,  // notional:I, in the instrument's quote asset: the signed value of the position in I
             // at its mark
  channel,   // channel:N, in the channel's asset: what stands on our side
  // Of the options on X, all of them or those of an expiry bucket (gamma:X@7d..30d):
  gamma,  // gamma:X, in X per 1 % of the forward
  vega,   // vega:X, in their quote asset per volatility point (0.01)
  theta,  // theta:X, in their quote asset per day
};
constexpr bool greek(FactorKind kind) { return kind >= FactorKind::gamma; }

/// Which of DESIGN's delta conventions a delta factor follows.
enum class DeltaConvention : std::uint8_t {
  delta,         // positions and spot holdings
  delta_equity,  // and the profit, funding, fees and premiums that derivatives left behind in it
  delta_net,     // as delta, with options paid in coin less what they are worth in coin
};

inline constexpr std::array<std::string_view, 3> delta_convention_names{"delta", "delta_equity",
                                                                        "delta_net"};
constexpr std::string_view to_string(DeltaConvention convention) {
  return delta_convention_names[static_cast<std::size_t>(convention)];
}

/// Options by the time that they have left: from <= expiry - now < to. Both absent: all options.
struct ExpiryBucket {
  std::optional<Duration> from;
  std::optional<Duration> to;
  bool holds(Duration left) const { return (!from || *from <= left) && (!to || left < *to); }
  friend bool operator==(const ExpiryBucket&, const ExpiryBucket&) = default;
};

// ---- target models: one struct each, one word in TargetModel
// ---------------------------------------

/// A fixed amount.
struct StaticTarget {
  Decimal value;
  friend bool operator==(const StaticTarget&, const StaticTarget&) = default;
};
/// Nothing held: zero.
struct NeutralTarget {
  friend bool operator==(const NeutralTarget&, const NeutralTarget&) = default;
};
/// A fraction of the desk's net asset value, in the factor's unit (delta: NAV * fraction / price).
struct ShareTarget {
  Decimal fraction;
  friend bool operator==(const ShareTarget&, const ShareTarget&) = default;
};

/// A recurring span of UTC time: on the given weekdays from `from` (time of day) for `length`.
struct ScheduleEntry {
  std::uint8_t weekdays = 0x7F;  // bit 0 = Sunday ... bit 6 = Saturday: the days on which it starts
  Duration from;                 // since midnight UTC, in [0 h, 24 h)
  Duration length;               // > 0, at most 7 days
  std::optional<Decimal> value;  // the target while it holds (absent: the base value scaled)
  std::optional<Decimal> scale;  // factor on the base target (absent: 1)
  std::optional<Decimal> band_scale;  // >= 0, factor on the band's offsets (absent: 1)
  friend bool operator==(const ScheduleEntry&, const ScheduleEntry&) = default;
};
/// A base value, and spans in which another holds (flatten before the weekend, smaller around
/// funding stamps). The first entry that covers the time wins.
struct ScheduleTarget {
  Decimal value;
  std::vector<ScheduleEntry> entries;
  friend bool operator==(const ScheduleTarget&, const ScheduleTarget&) = default;
};

/// What `target` events say: unknown until the first. The stages work on top of it.
struct EventTarget {
  friend bool operator==(const EventTarget&, const EventTarget&) = default;
};

using TargetModel =
    std::variant<StaticTarget, NeutralTarget, ShareTarget, ScheduleTarget, EventTarget>;
inline constexpr std::array<std::string_view, 5> target_model_names{"static", "neutral", "share",
                                                                    "schedule", "event"};
static_assert(std::variant_size_v<TargetModel> == target_model_names.size());

struct FactorConfig {
  std::string name;  // as written: "delta:BTC"
  FactorKind kind = FactorKind::delta;
  std::string book = "*";  // "*": the whole desk
  AssetId asset;           // delta, cash, gamma, vega, theta
  VenueId venue;           // cash
  AccountName account;     // cash on one account; empty: all accounts of the venue
  InstrumentId
      instrument;     // notional; delta: the instrument whose price is the factor's (optional)
  ChannelId channel;  // channel
  DeltaConvention convention = DeltaConvention::delta;
  ExpiryBucket bucket;  // gamma, vega, theta
  AssetId unit;         // what a, target, band and limit are stated in

  TargetModel target = NeutralTarget{};
  Range band{};                     // offsets from the target, lower <= 0 <= upper
  std::vector<TargetStage> stages;  // in the order of their kinds; empty: the target is the model's
  std::optional<Range> limit;       // absolute; absent: the band itself is the limit
  std::optional<Duration> max_age;
  std::optional<double> weight;            // >= 0
  std::optional<Duration> reaction_delay;  // for the minimum-variance index; absent: measured
  friend bool operator==(const FactorConfig&, const FactorConfig&) = default;

  bool whole_desk() const { return book == "*"; }
};

// ---- rules and objectives
// ------------------------------------------------------------------------

/// Alerts that no rule of the desk makes: control stopped itself, or somebody stopped it. No rule
/// may bear these names.
inline constexpr RuleId breaker_rule{RuleId::none_value - 1};
inline constexpr RuleId kill_switch_rule{RuleId::none_value - 2};
inline constexpr std::string_view breaker_rule_name = "breaker";
inline constexpr std::string_view kill_switch_rule_name = "kill_switch";

enum class Severity : std::uint8_t { info, warning, critical };
inline constexpr std::array<std::string_view, 3> severity_names{"info", "warning", "critical"};
constexpr std::string_view to_string(Severity s) {
  return severity_names[static_cast<std::size_t>(s)];
}

/// What a rule can watch. Instantaneous measures first, then those over a window.
enum class Measure : std::uint8_t {
  z,
  abs_z,
  deviation,
  abs_deviation,
  skew,
  abs_skew,
  alpha,
  actual,
  target,
  unknown_seconds,
  adherence,
  time_in_band,
  time_above,
  time_below,
  time_past_limit,
  unknown_fraction,
  bias,
  rms_z,
  max_abs_z,
  iae,
  ise,
  excursions,
  longest_excursion_seconds,
};
inline constexpr std::array<std::string_view, 23> measure_names{"z",
                                                                "abs_z",
                                                                "deviation",
                                                                "abs_deviation",
                                                                "skew",
                                                                "abs_skew",
                                                                "alpha",
                                                                "actual",
                                                                "target",
                                                                "unknown_seconds",
                                                                "adherence",
                                                                "time_in_band",
                                                                "time_above",
                                                                "time_below",
                                                                "time_past_limit",
                                                                "unknown_fraction",
                                                                "bias",
                                                                "rms_z",
                                                                "max_abs_z",
                                                                "iae",
                                                                "ise",
                                                                "excursions",
                                                                "longest_excursion_seconds"};
constexpr bool windowed(Measure m) { return m >= Measure::adherence; }

enum class Comparison : std::uint8_t { above, at_least, below, at_most };  // > >= < <=
inline constexpr std::array<std::string_view, 4> comparison_names{">", ">=", "<", "<="};

/// The sliding windows that are always kept.
enum class Window : std::uint8_t { min_5, min_30, hour_1, hour_6, hour_24, day_3, day_30 };
struct WindowInfo {
  std::string_view name;
  Duration length;
};
inline constexpr std::array<WindowInfo, 7> window_infos{{{"5m", Duration::minutes(5)},
                                                         {"30m", Duration::minutes(30)},
                                                         {"1h", Duration::hours(1)},
                                                         {"6h", Duration::hours(6)},
                                                         {"24h", Duration::hours(24)},
                                                         {"3d", Duration::days(3)},
                                                         {"30d", Duration::days(30)}}};

struct RuleConfig {
  std::string name;
  std::vector<FactorId> factors;  // one instance each; empty: the desk's adherence
  Measure measure = Measure::abs_z;
  Comparison comparison = Comparison::above;
  double threshold = 0.0;
  Window window = Window::hour_1;  // for windowed measures
  Duration dwell{};                // `for`
  std::optional<double> clear;     // re-entry threshold; absent: the trigger
  std::optional<Duration> repeat;
  Severity severity = Severity::warning;
  friend bool operator==(const RuleConfig&, const RuleConfig&) = default;
};

/// "time_in_band >= 99 % over 30 days", watched by burn rates over paired windows.
struct ObjectiveConfig {
  std::string name;
  FactorId factor;
  Measure measure = Measure::time_in_band;  // time_in_band or adherence
  double goal = 0.99;                       // in (0, 1)
  Window over = Window::day_30;
  double clear = 0.9;  // in (0, 1]: the share of its rate below which a pair burns no longer
  Severity severity = Severity::critical;
  friend bool operator==(const ObjectiveConfig&, const ObjectiveConfig&) = default;
};

// ---- options
// -------------------------------------------------------------------------------------

struct OptionsConfig {
  Duration explain_every = Duration::hours(1);  // the steps of what options earned; >= 1 min
  friend bool operator==(const OptionsConfig&, const OptionsConfig&) = default;
};

// ---- the desk
// --------------------------------------------------------------------------------------

struct Desk {
  std::string name;
  AssetId currency;  // the reporting currency
  std::vector<Asset> assets;
  std::vector<Venue> venues;
  std::vector<Instrument> instruments;
  std::vector<FactorConfig> factors;
  std::vector<RuleConfig> rules;
  std::vector<ObjectiveConfig> objectives;
  std::vector<JointTargetConfig> joint_targets;

  std::vector<ControlConfig> controls;  // at most one for a factor
  std::vector<QuoteConfig> quotes;      // at most one for an instrument
  std::vector<HedgeConfig> hedges;
  std::vector<MarginConfig> margins;  // at most one for an account and a currency
  std::vector<RouteConfig> routes;
  std::vector<ChannelConfig> channels;
  RailsConfig rails;
  LearningConfig learning;
  OptionsConfig options;

  Duration grid = Duration::seconds(1);      // sampling of half-life and the variance index
  Duration retarget = Duration::seconds(1);  // targets that follow the market move on this grid
  Duration transfer_overdue =
      Duration::hours(1);  // a transfer in flight longer than this is raised
  Duration break_grace =
      Duration::seconds(60);  // an open break makes its factors unknown after this
  std::uint32_t notifications_per_minute = 10;  // flood control, per desk

  friend bool operator==(const Desk&, const Desk&) = default;

  AssetId find_asset(std::string_view name) const;
  VenueId find_venue(std::string_view name) const;
  InstrumentId find_instrument(std::string_view name) const;
  /// By name and book ("*" for the desk's own); an invalid id when there is none.
  FactorId find_factor(std::string_view name, std::string_view book) const;
  /// Of a rule or an objective; objectives are numbered behind the rules.
  RuleId find_rule(std::string_view name) const;
  /// Of a rule, an objective, or one of control's own alerts.
  std::string_view rule_name(RuleId id) const;
  RouteId find_route(std::string_view name) const;
  ChannelId find_channel(std::string_view name) const;
  /// The factor's control; nullptr when it is only watched.
  const ControlConfig* find_control(FactorId factor) const;

  const Asset& asset(AssetId id) const { return assets[id.index()]; }
  const Venue& venue(VenueId id) const { return venues[id.index()]; }
  const Instrument& instrument(InstrumentId id) const { return instruments[id.index()]; }
  const FactorConfig& factor(FactorId id) const { return factors[id.index()]; }
};

}  // namespace ballast

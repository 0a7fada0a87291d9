// Every guard rail. Each looks at one order, or one side of a quote, and nothing else; any that
// fails holds the order back. A rail that cannot be evaluated holds it back as well: what is not
// known is never taken for harmless. So does a number that is none.
//
//   rail                watched      holds back
//   kill_switch         always       whatever a kill switch covers
//   stale_data          always       when the top or the mark is missing, older than stale_after
//                                    or of a later time than now
//   price_collar        configured   a buy above mark * (1 + collar), a sell below mark * (1 -
//                                    collar), an order without a limit price. The other side is no
//                                    concern of it: a bid far below the mark is dull, not dangerous
//   order_notional      configured   an order of more
//   daily_notional      configured   when the orders of this UTC day and this one are more
//   message_rate        configured   when those of the last second and this one are more
//   position_after_fill configured   when the position would be beyond the limit after this order
//                                    and all working ones on its side. What only brings a position
//                                    nearer to flat passes from however far beyond
//   margin              configured   what would leave the account's equity below its initial
//   margin,
//                                    as if all that is in flight there filled; what leaves no less
//                                    than before passes
//   self_trade          always       a buy at or above our own ask, a sell at or below our own bid,
//                                    resting or not; without a limit price whenever we quote there
//
// The limit itself passes, always, and so does what differs from it by rounding (10^-12 of it).
// Money is in the reporting currency. Every text says the number, the limit and what to do.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "control/rail.hpp"

namespace ballast {

struct KillSwitchRail {
  static constexpr std::string_view name = "kill_switch";
  static bool watches(const RailsConfig& /*config*/) { return true; }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct StaleDataRail {
  static constexpr std::string_view name = "stale_data";
  static bool watches(const RailsConfig& /*config*/) { return true; }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct PriceCollarRail {
  static constexpr std::string_view name = "price_collar";
  static bool watches(const RailsConfig& config) { return config.price_collar.has_value(); }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct OrderNotionalRail {
  static constexpr std::string_view name = "order_notional";
  static bool watches(const RailsConfig& config) { return config.order_notional.has_value(); }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct DailyNotionalRail {
  static constexpr std::string_view name = "daily_notional";
  static bool watches(const RailsConfig& config) { return config.daily_notional.has_value(); }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct MessageRateRail {
  static constexpr std::string_view name = "message_rate";
  static bool watches(const RailsConfig& config) { return config.messages.has_value(); }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct PositionAfterFillRail {
  static constexpr std::string_view name = "position_after_fill";
  static bool watches(const RailsConfig& config) { return config.position_notional.has_value(); }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct MarginRail {
  static constexpr std::string_view name = "margin";
  static bool watches(const RailsConfig& /*config*/) { return true; }  // where the account has one
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};
struct SelfTradeRail {
  static constexpr std::string_view name = "self_trade";
  static bool watches(const RailsConfig& /*config*/) { return true; }
  static RailVerdict check(const RailsConfig& config, const RailInput& input);
};

/// In the order in which they are asked: what a person did comes first, then whether the numbers
/// can be believed at all.
using Rails = std::tuple<KillSwitchRail,
                         StaleDataRail,
                         PriceCollarRail,
                         OrderNotionalRail,
                         DailyNotionalRail,
                         MessageRateRail,
                         PositionAfterFillRail,
                         MarginRail,
                         SelfTradeRail>;

template <class... Rs>
constexpr bool all_are_rails(const std::tuple<Rs...>* /*list*/) {
  return (IsRail<Rs> && ...);
}
static_assert(all_are_rails(static_cast<const Rails*>(nullptr)),
              "a word in Rails lacks its functions: see control/rail.hpp");

/// The rail that holds an order back, and why.
struct RailBlock {
  std::string_view rail;
  std::string why;
};
/// The first that does; nothing when all pass that watch.
std::optional<RailBlock> check_rails(const RailsConfig& config, const RailInput& input);

/// What each rail says, for a person.
struct RailReport {
  std::string_view rail;
  bool watches = false;  // if not, it was not asked
  RailVerdict verdict;
};
std::vector<RailReport> report_rails(const RailsConfig& config, const RailInput& input);

}  // namespace ballast

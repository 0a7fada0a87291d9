// What an option book and its hedges would earn, and what inventory they would leave, on a grid of
// spot x volatility x time.
//
//   spot   every forward moves by the same share: F (1 + move)
//   vol    every volatility moves by the same number after the smile followed the spot by one of
//          its dynamics (vol_surface.hpp); none falls below vol_floor
//   time   passes with forwards and volatilities where they are. What expires on the way is paid
//          out at the cell's spot: it earned its payoff, and leaves no inventory but coins.
//
// Full revaluation, no Taylor series. A put of a strike whose call is held too is priced by parity,
// which is exact. The profit in quote of options, whatever they are paid in, and of the hedges; not
// of coins held, which count as `coins` of the hedges where they are meant to be in it.
// Single-threaded.
// Tests: cell (0, 0, 0) is 0; each cell against black76 one option at a time; expiry; bands.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "portfolio/option_book.hpp"
#include "portfolio/vol_surface.hpp"

namespace ballast {

/// An annual volatility; shifts stop at it.
inline constexpr double vol_floor = 0.01;
inline constexpr std::size_t scenario_cells_max = 1'000'000;

enum class DeltaKind : std::uint8_t { delta, delta_net, delta_equity };

/// What else makes the inventory: it moves with the spot, not with volatility.
struct HedgePosition {
  double coins = 0.0;          // spot and linear futures, at one delta each
  double inverse_quote = 0.0;  // inverse futures: contracts times their size, in quote
  double forward = 0.0;        // quote per coin of these, > 0
};

/// Absolute levels; lower <= target <= upper.
struct InventoryBand {
  double target = 0.0;
  double lower = 0.0;
  double upper = 0.0;
};

enum class BandSide : std::uint8_t { none, below, inside, above };  // none: there is no band
BandSide side_of(double level, const std::optional<InventoryBand>& band);

struct ScenarioRequest {
  std::vector<double> spot_moves;  // shares, > -1: 0.1 is 10 % up
  std::vector<double> vol_shifts;  // added to a volatility: 0.05 is five points up
  std::vector<Duration> times;     // >= 0, rising, from the book's revaluation on
  SmileDynamics dynamics = SmileDynamics::sticky_strike;
  DeltaKind delta = DeltaKind::delta;
  HedgePosition hedges;
  std::optional<InventoryBand> delta_band;  // coins
  std::optional<InventoryBand> gamma_band;  // coins per quote
  std::optional<InventoryBand> vega_band;   // quote per 1.00
};

struct ScenarioCell {
  double pnl = 0.0;              // quote
  double delta = 0.0;            // coins, of options by the convention asked for, and of hedges
  double gamma = 0.0;            // coins per quote: d2 value / d F2, of options
  double gamma_percent = 0.0;    // coins per 1 % of each forward
  double vega = 0.0;             // quote per 1.00
  double theta = 0.0;            // quote per year
  double delta_deviation = 0.0;  // from the band's target; 0 without one
  BandSide delta_side = BandSide::none;
  BandSide gamma_side = BandSide::none;
  BandSide vega_side = BandSide::none;
};

struct ScenarioGrid {
  std::size_t spots = 0;
  std::size_t vols = 0;
  std::vector<ScenarioCell> cells;  // by time, then volatility, then spot

  const ScenarioCell& at(std::size_t time, std::size_t vol, std::size_t spot) const {
    return cells[(time * vols + vol) * spots + spot];
  }
};

/// `book` as revalued at `now`. Errors: bad_input, naming the axis or the band; stale_data, where a
/// position has no value; overflow, where a cell's option is no finite number.
Result<ScenarioGrid> scenario_grid(const OptionBook& book,
                                   const VolSurface& surface,
                                   Timestamp now,
                                   const ScenarioRequest& request);

}  // namespace ballast

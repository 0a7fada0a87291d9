// Prices of a made-up day, second by second: a jump diffusion with volatility regimes.
//
//   r = (drift + sigma * normal) + jump        price *= 1 + r
//
// Regimes (calm, lively, stressed) switch at random; BTC and ETH share most of their noise; small
// jumps come about six times a day, and one large one in the stressed hour, half of which is
// retraced. Trades move the price a little against whoever quoted (adverse selection). No libm, so
// the same seed gives the same prices on every platform. Not a model to price anything with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/rng.hpp"

namespace ballast {

enum class Coin : std::uint8_t { btc, eth };

class PricePath {
 public:
  explicit PricePath(std::uint64_t seed);

  /// Moves on by one second of the day; called 86,400 times.
  void step();

  /// Quote currency per coin, > 0.
  double mid(Coin coin) const { return state_[index(coin)].mid; }
  /// Recent returns against what is usual, about -3 to 3: which way the market runs.
  double momentum(Coin coin) const;
  /// How much livelier than calm, >= 1.
  double activity() const { return activity_; }
  /// From the large jump until the market has calmed down.
  bool stressed() const { return second_ >= crash_second_ && second_ < crash_second_ + 3000; }
  int crash_second() const { return crash_second_; }
  /// A trade of ours at the touch: the price moves `share` against us (buys move it down).
  void impact(Coin coin, double share) { state_[index(coin)].mid *= 1.0 + share; }

 private:
  struct State {
    double mid;
    double recent = 0.0;  // exponentially weighted sum of returns, half-life about 20 s
  };
  static std::size_t index(Coin coin) { return static_cast<std::size_t>(coin); }
  double crash_return() const;

  Rng rng_;
  std::array<State, 2> state_;
  int second_ = -1;
  int crash_second_;
  double crash_size_;
  double activity_ = 1.0;
  int regime_left_ = 0;
};

}  // namespace ballast

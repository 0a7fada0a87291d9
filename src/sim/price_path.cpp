#include "sim/price_path.hpp"

#include <algorithm>

namespace ballast {
namespace {

// 42 % a year over the square root of the seconds of a year.
constexpr double btc_sigma_second = 0.42 / 5615.69;
constexpr double eth_sigma_second = 0.58 / 5615.69;
constexpr double shared_noise = 0.8;  // correlation of ETH with BTC
constexpr double memory = 0.966;      // of `recent`, per second
constexpr int crash_seconds = 4;      // the large jump takes this long
constexpr int retrace_seconds = 2400;

}  // namespace

PricePath::PricePath(std::uint64_t seed)
    : rng_(seed ^ 0x70726963),
      state_{{{90'000.0 + 2000.0 * rng_.uniform()}, {3'100.0 + 100.0 * rng_.uniform()}}},
      crash_second_(14 * 3600 + 600 + static_cast<int>(rng_.below(600))),
      crash_size_(0.030 + 0.010 * rng_.uniform()) {}

double PricePath::crash_return() const {
  const int since = second_ - crash_second_;
  if (since >= 0 && since < crash_seconds) return -crash_size_ / crash_seconds;
  if (since >= 300 && since < 300 + retrace_seconds) return 0.5 * crash_size_ / retrace_seconds;
  return 0.0;
}

void PricePath::step() {
  ++second_;
  if (--regime_left_ <= 0) {
    regime_left_ = 600 + static_cast<int>(rng_.below(5400));
    const double draw = rng_.uniform();
    activity_ = draw < 0.55 ? 1.0 : draw < 0.88 ? 1.6 : 2.4;
  }
  if (stressed()) activity_ = std::max(activity_, 3.0);

  double jump = 0.0;
  if (rng_.chance(6.0 / 86'400.0))
    jump = (rng_.chance(0.5) ? 1 : -1) * (0.002 + 0.004 * rng_.uniform());
  const double common = rng_.normal();
  const double own = rng_.normal();
  const double shock = jump + crash_return();
  const double btc = activity_ * btc_sigma_second * common + shock;
  // 0.6 = sqrt(1 - 0.8^2), so that the noise of ETH has unit variance.
  const double eth =
      activity_ * eth_sigma_second * (shared_noise * common + 0.6 * own) + 1.25 * shock;
  const std::array returns{btc, eth};
  for (std::size_t i = 0; i < state_.size(); ++i) {
    state_[i].mid *= 1.0 + returns[i];
    state_[i].recent = memory * state_[i].recent + returns[i];
  }
}

double PricePath::momentum(Coin coin) const {
  const double sigma = coin == Coin::btc ? btc_sigma_second : eth_sigma_second;
  // The sum's standard deviation is sigma / sqrt(1 - memory^2), which is about 3.87 sigma.
  return std::clamp(state_[index(coin)].recent / (3.87 * sigma), -3.0, 3.0);
}

}  // namespace ballast

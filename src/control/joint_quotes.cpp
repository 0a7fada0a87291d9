#include "control/joint_quotes.hpp"

#include <algorithm>

#include "control/money.hpp"

namespace ballast {
namespace {

constexpr double seconds_per_day = 86'400.0;
constexpr Duration market_life = Duration::minutes(1);

}  // namespace

JointQuotes::JointQuotes(const Desk& desk) : desk_(&desk) {
  for (std::size_t i = 0; i < desk.quotes.size(); ++i) {
    if (std::holds_alternative<MultiAssetSkew>(desk.quotes[i].model))
      quotes_.push_back(static_cast<std::uint32_t>(i));
  }
  held_.resize(quotes_.size());
  bid_.resize(quotes_.size());
  ask_.resize(quotes_.size());
}

std::optional<JointQuotes::Depths> JointQuotes::depths(std::size_t index) const {
  const auto place = std::ranges::find(quotes_, index);
  if (!known_ || place == quotes_.end()) return std::nullopt;
  const auto at = static_cast<std::size_t>(place - quotes_.begin());
  return Depths{bid_[at], ask_[at]};
}

/// What the model's matrix is made of, from the present estimates; false when one is unknown.
bool JointQuotes::learn_market(const Situation& situation) {
  const std::size_t n = quotes_.size();
  std::vector<double> price(n);  // of a relative move of one, in money
  std::vector<InstrumentId> instruments(n);
  k_.assign(n, 0.0);
  fill_rate_.assign(n, 0.0);
  size_.assign(n, 0.0);
  sigma_.assign(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    const QuoteConfig& config = desk_->quotes[quotes_[i]];
    const auto money = money_per_price(situation, config.instrument);
    const auto notional = notional_per_quantity(situation, config.instrument);
    const auto curve = fill_curve(situation, config.instrument);
    if (!money || !notional || !curve) return false;
    instruments[i] = config.instrument;
    price[i] = *notional;
    k_[i] = curve->k / *money;
    fill_rate_[i] = curve->fill_rate;
    size_[i] = to_double(config.qty);
  }
  if (situation.learning().covariance_matrix(situation.now(), instruments, sigma_) != Lack::none)
    return false;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j)
      sigma_[i * n + j] *= price[i] * price[j] / seconds_per_day;
  }
  made_ = situation.now();
  return true;
}

void JointQuotes::make_market() {
  market_.reset();
  if (quotes_.empty() || sigma_.empty()) return;
  GlftMultiInput input;
  input.gamma = std::get<MultiAssetSkew>(desk_->quotes[quotes_.front()].model).gamma;
  input.sigma = sigma_;
  input.k = k_;
  input.fill_rate = fill_rate_;
  input.size = size_;
  if (auto market = GlftMulti::create(input)) market_ = std::move(*market);
}

void JointQuotes::renew(const Situation& situation) {
  if (quotes_.empty()) return;
  if (market_ && situation.now() - made_ < market_life) return;
  if (!learn_market(situation)) sigma_.clear();
  make_market();
}

void JointQuotes::solve(const Situation& situation, const std::function<bool(FactorId)>& leaning) {
  known_ = false;
  if (!market_) return;
  for (std::size_t place = 0; place < quotes_.size(); ++place) {
    const QuoteConfig& config = desk_->quotes[quotes_[place]];
    const FactorState* const state = situation.known_state(config.factor);
    const auto per_unit = exposure_per_quantity(situation, config.factor, config.instrument,
                                                config.place, config.book);
    if (state == nullptr || !per_unit || !(*per_unit > 0.0)) return;
    // A factor's deviation stands once: with its first quote. The others feel it by correlation.
    const bool first = std::none_of(
        quotes_.begin(), quotes_.begin() + static_cast<std::ptrdiff_t>(place),
        [&](std::uint32_t other) { return desk_->quotes[other].factor == config.factor; });
    held_[place] = first && leaning(config.factor)
                       ? to_double(state->actual - state->target) / *per_unit
                       : 0.0;
  }
  known_ = market_->depths(held_, bid_, ask_).has_value();
}

}  // namespace ballast

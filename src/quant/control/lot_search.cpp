#include "quant/control/lot_search.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace ballast {
namespace {

/// Changes tried in all after the first start, after the second, and so on.
constexpr std::int64_t first_max = 1500;
constexpr std::int64_t second_max = 6000;
constexpr std::int64_t third_max = 8000;
constexpr std::int64_t fourth_max = 10'000;
constexpr std::size_t active_max = 12;  // instruments whose pairs are tried

}  // namespace

void LotSearch::run(const LotProgram& program, const LotPrices& prices) {
  program_ = &program;
  prices_ = prices;
  const std::size_t n = program.instruments.size();
  start_.assign(n, 0);
  best_.assign(n, 0);
  best_change_.reserve(2);
  evaluations_ = 0;
  prepare();
  set(start_);
  best_total_ = total_;
  least_.resize(n);
  bound_ = prices.rest;
  for (std::size_t j = 0; j < n; ++j)
    bound_ += least_[j] = cheapest(j);
  // Without a reason to trade more, the least: from no trades first.
  descend(first_max);
  start_near(prices.trades, 0.5);  // to the nearest
  descend(second_max);
  start_near(prices.trades, 0.0);  // towards no trade
  descend(third_max);
  if (!prices.inner.empty()) {
    start_near(prices.inner, 0.5);
    descend(fourth_max);
  }
  search();
}

void LotSearch::start_near(std::span<const double> trades, double up) {
  for (std::size_t j = 0; j < trades.size(); ++j) {
    const LotInstrument& instrument = program_->instruments[j];
    const double lots = trades[j] / instrument.lot;
    const double magnitude = std::floor(std::fabs(lots) + std::max(up, 1e-7));
    start_[j] = instrument.permitted(whole_lots(std::copysign(magnitude, lots)));
  }
  set(start_);
}

void LotSearch::prepare() {
  const std::size_t F = program_->factors.size();
  const std::size_t n = program_->instruments.size();
  exposures_.clear();
  begins_.assign(1, 0);
  risk_exposure_.assign(n * F, 0.0);
  own_risk_.assign(n, 0.0);
  for (std::size_t j = 0; j < n; ++j) {
    const auto dense = program_->exposure_of(j);
    for (std::size_t f = 0; f < F; ++f) {
      if (dense[f] != 0.0) exposures_.push_back({f, dense[f]});
    }
    begins_.push_back(exposures_.size());
    if (!program_->whole) continue;
    for (const Exposure& exposure : exposures(j)) {
      for (std::size_t f = 0; f < F; ++f)
        risk_exposure_[j * F + f] += program_->risk[exposure.factor * F + f] * exposure.value;
    }
    for (const Exposure& exposure : exposures(j))
      own_risk_[j] += exposure.value * risk_exposure_[j * F + exposure.factor];
  }
}

/// From nothing, so that rounding never adds up.
void LotSearch::set(std::span<const std::int64_t> lots) {
  const std::size_t F = program_->factors.size();
  lots_.assign(lots.begin(), lots.end());
  e_.resize(F);
  excess_costs_.resize(F);
  slope_.resize(lots_.size());
  for (std::size_t f = 0; f < F; ++f)
    e_[f] = program_->factors[f].deviation;
  cost_ = used_ = 0.0;
  for (std::size_t j = 0; j < lots_.size(); ++j) {
    if (lots_[j] == 0) continue;
    const LotInstrument& instrument = program_->instruments[j];
    const double x = static_cast<double>(lots_[j]) * instrument.lot;
    for (const Exposure& exposure : exposures(j))
      e_[exposure.factor] += exposure.value * x;
    cost_ += instrument.cost(lots_[j]);
    used_ += instrument.margin(lots_[j]);
  }
  risk_cost_ = program_->risk_cost(e_);
  total_ = cost_ + risk_cost_ + program_->budget_cost(used_);
  outside_ = 0;
  for (std::size_t f = 0; f < F; ++f) {
    excess_costs_[f] = program_->excess_cost(f, e_[f]);
    total_ += excess_costs_[f];
    outside_ += excess_costs_[f] > 0.0 ? 1 : 0;
  }
  trial_ = e_;
  for (std::size_t j = 0; program_->whole && j < lots_.size(); ++j) {
    slope_[j] = 0.0;
    for (std::size_t f = 0; f < F; ++f)
      slope_[j] += risk_exposure_[j * F + f] * e_[f];
  }
}

/// Units that a change trades.
double LotSearch::moved(const Change& change) const {
  return static_cast<double>(change.lots - lots_[change.instrument]) *
         program_->instruments[change.instrument].lot;
}

/// Of the whole deviation's risk, a quadratic.
double LotSearch::risk_change(std::span<const Change> changes) const {
  const std::size_t F = program_->factors.size();
  double sum = 0.0;
  for (const Change& change : changes) {
    const double x = moved(change);
    sum += x * (slope_[change.instrument] + 0.5 * x * own_risk_[change.instrument]);
  }
  if (changes.size() < 2) return sum;
  double cross = 0.0;
  for (const Exposure& exposure : exposures(changes[0].instrument))
    cross += exposure.value * risk_exposure_[changes[1].instrument * F + exposure.factor];
  return sum + moved(changes[0]) * moved(changes[1]) * cross;
}

/// The objective after one change or two of different instruments.
double LotSearch::with(std::span<const Change> changes) {
  double total = total_ - program_->budget_cost(used_) - risk_cost_;
  double used = used_;
  for (const Change& change : changes) {
    const LotInstrument& instrument = program_->instruments[change.instrument];
    const std::int64_t from = lots_[change.instrument];
    total += instrument.cost(change.lots) - instrument.cost(from);
    used += instrument.margin(change.lots) - instrument.margin(from);
    const double x = moved(change);
    for (const Exposure& exposure : exposures(change.instrument))
      trial_[exposure.factor] += exposure.value * x;
  }
  total += program_->budget_cost(used);
  const auto first = program_->exposure_of(changes.front().instrument);
  std::size_t outside = outside_;
  for (const Change& change : changes) {
    for (const Exposure& exposure : exposures(change.instrument)) {
      const std::size_t f = exposure.factor;
      if (&change != &changes.front() && first[f] != 0.0) continue;  // counted with the first
      const double excess_cost = program_->excess_cost(f, trial_[f]);
      total += excess_cost - excess_costs_[f];
      outside += (excess_cost > 0.0 ? 1U : 0U) - (excess_costs_[f] > 0.0 ? 1U : 0U);
    }
  }
  if (program_->whole) {
    total += risk_cost_ + risk_change(changes);
  } else if (outside > 0 &&
             total < best_change_total_) {  // else risk, never negative, is no matter
    total += program_->risk_cost(trial_);
  }
  for (const Change& change : changes) {
    for (const Exposure& exposure : exposures(change.instrument))
      trial_[exposure.factor] = e_[exposure.factor];
  }
  return total;
}

void LotSearch::consider(std::span<const Change> changes) {
  for (const Change& change : changes) {
    const LotInstrument& instrument = program_->instruments[change.instrument];
    if (change.lots == lots_[change.instrument] || instrument.permitted(change.lots) != change.lots)
      return;
  }
  ++evaluations_;
  const double total = with(changes);
  if (!clearly_below(total, best_change_total_ - worthwhile_)) return;
  best_change_total_ = total;
  worthwhile_ = 0.0;
  best_change_.assign(changes.begin(), changes.end());
}

bool LotSearch::apply_best() {
  if (best_change_.empty()) return false;
  // Further along the same direction, twice as far each time.
  std::array<Change, 2> further{};
  const std::size_t count = best_change_.size();
  std::copy(best_change_.begin(), best_change_.end(), further.begin());
  for (double before = HUGE_VAL; best_change_total_ < before;) {
    before = best_change_total_;
    for (Change& change : std::span(further).first(count))
      change.lots += change.lots - lots_[change.instrument];
    consider(std::span(further).first(count));
  }
  for (const Change& change : best_change_)
    lots_[change.instrument] = change.lots;
  start_ = lots_;
  set(start_);
  best_change_.clear();
  expect();
  return true;
}

namespace {

/// The permitted number of lots next to `lots` upwards or downwards, or the same.
std::int64_t next_to(const LotInstrument& instrument, std::int64_t lots, std::int64_t step) {
  std::int64_t to = lots + step;
  if (to != 0 && std::abs(to) < instrument.minimum) {
    to = lots == 0 ? step * instrument.minimum : 0;
  }
  return instrument.permitted(to) == to ? to : lots;
}

}  // namespace

/// One instrument: a lot more, a lot less, none, or as much as brings a factor inside.
void LotSearch::singles() {
  for (std::size_t j = 0; j < lots_.size(); ++j) {
    const LotInstrument& instrument = program_->instruments[j];
    const auto consider_one = [&](std::int64_t to) {
      const Change change{j, to};
      consider({&change, 1});
    };
    consider_one(next_to(instrument, lots_[j], 1));
    consider_one(next_to(instrument, lots_[j], -1));
    consider_one(0);
    for (const Exposure& exposure : exposures(j)) {
      const double excess = program_->factors[exposure.factor].excess(e_[exposure.factor]);
      if (excess == 0.0) continue;
      const double needed = -excess / (exposure.value * instrument.lot);
      consider_one(instrument.permitted(lots_[j] + whole_lots(std::floor(needed + 1e-9))));
      consider_one(instrument.permitted(lots_[j] + whole_lots(std::ceil(needed - 1e-9))));
    }
  }
}

/// The instruments traded, then those that trade with the least loss by the prices.
void LotSearch::rank() {
  rank_.resize(lots_.size());
  active_.resize(lots_.size());
  std::iota(active_.begin(), active_.end(), 0);
  for (std::size_t j = 0; j < lots_.size(); ++j) {
    const LotInstrument& instrument = program_->instruments[j];
    const double least = least_[j];
    rank_[j] = std::numeric_limits<double>::infinity();
    for (const std::int64_t step : {1, -1}) {
      const std::int64_t to = next_to(instrument, lots_[j], step);
      if (to != lots_[j]) rank_[j] = std::min(rank_[j], phi(j, to) - least);
    }
    if (lots_[j] != 0) rank_[j] = -1.0;
  }
  const std::size_t count = std::min(active_max, active_.size());
  std::partial_sort(active_.begin(), active_.begin() + static_cast<std::ptrdiff_t>(count),
                    active_.end(), [this](std::size_t a, std::size_t b) {
                      return rank_[a] != rank_[b] ? rank_[a] < rank_[b] : a < b;
                    });
  active_.resize(count);
}

/// Two instruments by a lot each.
void LotSearch::pairs() {
  for (std::size_t a = 0; a < active_.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      for (const std::int64_t one : {1, -1}) {
        for (const std::int64_t other : {1, -1}) {
          const std::size_t i = active_[a];
          const std::size_t j = active_[b];
          const std::array<Change, 2> both{
              Change{i, next_to(program_->instruments[i], lots_[i], one)},
              Change{j, next_to(program_->instruments[j], lots_[j], other)}};
          consider(both);
        }
      }
    }
  }
}

/// One instrument's whole trade by another: where orders have a minimum or a cost of their own.
void LotSearch::replacements() {
  for (const std::size_t i : active_) {
    if (lots_[i] == 0) continue;
    const double x = static_cast<double>(lots_[i]) * program_->instruments[i].lot;
    for (const std::size_t j : active_) {
      if (i == j) continue;
      const LotInstrument& instrument = program_->instruments[j];
      const auto exposure = program_->exposure_of(j);
      for (const Exposure& gone : exposures(i)) {
        if (exposure[gone.factor] == 0.0) continue;
        const double needed = gone.value * x / (exposure[gone.factor] * instrument.lot);
        for (const double lots : {std::floor(needed), std::ceil(needed)}) {
          const std::array<Change, 2> both{
              Change{i, 0}, Change{j, instrument.permitted(lots_[j] + whole_lots(lots))}};
          consider(both);
        }
      }
    }
  }
}

/// A change that gains less than a thousandth of what there may be to gain is not worth a round.
void LotSearch::expect() {
  best_change_total_ = total_;
  worthwhile_ = 1e-3 * std::max(0.0, total_ - bound_);
}

void LotSearch::descend(std::int64_t evaluations_max) {
  best_change_.clear();
  expect();
  while (evaluations_ < evaluations_max) {
    singles();
    if (apply_best()) continue;
    rank();
    pairs();
    replacements();
    if (!apply_best()) break;
  }
  keep();
}

void LotSearch::keep() {
  if (!clearly_below(total_, best_total_)) return;
  best_total_ = total_;
  best_ = lots_;
}

}  // namespace ballast

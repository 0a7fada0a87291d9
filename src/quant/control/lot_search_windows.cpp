// The last part of the search: what the prices leave open, in full.
#include <algorithm>
#include <array>
#include <cmath>

#include "quant/control/lot_search.hpp"

namespace ballast {
namespace {

constexpr std::int64_t window_max = 48;  // lots either way of the incumbent

}  // namespace

double LotSearch::phi(std::size_t j, std::int64_t lots) const {
  const LotInstrument& instrument = program_->instruments[j];
  const double x = static_cast<double>(lots) * instrument.lot;
  return instrument.cost(lots) + prices_.pull[j] * x + prices_.shadow * instrument.margin(lots);
}

namespace {

/// Of a side of an instrument, its permitted lots from 1 on.
struct Side {
  std::int64_t sign = 1;
  std::int64_t first = 0;
  std::int64_t last = 0;
};

std::array<Side, 2> sides(const LotInstrument& instrument) {
  return {Side{1, instrument.minimum, instrument.most},
          Side{-1, instrument.minimum, -instrument.least}};
}

}  // namespace

/// phi is convex on each side: its least is next to where its slope vanishes.
double LotSearch::cheapest(std::size_t j) const {
  const LotInstrument& instrument = program_->instruments[j];
  double least = 0.0;
  for (const Side& side : sides(instrument)) {
    if (side.first > side.last) continue;
    const double slope =
        (side.sign > 0 ? instrument.buy + prices_.pull[j] : instrument.sell - prices_.pull[j]) +
        prices_.shadow * (side.sign > 0 ? instrument.buy_margin : instrument.sell_margin);
    double lots = slope < 0.0 ? 9e15 : 0.0;
    if (instrument.impact > 0.0) lots = -slope / (2.0 * instrument.impact * instrument.lot);
    for (const double rounded : {std::floor(lots), std::ceil(lots)}) {
      const std::int64_t at = std::clamp(whole_lots(rounded), side.first, side.last);
      least = std::min(least, phi(j, side.sign * at));
    }
  }
  return least;
}

/// The lots of an instrument that are within `slack` of its cheapest, and whether that is all.
bool LotSearch::window(std::size_t j, double least, double slack) {
  const LotInstrument& instrument = program_->instruments[j];
  const std::size_t begin = choices_.size();
  const auto add = [&](std::int64_t lots) {
    const double dearer = phi(j, lots) - least;
    if (dearer <= slack) choices_.push_back({lots, std::max(0.0, dearer)});
    return dearer <= slack;
  };
  add(0);
  bool all = true;
  for (const Side& side : sides(instrument)) {
    if (side.first > side.last) continue;
    // From the incumbent both ways, as far as phi permits.
    const std::int64_t from = std::clamp(side.sign * best_[j], side.first, side.last);
    const bool here = add(side.sign * from);
    const auto scan = [&](std::int64_t step) {
      bool within = here;
      for (std::int64_t k = 1; k <= window_max; ++k) {
        const std::int64_t at = from + k * step;
        if (at < side.first || at > side.last) return;
        const bool now = add(side.sign * at);
        if (within && !now) return;
        // Not yet within: only while it gets cheaper.
        if (!now && phi(j, side.sign * at) >= phi(j, side.sign * (at - step))) return;
        within = now;
      }
      all = false;
    };
    scan(1);
    scan(-1);
  }
  std::sort(choices_.begin() + static_cast<std::ptrdiff_t>(begin), choices_.end(),
            [this, j](const Choice& a, const Choice& b) {
              const auto far_a = std::abs(a.lots - best_[j]);
              const auto far_b = std::abs(b.lots - best_[j]);
              return far_a != far_b ? far_a < far_b : a.lots < b.lots;
            });
  return all;
}

/// Opens the windows of what the prices leave open, and sets the rest.
void LotSearch::search() {
  const std::size_t n = lots_.size();
  const std::size_t F = program_->factors.size();
  const double slack = best_total_ - bound_ + 1e-9 * std::fabs(best_total_);
  windows_.clear();
  choices_.clear();
  path_.assign((n + 1) * F, 0.0);
  chosen_ = best_;
  for (std::size_t f = 0; f < F; ++f)
    path_[f] = program_->factors[f].deviation;
  double cost = 0.0;
  double used = 0.0;
  double dearer = 0.0;
  bool all = true;
  for (std::size_t j = 0; j < n; ++j) {
    const LotInstrument& instrument = program_->instruments[j];
    Window found{j, choices_.size(), 0, 0.0};
    all = window(j, least_[j], slack) && all;
    found.end = choices_.size();
    if (found.end - found.begin > 1) {
      for (const Exposure& exposure : exposures(j)) {
        found.size = std::max(found.size, std::fabs(exposure.value) * instrument.lot /
                                              program_->factors[exposure.factor].size);
      }
      windows_.push_back(found);
      continue;
    }
    // One choice, or by rounding none: the incumbent's.
    chosen_[j] = found.end > found.begin ? choices_[found.begin].lots : best_[j];
    const double x = static_cast<double>(chosen_[j]) * instrument.lot;
    for (const Exposure& exposure : exposures(j))
      path_[exposure.factor] += exposure.value * x;
    cost += instrument.cost(chosen_[j]);
    used += instrument.margin(chosen_[j]);
    dearer += phi(j, chosen_[j]) - least_[j];
  }
  // What moves most is chosen first, and the finest lots make up for it.
  std::sort(windows_.begin(), windows_.end(), [](const Window& a, const Window& b) {
    return a.size != b.size ? a.size > b.size : a.instrument < b.instrument;
  });
  measure_reach();
  nodes_ = 0;
  visit(0, dearer, cost, used);
  // Or nothing is left to gain.
  proven_ = (all && nodes_ <= nodes_max) ||
            best_total_ - bound_ <= 1e-8 * (std::fabs(best_total_) + std::fabs(bound_));
}

/// How far the windows from each on can still move each factor.
void LotSearch::measure_reach() {
  const std::size_t F = program_->factors.size();
  reach_low_.assign((windows_.size() + 1) * F, 0.0);
  reach_high_.assign((windows_.size() + 1) * F, 0.0);
  for (std::size_t w = windows_.size(); w-- > 0;) {
    const LotInstrument& instrument = program_->instruments[windows_[w].instrument];
    const auto exposure = program_->exposure_of(windows_[w].instrument);
    const auto first = choices_.begin() + static_cast<std::ptrdiff_t>(windows_[w].begin);
    const auto last = choices_.begin() + static_cast<std::ptrdiff_t>(windows_[w].end);
    const auto [low, high] = std::minmax_element(
        first, last, [](const Choice& a, const Choice& b) { return a.lots < b.lots; });
    for (std::size_t f = 0; f < F; ++f) {
      const double a = exposure[f] * instrument.lot * static_cast<double>(low->lots);
      const double b = exposure[f] * instrument.lot * static_cast<double>(high->lots);
      reach_low_[w * F + f] = reach_low_[(w + 1) * F + f] + std::min(a, b);
      reach_high_[w * F + f] = reach_high_[(w + 1) * F + f] + std::max(a, b);
    }
  }
}

/// Whether no choice of the remaining windows can end below the incumbent, by their reach alone.
bool LotSearch::hopeless(std::size_t depth, double cost) const {
  const std::size_t F = program_->factors.size();
  double sum = cost;
  for (std::size_t f = 0; f < F; ++f) {
    const LotFactor& factor = program_->factors[f];
    const double low = path_[depth * F + f] + reach_low_[depth * F + f];
    const double high = path_[depth * F + f] + reach_high_[depth * F + f];
    const double excess = std::max(low - factor.upper, factor.lower - high);
    if (excess <= factor.tolerance) continue;
    if (excess > factor.outside + 2.0 * factor.tolerance) return true;
    sum += program_->charge + factor.price * excess;
  }
  return !clearly_below(sum, best_total_);
}

void LotSearch::visit(std::size_t depth, double dearer, double cost, double used) {
  const std::size_t F = program_->factors.size();
  if (depth == windows_.size()) {
    const auto e = std::span(path_).subspan(depth * F, F);
    double total = cost + program_->budget_cost(used);
    for (std::size_t f = 0; f < F; ++f)
      total += program_->excess_cost(f, e[f]);
    if (total < best_total_) total += program_->risk_cost(e);
    if (!clearly_below(total, best_total_)) return;
    best_total_ = total;
    best_ = chosen_;
    return;
  }
  const Window& here = windows_[depth];
  const LotInstrument& instrument = program_->instruments[here.instrument];
  const auto exposure = program_->exposure_of(here.instrument);
  for (std::size_t c = here.begin; c < here.end; ++c) {
    const Choice& choice = choices_[c];
    if (!clearly_below(bound_ + dearer + choice.dearer, best_total_)) continue;
    if (++nodes_ > nodes_max) return;
    const double x = static_cast<double>(choice.lots) * instrument.lot;
    for (std::size_t f = 0; f < F; ++f)
      path_[(depth + 1) * F + f] = path_[depth * F + f] + exposure[f] * x;
    const double spent = cost + instrument.cost(choice.lots);
    if (hopeless(depth + 1, spent)) continue;
    chosen_[here.instrument] = choice.lots;
    visit(depth + 1, dearer + choice.dearer, spent, used + instrument.margin(choice.lots));
  }
}

}  // namespace ballast

#include "quant/pricing/chain_smiles.hpp"

#include <algorithm>
#include <cmath>

#include "base/contract.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/implied_vol_batch.hpp"
#include "quant/pricing/inverse_option.hpp"

namespace ballast {
namespace {

/// Prices in coin, and their vols all at once.
class CoinVols {
 public:
  explicit CoinVols(double years) : years_(years) {}

  void add(const OptionQuote& quote, double price_coin) {
    right_.push_back(quote.right);
    forward_.push_back(quote.forward);
    strike_.push_back(quote.strike);
    price_.push_back(price_coin * quote.forward);
  }
  void solve() {
    const std::vector<double> years(right_.size(), years_);
    vol_.resize(right_.size());
    status_.resize(right_.size());
    const auto solved =
        implied_vol_batch({right_, forward_, strike_, years, price_}, vol_, status_);
    BALLAST_ASSERT(solved.has_value());
  }
  /// In the order of adding; nothing where no vol gives the price, or none above 0.
  std::optional<double> next() {
    const std::size_t i = next_++;
    if (status_[i] != ImpliedVolStatus::found || !(vol_[i] > 0.0)) return std::nullopt;
    return vol_[i];
  }

 private:
  double years_;
  std::vector<OptionRight> right_;
  std::vector<double> forward_, strike_, price_, vol_;
  std::vector<ImpliedVolStatus> status_;
  std::size_t next_ = 0;
};

bool out_of_the_money(const OptionQuote& quote) {
  return quote.right == OptionRight::call ? quote.strike >= quote.forward
                                          : quote.strike < quote.forward;
}

Result<void> check_quote(const OptionQuote& quote) {
  BALLAST_CHECK(require_positive("strike", quote.strike));
  BALLAST_CHECK(require_positive("forward", quote.forward));
  if (quote.bid) BALLAST_CHECK(require_positive("bid", *quote.bid));
  if (quote.ask) BALLAST_CHECK(require_positive("ask", *quote.ask));
  return {};
}

double spread_weight(double half_spread) {
  constexpr double square = weight_half_spread * weight_half_spread;
  return square / (square + half_spread * half_spread);
}

}  // namespace

Result<ChainSmile> chain_smile(const ChainExpiry& expiry) {
  BALLAST_CHECK(require_positive("years", expiry.years));
  BALLAST_CHECK(require_positive("forward", expiry.forward));
  ChainSmile smile{.expires = expiry.expires, .years = expiry.years, .forward = expiry.forward};
  const auto leave_out = [&](Unused why) { ++smile.unused[static_cast<std::size_t>(why)]; };
  std::vector<const OptionQuote*> used;
  CoinVols coin_vols(expiry.years);
  for (const OptionQuote& quote : expiry.quotes) {
    BALLAST_CHECK(check_quote(quote));
    if (!out_of_the_money(quote)) {
      leave_out(Unused::in_the_money);
      continue;
    }
    if (!quote.bid && !quote.ask) {
      leave_out(Unused::no_quote);
      continue;
    }
    if (quote.bid && quote.ask && *quote.bid > *quote.ask) {
      leave_out(Unused::crossed);
      continue;
    }
    used.push_back(&quote);
    if (quote.bid) coin_vols.add(quote, *quote.bid);
    if (quote.ask) coin_vols.add(quote, *quote.ask);
  }
  coin_vols.solve();
  for (const OptionQuote* const quote : used) {
    SmileQuote vols{.log_strike = std::log(quote->strike / quote->forward)};
    if (quote->bid) vols.bid = coin_vols.next();
    if (quote->ask) vols.ask = coin_vols.next();
    // A bid that no vol gives is a mistake; an ask that high only asks for more than any is worth.
    if ((quote->bid && !vols.bid) || (!vols.bid && !vols.ask)) {
      leave_out(Unused::no_vol);
      continue;
    }
    const bool two_sided = vols.bid && vols.ask;
    vols.weight = two_sided ? spread_weight(0.5 * (*vols.ask - *vols.bid)) : one_sided_weight;
    ++(two_sided ? smile.two_sided : smile.one_sided);
    smile.quotes.push_back(vols);
  }
  std::sort(smile.quotes.begin(), smile.quotes.end(),
            [](const SmileQuote& a, const SmileQuote& b) { return a.log_strike < b.log_strike; });
  return smile;
}

Result<std::optional<MarkCheck>> check_marks(const OptionChain& chain) {
  std::vector<double> misses;
  for (const ChainExpiry& expiry : chain.expiries) {
    for (const OptionQuote& quote : expiry.quotes) {
      if (!quote.mark || !quote.mark_vol) continue;
      BALLAST_TRY(option, inverse_option({.right = quote.right,
                                          .forward = quote.forward,
                                          .strike = quote.strike,
                                          .years = expiry.years,
                                          .vol = *quote.mark_vol}));
      misses.push_back(std::fabs(option.price_coin - *quote.mark));
    }
  }
  std::optional<MarkCheck> check;
  if (misses.empty()) return check;
  std::sort(misses.begin(), misses.end());
  const auto quantile = [&](double share) {
    return misses[static_cast<std::size_t>(share * static_cast<double>(misses.size() - 1))];
  };
  check = MarkCheck{misses.size(), quantile(0.5), quantile(0.9), quantile(0.99), misses.back()};
  return check;
}

}  // namespace ballast

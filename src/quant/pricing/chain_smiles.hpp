// From an option chain to what a model is fitted to: implied volatilities bid and asked, of the
// options out of the money, each weighed by how closely it is quoted.
//
// A quote becomes a vol at its own forward and keeps its log-moneyness k = ln(K / F); a strike at
// the forward is a call's. In the money, bid and ask hold the same volatility under a wider spread:
// those are left out, and so is what says nothing or contradicts itself, counted by its reason.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "quant/pricing/option_chain.hpp"
#include "quant/pricing/svi_fit.hpp"

namespace ballast {

/// Why a quote is not used.
enum class Unused : std::uint8_t {
  in_the_money,
  no_quote,  // neither bid nor ask
  crossed,   // bid above ask
  no_vol,  // the price is that of no volatility: at or above the coin, or the strike's worth of it
};
inline constexpr std::array<std::string_view, 4> unused_names{"in the money", "without a quote",
                                                              "crossed", "of no vol"};

struct ChainSmile {
  Timestamp expires = {};
  double years = 0.0;
  double forward = 0.0;
  std::vector<SmileQuote> quotes = {};  // by log_strike; vols annual
  std::size_t two_sided = 0;
  std::size_t one_sided = 0;
  std::array<std::size_t, unused_names.size()> unused{};  // by Unused

  std::size_t left_out() const { return unused[0] + unused[1] + unused[2] + unused[3]; }
};

/// A weight of 1 for a quote without a spread, 1/2 where half the spread is this many vols: h the
/// half spread, h0^2 / (h0^2 + h^2). What makes a quote uncertain beside its spread (its time, its
/// tick) is about this large.
inline constexpr double weight_half_spread = 0.005;
/// Of a quote with one side, which has no spread: as of one 4 vols wide.
inline constexpr double one_sided_weight = 0.06;

/// Errors: bad_input, where the expiry is not as option_chain.hpp has it.
Result<ChainSmile> chain_smile(const ChainExpiry& expiry);

/// How well the venue's marks follow from its mark vols by Black's formula in coin.
struct MarkCheck {
  std::size_t count = 0;  // quotes with both
  // Of |price - mark|, in coin.
  double median = 0.0;
  double ninth_decile = 0.0;
  double percentile_99 = 0.0;
  double most = 0.0;
};
/// Nothing where no quote has both. Errors: inverse_option's.
Result<std::optional<MarkCheck>> check_marks(const OptionChain& chain);

}  // namespace ballast

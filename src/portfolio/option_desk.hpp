// What a desk's options add to its factors, kept up to date while events come.
//
// For each underlying with options that a factor counts: its volatility surface, the forward of
// each expiry, and a book of options for the whole desk and each book that a factor names.
//
//   forward   the price of the first linear or inverse future on the underlying with the options'
//             expiry, in their quote or one that equals it, where the desk has one; else the
//             underlying's price, in that quote
//   surface   sticky strike between two `surface` events
//   time      to the last whole minute: a price or a surface reprices the expiries that rest on it,
//             and no more than once a minute does time reprice all that hold a position
//   expiry    from it on an option adds nothing: it pays, and what it pays comes as an event
//
// The levels, by kind of factor, of the options in its bucket:
//   delta, delta_net, delta_equity   coins; delta_equity without the premium, which the factor's
//                                    holding has with the rest of the coins that derivatives moved
//   gamma   coins per 1 % of the forward      vega   quote per volatility point (0.01)
//   theta   quote per day
// rounded to 12 digits. Beside them stand those of what hedge and rebalance fills alone traded.
//
// What the options of a scope earned is explained in steps (explain_record.hpp) that end on the
// grid of `[options] explain_every`, at midnight UTC, and at each expiry. An expired option is then
// worth its payoff at the forward in force at its expiry; what its payment differs from that, as
// where a venue settles at an average, is in the trades of a later step. Fees are no part of it.
//
// Single-threaded. Images hold positions, surfaces and forwards; prices are worked out again from
// them, to the same bits.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/decimal.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "book/books.hpp"
#include "market/market.hpp"
#include "model/desk.hpp"
#include "portfolio/explain_record.hpp"
#include "portfolio/option_book.hpp"
#include "portfolio/vol_surface.hpp"

namespace ballast {

/// One coin's option as it is worth now, held or not.
struct OptionNow {
  OptionTerms terms;
  OptionUnit unit;
  double forward = 0.0;  // quote per coin
  double vol = 0.0;      // annual
  double years = 0.0;    // to expiry, from the last whole minute
  Timestamp valued_at{};
  Timestamp surface_said{};  // when the older of the surfaces that it rests on came
};

class OptionDesk {
 public:
  /// How far valuation time lags.
  static constexpr Duration time_step = Duration::minutes(1);

  /// The options of the whole desk, or of one book.
  struct Scope {
    std::string book;  // "*": the whole desk
    OptionBook options;
    OptionBook hedges;             // what of it hedge and rebalance fills traded
    std::vector<Quantity> held;    // by line
    std::vector<Quantity> hedged;  // by line
    ExplainRecord record;
    bool overflowed = false;  // a position left the decimal range: nothing is known from then on
  };
  struct Underlying {
    AssetId asset;
    AssetId quote;
    VolSurface surface;
    std::vector<InstrumentId> futures;  // by expiry; invalid: the underlying's price
    std::vector<double> forwards;       // by expiry; 0: not known
    std::vector<double> payoff_prices;  // by expiry: the forward in force at it; 0: not known
    std::vector<Scope> scopes;          // the first is the whole desk
    std::vector<FactorId> factors;
    OptionBook valued;  // room to value a scope in
  };

  explicit OptionDesk(const Desk& desk);

  /// No factor counts an option: nothing else here need be called.
  bool empty() const { return underlyings_.empty(); }

  /// Takes what the last event, of `now`, changed in the books. `hedging`: a hedge or rebalance
  /// fill caused it.
  void apply(Timestamp now, const Books& books, bool hedging);
  /// Takes a surface. False: it is of no use, or older than what is known. Error: bad_input.
  Result<bool> apply(Timestamp t, const Surface& surface, const Market& market);
  /// A price changed, or was said again.
  void priced(const Market& market);

  /// Brings levels to `now`. False where nothing changed, which is found out at once.
  bool revalue(Timestamp now);
  /// What the factor's options add; nothing where a forward or a volatility that they need is
  /// missing, or the sum leaves the range.
  std::optional<Decimal> level(FactorId id) const;
  /// The part of it that hedge and rebalance fills traded.
  std::optional<Decimal> hedged(FactorId id) const;
  /// Contracts of an option that the factor's scope holds.
  Quantity held(FactorId id, InstrumentId option) const;
  /// What the options of the scope that are paid in coin are worth at their marks, in coins;
  /// nothing where one has no mark, or on overflow.
  std::optional<Amount> marked_coins(FactorId id, const Market& market) const;
  /// An option at `now`. Errors: stale_data, where it has expired, or says which of its inputs is
  /// not known; overflow.
  Result<OptionNow> value(InstrumentId option, Timestamp now) const;
  /// When the older price came that an option's forward is made of; before any other time where
  /// there is none.
  Timestamp forward_said(InstrumentId option, const Market& market) const;
  /// When the oldest forward or surface came that its held options rest on; `latest` where they
  /// rest on none.
  Timestamp oldest_input(FactorId id, const Market& market, Timestamp latest) const;

  /// The factors that count options of an underlying.
  std::span<const FactorId> factors(AssetId underlying) const;
  /// All factors that count options.
  std::span<const FactorId> factors() const { return counting_; }
  /// The book behind a factor; nullptr for one that counts no options.
  const OptionBook* book(FactorId id) const;

  /// When time reprices next; nothing while no option that lives is held.
  std::optional<Timestamp> next_due() const;

  /// When a step of an explanation ends next; nothing while none is under way.
  std::optional<Timestamp> explain_due() const { return explain_due_; }
  /// Ends the steps that end by `now`.
  void close_steps(Timestamp now);
  /// Ends the steps under way, and begins the sums of a span.
  void begin_span(Timestamp now);

  /// Those with options that a factor counts, by the desk's first factor of each.
  std::span<const Underlying> underlyings() const { return underlyings_; }
  /// A scope's options, all of them valued at `at`, and what expired by then at its payoff.
  static OptionBook valued_book(const Underlying& of, const Scope& scope, Timestamp at);
  /// The price of the underlying in the options' quote.
  static std::optional<double> spot(const Underlying& of, const Market& market);

  template <class Archive>
  void archive(Archive& ar);

 private:
  struct Place {
    std::size_t underlying = none;
    std::size_t scope = 0;
  };
  static constexpr std::size_t none = static_cast<std::size_t>(-1);

  void add(const Desk& desk, FactorId id);
  static std::optional<Underlying> make(const Desk& desk, AssetId asset);
  static std::optional<double> forward(const Underlying& of, std::size_t expiry, const Market&);
  void hold(OptionBook& book, std::size_t line, Quantity held);
  std::optional<Decimal> level(FactorId id, OptionBook Scope::*book) const;
  void anchor(Underlying& underlying, const Market& market);
  static void revalue(const Underlying& of, Timestamp at, OptionBook& book);
  static void note_payoffs(Underlying& underlying, Timestamp now);
  static void close(Underlying& underlying, Scope& scope, Timestamp now);
  Timestamp step_end(const Underlying& underlying, Timestamp from) const;
  void find_explain_due();

  const Desk* desk_;
  std::vector<Underlying> underlyings_;
  std::vector<std::size_t> by_asset_;  // index of the underlying, or none
  std::vector<Place> by_factor_;
  std::vector<FactorId> counting_;
  Timestamp valued_at_{};
  bool changed_ = false;                  // since the last revaluation
  std::optional<Timestamp> explain_due_;  // derived
};

}  // namespace ballast

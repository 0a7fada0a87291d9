#include "portfolio/option_desk.hpp"

#include <algorithm>
#include <cmath>

#include "base/archive.hpp"
#include "base/contract.hpp"
#include "book/contract_value.hpp"
#include "model/equal_asset.hpp"
#include "quant/pricing/black.hpp"

namespace ballast {
namespace {

constexpr int level_digits = 12;

bool counts_options(FactorKind kind) { return kind == FactorKind::delta || greek(kind); }

OptionTerms terms_of(const Instrument& instrument, InstrumentId id) {
  const bool coin = instrument.kind == InstrumentKind::option_inverse;
  return {id,
          *instrument.right,
          coin ? PaidIn::coin : PaidIn::quote,
          to_double(*instrument.strike),
          *instrument.expiry,
          to_double(instrument.contract_size)};
}

/// What an expiry adds to a factor, in the factor's unit.
double part(const FactorConfig& factor, const OptionExpiry& expiry) {
  const OptionExposure& sum = expiry.sum;
  switch (factor.kind) {
    case FactorKind::gamma:
      return sum.gamma * expiry.valued_forward / 100.0;
    case FactorKind::vega:
      return sum.vega / 100.0;
    case FactorKind::theta:
      return sum.theta / 365.0;
    default:
      break;
  }
  switch (factor.convention) {
    case DeltaConvention::delta:
      break;
    case DeltaConvention::delta_net:
      return sum.delta_net;
    case DeltaConvention::delta_equity:
      return sum.delta_net + sum.value_coin;
  }
  return sum.delta;
}

/// When the older price came that the forward of an expiry is made of.
Timestamp forward_said(const OptionDesk::Underlying& of, std::size_t expiry, const Market& market) {
  const auto said = [](const Quoted& quoted) {
    return quoted.present ? quoted.t : Timestamp{INT64_MIN};
  };
  if (of.futures[expiry].valid()) return said(market.price(of.futures[expiry]));
  return std::min(said(market.asset_price(of.asset)), said(market.asset_price(of.quote)));
}

}  // namespace

OptionDesk::OptionDesk(const Desk& desk)
    : desk_(&desk), by_asset_(desk.assets.size(), none), by_factor_(desk.factors.size()) {
  for (std::size_t f = 0; f < desk.factors.size(); ++f) {
    if (counts_options(desk.factors[f].kind)) add(desk, FactorId{f});
  }
}

void OptionDesk::add(const Desk& desk, FactorId id) {
  const FactorConfig& factor = desk.factor(id);
  std::size_t& at = by_asset_[factor.asset.index()];
  if (at == none) {
    auto made = make(desk, factor.asset);
    if (!made) return;
    at = underlyings_.size();
    underlyings_.push_back(std::move(*made));
  }
  Underlying& underlying = underlyings_[at];
  auto scope = std::find_if(underlying.scopes.begin(), underlying.scopes.end(),
                            [&](const Scope& one) { return one.book == factor.book; });
  if (scope == underlying.scopes.end()) {
    // All scopes are copies of a book that holds nothing yet.
    Scope another = underlying.scopes.front();
    another.book = factor.book;
    scope = underlying.scopes.insert(underlying.scopes.end(), std::move(another));
  }
  by_factor_[id.index()] = {at, static_cast<std::size_t>(scope - underlying.scopes.begin())};
  underlying.factors.push_back(id);
  counting_.push_back(id);
}

/// An underlying and the scope of the whole desk; nothing where it has no options.
std::optional<OptionDesk::Underlying> OptionDesk::make(const Desk& desk, AssetId asset) {
  std::vector<OptionTerms> options;
  AssetId quote;
  for (std::size_t i = 0; i < desk.instruments.size(); ++i) {
    const Instrument& instrument = desk.instruments[i];
    if (!instrument.option() || instrument.base != asset) continue;
    options.push_back(terms_of(instrument, InstrumentId{i}));
    if (!quote.valid()) quote = instrument.quote;
  }
  if (options.empty()) return std::nullopt;
  auto book = OptionBook::create(std::move(options), SmileDynamics::sticky_strike);
  BALLAST_ASSERT(book.has_value());  // a desk's options have strikes and sizes above zero
  Underlying made{asset, quote, {}, {}, {}, {}, {}, {}, *book};
  const auto same_worth = [&](AssetId one) {
    return equal_asset(desk, one) == equal_asset(desk, quote);
  };
  for (const OptionExpiry& expiry : book->expiries()) {
    InstrumentId future;
    for (std::size_t i = desk.instruments.size(); i-- > 0;) {
      const Instrument& one = desk.instruments[i];
      const bool is_future =
          one.kind == InstrumentKind::linear_future || one.kind == InstrumentKind::inverse_future;
      if (is_future && one.base == asset && same_worth(one.quote) && one.expiry == expiry.expiry)
        future = InstrumentId{i};
    }
    made.futures.push_back(future);
    made.forwards.push_back(0.0);
    made.payoff_prices.push_back(0.0);
  }
  const std::vector<Quantity> nothing(book->size());
  made.scopes.push_back(
      {"*", *book, *book, nothing, nothing, ExplainRecord(nothing.size()), false});
  return made;
}

void OptionDesk::hold(OptionBook& book, std::size_t line, Quantity held) {
  // Premiums are in the factor's holding, as cash that derivatives moved.
  const auto set = book.set_position(line, to_double(held));
  BALLAST_ASSERT(set.has_value());
  changed_ = true;
}

void OptionDesk::apply(Timestamp now, const Books& books, bool hedging) {
  for (const PositionChange& change : books.changes().positions) {
    const Instrument& instrument = desk_->instrument(change.instrument);
    if (!instrument.option()) continue;
    const std::size_t at = by_asset_[instrument.base.index()];
    if (at == none) continue;
    for (Scope& scope : underlyings_[at].scopes) {
      if (scope.book != "*" && books.book(change.book).view() != scope.book) continue;
      const auto line = scope.options.line(change.instrument);
      BALLAST_ASSERT(line.has_value());
      const Quantity moved = change.qty_after - change.qty_before;
      const auto add = [&](OptionBook& book, Quantity& held) {
        if (__builtin_add_overflow(held.raw, moved.raw, &held.raw)) {
          scope.overflowed = true;
          scope.record.lose();
        }
        hold(book, *line, held);
      };
      add(scope.options, scope.held[*line]);
      if (hedging) add(scope.hedges, scope.hedged[*line]);
      scope.record.traded(now, *line, -change.flow_change);
      const Timestamp end = step_end(underlyings_[at], scope.record.from());
      explain_due_ = std::min(explain_due_.value_or(end), end);
    }
  }
}

std::optional<double> OptionDesk::spot(const Underlying& of, const Market& market) {
  const Quoted& base = market.asset_price(of.asset);
  const Quoted& quote = market.asset_price(of.quote);
  if (!base.present || !quote.present) return std::nullopt;
  return to_double(base.price) / to_double(quote.price);
}

std::optional<double> OptionDesk::forward(const Underlying& of,
                                          std::size_t expiry,
                                          const Market& market) {
  const InstrumentId future = of.futures[expiry];
  if (!future.valid()) return spot(of, market);
  const Quoted& price = market.price(future);
  return price.present ? std::optional(to_double(price.price)) : std::nullopt;
}

void OptionDesk::priced(const Market& market) {
  for (Underlying& underlying : underlyings_) {
    for (std::size_t e = 0; e < underlying.forwards.size(); ++e) {
      const auto now = forward(underlying, e, market);
      if (!now || *now == underlying.forwards[e]) continue;
      underlying.forwards[e] = *now;
      for (Scope& scope : underlying.scopes) {
        for (OptionBook* const book : {&scope.options, &scope.hedges}) {
          const auto set = book->set_forward(e, *now);
          BALLAST_ASSERT(set.has_value());  // prices are above zero, and nothing is settled here
        }
      }
      changed_ = true;
    }
    if (underlying.surface.waiting()) anchor(underlying, market);
  }
}

/// Gives the smiles that came before any forward theirs.
void OptionDesk::anchor(Underlying& underlying, const Market& market) {
  for (const VolSlice& slice : underlying.surface.slices()) {
    if (slice.log_anchor) continue;
    const auto expiry = underlying.scopes.front().options.expiry(slice.expiry);
    const auto known = expiry ? forward(underlying, *expiry, market) : spot(underlying, market);
    if (!known) continue;
    underlying.surface.anchor(slice.expiry, *known);
    changed_ = true;
  }
}

Result<bool> OptionDesk::apply(Timestamp t, const Surface& surface, const Market& market) {
  const std::size_t at = by_asset_[surface.underlying.index()];
  if (at == none) return false;
  Underlying& underlying = underlyings_[at];
  const auto expiry = underlying.scopes.front().options.expiry(surface.expiry);
  const auto known = expiry ? forward(underlying, *expiry, market) : spot(underlying, market);
  auto taken = underlying.surface.apply(t, surface, known);
  if (taken && *taken) changed_ = true;
  return taken;
}

bool OptionDesk::revalue(Timestamp now) {
  const Timestamp at = floor_to(now, time_step);
  if (!changed_ && at <= valued_at_) return false;
  valued_at_ = std::max(valued_at_, at);
  changed_ = false;
  for (Underlying& underlying : underlyings_) {
    for (Scope& scope : underlying.scopes) {
      scope.options.revalue(valued_at_, underlying.surface, Lines::held);
      scope.hedges.revalue(valued_at_, underlying.surface, Lines::held);
    }
  }
  return true;
}

std::optional<Decimal> OptionDesk::level(FactorId id) const { return level(id, &Scope::options); }

std::optional<Decimal> OptionDesk::hedged(FactorId id) const { return level(id, &Scope::hedges); }

std::optional<Decimal> OptionDesk::level(FactorId id, OptionBook Scope::*book) const {
  const Place place = by_factor_[id.index()];
  if (place.underlying == none) return Decimal{};
  const Scope& scope = underlyings_[place.underlying].scopes[place.scope];
  if (scope.overflowed) return std::nullopt;
  const FactorConfig& factor = desk_->factor(id);
  double sum = 0.0;
  for (const OptionExpiry& expiry : (scope.*book).expiries()) {
    if (expiry.held == 0 || expiry.expiry <= valued_at_) continue;
    if (!factor.bucket.holds(expiry.expiry - valued_at_)) continue;
    if (!valued(expiry.state)) return std::nullopt;
    sum += part(factor, expiry);
  }
  const auto level = decimal_from_double<Decimal>(sum, level_digits);
  return level ? std::optional(*level) : std::nullopt;
}

Quantity OptionDesk::held(FactorId id, InstrumentId option) const {
  const Place place = by_factor_[id.index()];
  if (place.underlying == none) return {};
  const Scope& scope = underlyings_[place.underlying].scopes[place.scope];
  const auto line = scope.options.line(option);
  return line ? scope.held[*line] : Quantity{};
}

std::optional<Amount> OptionDesk::marked_coins(FactorId id, const Market& market) const {
  const Place place = by_factor_[id.index()];
  if (place.underlying == none) return Amount{};
  const Scope& scope = underlyings_[place.underlying].scopes[place.scope];
  Amount sum;
  for (const OptionExpiry& expiry : scope.options.expiries()) {
    if (expiry.held == 0) continue;
    for (std::size_t line = expiry.begin; line < expiry.end; ++line) {
      const OptionTerms& terms = scope.options.terms(line);
      if (scope.held[line].zero() || terms.paid_in != PaidIn::coin) continue;
      const Quoted& mark = market.price(terms.instrument);
      if (!mark.present) return std::nullopt;
      const auto worth = ballast::value(Contract::of(desk_->instrument(terms.instrument)),
                                        scope.held[line], mark.price);
      if (!worth || __builtin_add_overflow(sum.raw, worth->raw, &sum.raw)) return std::nullopt;
    }
  }
  return sum;
}

Result<OptionNow> OptionDesk::value(InstrumentId option, Timestamp now) const {
  const Instrument& instrument = desk_->instrument(option);
  const std::size_t at = instrument.option() ? by_asset_[instrument.base.index()] : none;
  if (at == none) return fail(Errc::stale_data, "no factor counts options on its underlying");
  const Underlying& underlying = underlyings_[at];
  OptionNow result;
  result.terms = terms_of(instrument, option);
  result.valued_at = std::max(valued_at_, floor_to(now, time_step));
  const Timestamp expiry = result.terms.expiry;
  if (expiry <= result.valued_at) return fail(Errc::stale_data, "it has expired");
  result.forward = underlying.forwards[*underlying.scopes.front().options.expiry(expiry)];
  if (result.forward == 0.0) return fail(Errc::stale_data, "no forward is known");
  const ExpirySmile smile = underlying.surface.find_smile(result.valued_at, expiry);
  if (smile.near == nullptr) return fail(Errc::stale_data, "no volatility is known");
  result.surface_said = std::min(smile.near->said, smile.far->said);
  BALLAST_TRY(vol, underlying.surface.vol(result.valued_at, expiry, result.terms.strike,
                                          result.forward, SmileDynamics::sticky_strike));
  result.vol = vol;
  result.years = years_between(result.valued_at, expiry);
  BALLAST_TRY(greeks, black76({.right = result.terms.right,
                               .forward = result.forward,
                               .strike = result.terms.strike,
                               .years = result.years,
                               .vol = vol}));
  result.unit = {greeks.price, greeks.delta, greeks.gamma, greeks.vega,
                 greeks.theta, greeks.vanna, greeks.volga};
  return result;
}

Timestamp OptionDesk::forward_said(InstrumentId option, const Market& market) const {
  const Instrument& instrument = desk_->instrument(option);
  const std::size_t at = instrument.option() ? by_asset_[instrument.base.index()] : none;
  if (at == none) return Timestamp{INT64_MIN};
  const Underlying& underlying = underlyings_[at];
  return ballast::forward_said(
      underlying, *underlying.scopes.front().options.expiry(*instrument.expiry), market);
}

Timestamp OptionDesk::oldest_input(FactorId id, const Market& market, Timestamp latest) const {
  const OptionBook* const options = book(id);
  if (options == nullptr) return latest;
  const Underlying& underlying = underlyings_[by_factor_[id.index()].underlying];
  const FactorConfig& factor = desk_->factor(id);
  Timestamp oldest = latest;
  for (std::size_t e = 0; e < options->expiries().size(); ++e) {
    const OptionExpiry& expiry = options->expiries()[e];
    if (expiry.held == 0 || expiry.expiry <= valued_at_) continue;
    if (!factor.bucket.holds(expiry.expiry - valued_at_)) continue;
    oldest = std::min(oldest, ballast::forward_said(underlying, e, market));
    const ExpirySmile smile = underlying.surface.find_smile(valued_at_, expiry.expiry);
    if (smile.near == nullptr) return Timestamp{INT64_MIN};
    oldest = std::min({oldest, smile.near->said, smile.far->said});
  }
  return oldest;
}

std::span<const FactorId> OptionDesk::factors(AssetId underlying) const {
  const std::size_t at = by_asset_[underlying.index()];
  if (at == none) return {};
  return underlyings_[at].factors;
}

const OptionBook* OptionDesk::book(FactorId id) const {
  const Place place = by_factor_[id.index()];
  if (place.underlying == none) return nullptr;
  return &underlyings_[place.underlying].scopes[place.scope].options;
}

std::optional<Timestamp> OptionDesk::next_due() const {
  for (const Underlying& underlying : underlyings_) {
    for (const Scope& scope : underlying.scopes) {
      for (const OptionBook* const book : {&scope.options, &scope.hedges}) {
        for (const OptionExpiry& expiry : book->expiries()) {
          if (expiry.held > 0 && expiry.expiry > valued_at_)
            return next_multiple(valued_at_, time_step);
        }
      }
    }
  }
  return std::nullopt;
}

// ---- explaining

void OptionDesk::revalue(const Underlying& of, Timestamp at, OptionBook& book) {
  for (std::size_t e = 0; e < of.payoff_prices.size(); ++e) {
    if (of.payoff_prices[e] == 0.0) continue;
    const auto settled = book.settle(e, of.payoff_prices[e]);
    BALLAST_ASSERT(settled.has_value());
  }
  book.revalue(at, of.surface, Lines::all);
}

OptionBook OptionDesk::valued_book(const Underlying& of, const Scope& scope, Timestamp at) {
  OptionBook book = scope.options;
  revalue(of, at, book);
  return book;
}

/// Steps end at expiries: what expired in a step expires now, at the forward in force.
void OptionDesk::note_payoffs(Underlying& underlying, Timestamp now) {
  const auto expiries = underlying.scopes.front().options.expiries();
  for (std::size_t e = 0; e < expiries.size() && expiries[e].expiry <= now; ++e) {
    if (underlying.payoff_prices[e] == 0.0 && expiries[e].expiry == now)
      underlying.payoff_prices[e] = underlying.forwards[e];
  }
}

void OptionDesk::close(Underlying& underlying, Scope& scope, Timestamp now) {
  underlying.valued = scope.options;
  revalue(underlying, now, underlying.valued);
  scope.record.close(now, underlying.valued);
}

void OptionDesk::close_steps(Timestamp now) {
  for (Underlying& underlying : underlyings_) {
    note_payoffs(underlying, now);
    for (Scope& scope : underlying.scopes) {
      if (scope.record.open() && step_end(underlying, scope.record.from()) <= now)
        close(underlying, scope, now);
    }
  }
  find_explain_due();
}

void OptionDesk::begin_span(Timestamp now) {
  for (Underlying& underlying : underlyings_) {
    note_payoffs(underlying, now);
    for (Scope& scope : underlying.scopes) {
      if (scope.record.open()) close(underlying, scope, now);
      scope.record.begin_span();
    }
  }
  find_explain_due();
}

/// The first after `from` of the grid, of midnight, and of the expiries.
Timestamp OptionDesk::step_end(const Underlying& underlying, Timestamp from) const {
  Timestamp end = std::min(next_multiple(from, desk_->options.explain_every),
                           next_multiple(from, Duration::days(1)));
  for (const OptionExpiry& expiry : underlying.scopes.front().options.expiries()) {
    if (expiry.expiry > from) return std::min(end, expiry.expiry);
  }
  return end;
}

void OptionDesk::find_explain_due() {
  explain_due_.reset();
  for (const Underlying& underlying : underlyings_) {
    for (const Scope& scope : underlying.scopes) {
      if (!scope.record.open()) continue;
      const Timestamp end = step_end(underlying, scope.record.from());
      explain_due_ = std::min(explain_due_.value_or(end), end);
    }
  }
}

template <class Archive>
void OptionDesk::archive(Archive& ar) {
  ar(valued_at_);
  for (Underlying& underlying : underlyings_) {
    ar(underlying.surface);
    for (double& forward : underlying.forwards)
      ar(forward);
    for (double& price : underlying.payoff_prices)
      ar(price);
    for (Scope& scope : underlying.scopes) {
      ar(scope.overflowed);
      for (Quantity& held : scope.held)
        ar(held.raw);
      ar(scope.record);
      for (Quantity& hedged : scope.hedged)
        ar(hedged.raw);
    }
    if constexpr (Archive::loading) {
      for (Scope& scope : underlying.scopes) {
        for (std::size_t line = 0; line < scope.held.size(); ++line) {
          hold(scope.options, line, scope.held[line]);
          hold(scope.hedges, line, scope.hedged[line]);
        }
        for (std::size_t e = 0; e < underlying.forwards.size(); ++e) {
          if (underlying.forwards[e] == 0.0) continue;
          if (!scope.options.set_forward(e, underlying.forwards[e])) ar.fail();
          if (!scope.hedges.set_forward(e, underlying.forwards[e])) ar.fail();
        }
      }
    }
  }
  if constexpr (Archive::loading) {
    for (const Underlying& underlying : underlyings_) {
      for (const double price : underlying.payoff_prices) {
        if (!(std::isfinite(price) && price >= 0.0)) return ar.fail();
      }
    }
    changed_ = true;
    revalue(valued_at_);
    find_explain_due();
  }
}

template void OptionDesk::archive(SaveArchive&);
template void OptionDesk::archive(LoadArchive&);

}  // namespace ballast

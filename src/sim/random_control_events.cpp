// Random events of control: orders, quotes and decisions, and what people say to them.

#include <fmt/format.h>

#include "sim/random_draws.hpp"
#include "sim/random_events.hpp"

namespace ballast {

EventBody RandomEvents::control() {
  switch (entropy_(16)) {
    default:
      return order();
    case 0:
    case 1:
    case 2:
      return quote();
    case 3:
    case 4:
    case 5:
    case 6:
      return decision();
    case 7:
    case 8:
    case 9:
      return approve();
    case 10:
      killed_.push_back(scope());
      return Kill{killed_.back(), Note("anna"), Note("a strange fill")};
    case 11:
    case 12: {
      Rearm rearm{scope(), Note("anna"), Note("explained")};
      if (killed_.empty()) return rearm;
      rearm.scope = killed_.back();
      killed_.pop_back();
      return rearm;
    }
    case 13: {
      if (desk_->channels.empty()) return Tick{};
      const std::size_t i = entropy_(desk_->channels.size());
      return ChannelBalance{
          ChannelId{i},
          thousandths<Amount>(static_cast<std::int64_t>(entropy_(1'100'000)))};  // may be beyond it
    }
    case 14:
      return written_by_the_service();
  }
}

/// What a service notes beside the events: it changes nothing.
EventBody RandomEvents::written_by_the_service() {
  if (one_in(2)) return Receipt{Note("feed"), Text<255>("batch 7"), entropy_(1'000'000), "{}"};
  Audit audit{
      Note("anna"), Text<15>("risk"), Text<39>("kill"), Text<95>("desk"), {}, "{}", "why", 0};
  audit.event = entropy_(1'000);
  return audit;
}

void RandomEvents::hear(std::span<const Effect> effects) {
  for (const Effect& effect : effects) {
    if (const auto* order = std::get_if<OrderRequest>(&effect.body)) {
      remember(orders_, order->order);
    } else if (const auto* transfer = std::get_if<TransferRequest>(&effect.body)) {
      remember(transfers_, transfer->transfer);
    } else if (const auto* quote = std::get_if<QuoteRequest>(&effect.body)) {
      remember(quotes_, quote->quote);
    } else if (const auto* decided = std::get_if<Decided>(&effect.body)) {
      remember(decisions_, decided->decision);
    }
  }
}

EventBody RandomEvents::order() {
  if (!orders_.empty() && !one_in(5)) {  // news of one that is known
    Order news = orders_[entropy_(orders_.size())];
    news.state = static_cast<OrderState>(entropy_(order_state_names.size()));
    if (one_in(2)) {
      news.filled =
          Quantity::from_raw(news.qty.raw / (1 + Int128{static_cast<std::int64_t>(entropy_(4))}));
    }
    if (one_in(10)) news.qty = news.filled = thousandths<Quantity>(7);
    return news;
  }
  const std::size_t i = entropy_(desk_->instruments.size());
  Order order;
  order.id = OrderId::create(fmt::format("o-{}", ++ids_)).value();
  order.place = place_at(desk_->instruments[i].venue);
  order.book = one_in(4) ? BookName("hedger") : BookName("mm");
  order.instrument = InstrumentId{i};
  order.side = one_in(2) ? Side::buy : Side::sell;
  order.qty = thousandths<Quantity>(1 + static_cast<std::int64_t>(entropy_(2000)));
  if (!one_in(4)) order.price = price_of(i);
  order.state = static_cast<OrderState>(entropy_(order_state_names.size()));
  order.origin = static_cast<Origin>(entropy_(origin_names.size()));
  if (one_in(4)) order.proposal = proposal();
  remember(orders_, order);
  return order;
}

EventBody RandomEvents::quote() {
  if (!quotes_.empty() && !one_in(4)) return quotes_[entropy_(quotes_.size())];
  const std::size_t i = entropy_(desk_->instruments.size());
  const Price bid = price_of(i);
  Quote quote;
  quote.instrument = InstrumentId{i};
  quote.bid = bid;
  quote.bid_qty = thousandths<Quantity>(static_cast<std::int64_t>(entropy_(100)));
  quote.ask = bid + Price::whole(2);
  quote.ask_qty = thousandths<Quantity>(static_cast<std::int64_t>(entropy_(100)));
  return quote;
}

TradeId RandomEvents::proposal() {
  if (!decisions_.empty() && !one_in(4)) return decisions_[entropy_(decisions_.size())].id;
  const std::uint64_t factor = entropy_(4);  // draws in one call come in no certain order
  return TradeId::create(fmt::format("p{}-{}", factor, 1 + entropy_(6))).value();
}

EventBody RandomEvents::decision() {
  if (desk_->factors.empty()) return Tick{};
  if (!decisions_.empty() && !one_in(3)) {
    Decision made = decisions_[entropy_(decisions_.size())];
    if (one_in(6)) made.reason = Note("another one");
    return made;
  }
  Decision foreign;
  foreign.id = proposal();
  foreign.factor = FactorId{entropy_(desk_->factors.size())};
  foreign.action = static_cast<Action>(entropy_(action_names.size()));
  foreign.state = one_in(2) ? ProposalState::waiting
                            : static_cast<ProposalState>(entropy_(proposal_state_names.size()));
  if (one_in(2)) foreign.inputs.push_back({Text<39>("deviation"), 2.5});
  return foreign;
}

EventBody RandomEvents::approve() {
  Approve approve;
  approve.id = proposal();
  for (const Decision& made : decisions_) {  // the last that waited, most often
    if (made.state == ProposalState::waiting && !one_in(4)) approve.id = made.id;
  }
  approve.accept = !one_in(4);
  approve.by = Note("anna");
  if (!approve.accept) approve.reason = Note("not now");
  return approve;
}

Scope RandomEvents::scope() {
  Scope scope;
  scope.kind = static_cast<ScopeKind>(entropy_(scope_kind_names.size()));
  if (scope.kind == ScopeKind::factor && desk_->factors.empty()) scope.kind = ScopeKind::desk;
  switch (scope.kind) {
    case ScopeKind::desk:
      break;
    case ScopeKind::venue:
      scope.place.venue = VenueId{entropy_(desk_->venues.size())};
      break;
    case ScopeKind::account:
      scope.place = place_at(VenueId{entropy_(desk_->venues.size())});
      break;
    case ScopeKind::book:
      scope.book = one_in(2) ? BookName("mm") : BookName("hedger");
      break;
    case ScopeKind::factor:
      scope.factor = FactorId{entropy_(desk_->factors.size())};
      break;
  }
  return scope;
}

}  // namespace ballast

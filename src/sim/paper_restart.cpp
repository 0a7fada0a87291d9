#include "sim/paper_restart.hpp"

#include <algorithm>

namespace ballast {

std::vector<EventBody> paper_restart(const Engine& engine) {
  constexpr auto reason = [] { return Note("the paper venues began anew"); };
  std::vector<EventBody> news;
  for (const OpenOrder& open : engine.control().orders().all()) {
    if (ended(open.state)) continue;
    Order order;
    order.id = open.id;
    order.place = open.place;
    order.book = open.book;
    order.instrument = open.instrument;
    order.side = open.side;
    order.qty = open.qty;
    order.filled = std::max(open.filled, open.booked);
    order.state = OrderState::cancelled;
    order.origin = open.origin;
    order.proposal = open.proposal;
    order.reason = reason();
    news.emplace_back(order);
  }
  for (const QuoteConfig& config : engine.desk().quotes) {
    const auto* const own = engine.control().quoting().own(config.instrument);
    if (own == nullptr || !own->known || (own->bid_qty.zero() && own->ask_qty.zero())) continue;
    Quote quote;
    quote.instrument = config.instrument;
    quote.reason = reason();
    news.emplace_back(quote);
  }
  const Books& books = engine.books();
  for (const std::uint32_t index : books.transfers().open()) {
    const TransferRecord& record = books.transfers().all()[index];
    Transfer transfer;
    transfer.id = record.id;
    transfer.asset = record.asset;
    transfer.qty = record.qty;
    transfer.from = books.account(record.from);
    transfer.to = books.account(record.to);
    transfer.state = TransferState::failed;
    news.emplace_back(transfer);
  }
  return news;
}

}  // namespace ballast

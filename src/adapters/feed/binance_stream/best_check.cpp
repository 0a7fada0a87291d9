#include "adapters/feed/binance_stream/best_check.hpp"

namespace ballast {

void BestCheck::ticker(std::uint64_t id, const BestLevels& best) {
  if (!tickers_.empty() && id < tickers_.back().id) return;  // late: its span is over
  if (!tickers_.empty() && id == tickers_.back().id) tickers_.pop_back();
  if (tickers_.size() == entries_max) tickers_.pop_front();
  tickers_.push_back({id, best});
  settle();
}

void BestCheck::book(std::uint64_t id, const BestLevels& best) {
  if (books_.size() == entries_max) books_.pop_front();
  books_.push_back({id, best});
  settle();
}

void BestCheck::settle() {
  while (!books_.empty() && !tickers_.empty() && books_.front().id < tickers_.back().id) {
    const Entry state = books_.front();
    books_.pop_front();
    while (tickers_.size() > 1 && tickers_[1].id <= state.id)
      tickers_.pop_front();
    const Entry& said = tickers_.front();
    if (said.id > state.id) continue;  // no longer held, or never seen
    ++compared_;
    const bool prices =
        said.best.bid.price == state.best.bid.price && said.best.ask.price == state.best.ask.price;
    const bool quantities =
        said.best.bid.qty == state.best.bid.qty && said.best.ask.qty == state.best.ask.qty;
    if (prices) ++equal_prices_;
    if (prices && quantities) ++equal_;
  }
}

}  // namespace ballast

// Recorded Binance streams to tops, trades and marks.
//
// A line is `<receive time, ns> <JSON>`, as the hftbacktest recorder writes them: combined-stream
// frames of depthUpdate, bookTicker and trade, and answers of the REST depth request, of one symbol
// on spot, USDT-margined or coin-margined futures. The order book is rebuilt by update ids
// (LocalBook); a gap in them is a note that names the ids, and until the next snapshot there is
// neither mark nor top from the book. Tops come from bookTicker, from the rebuilt book when its
// best changes, or from both; marks are the rebuilt book's mid, conflated. A note at the end says
// how often book and bookTicker agreed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "adapters/feed/binance_stream/best_check.hpp"
#include "adapters/feed/binance_stream/frame.hpp"
#include "adapters/feed/binance_stream/local_book.hpp"
#include "adapters/feed/binance_stream/mark_output.hpp"
#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind binance_stream_kind;

struct BinanceStreamOptions {
  BinanceMarket market = BinanceMarket::unknown;  // unknown: told by the first frame
  std::string symbol;                             // empty: the first frame's
  std::string instrument;                         // empty: by symbol and market
  std::string venue = "binance";
  bool ticker_tops = true;
  bool book_tops = false;
  bool marks = true;
  Duration mark_interval = Duration::milliseconds(100);
  Duration mark_repeat = Duration::seconds(1);
  bool exchange_time = false;  // else the receive time
};

struct BinanceStreamStatistics {
  std::uint64_t depth_updates = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t tickers = 0;
  std::uint64_t trades = 0;
  std::uint64_t other_frames = 0;
  std::uint64_t other_symbols = 0;
  std::uint64_t untimed = 0;  // time=exchange, before any exchange time was seen
  std::uint64_t gaps = 0;
  std::uint64_t crossed = 0;  // updates that left the book crossed
};

class BinanceStream final : public Importer {
 public:
  /// `desk` must outlive it.
  BinanceStream(BinanceStreamOptions options, DeskBuilder& desk);

  Result<void> line(std::string_view text, std::size_t number, ImportSink& sink) override;
  Result<void> finish(ImportSink& sink) override;

  const BinanceStreamStatistics& statistics() const { return statistics_; }
  const BestCheck& best_check() const { return best_check_; }
  const LocalBook& local_book() const { return local_book_; }

 private:
  Result<bool> identify(const Frame& frame);
  std::optional<Timestamp> stamp(Timestamp received, const Frame& frame);
  void depth(Timestamp t, const Frame& frame, std::size_t number, ImportSink& sink);
  void book_moved(Timestamp t, ImportSink& sink);

  BinanceStreamOptions options_;
  DeskBuilder& desk_;
  bool symbol_given_;
  FrameParser parser_;
  LocalBook local_book_;
  BestCheck best_check_;
  MarkOutput marks_;
  InstrumentId instrument_;
  std::optional<BestLevels> book_top_;  // as last sent
  Timestamp last_time_;
  std::optional<Timestamp> last_exchange_time_;
  BinanceStreamStatistics statistics_;
};

}  // namespace ballast

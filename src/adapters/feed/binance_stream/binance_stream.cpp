#include "adapters/feed/binance_stream/binance_stream.hpp"

#include <charconv>

#include "adapters/feed/common/settings.hpp"

namespace ballast {
namespace {

constexpr ImportOption import_options[] = {
    {"market", "auto", "spot, usdm (USDT-margined), cm (coin-margined); auto: by the first frame"},
    {"symbol", "", "the symbol to import, such as BTCUSDT; default: the first, others are refused"},
    {"instrument", "", "its name; default: the symbol, with -PERP added to usdm perpetuals"},
    {"venue", "binance", "its venue"},
    {"tops", "ticker",
     "tops from bookTicker, from the rebuilt book, or both: ticker, book, both, none"},
    {"marks", "yes", "marks of the rebuilt book's mid price: yes, no"},
    {"mark_interval", "100ms", "at most one mark in this time; 0s: every change"},
    {"mark_repeat", "1s",
     "an unchanged mark is sent again after this time, while updates come: it still holds; 0s: "
     "never"},
    {"time", "receive", "receive (the line's) or exchange (T, else E, else the latest seen)"},
};

constexpr std::string_view market_names[] = {"auto", "spot", "usdm", "cm"};  // as BinanceMarket

std::string default_instrument(std::string_view symbol, BinanceMarket market) {
  // Spot and perpetual share their symbol; dated and coin-margined symbols say what they are.
  const bool perpetual =
      market == BinanceMarket::usdm && symbol.find('_') == std::string_view::npos;
  return std::string(symbol) + (perpetual ? "-PERP" : "");
}

struct ReceivedLine {
  Timestamp received;
  std::string_view json;
};

Result<ReceivedLine> split_line(std::string_view text) {
  std::int64_t ns = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, ns);
  if (error != std::errc{} || at == end || *at != ' ') {
    return fail(Errc::bad_input,
                "the line does not begin with a receive time in nanoseconds and a space");
  }
  return ReceivedLine{Timestamp{ns}, text.substr(static_cast<std::size_t>(at + 1 - text.data()))};
}

}  // namespace

BinanceStream::BinanceStream(BinanceStreamOptions options, DeskBuilder& desk)
    : options_(std::move(options)),
      desk_(desk),
      symbol_given_(!options_.symbol.empty()),
      marks_({options_.mark_interval, options_.mark_repeat}) {}

/// Learns symbol, market and instrument from the first frame, and holds every later one to them.
/// False when the frame is of a symbol that was not asked for.
Result<bool> BinanceStream::identify(const Frame& frame) {
  if (frame.symbol.empty()) {  // a snapshot, which only symbol= makes ambiguous
    if (statistics_.other_symbols == 0) return true;
    return fail(Errc::bad_input, "a snapshot that names no symbol, where the input mixes symbols");
  }
  if (!options_.symbol.empty() && frame.symbol != options_.symbol) {
    if (symbol_given_) return false;
    return fail(Errc::bad_input,
                fmt::format("symbol {} where the input is of {}; symbol= picks one",
                            shown(frame.symbol), options_.symbol));
  }
  if (options_.market != BinanceMarket::unknown && frame.market != BinanceMarket::unknown &&
      frame.market != options_.market) {
    return fail(Errc::bad_input,
                fmt::format("a frame of market {} where the input is of {}",
                            market_names[static_cast<std::size_t>(frame.market)],
                            market_names[static_cast<std::size_t>(options_.market)]));
  }
  if (instrument_.valid()) return true;
  const auto market = options_.market == BinanceMarket::unknown ? frame.market : options_.market;
  if (market == BinanceMarket::unknown) return true;  // a later frame will tell
  BALLAST_TRY(venue, venue_named(desk_, options_.venue));
  BALLAST_TRY(instrument, instrument_named(desk_,
                                           options_.instrument.empty()
                                               ? default_instrument(frame.symbol, market)
                                               : options_.instrument,
                                           venue));
  options_.symbol = frame.symbol;
  options_.market = market;
  instrument_ = instrument;
  return true;
}

/// The time of the frame's events; nothing when time=exchange and no exchange time is known yet.
std::optional<Timestamp> BinanceStream::stamp(Timestamp received, const Frame& frame) {
  if (frame.exchange_time) last_exchange_time_ = frame.exchange_time;
  if (!options_.exchange_time) return received;
  return last_exchange_time_;
}

Result<void> BinanceStream::line(std::string_view text, std::size_t number, ImportSink& sink) {
  if (text.empty()) return {};
  BALLAST_TRY(received, split_line(text));
  BALLAST_TRY(parsed, parser_.parse(received.json));
  const Frame& frame = *parsed;
  if (frame.kind == FrameKind::other) {
    ++statistics_.other_frames;
    return {};
  }
  BALLAST_TRY(wanted, identify(frame));
  if (!wanted) {
    ++statistics_.other_symbols;
    return {};
  }
  const auto time = stamp(received.received, frame);
  if (!time) {
    ++statistics_.untimed;
    return {};
  }
  last_time_ = *time;
  marks_.pass(*time, sink);
  switch (frame.kind) {
    case FrameKind::depth:
    case FrameKind::snapshot:
      depth(*time, frame, number, sink);
      break;
    case FrameKind::ticker:
      ++statistics_.tickers;
      best_check_.ticker(frame.ids.last, {frame.bids.front(), frame.asks.front()});
      if (options_.ticker_tops) {
        sink.event({*time, Top{instrument_, frame.bids.front().price, frame.bids.front().qty,
                               frame.asks.front().price, frame.asks.front().qty}});
      }
      break;
    case FrameKind::trade:
      ++statistics_.trades;
      if (frame.price.sign() > 0 && frame.qty.sign() > 0) {
        // When the buyer's order rested, the seller was the aggressor.
        sink.event({*time, Trade{instrument_, frame.price, frame.qty,
                                 frame.buyer_is_maker ? Side::sell : Side::buy}});
      }
      break;
    case FrameKind::other:
      break;
  }
  return {};
}

void BinanceStream::depth(Timestamp t, const Frame& frame, std::size_t number, ImportSink& sink) {
  const bool snapshot = frame.kind == FrameKind::snapshot;
  ++(snapshot ? statistics_.snapshots : statistics_.depth_updates);
  switch (snapshot ? local_book_.snapshot(frame) : local_book_.update(frame)) {
    case LocalBook::Outcome::kept:
    case LocalBook::Outcome::ignored:
      break;
    case LocalBook::Outcome::applied:
      book_moved(t, sink);
      break;
    case LocalBook::Outcome::gap:
      ++statistics_.gaps;
      marks_.flush(t, sink);
      book_top_.reset();
      sink.note({ImportNote::Kind::gap, number,
                 fmt::format("{}: {}; the book is unknown until the next snapshot", options_.symbol,
                             local_book_.gap_text())});
      break;
  }
}

void BinanceStream::book_moved(Timestamp t, ImportSink& sink) {
  const OrderBook& book = local_book_.book();
  if (!book.two_sided() || !instrument_.valid()) return;
  if (book.crossed()) {
    ++statistics_.crossed;
    return;
  }
  const BestLevels best{*book.best(Side::buy), *book.best(Side::sell)};
  best_check_.book(local_book_.id(), best);
  if (options_.marks) marks_.set(t, instrument_, book.mid(), sink);
  if (!options_.book_tops) return;
  if (book_top_ && book_top_->bid == best.bid && book_top_->ask == best.ask) return;
  book_top_ = best;
  sink.event({t, Top{instrument_, best.bid.price, best.bid.qty, best.ask.price, best.ask.qty}});
}

Result<void> BinanceStream::finish(ImportSink& sink) {
  marks_.flush(last_time_, sink);
  const auto& s = statistics_;
  const auto note = [&](ImportNote::Kind kind, std::string text) {
    sink.note({kind, 0, std::move(text)});
  };
  if (s.depth_updates + s.snapshots + s.tickers + s.trades == 0) {
    note(ImportNote::Kind::ignored,
         "the input holds no depth update, snapshot, bookTicker or trade of the symbol");
    return {};
  }
  note(ImportNote::Kind::statistic,
       fmt::format(
           "{} ({}): {} depth updates, {} snapshots, {} tickers, {} trades; {} gaps, {} updates "
           "left the book crossed",
           options_.symbol, market_names[static_cast<std::size_t>(options_.market)],
           s.depth_updates, s.snapshots, s.tickers, s.trades, s.gaps, s.crossed));
  if (best_check_.compared() > 0) {
    note(ImportNote::Kind::statistic,
         fmt::format(
             "the rebuilt best equals bookTicker at the same update id in {} of {} comparisons, "
             "its prices alone in {}",
             best_check_.equal(), best_check_.compared(), best_check_.equal_prices()));
  }
  if (s.other_frames > 0) {
    note(ImportNote::Kind::ignored,
         fmt::format("{} frames of streams that are not imported", s.other_frames));
  }
  if (s.other_symbols > 0) {
    note(ImportNote::Kind::ignored, fmt::format("{} frames of other symbols", s.other_symbols));
  }
  if (s.untimed > 0) {
    note(ImportNote::Kind::ignored,
         fmt::format("{} frames before the first exchange time", s.untimed));
  }
  if (!local_book_.known() && s.depth_updates > 0) {
    note(ImportNote::Kind::gap,
         "the input ends with the book unknown: no snapshot fits its updates");
  }
  return {};
}

namespace {

Result<std::unique_ptr<Importer>> make(const ImportSettings& settings, DeskBuilder& desk) {
  constexpr std::string_view tops[] = {"ticker", "book", "both", "none"};
  constexpr std::string_view times[] = {"receive", "exchange"};
  BinanceStreamOptions read;
  BALLAST_TRY(market, choice_setting(settings, "market", market_names));
  BALLAST_TRY(top, choice_setting(settings, "tops", tops));
  BALLAST_TRY(marks, yes_no_setting(settings, "marks"));
  BALLAST_TRY(interval, duration_setting(settings, "mark_interval"));
  BALLAST_TRY(repeat, duration_setting(settings, "mark_repeat"));
  BALLAST_TRY(time, choice_setting(settings, "time", times));
  read.market = static_cast<BinanceMarket>(market);
  read.symbol = setting(settings, "symbol");
  read.instrument = setting(settings, "instrument");
  read.venue = setting(settings, "venue");
  read.ticker_tops = top == 0 || top == 2;
  read.book_tops = top == 1 || top == 2;
  read.marks = marks;
  read.mark_interval = interval;
  read.mark_repeat = repeat;
  read.exchange_time = time == 1;
  return std::make_unique<BinanceStream>(std::move(read), desk);
}

}  // namespace

const ImporterKind binance_stream_kind{
    "binance-stream",
    "raw Binance stream lines (depth, bookTicker, trade) to tops, trades and marks", import_options,
    make};

}  // namespace ballast

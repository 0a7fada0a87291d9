#include "adapters/feed/binance_stream/frame.hpp"

#include <cstring>
#include <string>

#include <simdjson.h>

#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"

namespace ballast {
namespace {

namespace od = simdjson::ondemand;

constexpr std::int64_t ns_per_ms = 1'000'000;

tl::unexpected<Error> in_field(std::string_view key, std::string_view what) {
  return fail(Errc::bad_input, fmt::format("field \"{}\": {}", key, what));
}

Result<std::string_view> text_of(std::string_view key, od::value& value) {
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS) return text;
  return in_field(key, "is not text");
}

Result<std::uint64_t> id_of(std::string_view key, od::value& value) {
  std::uint64_t id = 0;
  if (value.get_uint64().get(id) == simdjson::SUCCESS) return id;
  return in_field(key, "is not a whole number from zero up");
}

/// A price (above zero) or a quantity (zero or above), which Binance writes as text.
template <class T>
Result<T> number_of(std::string_view key, od::value& value, int sign_min) {
  BALLAST_TRY(text, text_of(key, value));
  auto number = parse_decimal<T>(text);
  if (!number) return in_field(key, number.error().what);
  if (number->sign() < sign_min) return in_field(key, fmt::format("{} is too small", shown(text)));
  return number;
}

Result<void> read_levels(std::string_view key, od::value& value, std::vector<BookLevel>& levels) {
  od::array rows;
  if (value.get_array().get(rows) != simdjson::SUCCESS) return in_field(key, "is not an array");
  for (auto row : rows) {
    od::array pair;
    if (row.get_array().get(pair) != simdjson::SUCCESS) return in_field(key, "holds no pairs");
    BookLevel level;
    std::size_t count = 0;
    for (auto item : pair) {
      od::value number;
      if (item.get(number) != simdjson::SUCCESS) return in_field(key, "is not valid JSON");
      if (count == 0) {
        BALLAST_TRY(price, number_of<Price>(key, number, 1));
        level.price = price;
      } else if (count == 1) {
        BALLAST_TRY(qty, number_of<Quantity>(key, number, 0));
        level.qty = qty;
      }
      ++count;
    }
    if (count != 2) return in_field(key, "holds a level that is not [price, quantity]");
    levels.push_back(level);
  }
  return {};
}

}  // namespace

struct FrameParser::Impl {
  od::parser parser;
  std::vector<char> padded = std::vector<char>(std::size_t{1} << 16);
  Frame frame;

  // What fields said, in whatever order they came.
  std::string_view event;
  std::optional<Timestamp> event_time;
  std::optional<Timestamp> transaction_time;
  std::optional<std::uint64_t> snapshot_id;
  std::optional<BookLevel> ticker_bid;  // one of price and quantity may still be missing
  std::optional<BookLevel> ticker_ask;
  unsigned seen = 0;  // bits of Field

  enum Field : unsigned {
    first_id = 1,
    last_id = 2,
    bids = 4,
    asks = 8,
    price = 16,
    qty = 32,
    maker = 64,
    spot_only = 128,
    bid_qty = 256,
    ask_qty = 512,
  };
  bool has(unsigned fields) const { return (seen & fields) == fields; }

  void reset();
  Result<void> object(od::object object, bool outer);
  Result<void> field(std::string_view key, od::value& value);
  Result<void> one_letter(char key, od::value& value);
  Result<void> side(std::string_view key, od::value& value, Side side);
  Result<void> finish();
  BinanceMarket market() const;
};

void FrameParser::Impl::reset() {
  Frame cleared;
  cleared.bids.swap(frame.bids);
  cleared.asks.swap(frame.asks);
  cleared.bids.clear();
  cleared.asks.clear();
  std::swap(frame, cleared);
  event = {};
  event_time.reset();
  transaction_time.reset();
  snapshot_id.reset();
  ticker_bid.reset();
  ticker_ask.reset();
  seen = 0;
}

/// Bids or asks: an array of levels, or the price of a ticker.
Result<void> FrameParser::Impl::side(std::string_view key, od::value& value, Side side) {
  const bool buy = side == Side::buy;
  od::json_type type{};
  if (value.type().get(type) != simdjson::SUCCESS) return in_field(key, "is not valid JSON");
  if (type == od::json_type::array) {
    seen |= buy ? bids : asks;
    return read_levels(key, value, buy ? frame.bids : frame.asks);
  }
  BALLAST_TRY(best, number_of<Price>(key, value, 0));
  auto& level = buy ? ticker_bid : ticker_ask;
  if (!level) level.emplace();
  level->price = best;
  return {};
}

Result<void> FrameParser::Impl::one_letter(char key, od::value& value) {
  const std::string_view name(&key, 1);
  switch (key) {
    case 'e': {
      BALLAST_TRY(text, text_of(name, value));
      event = text;
      return {};
    }
    case 's': {
      BALLAST_TRY(text, text_of(name, value));
      frame.symbol = text;
      return {};
    }
    case 'E':
    case 'T': {
      std::int64_t ms = 0;
      if (value.get_int64().get(ms) != simdjson::SUCCESS)
        return in_field(name, "is not a whole number");
      auto time = epoch_time(ms, ns_per_ms);
      if (!time) return in_field(name, time.error().what);
      (key == 'E' ? event_time : transaction_time) = *time;
      return {};
    }
    case 'U':
    case 'u': {
      BALLAST_TRY(id, id_of(name, value));
      (key == 'U' ? frame.ids.first : frame.ids.last) = id;
      seen |= key == 'U' ? first_id : last_id;
      return {};
    }
    case 'b':
      return side(name, value, Side::buy);
    case 'a':
      return side(name, value, Side::sell);
    case 'B':
    case 'A': {
      BALLAST_TRY(quantity, number_of<Quantity>(name, value, 0));
      auto& level = key == 'B' ? ticker_bid : ticker_ask;
      if (!level) level.emplace();
      level->qty = quantity;
      seen |= key == 'B' ? bid_qty : ask_qty;
      return {};
    }
    case 'p': {
      BALLAST_TRY(number, number_of<Price>(name, value, 0));
      frame.price = number;
      seen |= price;
      return {};
    }
    case 'q': {
      BALLAST_TRY(number, number_of<Quantity>(name, value, 0));
      frame.qty = number;
      seen |= qty;
      return {};
    }
    case 'm':
      seen |= maker;
      if (value.get_bool().get(frame.buyer_is_maker) == simdjson::SUCCESS) return {};
      return in_field(name, "is neither true nor false");
    case 'M':
      seen |= spot_only;
      return {};
    default:
      return {};
  }
}

Result<void> FrameParser::Impl::field(std::string_view key, od::value& value) {
  if (key.size() == 1) return one_letter(key[0], value);
  if (key == "pu") {
    BALLAST_TRY(id, id_of(key, value));
    frame.ids.previous = id;
  } else if (key == "lastUpdateId") {
    BALLAST_TRY(id, id_of(key, value));
    snapshot_id = id;
  } else if (key == "bids") {
    return side(key, value, Side::buy);
  } else if (key == "asks") {
    return side(key, value, Side::sell);
  } else if (key == "symbol") {
    BALLAST_TRY(text, text_of(key, value));
    frame.symbol = text;
  }
  return {};
}

Result<void> FrameParser::Impl::object(od::object object, bool outer) {
  for (auto item : object) {
    std::string_view key;
    od::value value;
    if (item.unescaped_key().get(key) != simdjson::SUCCESS ||
        item.value().get(value) != simdjson::SUCCESS) {
      return fail(Errc::bad_input, "the frame is not valid JSON");
    }
    if (outer && key == "data") {
      od::object data;
      if (value.get_object().get(data) != simdjson::SUCCESS)
        return in_field(key, "is not an object");
      BALLAST_CHECK(this->object(data, false));
    } else {
      BALLAST_CHECK(field(key, value));
    }
  }
  return {};
}

BinanceMarket FrameParser::Impl::market() const {
  // Coin-margined symbols are quoted in USD: BTCUSD_PERP, BTCUSD_240927.
  if (frame.symbol.find("USD_") != std::string_view::npos) return BinanceMarket::cm;
  switch (frame.kind) {
    case FrameKind::depth:
      return frame.ids.previous ? BinanceMarket::usdm : BinanceMarket::spot;
    case FrameKind::ticker:
      return event.empty() ? BinanceMarket::spot : BinanceMarket::usdm;
    case FrameKind::trade:
      return has(spot_only) ? BinanceMarket::spot : BinanceMarket::usdm;
    default:
      return BinanceMarket::unknown;
  }
}

Result<void> FrameParser::Impl::finish() {
  frame.exchange_time = transaction_time ? transaction_time : event_time;
  if (snapshot_id) {
    frame.kind = FrameKind::snapshot;
    frame.ids.last = *snapshot_id;
    if (!has(bids | asks)) return fail(Errc::bad_input, "the snapshot lacks bids or asks");
  } else if (event == "depthUpdate") {
    frame.kind = FrameKind::depth;
    if (!has(first_id | last_id | bids | asks)) {
      return fail(Errc::bad_input, "the depthUpdate lacks one of U, u, b, a");
    }
    if (frame.ids.last < frame.ids.first) return in_field("u", "is below U");
  } else if (event == "trade") {
    frame.kind = FrameKind::trade;
    if (!has(price | qty | maker)) return fail(Errc::bad_input, "the trade lacks one of p, q, m");
  } else if (event == "bookTicker" || (event.empty() && has(last_id | bid_qty | ask_qty))) {
    frame.kind = FrameKind::ticker;
    if (!has(last_id | bid_qty | ask_qty) || !ticker_bid || !ticker_ask) {
      return fail(Errc::bad_input, "the bookTicker lacks one of u, b, B, a, A");
    }
    frame.bids.assign(1, *ticker_bid);
    frame.asks.assign(1, *ticker_ask);
  } else {
    frame.kind = FrameKind::other;
  }
  if (frame.kind != FrameKind::other && frame.kind != FrameKind::snapshot && frame.symbol.empty()) {
    return in_field("s", "missing");
  }
  frame.market = market();
  return {};
}

FrameParser::FrameParser() : impl_(std::make_unique<Impl>()) {}
FrameParser::~FrameParser() = default;

Result<const Frame*> FrameParser::parse(std::string_view json) {
  Impl& impl = *impl_;
  impl.reset();
  // The parser reads a little beyond the text, which a caller's line need not allow.
  const std::size_t needed = json.size() + simdjson::SIMDJSON_PADDING;
  if (impl.padded.size() < needed) impl.padded.resize(needed * 2);
  if (!json.empty()) std::memcpy(impl.padded.data(), json.data(), json.size());
  od::document document;
  od::object object;
  if (impl.parser.iterate(impl.padded.data(), json.size(), impl.padded.size()).get(document) !=
          simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return fail(Errc::bad_input, "the frame is not a JSON object");
  }
  BALLAST_CHECK(impl.object(object, true));
  if (const char* rest = nullptr; document.current_location().get(rest) == simdjson::SUCCESS) {
    return fail(Errc::bad_input, "the line goes on after its JSON object");
  }
  BALLAST_CHECK(impl.finish());
  return &impl.frame;
}

}  // namespace ballast

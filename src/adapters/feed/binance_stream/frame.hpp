// One frame of a recorded Binance market data stream, from JSON to values. Pure; reuses its
// buffers.
//
// Frames are those of the combined streams, {"stream": ..., "data": {...}}, or the bare data, or
// the answer of the REST depth request (a snapshot). Spot, USDT-margined and coin-margined streams
// differ in fields beside the ones read here; see docs/importers.md for the venue's pages.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "market/order_book.hpp"

namespace ballast {

enum class FrameKind : std::uint8_t { depth, ticker, trade, snapshot, other };

/// Which of Binance's markets a frame can only be from, as far as its fields tell.
enum class BinanceMarket : std::uint8_t { unknown, spot, usdm, cm };

struct DepthIds {
  std::uint64_t first = 0;                // U
  std::uint64_t last = 0;                 // u
  std::optional<std::uint64_t> previous;  // pu: futures only
};

struct Frame {
  FrameKind kind = FrameKind::other;
  BinanceMarket market = BinanceMarket::unknown;
  std::string_view symbol;                 // lives until the next parse; empty: the frame has none
  std::optional<Timestamp> exchange_time;  // transaction time T, else event time E
  DepthIds ids;                            // depth; ticker and snapshot: only `last`
  std::vector<BookLevel> bids;             // depth and snapshot; a ticker's best
  std::vector<BookLevel> asks;
  Price price;  // trade
  Quantity qty;
  bool buyer_is_maker = false;
};

class FrameParser {
 public:
  FrameParser();
  FrameParser(const FrameParser&) = delete;
  FrameParser& operator=(const FrameParser&) = delete;
  ~FrameParser();

  /// The frame lives until the next call. The error names the field.
  Result<const Frame*> parse(std::string_view json);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ballast

#include "adapters/feed/gemini/gemini.hpp"

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"
#include "market/order_book.hpp"

namespace ballast {
namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;

constexpr ImportOption options[] = {
    {"instrument", "", "name of the instrument that the file is of", true},
    {"venue", "gemini", "its venue"},
};

Result<Timestamp> time_of(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(text, field(row, column));
  auto time = parse_epoch(text, ns_per_s);
  if (!time) return in_column(column, time.error());
  return time;
}

/// "price_size"; an empty field or a bare "_" is a side without orders.
Result<BookLevel> side_of(const CsvRow& row, const CsvColumn& column) {
  BALLAST_TRY(text, field(row, column));
  if (text.empty() || text == "_") return BookLevel{};
  const std::size_t split = text.find('_');
  if (split == std::string_view::npos) {
    return in_column(column,
                     {Errc::bad_input,
                      fmt::format("{} is not price_size, such as 2271.58_1.6477", shown(text))});
  }
  auto price = parse_number<Price>(text.substr(0, split));
  if (!price) return in_column(column, price.error());
  auto qty = parse_number<Quantity>(text.substr(split + 1));
  if (!qty) return in_column(column, qty.error());
  if (price->sign() <= 0 || qty->sign() < 0) {
    return in_column(column, {Errc::bad_input, fmt::format("{} is not above zero", shown(text))});
  }
  return BookLevel{*price, *qty};
}

class GeminiTop final : public CsvImporter {
 public:
  explicit GeminiTop(InstrumentId instrument) : instrument_(instrument) {}

 protected:
  Result<bool> header(const CsvRow& row) override {
    BALLAST_TRY(time, find_column(row, "time_seconds"));
    BALLAST_TRY(bid, find_column(row, "bid_price_bid_size"));
    BALLAST_TRY(ask, find_column(row, "ask_price_ask_size"));
    time_ = time;
    bid_ = bid;
    ask_ = ask;
    return true;
  }
  Result<void> row(const CsvRow& row,
                   std::string_view /*text*/,
                   std::size_t /*number*/,
                   ImportSink& sink) override {
    BALLAST_TRY(time, time_of(row, time_));
    BALLAST_TRY(bid, side_of(row, bid_));
    BALLAST_TRY(ask, side_of(row, ask_));
    sink.event({time, Top{instrument_, bid.price, bid.qty, ask.price, ask.qty}});
    return {};
  }

 private:
  InstrumentId instrument_;
  CsvColumn time_;
  CsvColumn bid_;
  CsvColumn ask_;
};

class GeminiTrade final : public CsvImporter {
 public:
  explicit GeminiTrade(InstrumentId instrument) : instrument_(instrument) {}

 protected:
  Result<bool> header(const CsvRow& row) override {
    BALLAST_TRY(time, find_column(row, "time_seconds"));
    BALLAST_TRY(price, find_column(row, "price"));
    BALLAST_TRY(size, find_column(row, "size"));
    BALLAST_TRY(is_buyer_maker, find_column(row, "is_buyer_maker"));
    time_ = time;
    price_ = price;
    size_ = size;
    is_buyer_maker_ = is_buyer_maker;
    return true;
  }
  Result<void> row(const CsvRow& row,
                   std::string_view /*text*/,
                   std::size_t /*number*/,
                   ImportSink& sink) override {
    BALLAST_TRY(time, time_of(row, time_));
    BALLAST_TRY(price, number_field<Price>(row, price_, Sign::positive));
    BALLAST_TRY(size, number_field<Quantity>(row, size_, Sign::positive));
    BALLAST_TRY(buyer_maker, field(row, is_buyer_maker_));
    if (buyer_maker != "0" && buyer_maker != "1") {
      return in_column(is_buyer_maker_,
                       {Errc::bad_input, fmt::format("{} is neither 0 nor 1", shown(buyer_maker))});
    }
    // When the buyer's order rested, the seller was the aggressor.
    const Side aggressor = buyer_maker == "1" ? Side::sell : Side::buy;
    sink.event({time, Trade{instrument_, price, size, aggressor}});
    return {};
  }

 private:
  InstrumentId instrument_;
  CsvColumn time_;
  CsvColumn price_;
  CsvColumn size_;
  CsvColumn is_buyer_maker_;
};

template <class Kind>
Result<std::unique_ptr<Importer>> make(const ImportSettings& settings, DeskBuilder& desk) {
  BALLAST_TRY(venue, venue_named(desk, setting(settings, "venue")));
  BALLAST_TRY(instrument, instrument_named(desk, setting(settings, "instrument"), venue));
  return std::make_unique<Kind>(instrument);
}

}  // namespace

const ImporterKind gemini_top_kind{"gemini-top",
                                   "Gemini-style market-depth CSV (price_size pairs) to tops",
                                   options, make<GeminiTop>};
const ImporterKind gemini_trade_kind{"gemini-trade", "Gemini-style trade CSV to trades", options,
                                     make<GeminiTrade>};

}  // namespace ballast

#include "adapters/feed/binance_kline/binance_kline.hpp"

#include <algorithm>

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"

namespace ballast {
namespace {

constexpr ImportOption options[] = {
    {"instrument", "", "name of the instrument that the candles are of", true},
    {"venue", "binance", "its venue"},
    {"open", "no", "yes: also a mark of the open price at open time"},
};

class BinanceKline final : public CsvImporter {
 public:
  BinanceKline(InstrumentId instrument, bool open) : instrument_(instrument), open_(open) {}

 protected:
  Result<bool> header(const CsvRow& row) override {
    // A header has a name where data has a number.
    if (row[0].empty() || (row[0][0] >= '0' && row[0][0] <= '9')) {
      open_time_ = {0, "open_time"};
      open_price_ = {1, "open"};
      close_price_ = {4, "close"};
      close_time_ = {6, "close_time"};
      return false;
    }
    BALLAST_TRY(open_time, find_column(row, "open_time"));
    BALLAST_TRY(open, find_column(row, "open"));
    BALLAST_TRY(close, find_column(row, "close"));
    BALLAST_TRY(close_time, find_column(row, "close_time"));
    open_time_ = open_time;
    open_price_ = open;
    close_price_ = close;
    close_time_ = close_time;
    return true;
  }

  Result<void> row(const CsvRow& row,
                   std::string_view /*text*/,
                   std::size_t /*number*/,
                   ImportSink& sink) override {
    BALLAST_TRY(open_time, time(row, open_time_));
    BALLAST_TRY(close_time, time(row, close_time_));
    BALLAST_TRY(open, number_field<Price>(row, open_price_, Sign::positive));
    BALLAST_TRY(close, number_field<Price>(row, close_price_, Sign::positive));
    // Equal is what the venue wrote when it closed within the first millisecond (2017-09-06).
    if (close_time < open_time) {
      return in_column(close_time_, {Errc::bad_input, "the candle closes before it opens"});
    }
    if (open_) sink.event({open_time, Mark{instrument_, {}, {}, open}});
    sink.event({close_time, Mark{instrument_, {}, {}, close}});
    return {};
  }

 private:
  Result<Timestamp> time(const CsvRow& row, const CsvColumn& column) const {
    BALLAST_TRY(text, field(row, column));
    auto time = time_format_.read(text);
    if (!time) return in_column(column, time.error());
    return time;
  }

  InstrumentId instrument_;
  bool open_;
  TimeFormat time_format_;  // auto
  CsvColumn open_time_;
  CsvColumn open_price_;
  CsvColumn close_price_;
  CsvColumn close_time_;
};

Result<std::unique_ptr<Importer>> make(const ImportSettings& settings, DeskBuilder& desk) {
  BALLAST_TRY(venue, venue_named(desk, setting(settings, "venue")));
  BALLAST_TRY(instrument, instrument_named(desk, setting(settings, "instrument"), venue));
  BALLAST_TRY(open, yes_no_setting(settings, "open"));
  return std::make_unique<BinanceKline>(instrument, open);
}

}  // namespace

const ImporterKind binance_kline_kind{
    "binance-kline", "Binance candles (CSV) to marks: the close price at close time", options,
    make};

}  // namespace ballast

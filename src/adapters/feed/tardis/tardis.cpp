#include "adapters/feed/tardis/tardis.hpp"

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"
#include "market/order_book.hpp"

namespace ballast {
namespace {

constexpr std::int64_t ns_per_us = 1'000;

constexpr ImportOption options[] = {
    {"instrument", "", "name of the instrument; default: the symbol column"},
    {"venue", "", "its venue; default: the exchange column"},
    {"time", "timestamp",
     "the time of an event: timestamp (the venue's) or local_timestamp (arrival)"},
};

/// What the three datasets share: time and instrument of a row.
class TardisImporter : public CsvImporter {
 public:
  TardisImporter(const ImportSettings& settings, DeskBuilder& desk)
      : desk_(desk),
        instrument_name_(setting(settings, "instrument")),
        venue_name_(setting(settings, "venue")),
        time_name_(setting(settings, "time")) {}

 protected:
  Result<bool> header(const CsvRow& row) final {
    BALLAST_TRY(exchange, find_column(row, "exchange"));
    BALLAST_TRY(symbol, find_column(row, "symbol"));
    BALLAST_TRY(time, find_column(row, time_name_));
    BALLAST_CHECK(find_columns(row));
    exchange_ = exchange;
    symbol_ = symbol;
    time_ = time;
    return true;
  }
  virtual Result<void> find_columns(const CsvRow& row) = 0;

  Result<Timestamp> time(const CsvRow& row) const {
    BALLAST_TRY(text, field(row, time_));
    auto time = parse_epoch(text, ns_per_us);
    if (!time) return in_column(time_, time.error());
    return time;
  }

  /// Nearly every row names what the row before it named.
  Result<InstrumentId> instrument(const CsvRow& row) {
    BALLAST_TRY(exchange, field(row, exchange_));
    BALLAST_TRY(symbol, field(row, symbol_));
    if (instrument_.valid() && exchange == last_exchange_ && symbol == last_symbol_) {
      return instrument_;
    }
    if (!instrument_name_.empty() && instrument_.valid()) {
      return in_column(symbol_,
                       {Errc::bad_input,
                        fmt::format("{} is a second symbol, which instrument={} cannot name too",
                                    shown(symbol), instrument_name_)});
    }
    auto venue = venue_named(desk_, venue_name_.empty() ? exchange : venue_name_);
    if (!venue) return in_column(exchange_, venue.error());
    auto made =
        instrument_named(desk_, instrument_name_.empty() ? symbol : instrument_name_, *venue);
    if (!made) return in_column(symbol_, made.error());
    last_exchange_ = exchange;
    last_symbol_ = symbol;
    instrument_ = *made;
    return made;
  }

 private:
  DeskBuilder& desk_;
  std::string instrument_name_;
  std::string venue_name_;
  std::string time_name_;
  CsvColumn exchange_;
  CsvColumn symbol_;
  CsvColumn time_;
  std::string last_exchange_;
  std::string last_symbol_;
  InstrumentId instrument_;
};

class TardisTrades final : public TardisImporter {
 public:
  using TardisImporter::TardisImporter;

  Result<void> finish(ImportSink& sink) override {
    if (unknown_sides_ > 0) {
      sink.note({ImportNote::Kind::ignored, 0,
                 fmt::format("{} trades of unknown side were left out", unknown_sides_)});
    }
    return {};
  }

 protected:
  Result<void> find_columns(const CsvRow& row) override {
    BALLAST_TRY(side, find_column(row, "side"));
    BALLAST_TRY(price, find_column(row, "price"));
    BALLAST_TRY(amount, find_column(row, "amount"));
    side_ = side;
    price_ = price;
    amount_ = amount;
    return {};
  }
  Result<void> row(const CsvRow& row,
                   std::string_view /*text*/,
                   std::size_t /*number*/,
                   ImportSink& sink) override {
    BALLAST_TRY(t, time(row));
    BALLAST_TRY(price, number_field<Price>(row, price_, Sign::positive));
    BALLAST_TRY(amount, number_field<Quantity>(row, amount_, Sign::positive));
    BALLAST_TRY(side_text, field(row, side_));
    constexpr std::string_view sides[] = {"buy", "sell", "unknown"};
    auto side = choose("side", side_text, sides);
    if (!side) return in_column(side_, side.error());
    BALLAST_TRY(id, instrument(row));
    if (*side == 2) {
      ++unknown_sides_;
    } else {
      sink.event({t, Trade{id, price, amount, *side == 0 ? Side::buy : Side::sell}});
    }
    return {};
  }

 private:
  CsvColumn side_;
  CsvColumn price_;
  CsvColumn amount_;
  std::uint64_t unknown_sides_ = 0;
};

/// Where a dataset keeps the best level of each side.
struct TopColumns {
  std::string_view bid_price;
  std::string_view bid_qty;
  std::string_view ask_price;
  std::string_view ask_qty;
};
constexpr TopColumns quotes_columns{"bid_price", "bid_amount", "ask_price", "ask_amount"};
constexpr TopColumns snapshot_columns{"bids[0].price", "bids[0].amount", "asks[0].price",
                                      "asks[0].amount"};

class TardisTops final : public TardisImporter {
 public:
  TardisTops(const ImportSettings& settings, DeskBuilder& desk, const TopColumns& names)
      : TardisImporter(settings, desk), names_(names) {}

 protected:
  Result<void> find_columns(const CsvRow& row) override {
    BALLAST_TRY(bid_price, find_column(row, names_.bid_price));
    BALLAST_TRY(bid_qty, find_column(row, names_.bid_qty));
    BALLAST_TRY(ask_price, find_column(row, names_.ask_price));
    BALLAST_TRY(ask_qty, find_column(row, names_.ask_qty));
    bid_price_ = bid_price;
    bid_qty_ = bid_qty;
    ask_price_ = ask_price;
    ask_qty_ = ask_qty;
    return {};
  }
  Result<void> row(const CsvRow& row,
                   std::string_view /*text*/,
                   std::size_t /*number*/,
                   ImportSink& sink) override {
    BALLAST_TRY(t, time(row));
    BALLAST_TRY(bid, level(row, bid_price_, bid_qty_));
    BALLAST_TRY(ask, level(row, ask_price_, ask_qty_));
    BALLAST_TRY(id, instrument(row));
    sink.event({t, Top{id, bid.price, bid.qty, ask.price, ask.qty}});
    return {};
  }

 private:
  static Result<BookLevel> level(const CsvRow& row, const CsvColumn& price, const CsvColumn& qty) {
    BALLAST_TRY(text, field(row, price));
    if (text.empty()) return BookLevel{};
    BALLAST_TRY(level_price, number_field<Price>(row, price, Sign::positive));
    BALLAST_TRY(level_qty, number_field<Quantity>(row, qty, Sign::not_negative));
    return BookLevel{level_price, level_qty};
  }

  TopColumns names_;
  CsvColumn bid_price_;
  CsvColumn bid_qty_;
  CsvColumn ask_price_;
  CsvColumn ask_qty_;
};

Result<void> check(const ImportSettings& settings) {
  constexpr std::string_view times[] = {"timestamp", "local_timestamp"};
  BALLAST_CHECK(choice_setting(settings, "time", times));
  return {};
}

Result<std::unique_ptr<Importer>> make_trades(const ImportSettings& settings, DeskBuilder& desk) {
  BALLAST_CHECK(check(settings));
  return std::make_unique<TardisTrades>(settings, desk);
}
Result<std::unique_ptr<Importer>> make_quotes(const ImportSettings& settings, DeskBuilder& desk) {
  BALLAST_CHECK(check(settings));
  return std::make_unique<TardisTops>(settings, desk, quotes_columns);
}
Result<std::unique_ptr<Importer>> make_snapshots(const ImportSettings& settings,
                                                 DeskBuilder& desk) {
  BALLAST_CHECK(check(settings));
  return std::make_unique<TardisTops>(settings, desk, snapshot_columns);
}

}  // namespace

const ImporterKind tardis_trades_kind{"tardis-trades", "Tardis trades CSV to trades", options,
                                      make_trades};
const ImporterKind tardis_quotes_kind{"tardis-quotes", "Tardis quotes CSV to tops", options,
                                      make_quotes};
const ImporterKind tardis_book_snapshot_kind{
    "tardis-book-snapshot",
    "Tardis book_snapshot_5 or book_snapshot_25 CSV: its best levels to tops", options,
    make_snapshots};

}  // namespace ballast

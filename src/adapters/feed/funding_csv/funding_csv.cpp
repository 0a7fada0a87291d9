#include "adapters/feed/funding_csv/funding_csv.hpp"

#include <algorithm>
#include <optional>

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"

namespace ballast {
namespace {

constexpr ImportOption options[] = {
    {"instrument", "", "name of the instrument; default: the Symbol column"},
    {"venue", "unknown", "its venue"},
    {"interval", "infer",
     "length of a funding interval, such as 8h; infer: from the spacing of rows"},
    {"time_format", "%Y-%m-%d %H:%M:%S", "of the Date column; as the csv format has it"},
    {"utc_offset", "Z", "how far the Date column is ahead of UTC, such as +03:00"},
};

class FundingCsv final : public CsvImporter {
 public:
  FundingCsv(std::string_view instrument_name,
             VenueId venue,
             std::optional<Duration> interval,
             TimeFormat time_format,
             DeskBuilder& desk)
      : desk_(desk),
        instrument_name_(instrument_name),
        venue_(venue),
        interval_(interval),
        time_format_(std::move(time_format)) {}

  Result<void> end_of_file(ImportSink& sink) override {
    const auto last = emit(std::nullopt, sink);
    held_.reset();
    before_.reset();
    BALLAST_CHECK(last);
    return CsvImporter::end_of_file(sink);
  }

 protected:
  Result<bool> header(const CsvRow& row) override {
    BALLAST_TRY(symbol, find_column(row, "Symbol"));
    BALLAST_TRY(date, find_column(row, "Date"));
    BALLAST_TRY(rate, find_column(row, "Funding Rate"));
    symbol_ = symbol;
    date_ = date;
    rate_ = rate;
    return true;
  }

  Result<void> row(const CsvRow& row,
                   std::string_view /*text*/,
                   std::size_t /*number*/,
                   ImportSink& sink) override {
    BALLAST_TRY(symbol, field(row, symbol_));
    BALLAST_TRY(date, field(row, date_));
    auto t = time_format_.read(date);
    if (!t) return in_column(date_, t.error());
    BALLAST_TRY(rate, number_field<Decimal>(row, rate_, Sign::any));
    auto instrument =
        instrument_named(desk_, instrument_name_.empty() ? symbol : instrument_name_, venue_);
    if (!instrument) return in_column(symbol_, instrument.error());
    const Held next{*t, *instrument, rate};
    const bool same = held_ && held_->instrument == next.instrument;
    if (same && next.t <= held_->t) {
      return in_column(
          date_, {Errc::bad_input, fmt::format("{} is not after the row before it", shown(date))});
    }
    BALLAST_CHECK(emit(same ? std::optional(next.t) : std::nullopt, sink));
    before_ = same ? std::optional(held_->t) : std::nullopt;
    held_ = next;
    return {};
  }

 private:
  struct Held {
    Timestamp t;
    InstrumentId instrument;
    Decimal rate;
  };

  /// Sends the held row, now that it is known when the next one is.
  Result<void> emit(std::optional<Timestamp> next, ImportSink& sink) const {
    if (!held_) return {};
    std::optional<Duration> interval = interval_;
    if (!interval && before_) interval = held_->t - *before_;
    if (!interval_ && next)
      interval = std::min(interval.value_or(*next - held_->t), *next - held_->t);
    if (!interval) {
      return fail(Errc::bad_input, "a single row shows no interval; give interval=8h or the like");
    }
    constexpr Duration minute = Duration::minutes(1);
    const std::int64_t minutes = (interval->ns + minute.ns / 2) / minute.ns;
    BALLAST_TRY(hours, quotient<Decimal>(Decimal::whole(std::max<std::int64_t>(minutes, 1)),
                                         Decimal::whole(60)));
    sink.event({held_->t, FundingRate{held_->instrument, held_->rate, hours}});
    return {};
  }

  DeskBuilder& desk_;
  std::string instrument_name_;
  VenueId venue_;
  std::optional<Duration> interval_;
  TimeFormat time_format_;
  CsvColumn symbol_;
  CsvColumn date_;
  CsvColumn rate_;
  std::optional<Held> held_;         // waits for the next row
  std::optional<Timestamp> before_;  // the row before it, of the same symbol
};

Result<std::unique_ptr<Importer>> make(const ImportSettings& settings, DeskBuilder& desk) {
  BALLAST_TRY(venue, venue_named(desk, setting(settings, "venue")));
  BALLAST_TRY(offset, parse_utc_offset(setting(settings, "utc_offset")));
  BALLAST_TRY(format, TimeFormat::create(setting(settings, "time_format"), offset));
  std::optional<Duration> interval;
  if (setting(settings, "interval") != "infer") {
    BALLAST_TRY(given, duration_setting(settings, "interval"));
    if (given < Duration::minutes(1)) {
      return fail(Errc::bad_input, "setting interval= is shorter than a minute");
    }
    interval = given;
  }
  return std::make_unique<FundingCsv>(setting(settings, "instrument"), venue, interval,
                                      std::move(format), desk);
}

}  // namespace

const ImporterKind funding_csv_kind{
    "funding-csv", "funding histories (CSV: Symbol, Date, Funding Rate) to funding_rate", options,
    make};

}  // namespace ballast

#include "apps/ballast/calendar.hpp"

#include <algorithm>

#include "adapters/config/config.hpp"
#include "adapters/store/hours.hpp"
#include "adapters/store/reader.hpp"
#include "adherence/still_run.hpp"
#include "engine/report_factor.hpp"

namespace ballast {
namespace {

/// The calendar window that holds t: its beginning. Weeks begin on Monday.
Timestamp window_begin(Timestamp t, std::string_view window) {
  if (window == "hour") return floor_to(t, Duration::hours(1));
  const Timestamp day = floor_to(t, Duration::days(1));
  const CivilTime civil = civil_time(day);
  if (window == "week") return day - Duration::days((civil.weekday + 6) % 7);
  if (window == "month") return day - Duration::days(civil.day - 1);
  return day;
}

/// And its end.
Timestamp window_end(Timestamp t, std::string_view window) {
  const Timestamp begin = window_begin(t, window);
  if (window == "hour") return begin + Duration::hours(1);
  if (window == "week") return begin + Duration::days(7);
  if (window == "month") return window_begin(begin + Duration::days(31), window);
  return begin + Duration::days(1);
}

/// The hours of each factor in turn, merged to one row a window.
class Windows {
 public:
  Windows(const Desk& desk, std::string_view window) : desk_(desk), window_(window) {}

  /// An hour, or as much of a run of them as is within the span and one window.
  void add(const StoredHour& hour) {
    const bool same =
        open_ && open_->factor == hour.factor && open_->book == hour.book &&
        window_begin(open_->summary.from, window_) == window_begin(hour.summary.from, window_);
    if (same) {
      open_->summary = merge(open_->summary, hour.summary);
    } else {
      close();
      open_ = hour;
    }
  }
  std::vector<WindowRow> take() {
    close();
    return std::move(rows_);
  }

 private:
  void close() {
    if (!open_) return;
    WindowRow row;
    static_cast<FactorFigures&>(row) = factor_figures(open_->summary, desk_.grid);
    row.factor = open_->factor;
    row.book = open_->book;
    const FactorId id = desk_.find_factor(open_->factor, open_->book);
    if (id.valid()) row.unit = desk_.asset(desk_.factor(id).unit).name;
    row.from = open_->summary.from;
    row.to = open_->summary.to;
    rows_.push_back(std::move(row));
    open_.reset();
  }

  const Desk& desk_;
  std::string_view window_;
  std::vector<WindowRow> rows_;
  std::optional<StoredHour> open_;
};

}  // namespace

Result<std::vector<WindowRow>> calendar_rows(const std::string& journal, const CalendarSpan& span) {
  BALLAST_TRY(reader, JournalReader::open(journal));
  BALLAST_TRY(desk, load_desk(reader.desk(), journal));
  Windows windows(desk, span.window);
  BALLAST_CHECK(visit_hours(journal, [&](const StoredHour& hour) {
    if (span.wanted && !span.wanted(hour.factor, hour.book)) return;
    const Summary& summary = hour.summary;
    const Timestamp from = std::max(summary.from, span.from.value_or(summary.from));
    const Timestamp to = std::min(summary.to, span.to.value_or(summary.to));
    if (from >= to) return;
    if (!is_still_run(summary)) return windows.add(hour);
    for (Timestamp begin = from, end; begin < to; begin = end) {
      end = std::min(to, window_end(begin, span.window));
      windows.add({hour.factor, hour.book, part_of_still_run(summary, begin, end, desk.grid)});
    }
  }));
  return windows.take();
}

}  // namespace ballast

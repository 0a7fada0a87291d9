#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "adapters/report/render.hpp"
#include "json/json_writer.hpp"

namespace ballast {
namespace {

/// One line of RFC 4180: built twice from one list of columns, for the header and for each row.
class CsvLine {
 public:
  explicit CsvLine(bool header) : header_(header) {}

  void column(std::string_view name, std::string_view text) { put(header_ ? name : text); }
  void column(std::string_view name, const std::string& text) {
    column(name, std::string_view(text));
  }
  void column(std::string_view name, const std::optional<double>& value) {
    column(name, value && std::isfinite(*value) ? shortest_text(*value) : std::string());
  }
  void column(std::string_view name, std::uint64_t value) { column(name, std::to_string(value)); }
  void column(std::string_view name, Timestamp t) { column(name, to_string(t)); }
  void column(std::string_view name, const std::optional<Decimal>& value) {
    column(name, value ? to_string(*value) : std::string());
  }
  std::string take() { return std::move(out_ += '\n'); }

 private:
  void put(std::string_view text) {
    if (!first_) out_ += ',';
    first_ = false;
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
      out_ += text;
      return;
    }
    out_ += '"';
    for (const char c : text) {
      if (c == '"') out_ += '"';
      out_ += c;
    }
    out_ += '"';
  }

  bool header_;
  bool first_ = true;
  std::string out_;
};

void put_range(CsvLine& line, const std::string& name, const std::optional<Range>& range) {
  line.column(name + "_lower", range ? std::optional(range->lower) : std::nullopt);
  line.column(name + "_upper", range ? std::optional(range->upper) : std::nullopt);
}

std::string causes_text(const FactorFigures& f) {
  std::string text;
  for (const auto& [cause, seconds] : f.out_of_band_seconds_by_cause) {
    if (!text.empty()) text += ';';
    text += cause + '=' + (std::isfinite(seconds) ? shortest_text(seconds) : std::string());
  }
  return text;
}

void put_figures(CsvLine& line, const FactorFigures& f) {
  line.column("known_seconds", std::optional(f.known_seconds));
  line.column("unknown_fraction", std::optional(f.unknown_fraction));
  line.column("adherence", f.adherence);
  line.column("time_in_band", f.time_in_band);
  line.column("time_above", f.time_above);
  line.column("time_below", f.time_below);
  line.column("time_past_limit", f.time_past_limit);
  line.column("bias", f.bias);
  line.column("rms_z", f.rms_z);
  line.column("max_abs_z", f.max_abs_z);
  line.column("iae", f.iae);
  line.column("ise", f.ise);
  line.column("excursions", f.excursions.count);
  line.column("longest_excursion_seconds", std::optional(f.excursions.longest_seconds));
  line.column("mean_excursion_seconds", f.excursions.mean_seconds);
  line.column("mean_seconds_between_starts", f.excursions.mean_seconds_between_starts);
  line.column("open_seconds", f.excursions.open_seconds);
  line.column("half_life_seconds", f.half_life_seconds);
  line.column("deviation_pnl", f.deviation_pnl);
  line.column("effectiveness", f.effectiveness);
  line.column("minimum_variance_index",
              f.minimum_variance ? std::optional(f.minimum_variance->index) : std::nullopt);
  line.column("out_of_band_seconds_by_cause", causes_text(f));
}

void put_profit(CsvLine& line, const std::optional<FactorProfit>& profit) {
  const auto part = [&](Decimal FactorProfit::*member) {
    return profit ? std::optional((*profit).*member) : std::nullopt;
  };
  line.column("pnl_spread", part(&FactorProfit::spread));
  line.column("pnl_target", part(&FactorProfit::target));
  line.column("pnl_deviation", part(&FactorProfit::deviation));
  line.column("pnl_basis", part(&FactorProfit::basis));
  line.column("pnl_funding", part(&FactorProfit::funding));
  line.column("pnl_fees", part(&FactorProfit::fees));
  line.column("pnl_total", part(&FactorProfit::total));
}

/// What the options in a delta factor earned, whose own profit parts are not told then.
const ExplainView* explained_options(const Report& report, const FactorReport& f) {
  for (const OptionsReport& one : report.options) {
    if (f.factor == "delta:" + one.explain.underlying && f.book == one.explain.book)
      return &one.explain;
  }
  return nullptr;
}

void put_options(CsvLine& line, const ExplainView* view) {
  std::optional<PnlExplain> sum;
  if (view != nullptr) {
    sum = view->all;
    if (view->open) *sum += *view->open;
  }
  const auto part = [&](double PnlExplain::*member) {
    return sum ? std::optional((*sum).*member) : std::nullopt;
  };
  line.column("options_delta", part(&PnlExplain::delta));
  line.column("options_gamma", part(&PnlExplain::gamma));
  line.column("options_vega", part(&PnlExplain::vega));
  line.column("options_theta", part(&PnlExplain::theta));
  line.column("options_vanna", part(&PnlExplain::vanna));
  line.column("options_volga", part(&PnlExplain::volga));
  line.column("options_new_trades", part(&PnlExplain::new_trades));
  line.column("options_unexplained", part(&PnlExplain::unexplained));
  line.column("options_total", sum ? std::optional(sum->total()) : std::nullopt);
  line.column("options_unknown_seconds",
              view != nullptr ? std::optional(view->unknown_seconds) : std::nullopt);
}

/// "deribit/main BTC=0.35;deribit/sub BTC=": of each account on the coin of the desk's delta
/// factor.
template <class Figure>
std::string margins_text(const Report& report, const FactorReport& f, const Figure& figure) {
  std::string text;
  for (const MarginView& view : report.margins) {
    const bool on_it = f.book == "*" && std::any_of(view.coins.begin(), view.coins.end(),
                                                    [&](const std::string& coin) {
                                                      return f.factor == "delta:" + coin;
                                                    });
    if (!on_it) continue;
    const std::optional<double> value = view.figures ? figure(*view.figures) : std::nullopt;
    text += fmt::format("{}{}/{} {}={}", text.empty() ? "" : ";", view.venue, view.account,
                        view.currency, value ? shortest_text(*value) : std::string());
  }
  return text;
}

void put_margins(CsvLine& line, const Report& report, const FactorReport& f) {
  const auto part = [&](std::string_view name, auto MarginFigures::*member) {
    line.column(name, margins_text(report, f, [&](const MarginFigures& figures) {
                  return std::optional<double>(figures.*member);
                }));
  };
  part("margin_equity", &MarginFigures::equity);
  part("margin_initial", &MarginFigures::initial);
  part("margin_maintenance", &MarginFigures::maintenance);
  part("margin_use", &MarginFigures::use);
  part("margin_free", &MarginFigures::free);
}

std::string factor_line(bool header, const FactorReport& f, const Report& report) {
  CsvLine line(header);
  line.column("factor", f.factor);
  line.column("book", f.book);
  line.column("unit", f.unit);
  line.column("state", f.state);
  line.column("actual", f.actual);
  line.column("target", f.target);
  put_range(line, "band", f.band);
  put_range(line, "limit", f.limit);
  line.column("deviation", f.deviation);
  line.column("z", f.z);
  line.column("skew", f.skew);
  put_figures(line, f);
  put_profit(line, f.profit);
  line.column("unknown_reason", f.unknown_reason);
  if (!report.options.empty()) put_options(line, explained_options(report, f));
  if (!report.margins.empty()) put_margins(line, report, f);
  return line.take();
}

std::string window_line(bool header, const WindowRow& row) {
  CsvLine line(header);
  line.column("from", row.from);
  line.column("to", row.to);
  line.column("factor", row.factor);
  line.column("book", row.book);
  line.column("unit", row.unit);
  put_figures(line, row);
  return line.take();
}

}  // namespace

std::string render_csv(const Report& report) {
  std::string out = factor_line(true, {}, report);
  for (const FactorReport& f : report.factors)
    out += factor_line(false, f, report);
  return out;
}

std::string render_windows_csv(std::span<const WindowRow> rows) {
  std::string out = window_line(true, {});
  for (const WindowRow& row : rows)
    out += window_line(false, row);
  return out;
}

}  // namespace ballast

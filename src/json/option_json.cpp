#include "json/option_json.hpp"

#include <array>
#include <string_view>

#include "engine/option_views.hpp"
#include "json/report_json.hpp"

namespace ballast {
namespace {

using Layout = JsonWriter::Layout;

std::string_view right_word(OptionRight right) {
  return right == OptionRight::call ? "call" : "put";
}

void write_head(JsonWriter& out, const OptionsOf& of, bool quote = true) {
  out.key("underlying").value(of.underlying);
  if (quote) out.key("quote").value(of.quote);
  out.key("book").value(of.book);
}

void write_as_of(JsonWriter& out, const OptionsOf& of, Seq seq) {
  out.key("as_of").value(of.as_of);
  if (seq) out.key("seq").value(*seq);
}

/// The members of an object; null each, where there are none.
void write_figures(JsonWriter& out, const std::optional<GreekFigures>& figures) {
  const auto member = [&](std::string_view name, double GreekFigures::*part) {
    out.key(name).value(figures ? std::optional((*figures).*part) : std::nullopt);
  };
  member("value", &GreekFigures::value);
  member("delta", &GreekFigures::delta);
  member("delta_net", &GreekFigures::delta_net);
  member("delta_equity", &GreekFigures::delta_equity);
  member("gamma", &GreekFigures::gamma);
  member("vega", &GreekFigures::vega);
  member("theta", &GreekFigures::theta);
  member("vanna", &GreekFigures::vanna);
  member("volga", &GreekFigures::volga);
}

void write_total(JsonWriter& out, const std::optional<GreekFigures>& figures) {
  out.key("total");
  if (!figures) return out.null();
  out.begin_object(Layout::inline_);
  write_figures(out, figures);
  out.end_object();
}

void write_expiry(JsonWriter& out, const OptionExpiryView& expiry, bool of_list) {
  out.begin_object(Layout::inline_);
  out.key("expiry").value(expiry.expiry);
  out.key("days").value(expiry.days);
  out.key("state").value(pricing_word(expiry.state));
  out.key("forward").value(expiry.forward);
  out.key("atm_vol").value(expiry.atm_vol);
  out.key("contracts").value(expiry.contracts);
  if (!of_list) write_total(out, expiry.total);
  out.end_object();
}

void write_line(JsonWriter& out, const OptionLineView& line) {
  out.begin_object(Layout::inline_);
  out.key("instrument").value(line.instrument);
  out.key("expiry").value(line.expiry);
  out.key("strike").value(line.strike);
  out.key("right").value(right_word(line.right));
  out.key("contracts").value(line.contracts);
  out.key("coins").value(line.coins);
  out.key("vol").value(line.vol);
  out.key("mark").value(line.mark);
  write_figures(out, line.greeks);
  out.end_object();
}

template <class Items, class Write>
void write_array(JsonWriter& out, std::string_view key, const Items& items, const Write& write) {
  out.key(key).begin_array();
  for (const auto& item : items)
    write(item);
  out.end_array();
}

void write_numbers(JsonWriter& out, std::string_view key, const std::vector<double>& numbers) {
  out.key(key).begin_array(Layout::inline_);
  for (const double number : numbers)
    out.value(number);
  out.end_array();
}

void write_side(JsonWriter& out, std::string_view key, BandSide side) {
  constexpr std::array<std::string_view, 4> names{"", "below", "inside", "above"};
  out.key(key);
  if (side == BandSide::none) return out.null();
  out.value(names[static_cast<std::size_t>(side)]);
}

void write_target(JsonWriter& out,
                  std::string_view key,
                  const std::optional<ScenarioTarget>& target) {
  out.key(key);
  if (!target) return out.null();
  out.begin_object(Layout::inline_);
  out.key("factor").value(target->factor);
  out.key("target").value(target->band.target);
  out.key("lower").value(target->band.lower);
  out.key("upper").value(target->band.upper);
  out.end_object();
}

/// Nulls where there are none.
void write_parts(JsonWriter& out, const std::optional<PnlExplain>& parts) {
  const auto part = [&](std::string_view name, double PnlExplain::*member) {
    out.key(name).value(parts ? std::optional((*parts).*member) : std::nullopt);
  };
  part("delta", &PnlExplain::delta);
  part("gamma", &PnlExplain::gamma);
  part("vega", &PnlExplain::vega);
  part("theta", &PnlExplain::theta);
  part("vanna", &PnlExplain::vanna);
  part("volga", &PnlExplain::volga);
  part("new_trades", &PnlExplain::new_trades);
  part("unexplained", &PnlExplain::unexplained);
  out.key("total").value(parts ? std::optional(parts->total()) : std::nullopt);
}

void write_sum(JsonWriter& out, std::string_view key, const std::optional<PnlExplain>& parts) {
  out.key(key);
  if (!parts) return out.null();
  out.begin_object(Layout::inline_);
  write_parts(out, parts);
  out.end_object();
}

}  // namespace

void write_option_underlying(JsonWriter& out,
                             const GreeksView& whole,
                             const std::vector<std::string>& books) {
  out.begin_object();
  out.key("underlying").value(whole.underlying);
  out.key("quote").value(whole.quote);
  write_array(out, "books", books, [&](const std::string& book) { out.value(book); });
  out.key("state").value(whole.total ? "valued" : "unknown");
  write_reason(out, "unknown_reason", whole.unknown_reason);
  out.key("as_of").value(whole.as_of);
  write_array(out, "expiries", whole.expiries,
              [&](const OptionExpiryView& expiry) { write_expiry(out, expiry, true); });
  out.end_object();
}

void write_greeks(JsonWriter& out, const GreeksView& view, Seq seq) {
  out.begin_object();
  write_head(out, view);
  write_as_of(out, view, seq);
  write_total(out, view.total);
  write_reason(out, "unknown_reason", view.unknown_reason);
  write_array(out, "expiries", view.expiries,
              [&](const OptionExpiryView& expiry) { write_expiry(out, expiry, false); });
  write_array(out, "lines", view.lines, [&](const OptionLineView& line) { write_line(out, line); });
  out.end_object();
}

void write_smile(JsonWriter& out, const SmileView& view, Seq seq) {
  out.begin_object();
  write_head(out, view, false);
  write_as_of(out, view, seq);
  write_array(out, "expiries", view.expiries, [&](const ExpirySmileView& expiry) {
    out.begin_object();
    out.key("expiry").value(expiry.expiry);
    out.key("days").value(expiry.days);
    out.key("forward").value(expiry.forward);
    out.key("surface_age_seconds").value(expiry.surface_age_seconds);
    write_array(out, "curve", expiry.curve, [&](const SmileCurvePoint& point) {
      out.begin_object(Layout::inline_);
      out.key("strike").value(point.strike);
      out.key("vol").value(point.vol);
      out.end_object();
    });
    write_array(out, "quotes", expiry.quotes, [&](const SmileQuoteView& quote) {
      out.begin_object(Layout::inline_);
      out.key("instrument").value(quote.instrument);
      out.key("strike").value(quote.strike);
      out.key("right").value(right_word(quote.right));
      out.key("bid_vol").value(quote.bid_vol);
      out.key("ask_vol").value(quote.ask_vol);
      out.key("mark_vol").value(quote.mark_vol);
      out.end_object();
    });
    write_array(out, "own", expiry.own, [&](const SmileOwn& own) {
      out.begin_object(Layout::inline_);
      out.key("strike").value(own.strike);
      out.key("contracts").value(own.contracts);
      out.key("vega").value(own.vega);
      out.end_object();
    });
    out.end_object();
  });
  out.end_object();
}

void write_scenarios(JsonWriter& out, const ScenarioView& view, Seq seq) {
  out.begin_object();
  write_head(out, view);
  write_as_of(out, view, seq);
  out.key("dynamics").value(smile_dynamics_names[static_cast<std::size_t>(view.dynamics)]);
  out.key("delta").value(delta_kind_names[static_cast<std::size_t>(view.delta)]);
  write_numbers(out, "spot", view.spot);
  write_numbers(out, "vol", view.vol);
  write_numbers(out, "days", view.days);
  out.key("target").begin_object();
  write_target(out, "delta", view.delta_target);
  write_target(out, "gamma", view.gamma_target);
  write_target(out, "vega", view.vega_target);
  out.end_object();
  write_reason(out, "unknown_reason", view.unknown_reason);
  write_array(out, "cells", view.cells, [&](const ScenarioFigures& cell) {
    out.begin_object(Layout::inline_);
    out.key("pnl").value(cell.pnl);
    out.key("delta").value(cell.delta);
    out.key("gamma").value(cell.gamma);
    out.key("vega").value(cell.vega);
    out.key("theta").value(cell.theta);
    write_side(out, "delta_side", cell.delta_side);
    write_side(out, "gamma_side", cell.gamma_side);
    write_side(out, "vega_side", cell.vega_side);
    out.end_object();
  });
  out.end_object();
}

void write_pnl_explain(JsonWriter& out, const ExplainView& view, Seq seq) {
  out.begin_object();
  write_head(out, view);
  write_as_of(out, view, seq);
  out.key("from").value(view.from);
  out.key("to").value(view.to);
  write_sum(out, "today", view.today);
  write_sum(out, "all", view.all);
  write_sum(out, "open", view.open);
  write_array(out, "steps", view.steps, [&](const ExplainStep& step) {
    out.begin_object(Layout::inline_);
    out.key("from").value(step.from);
    out.key("to").value(step.to);
    write_parts(out, step.parts);
    out.end_object();
  });
  out.key("unknown_seconds").value(view.unknown_seconds);
  out.key("unknown_seconds_today").value(view.unknown_seconds_today);
  out.end_object();
}

void write_options_report(JsonWriter& out, const OptionsReport& report) {
  out.begin_object();
  out.key("greeks");
  write_greeks(out, report.greeks);
  out.key("smile");
  write_smile(out, report.smile);
  out.key("scenarios");
  write_scenarios(out, report.scenarios);
  out.key("explain");
  write_pnl_explain(out, report.explain);
  out.end_object();
}

}  // namespace ballast

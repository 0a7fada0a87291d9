#include "json/margin_json.hpp"

#include "json/report_json.hpp"

namespace ballast {
namespace {

using Layout = JsonWriter::Layout;

/// Nulls where there are none.
void write_figures(JsonWriter& out, const std::optional<MarginFigures>& figures) {
  const auto member = [&](std::string_view name, auto MarginFigures::*part) {
    out.key(name).value(figures ? std::optional<double>((*figures).*part) : std::nullopt);
  };
  member("equity", &MarginFigures::equity);
  member("initial", &MarginFigures::initial);
  member("maintenance", &MarginFigures::maintenance);
  member("use", &MarginFigures::use);
  member("free", &MarginFigures::free);
  member("free_in_flight", &MarginFigures::free_in_flight);
  member("age_seconds", &MarginFigures::age_seconds);
}

void write_position(JsonWriter& out, const MarginPosition& position) {
  out.begin_object(Layout::inline_);
  out.key("instrument").value(position.instrument);
  out.key("coins").value(position.coins);
  out.key("initial").value(position.initial);
  out.key("maintenance").value(position.maintenance);
  out.end_object();
}

void write_worst(JsonWriter& out, const std::optional<WorstScenario>& worst) {
  out.key("worst");
  if (!worst) return out.null();
  out.begin_object(Layout::inline_);
  out.key("price_move").value(worst->price_move);
  out.key("vol").value(to_string(worst->vol));
  out.key("vol_move").value(worst->vol_move);
  out.key("extended").value(worst->extended);
  out.end_object();
}

void write_coin(JsonWriter& out, const CoinMarginView& coin) {
  out.begin_object(Layout::inline_);
  out.key("coin").value(coin.coin);
  out.key("initial").value(coin.initial);
  out.key("maintenance").value(coin.maintenance);
  write_worst(out, coin.worst);
  out.key("loss").value(coin.loss);
  out.key("delta_shock").value(coin.delta_shock);
  out.key("roll_shock").value(coin.roll_shock);
  out.end_object();
}

}  // namespace

void write_margin(JsonWriter& out, const MarginView& view) {
  out.begin_object();
  out.key("venue").value(view.venue);
  out.key("account").value(view.account);
  out.key("currency").value(view.currency);
  out.key("model").value(view.model);
  out.key("coins").begin_array(Layout::inline_);
  for (const std::string& coin : view.coins)
    out.value(coin);
  out.end_array();
  out.key("as_of").value(view.as_of);
  out.key("state").value(to_string(view.state));
  write_reason(out, "unknown_reason", view.unknown_reason);
  write_figures(out, view.figures);
  out.key("positions").begin_array();
  for (const MarginPosition& position : view.positions)
    write_position(out, position);
  out.end_array();
  out.key("by_coin").begin_array();
  for (const CoinMarginView& coin : view.by_coin)
    write_coin(out, coin);
  out.end_array();
  out.end_object();
}

}  // namespace ballast

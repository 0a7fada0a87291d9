// For fuzz targets, one an importer: the input's first line holds settings (key=value, separated by
// spaces), the rest is the file. Whatever they hold, the importer must neither crash nor send an
// event that the engine's contracts refuse.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/feed/importers.hpp"

namespace ballast {

/// Aborts on what no importer may send.
struct CheckingSink final : ImportSink {
  static void check(bool fine) {
    if (!fine) std::abort();
  }
  void event(const Event& event) override {
    if (const auto* fill = std::get_if<Fill>(&event.body)) {
      check(fill->qty.sign() > 0 && fill->price.sign() > 0 && fill->key.instrument.valid());
      check(!fill->key.id.empty() && !fill->book.empty() && !fill->key.place.account.empty());
    } else if (const auto* mark = std::get_if<Mark>(&event.body)) {
      check(mark->price.sign() > 0 && mark->instrument.valid() != mark->asset.valid());
    } else if (const auto* top = std::get_if<Top>(&event.body)) {
      check(top->instrument.valid() && top->bid_qty.sign() >= 0 && top->ask_qty.sign() >= 0);
      check(top->bid.sign() >= 0 && top->ask.sign() >= 0);
    } else if (const auto* trade = std::get_if<Trade>(&event.body)) {
      check(trade->instrument.valid() && trade->price.sign() > 0 && trade->qty.sign() > 0);
    } else if (const auto* rate = std::get_if<FundingRate>(&event.body)) {
      check(rate->instrument.valid() && rate->interval_h.sign() > 0);
    } else if (const auto* surface = std::get_if<Surface>(&event.body)) {
      check(surface->underlying.valid() && surface->expiry > event.t);
      check(!surface->strikes.empty() && surface->strikes.size() == surface->vols.size());
      check(std::is_sorted(surface->strikes.begin(), surface->strikes.end(), std::less_equal<>{}));
      check(surface->strikes[0] > 0.0);
      check(std::all_of(surface->vols.begin(), surface->vols.end(),
                        [](double v) { return v > 0.0; }));
    }
  }
  void note(const ImportNote& note) override { check(!note.text.empty()); }
};

inline std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

inline int import_any(std::string_view format, const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  ImportSettings settings;
  for (std::string_view line = take_until(text, '\n'); !line.empty();) {
    std::string_view setting = take_until(line, ' ');
    const std::string_view key = take_until(setting, '=');
    settings[std::string(key)] = std::string(setting);
  }
  for (const ImporterKind& kind : importer_kinds()) {
    if (kind.name != format) continue;
    for (const ImportOption& option : kind.options) {
      if (option.needed) settings.try_emplace(std::string(option.name), "BTC-USDT");
    }
  }
  DeskBuilder desk;
  CheckingSink sink;
  const auto importer = make_importer(format, settings, desk);
  if (!importer) return 0;
  // A line that is refused must leave the importer fit for those after it.
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string line(take_until(text, '\n'));  // its own memory: reads past its end show
    if (const auto taken = (*importer)->line(line, number, sink); !taken) {
      CheckingSink::check(!taken.error().what.empty());
    }
  }
  if ((*importer)->end_of_file(sink)) static_cast<void>((*importer)->finish(sink));
  return 0;
}

}  // namespace ballast

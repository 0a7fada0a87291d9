// Options of Deribit and OKX at the same minute, one snapshot a day in July 2026: what their units
// are, how far their marks, vols and greeks are apart, and one desk over both. OKX's contract is on
// 0.01 BTC (ctVal 1, ctMult 0.01 of its instruments; its file counts contracts), its prices are in
// coin, its mark vols numbers, and its greeks those of the coin price. The figures stand in
// docs/option_runs.md. Skipped where the recording is not.
#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/feed/common/csv.hpp"
#include "adapters/feed/common/import_testing.hpp"
#include "adapters/feed/common/line_reader.hpp"
#include "engine/engine.hpp"
#include "portfolio/option_book.hpp"
#include "real_runs/option_market.hpp"

namespace ballast::option_run {
namespace {

constexpr std::string_view both_head = R"([desk]
name = "two venues"
currency = "USD"

[[assets]]
name = "BTC"
[[assets]]
name = "USD"

[[venues]]
name = "deribit"
accounts = ["main"]
[[venues]]
name = "okx"
accounts = ["main"]

)";
constexpr std::array both_venues{"deribit", "okx"};
constexpr std::array greek_names{"delta", "gamma", "vega", "theta"};

/// A factor of each greek for the desk and for a book on each venue.
std::string both_factors() {
  std::string text;
  for (const char* greek : greek_names) {
    for (const char* book : {"*", "deribit", "okx"}) {
      text += fmt::format(
          "[[factors]]\nname = \"{}:BTC\"\nbook = \"{}\"\n"
          "band = {{ lower = \"-1000\", upper = \"1000\" }}\n"
          "limit = {{ lower = \"-1000000\", upper = \"1000000\" }}\n",
          greek, book);
    }
  }
  return text;
}

std::string folder_of(std::string_view venue) {
  return fmt::format("deribit_okx_202607/data/{}/2026/07", venue);
}

ImportRun run_of(std::string_view venue, bool with_surface) {
  return {"option-chain",
          {{"underlying", "BTC"}, {"surface", with_surface ? "yes" : "no"}},
          files_of(folder_of(venue), "2026-")};
}

OptionRecording imported_both(const std::vector<ImportRun>& runs, std::string_view factors = {}) {
  auto made = import_recording(joined(both_head, factors), runs, at("2026-07-01T00:00:00Z"),
                               at("2026-08-01T00:00:00Z"));
  EXPECT_TRUE(made) << made.error().what;
  return made ? std::move(*made) : OptionRecording{};
}

class TwoVenues : public ::testing::Test {
 protected:
  void SetUp() override { BALLAST_NEEDS_RECORDING(recording("deribit_okx_202607")); }
};

TEST_F(TwoVenues, are_imported_whole) {
  for (const auto& [venue, quotes] : {std::pair("deribit", 44'004U), {"okx", 38'668U}}) {
    const auto all = count_import({"option-chain", {}, files_of(folder_of(venue), "2026-")});
    ASSERT_TRUE(all) << all.error().what;
    EXPECT_EQ(all->refused, 0U) << venue;
    EXPECT_EQ(all->lines, quotes + 28U) << "and the headers";
    for (const std::string& note : all->notes)
      fmt::print("{}: {}\n", venue, note);
  }
}

/// The magnitudes of what was collected: the median, what 95 % keep to, the most.
struct Magnitudes {
  std::vector<double> values;

  void expect_below(double median, double nearly_all, double most) {
    EXPECT_LT(share(0.5), median);
    EXPECT_LT(share(0.95), nearly_all);
    EXPECT_LT(share(1.0), most);
  }

  void add(double value) { values.push_back(std::fabs(value)); }
  double share(double part) {
    std::sort(values.begin(), values.end());
    return values.at(static_cast<std::size_t>(part * static_cast<double>(values.size() - 1)));
  }
  void print(std::string_view what) {
    fmt::print("{}: {} values, median {:.3g}, 95 % {:.3g}, most {:.3g}\n", what, values.size(),
               share(0.5), share(0.95), share(1.0));
  }
};

using OptionKey = std::tuple<Timestamp, double, OptionRight>;

/// One venue's options, each valued by its own marks' vols and forwards.
struct VenueBook {
  explicit VenueBook(const OptionRecording& recorded)
      : from(&recorded),
        book(*OptionBook::create(option_terms(recorded.desk), SmileDynamics::sticky_strike)) {
    for (std::size_t line = 0; line < book.size(); ++line) {
      const OptionTerms& terms = book.terms(line);
      lines.emplace(OptionKey{terms.expiry, terms.strike, terms.right}, line);
    }
  }
  void take(const OptionMoment& moment) {
    now = &moment;
    apply_moment(moment, from->desk, {}, surface, book);
    book.revalue(moment.t, surface);
  }
  /// The venue's mark of a line, in coin; 0: none.
  double mark(std::size_t line) const {
    const auto quote = now->quotes.find(book.terms(line).instrument);
    return quote == now->quotes.end() ? 0.0 : quote->second.mark;
  }

  const OptionRecording* from;
  const OptionMoment* now = nullptr;
  OptionBook book;
  VolSurface surface;
  std::map<OptionKey, std::size_t> lines;
};

struct VenueGaps {
  Magnitudes mark, vol, forward, rest, delta, vega, delta_rest, vega_rest;

  /// `ours` and `theirs` are of one option.
  void add(const VenueBook& a, std::size_t ours, const VenueBook& b, std::size_t theirs) {
    const OptionUnit x = a.book.unit(ours);
    const OptionUnit y = b.book.unit(theirs);
    const double f = a.book.expiry_of(ours).valued_forward;
    const double df = b.book.expiry_of(theirs).valued_forward - f;
    const double dvol = b.book.vol(theirs) - a.book.vol(ours);
    mark.add(b.mark(theirs) - a.mark(ours));
    vol.add(100.0 * dvol);
    forward.add(1e4 * df / f);
    rest.add((y.price / (f + df) - x.price / f) - (b.mark(theirs) - a.mark(ours)));
    delta.add(y.delta - x.delta);
    vega.add((y.vega - x.vega) / 100.0);
    delta_rest.add(y.delta - x.delta - x.gamma * df - x.vanna * dvol);
    vega_rest.add((y.vega - x.vega - x.vanna * df - x.volga * dvol) / 100.0);
  }
  void print(std::string_view which) {
    fmt::print("{}\n", which);
    mark.print("  mark, coin");
    vol.print("  vol of the mark, points");
    forward.print("  forward, bp");
    rest.print("  value at own vol and forward less the difference of marks, coin");
    delta.print("  Black's delta");
    delta_rest.print("  Black's delta, less gamma dF + vanna dvol");
    vega.print("  vega, USD a point");
    vega_rest.print("  vega, less vanna dF + volga dvol, USD a point");
  }
};

TEST_F(TwoVenues, mark_the_same_option_alike_and_its_greeks_differ_by_what_marks_do) {
  const OptionRecording deribit = imported_both({run_of("deribit", true)});
  const OptionRecording okx = imported_both({run_of("okx", true)});
  ASSERT_EQ(deribit.moments.size(), 28U);
  ASSERT_EQ(okx.moments.size(), 28U);
  VenueBook ours(deribit);
  VenueBook theirs(okx);
  VenueGaps all;
  VenueGaps near;  // deltas from 0.1 to 0.9, a week and more from expiry
  for (std::size_t i = 0; i < deribit.moments.size(); ++i) {
    ASSERT_EQ(deribit.moments[i].t, okx.moments[i].t);
    ours.take(deribit.moments[i]);
    theirs.take(okx.moments[i]);
    for (const auto& [key, line] : ours.lines) {
      const auto same = theirs.lines.find(key);
      if (same == theirs.lines.end()) continue;
      if (ours.mark(line) == 0.0 || theirs.mark(same->second) == 0.0) continue;
      if (ours.book.expiry_of(line).years < 1.0 / 365.0) continue;
      all.add(ours, line, theirs, same->second);
      const double delta = std::fabs(ours.book.unit(line).delta);
      const bool far = ours.book.expiry_of(line).years > 7.0 / 365.0;
      if (far && delta > 0.1 && delta < 0.9) near.add(ours, line, theirs, same->second);
    }
  }
  all.print("all, a day and more from expiry");
  near.print("deltas from 0.1 to 0.9, a week and more from expiry");

  EXPECT_EQ(all.mark.values.size(), 14'595U);
  all.mark.expect_below(0.0003, 0.0016, 0.01);
  near.mark.expect_below(0.00045, 0.002, 0.0075);
  near.vol.expect_below(0.3, 1.4, 7.5);
  near.forward.expect_below(4.0, 20.0, 47.0);
  near.rest.expect_below(1.5e-5, 2e-4, 1.5e-3);
  near.delta.expect_below(0.0016, 0.0085, 0.045);
  near.delta_rest.expect_below(5e-6, 1.2e-4, 0.0025);
  near.vega.expect_below(0.25, 1.9, 10.0);
  near.vega_rest.expect_below(0.0015, 0.04, 0.75);
}

/// The columns of OKX's files that say its own greeks.
struct OkxGreeks {
  double delta = 0.0, gamma = 0.0, vega = 0.0, theta = 0.0;
};

std::map<std::string, OkxGreeks> okx_greeks(const std::string& file) {
  std::map<std::string, OkxGreeks> found;
  auto lines = LineReader::open(file);
  if (!lines) return found;
  CsvRow row;
  std::string_view text;
  std::vector<CsvColumn> columns;
  while (*lines->next(text)) {
    if (!row.split(text)) continue;
    if (columns.empty()) {
      for (const char* name : {"instrument", "delta", "gamma", "vega", "theta"})
        columns.push_back(*find_column(row, name));
      continue;
    }
    const auto number = [&](std::size_t i) {
      return std::strtod(std::string(row[columns[i].index]).c_str(), nullptr);
    };
    found[std::string(row[columns[0].index])] = {number(1), number(2), number(3), number(4)};
  }
  return found;
}

TEST_F(TwoVenues, greeks_of_okx_are_those_of_the_coin_price) {
  const OptionRecording okx = imported_both({run_of("okx", true)});
  const auto files = files_of(folder_of("okx"), "2026-");
  ASSERT_EQ(files.size(), okx.moments.size());
  VenueBook book(okx);
  Magnitudes delta, gamma, vega, theta, black;
  for (std::size_t i = 0; i < files.size(); ++i) {
    book.take(okx.moments[i]);
    const auto said = okx_greeks(files[i]);
    for (const auto& [key, line] : book.lines) {
      const auto own = said.find(okx.desk.instrument(book.book.terms(line).instrument).name);
      const OptionExpiry& expiry = book.book.expiry_of(line);
      if (own == said.end() || expiry.state != PricingState::priced) continue;
      if (expiry.years < 1.0 / 365.0) continue;
      const OptionUnit unit = book.book.unit(line);
      const double f = expiry.valued_forward;
      const double net = unit.delta - unit.price / f;
      delta.add(own->second.delta - net);
      black.add(own->second.delta - unit.delta);
      gamma.add(own->second.gamma - (unit.gamma * f - 2.0 * net));  // F^2 d2c/dF2
      vega.add(own->second.vega - unit.vega / f / 100.0);
      theta.add(own->second.theta - unit.theta / f / 365.0);
    }
  }
  delta.print("delta of OKX less delta_net");
  black.print("delta of OKX less Black's");
  gamma.print("gamma of OKX less F^2 d2c/dF2");
  vega.print("vega of OKX less coin vega a point");
  theta.print("theta of OKX less coin theta a day");
  delta.expect_below(1.2e-4, 0.0017, 0.02);
  gamma.expect_below(8e-4, 0.032, 1.8);
  vega.expect_below(2e-7, 2e-6, 1e-5);
  theta.expect_below(4e-7, 1e-5, 8e-5);
  EXPECT_GT(black.share(0.5), 0.02) << "it is another delta";
}

/// Buys coins of options on one venue, or sells them below 0.
Event coins_traded(const Desk& desk,
                   Timestamp t,
                   InstrumentId instrument,
                   std::int64_t coins,
                   double price,
                   std::size_t id) {
  const Instrument& one = desk.instrument(instrument);
  Fill fill;
  fill.key.place = {one.venue, *AccountName::create("main")};
  fill.key.instrument = instrument;
  fill.key.id = *TradeId::create(std::to_string(id));
  fill.book = *BookName::create(desk.venues[one.venue.index()].name);
  fill.side = coins > 0 ? Side::buy : Side::sell;
  fill.qty = *quotient<Quantity>(Quantity::whole(std::abs(coins)), one.contract_size);
  fill.price = *decimal_from_double<Price>(price, 8);
  return {t, fill};
}

/// Long coins of an option on Deribit and short as many on OKX, of each that both list.
std::vector<Event> opposite_fills(const OptionRecording& both) {
  const OptionMoment& first = both.moments.front();
  std::map<OptionKey, std::vector<InstrumentId>> by_key;
  for (const OptionTerms& terms : option_terms(both.desk)) {
    if (terms.expiry == at("2026-08-28T08:00:00Z") || terms.expiry == at("2026-09-25T08:00:00Z"))
      by_key[{terms.expiry, terms.strike, terms.right}].push_back(terms.instrument);
  }
  std::vector<Event> fills;
  for (const auto& [key, ids] : by_key) {
    if (ids.size() != both_venues.size()) continue;
    const auto ours = first.quotes.find(ids[0]);
    const auto theirs = first.quotes.find(ids[1]);
    if (ours == first.quotes.end() || theirs == first.quotes.end()) continue;
    const auto coins = static_cast<std::int64_t>(1 + fills.size() % 7);
    fills.push_back(
        coins_traded(both.desk, first.t, ids[0], coins, ours->second.mark, fills.size() + 1));
    fills.push_back(
        coins_traded(both.desk, first.t, ids[1], -coins, theirs->second.mark, fills.size() + 1));
  }
  return fills;
}

TEST_F(TwoVenues, make_one_inventory_in_one_unit) {
  const OptionRecording both =
      imported_both({run_of("deribit", true), run_of("okx", false)}, both_factors());
  ASSERT_EQ(both.moments.size(), 28U);
  const std::vector<Event> fills = opposite_fills(both);
  ASSERT_EQ(fills.size(), 2U * 136U);
  for (std::size_t i = 0; i < fills.size(); i += 2) {
    const auto& ours = std::get<Fill>(fills[i].body);
    const auto& theirs = std::get<Fill>(fills[i + 1].body);
    EXPECT_EQ(to_double(theirs.qty), 100.0 * to_double(ours.qty)) << "of 0.01 coin each";
  }
  Engine engine(both.desk);
  const auto level = [&](std::size_t greek, std::size_t book) {
    const FactorNow& factor = engine.factor(FactorId{3 * greek + book});
    EXPECT_EQ(factor.knowledge, Knowledge::known);
    return to_double(factor.state.actual);
  };
  std::array<double, greek_names.size()> most{};
  for (const OptionMoment& moment : both.moments) {
    for (const Event& event : moment.events)
      engine.step(event);
    if (&moment == &both.moments.front()) {
      for (const Event& fill : fills)
        engine.step(fill);
    }
    for (std::size_t greek = 0; greek < greek_names.size(); ++greek) {
      const double deribit = level(greek, 1);
      EXPECT_NEAR(level(greek, 2), -deribit, 1e-9 * std::fabs(deribit)) << greek_names[greek];
      EXPECT_NEAR(level(greek, 0), 0.0, 1e-9 * std::fabs(deribit)) << greek_names[greek];
      EXPECT_NE(deribit, 0.0);
      most[greek] = std::max(most[greek], std::fabs(deribit));
    }
  }
  EXPECT_EQ(engine.report().events.refused, 0U);
  fmt::print(
      "{} options on each venue; the most on one: delta {:.2f}, gamma {:.3f}, vega {:.0f}, "
      "theta {:.0f}\n",
      fills.size() / 2, most[0], most[1], most[2], most[3]);
}

}  // namespace
}  // namespace ballast::option_run

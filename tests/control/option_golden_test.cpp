// Scenarios a trader can read: tests/golden/control/*.txt. What happens is run against a paper
// venue, and what control did is written below it; the file must come out as it is.
// UPDATE_GOLDEN=1 rewrites it.
//
//   top INSTRUMENT BID ASK SIZE     the market's, from the next `pass` on, every second
//   surface VOL                     flat, of the options' expiry
//   buy|sell QTY INSTRUMENT @ PRICE a client's trade, from the desk's side
//   deposit QTY ASSET
//   pass N s|ms                     milliseconds: without a top
//   desk TEXT                       another line of its configuration
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "control/desk_loop.hpp"
#include "control/option_desk_toml.hpp"

namespace ballast {
namespace {

const std::string scenarios = BALLAST_SOURCE_DIR "/tests/golden/control";

std::string wall_clock(Timestamp t) { return to_string(t).substr(11, to_string(t).size() - 12); }

class OptionScenario {
 public:
  /// The file as it must be.
  std::string run(std::istream& file) {
    std::string line;
    std::vector<std::string> script;
    std::string more;
    while (std::getline(file, line)) {
      if (line.starts_with("expect")) continue;  // written anew
      out_ += line + "\n";
      if (line.starts_with("desk ")) {
        more += line.substr(5) + "\n";
      } else if (!line.empty() && line[0] != '#') {
        script.push_back(line);
      }
    }
    DeskLoop loop(option_desk_toml(more));
    for (const std::string& each : script)
      happen(loop.desk(), each);
    loop.run(events_);
    tell(loop);
    Engine again(loop.desk());
    for (const Event& event : loop.stepped)
      again.step(event);
    EXPECT_EQ(again.digest(), loop.engine().digest());
    EXPECT_EQ(again.counts().refused, 0U);
    return out_;
  }

 private:
  static Price price(const std::string& text) { return parse_decimal<Price>(text).value(); }
  static Quantity quantity(const std::string& text) {
    return parse_decimal<Quantity>(text).value();
  }

  void happen(const Desk& desk, const std::string& line) {
    std::istringstream words(line);
    std::string verb;
    std::string name;
    std::string a;
    std::string b;
    std::string size;
    words >> verb;
    if (verb == "top") {
      words >> name >> a >> b >> size;
      const InstrumentId id = desk.find_instrument(name);
      tops_[id.index()] = {id, price(a), quantity(size), price(b), quantity(size)};
    } else if (verb == "surface") {
      Surface surface;
      surface.underlying = desk.find_asset("BTC");
      surface.expiry = *desk.instrument(desk.find_instrument("C60")).expiry;
      double vol = 0.0;
      words >> vol;
      surface.vol = vol;
      events_.push_back({now_, surface});
    } else if (verb == "pass") {
      int count = 0;
      words >> count >> a;
      if (a == "ms") {
        now_ = now_ + Duration::milliseconds(count);
      } else {
        pass(count);
      }
    } else if (verb == "deposit") {
      words >> size >> name;
      BalanceChange deposit;
      deposit.place = {VenueId{0}, AccountName("main")};
      deposit.asset = desk.find_asset(name);
      deposit.qty = parse_decimal<Amount>(size).value();
      deposit.id = *TradeId::create(fmt::format("d{}", events_.size()));
      events_.push_back({now_, deposit});
    } else {
      words >> size >> name >> a >> b;
      Event fill = client_fill(now_, fmt::format("c{}", events_.size()),
                               verb == "buy" ? Side::buy : Side::sell, size, b);
      std::get<Fill>(fill.body).key.instrument = desk.find_instrument(name);
      events_.push_back(fill);
    }
  }

  /// Tops as they were told, the perpetual's a dollar up and down so that its risk can be learnt.
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      now_ = now_ + Duration::seconds(1);
      for (const auto& [index, told] : tops_) {
        Top top = told;
        if (top.bid > Price::whole(1)) {
          const Price wobble = Price::whole(step_++ % 3 - 1);
          top.bid = top.bid + wobble;
          top.ask = top.ask + wobble;
        }
        events_.push_back({now_, top});
      }
    }
  }

  void tell(const DeskLoop& loop) {
    const Desk& desk = loop.desk();
    for (const Event& event : loop.stepped) {
      const auto add = [&](const std::string& text) {
        out_ += fmt::format("expect {} {}\n", wall_clock(event.t), text);
      };
      if (const auto* decision = std::get_if<Decision>(&event.body)) {
        add(fmt::format("{} {} {}: {}", desk.factor(decision->factor).name,
                        to_string(decision->action), to_string(decision->state),
                        decision->reason.view()));
      } else if (const auto* order = std::get_if<Order>(&event.body);
                 order != nullptr && order->state == OrderState::sent) {
        add(fmt::format("order {} {} {} @ {}", to_string(order->side), to_string(order->qty),
                        desk.instrument(order->instrument).name, to_string(*order->price)));
      } else if (const auto* fill = std::get_if<Fill>(&event.body)) {
        add(fmt::format("{} fill {} {} {} @ {}", to_string(fill->origin), to_string(fill->side),
                        to_string(fill->qty), desk.instrument(fill->key.instrument).name,
                        to_string(fill->price)));
      }
    }
    for (std::size_t f = 0; f < desk.factors.size(); ++f) {
      const FactorNow& now = loop.engine_now().factor(FactorId{f});
      const double actual = to_double(now.state.actual);
      out_ += fmt::format("expect end {} {:.3f} in {} to {}, hedged {:.3f}\n", desk.factors[f].name,
                          actual, to_string(now.state.lower), to_string(now.state.upper),
                          to_double(now.state.hedged));
    }
    for (const ControlConfig& control : desk.controls) {
      for (const Explanation& line : loop.engine_now().explain_proposal(control.factor)) {
        const bool about = line.label.starts_with("C6") || line.label.starts_with("P5") ||
                           line.label.starts_with("BTC-PERP") || line.label == "hedge" ||
                           line.label.starts_with("margin");
        if (about) {
          out_ += fmt::format("expect {} {}: {}\n", desk.factor(control.factor).name, line.label,
                              line.value);
        }
      }
    }
  }

  std::string out_;
  std::vector<Event> events_;
  std::map<std::size_t, Top> tops_;
  Timestamp now_ = parse_timestamp("2026-01-05T12:00:00Z").value();
  int step_ = 0;
};

class OptionGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(OptionGolden, comes_out_as_it_is_written) {
  const std::filesystem::path path = scenarios + "/" + GetParam() + ".txt";
  std::ifstream file(path);
  ASSERT_TRUE(file) << path;
  std::stringstream text;
  text << file.rdbuf();
  const std::string now = OptionScenario().run(text);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << now;
  EXPECT_EQ(now, text.str());
}

INSTANTIATE_TEST_SUITE_P(Scenarios,
                         OptionGolden,
                         ::testing::Values("vega_and_gamma_back_by_one_plan",
                                           "no_volatility_no_option",
                                           "a_bucket_by_its_own_options",
                                           "cash_pays_the_premium",
                                           "clients_trade_on_meanwhile",
                                           "less_margin_another_option",
                                           "too_little_margin"));

}  // namespace
}  // namespace ballast

// A desk that tests script: an engine behind DeskPort, a day in which something of everything
// happens, and requests as a client would send them, through the table's own handlers.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/api/routes/desk_port.hpp"
#include "adapters/api/routes/live_paths.hpp"
#include "adapters/api/routes/routes.hpp"
#include "engine/engine_test_desk.hpp"

namespace ballast::api::test {

using ballast::test::at;
using ballast::test::dec;
using Json = nlohmann::json;

/// BTC and ETH; BTC is controlled by hedges that wait for approval; quotes in BTC-USDT; rules, an
/// objective, a book's own factor and a cash factor.
inline Desk scripted_desk() {
  Desk desk = ballast::test::plain_desk();
  desk.name = "scripted";
  for (Instrument& instrument : desk.instruments) {
    instrument.terms.tick = dec<Price>("0.1");
    instrument.terms.lot = dec<Quantity>("0.001");
    instrument.terms.min_qty = dec<Quantity>("0.001");
    instrument.terms.taker_fee = dec<Decimal>("0.0004");
  }
  desk.factors.push_back(ballast::test::delta(desk, "BTC", "1", "5"));
  desk.factors.push_back(ballast::test::delta(desk, "ETH", "10", "50"));
  FactorConfig of_book = ballast::test::delta(desk, "BTC", "2", "6");
  of_book.book = "mm";
  desk.factors.push_back(of_book);
  FactorConfig cash;
  cash.name = "cash:USDT@binance";
  cash.kind = FactorKind::cash;
  cash.asset = cash.unit = desk.find_asset("USDT");
  cash.venue = desk.find_venue("binance");
  cash.band = {dec<Decimal>("-1000000"), dec<Decimal>("1000000")};
  desk.factors.push_back(cash);
  desk.factors[1].max_age = Duration::minutes(10);

  RuleConfig rule;
  rule.name = "btc-out-of-band";
  rule.factors = {FactorId{0}};
  rule.threshold = 1.0;
  rule.severity = Severity::warning;
  desk.rules.push_back(rule);
  RuleConfig low;
  low.name = "desk-adherence-low";
  low.measure = Measure::adherence;
  low.comparison = Comparison::below;
  low.threshold = 0.5;
  desk.rules.push_back(low);
  ObjectiveConfig objective;
  objective.name = "btc-in-band";
  objective.factor = FactorId{1};
  desk.objectives.push_back(objective);

  ControlConfig control;
  control.factor = FactorId{0};
  control.gamma = 1e-5;
  control.recover_within = Duration::minutes(1);
  control.hedge = Mode::approve;
  control.transfer = Mode::off;
  control.approve_within = Duration::minutes(5);
  desk.controls.push_back(control);
  HedgeConfig hedge;
  hedge.instrument = desk.find_instrument("BTC-PERP");
  hedge.place = {VenueId{0}, AccountName("main")};
  hedge.book = BookName("hedge");
  hedge.max_order = dec<Quantity>("5");
  desk.hedges.push_back(hedge);
  QuoteConfig quote;
  quote.instrument = desk.find_instrument("BTC-USDT");
  quote.place = {VenueId{0}, AccountName("main")};
  quote.book = BookName("mm");
  quote.factor = FactorId{0};
  quote.model = LinearSkew{.half_spread = 0.0005, .price_skew = 1.0, .size_skew = 0.5};
  quote.qty = dec<Quantity>("0.5");
  desk.quotes.push_back(quote);
  desk.rails.order_notional = 1e6;
  desk.rails.daily_notional = 5e7;
  desk.learning.min_observations = 5;
  return desk;
}

/// Answers at once, on the caller's thread.
class ScriptedDesk final : public DeskPort {
 public:
  explicit ScriptedDesk(Desk desk = scripted_desk()) : desk_(std::move(desk)), engine_(desk_) {}

  void query(std::function<void(const DeskView&)> look) override { look(view()); }
  void change(Principal by,
              std::function<Result<PlannedChange>(const DeskView&)> prepare,
              bool dry_run,
              std::function<void(Result<ChangeOutcome>)> done) override {
    auto planned = prepare(view());
    if (!planned) return done(tl::unexpected(planned.error()));
    ChangeOutcome outcome{0, 0, planned->before, planned->after};
    if (dry_run) return done(outcome);
    if (!std::holds_alternative<Tick>(planned->event)) {
      const std::uint64_t refused = engine_.counts().refused;
      step({figures.now, planned->event});
      EXPECT_EQ(engine_.counts().refused, refused) << "the engine refused what was prepared";
      outcome.seq = figures.last_seq;
    }
    outcome.audit_seq = ++figures.last_seq;
    figures.durable_seq = figures.last_seq;
    audit.push_back({outcome.audit_seq, figures.now, by.name, std::string(to_string(by.role)),
                     planned->action, planned->subject, planned->before, planned->after,
                     planned->reason, outcome.seq});
    done(outcome);
  }
  bool try_submit(Submission& submission) override {
    if (full > 0) {
      --full;
      return false;
    }
    submitted.push_back(submission.lines);
    submission.done(answer_to ? answer_to(submission) : Result<SubmissionOutcome>{});
    return true;
  }

  void step(const Event& event) {
    figures.now = std::max(figures.now, event.t);
    ++figures.last_seq;
    figures.durable_seq = figures.last_seq;
    const auto effects = engine_.step(event);
    group_effects.clear();
    for (const Effect& effect : effects)
      group_effects.push_back({figures.last_seq, effect});
    last = event;
    paths.replayed(engine_);
  }
  /// What the last step changed, as observers are told.
  template <class Fn>
  void as_group(const Fn& fn) {
    const StepTrace& trace = engine_.trace();
    const DeskView now = view();
    const DeskGroup group{now,           trace.factors, trace.positions, trace.balances,
                          group_effects, {&last, 1}};
    fn(group);
  }
  DeskView view() {
    return {engine_, figures, [this] { return feeds; }};
  }
  Engine& engine() { return engine_; }
  const Desk& desk() const { return desk_; }

  LiveFigures figures;
  LivePaths paths;
  std::vector<VenueHealth> feeds;
  std::vector<AuditEntry> audit;
  std::vector<std::vector<std::string>> submitted;
  std::function<Result<SubmissionOutcome>(const Submission&)> answer_to;
  int full = 0;  // how often it has no room
  std::vector<SeqEffect> group_effects;
  Event last;

 private:
  Desk desk_;
  Engine engine_;
};

/// Tops in every instrument, a second apart, around 60,000.
inline void pass(ScriptedDesk& desk, Timestamp& now, int seconds) {
  for (int i = 0; i < seconds; ++i) {
    now = now + Duration::seconds(1);
    const std::int64_t wobble = (now.ns / 1'000'000'000 * 7) % 5 - 2;
    for (std::size_t k = 0; k < desk.desk().instruments.size(); ++k) {
      const std::int64_t middle = desk.desk().instruments[k].name == "ETH-USDT" ? 3'000 : 60'000;
      const Price best = Price::whole(middle + wobble);
      Top top{InstrumentId{k}, best, Quantity::whole(10), best + dec<Price>("0.1"),
              Quantity::whole(10)};
      desk.step({now, top});
    }
  }
}

/// A minute of market, a client's fill that leaves the band, and what control makes of it: a
/// proposal that waits, an alert that fires; ETH is traded by another book; cash is deposited.
inline Timestamp an_eventful_morning(ScriptedDesk& desk) {
  Timestamp now = at("12:00:00");
  pass(desk, now, 60);
  BalanceChange deposit;
  deposit.place = {VenueId{0}, AccountName("main")};
  deposit.asset = AssetId{0};
  deposit.qty = dec<Amount>("500000");
  deposit.id = *TradeId::create("d1");
  desk.step({now, deposit});
  ballast::test::Trader mm{&desk.desk()};
  ballast::test::Trader prop{&desk.desk(), "prop", 100};
  desk.step(mm.fill(now, "BTC-USDT", Side::buy, "3", "60000", Origin::client));
  desk.step(prop.fill(now, "ETH-USDT", Side::sell, "2.5", "3001"));
  desk.step(prop.fill(now, "BTC-USD", Side::buy, "12", "60010"));
  Transfer transfer;
  transfer.id = *TradeId::create("t1");
  transfer.asset = AssetId{0};
  transfer.qty = dec<Amount>("1000");
  transfer.from = {VenueId{0}, AccountName("main")};
  transfer.to = {VenueId{1}, AccountName("main")};
  desk.step({now, transfer});
  Statement statement;
  statement.place = {VenueId{0}, AccountName("main")};
  statement.instrument = desk.desk().find_instrument("BTC-USD");
  statement.qty = dec<Quantity>("13");
  desk.step({now, statement});
  pass(desk, now, 20);
  return now;
}

/// What goes with a request.
struct Ask {
  std::map<std::string, std::string> headers = {};
  std::string body = {};
  Principal by = {"ana", Role::admin};
};

/// The table, asked as a client asks it.
class Client {
 public:
  explicit Client(ScriptedDesk& desk) : desk_(&desk) {
    services.version = "1.2.3";
    services.audit = [this](const AuditQuery& query) -> Result<std::vector<AuditEntry>> {
      std::vector<AuditEntry> found;
      for (auto entry = desk_->audit.rbegin(); entry != desk_->audit.rend(); ++entry) {
        const bool wanted = (!query.before || entry->seq < *query.before) &&
                            (query.by.empty() || entry->by == query.by) &&
                            (query.action.empty() || entry->action == query.action) &&
                            (query.subject.empty() || entry->subject == query.subject);
        if (wanted && found.size() < query.limit) found.push_back(*entry);
      }
      return found;
    };
  }
  /// After the services were filled in.
  Routes& routes() {
    if (!routes_) routes_ = std::make_unique<Routes>(*desk_, desk_->paths, services);
    return *routes_;
  }

  /// "GET", "/api/v1/positions?limit=2"; the path's segments stand as decoded.
  Response ask(Method method, std::string_view target, const Ask& ask = {}) {
    Request request;
    request.method = method;
    const auto mark = target.find('?');
    request.path = std::string(target.substr(0, mark));
    std::string_view query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
    while (!query.empty()) {
      const auto end = query.find('&');
      const std::string_view one = query.substr(0, end);
      query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
      const auto equals = one.find('=');
      request.query.emplace(one.substr(0, equals),
                            equals == std::string_view::npos ? "" : one.substr(equals + 1));
    }
    request.headers = ask.headers;
    request.body = ask.body;
    request.by = ask.by;
    const Route* const route = find(request);
    if (route == nullptr) {
      ADD_FAILURE() << "no route " << target;
      return {};
    }
    asked = route;
    Response answer;
    bool answered = false;
    route->handle(request, [&](Response response) {
      EXPECT_FALSE(answered) << "answered twice";
      answered = true;
      answer = std::move(response);
    });
    EXPECT_TRUE(answered);
    return answer;
  }
  Response get(std::string_view target) { return ask(Method::get, target); }
  Json json(std::string_view target) {
    const Response answer = get(target);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return Json::parse(answer.body, nullptr, false);
  }

  Services services;
  const Route* asked = nullptr;  // the last one

 private:
  /// Matches literal segments before captured ones, as the server's router does. A captured segment
  /// may hold slashes where nothing else fits: tests write decoded paths.
  const Route* find(Request& request) {
    const Route* best = nullptr;
    std::size_t best_literals = 0;
    for (const Route& route : routes().table()) {
      std::map<std::string, std::string> captures;
      if (route.method != request.method) continue;
      if (!matches(route.pattern, request.path, captures)) continue;
      const std::size_t literals = route.pattern.size() - captures.size();
      if (best != nullptr && literals <= best_literals) continue;
      best = &route;
      best_literals = literals;
      request.captures = captures;
    }
    return best;
  }
  static bool matches(std::string_view pattern,
                      std::string_view path,
                      std::map<std::string, std::string>& captures) {
    const auto open = pattern.find('{');
    if (open == std::string_view::npos) return pattern == path;
    const auto close = pattern.find('}');
    const std::string_view behind = pattern.substr(close + 1);
    if (!path.starts_with(pattern.substr(0, open)) || !path.ends_with(behind)) return false;
    if (path.size() < open + behind.size() + 1) return false;
    const std::string_view value = path.substr(open, path.size() - open - behind.size());
    captures.emplace(pattern.substr(open + 1, close - open - 1), value);
    return true;
  }

  ScriptedDesk* desk_;
  std::unique_ptr<Routes> routes_;
};

inline std::string code_of(const Response& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  return body.is_object() && body.contains("code") ? body["code"].get<std::string>() : "";
}

}  // namespace ballast::api::test

#include "adapters/api/routes/channels.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "adapters/api/routes/health_json.hpp"
#include "adapters/api/routes/item_json.hpp"
#include "adapters/api/routes/told_items.hpp"
#include "engine/report_factor.hpp"
#include "engine/report_items.hpp"

namespace ballast::api {
namespace {

Duration steady_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
}

/// Which of numbered things were touched, each once, in the order of touching.
class Touched {
 public:
  void add(std::size_t i) {
    if (i >= flags_.size()) flags_.resize(i + 1, false);
    if (flags_[i]) return;
    flags_[i] = true;
    list_.push_back(i);
  }
  const std::vector<std::size_t>& list() const { return list_; }
  void clear() {
    for (const std::size_t i : list_)
      flags_[i] = false;
    list_.clear();
  }

 private:
  std::vector<bool> flags_;
  std::vector<std::size_t> list_;
};

/// Goes round `count` things, some at a time.
class Turn {
 public:
  template <class Fn>
  void next(std::size_t count, std::size_t some, const Fn& fn) {
    for (some = std::min(some, count); some > 0; --some) {
      if (next_ >= count) next_ = 0;
      fn(next_++);
    }
  }

 private:
  std::size_t next_ = 0;
};

constexpr std::size_t positions_a_turn = 100;
constexpr std::size_t proposals_told = 4;  // the latest of a factor

}  // namespace

struct Channels::State {
  ChannelSink& sink;
  const LivePaths& paths;
  const Services& services;
  Options options;

  Duration ticked{INT64_MIN / 2};
  Duration refreshed{INT64_MIN / 2};
  Touched factors, positions, proposals;
  std::set<std::pair<std::uint32_t, std::uint16_t>> balances;
  bool alerts_moved = false, orders_moved = false, quotes_moved = false, transfers_moved = false,
       breaks_moved = false, health_moved = false;
  Turn factor_turn, position_turn;

  std::vector<std::string> factor_channels;  // "exposures:delta:BTC"
  bool renamed = true;                       // they are of another desk, or of none
  std::set<std::string, std::less<>> heard;  // channels that were told as a whole and are wanted
  ToldItems alerts, orders, quotes, transfers, breaks, proposal_items;
  JsonWriter out{JsonWriter::Layout::compact};
  std::vector<ChannelChange> changes;

  State(ChannelSink& to, const LivePaths& known, const Services& others, Options chosen)
      : sink(to), paths(known), services(others), options(std::move(chosen)) {
    if (!options.wall) options.wall = steady_now;
  }

  // ---- noting

  void note(const Effect& effect) {
    std::visit([this](const auto& body) { note(body); }, effect.body);
  }
  void note(const AlertTransition& /*transition*/) { alerts_moved = health_moved = true; }
  void note(const BreakChange& /*change*/) { breaks_moved = health_moved = true; }
  void note(const TransferOverdue& /*overdue*/) { transfers_moved = true; }
  void note(const Decided& decided) { proposals.add(decided.decision.factor.index()); }
  void note(const OrderRequest& /*request*/) { orders_moved = true; }
  void note(const CancelRequest& /*request*/) { orders_moved = true; }
  void note(const QuoteRequest& /*request*/) { quotes_moved = true; }
  void note(const TransferRequest& /*request*/) { transfers_moved = true; }
  void note(const BreakerTripped& tripped) {
    proposals.add(tripped.factor.index());
    health_moved = true;
  }
  template <class Other>
  void note(const Other& /*other*/) {}

  void note(const Event& event) {
    if (std::holds_alternative<Fill>(event.body) || std::holds_alternative<Order>(event.body)) {
      orders_moved = true;
    } else if (std::holds_alternative<Transfer>(event.body)) {
      transfers_moved = true;
    } else if (std::holds_alternative<Quote>(event.body)) {
      quotes_moved = true;
    } else if (std::holds_alternative<Statement>(event.body) ||
               std::holds_alternative<BalanceChange>(event.body)) {
      breaks_moved = true;
    } else if (std::holds_alternative<Kill>(event.body) ||
               std::holds_alternative<Rearm>(event.body)) {
      health_moved = quotes_moved = alerts_moved = true;
    }
  }

  void note(const DeskGroup& group) {
    for (const FactorId id : group.factors)
      factors.add(id.index());
    for (const PositionId id : group.positions)
      positions.add(id.index());
    for (const auto& [account, asset] : group.balances)
      balances.emplace(account.value, asset.value);
    for (const SeqEffect& effect : group.effects)
      note(effect.effect);
    for (const Event& event : group.notable)
      note(event);
  }

  // ---- telling

  /// Whether somebody listens, and whether everything has to be told.
  struct Listening {
    bool any = false;
    bool whole = false;
  };
  Listening listening(std::string_view channel) {
    const auto at = heard.find(channel);
    if (!sink.wanted(channel)) {
      if (at != heard.end()) heard.erase(at);
      return {};
    }
    if (at != heard.end()) return {true, false};
    heard.emplace(channel);
    return {true, true};
  }
  void tell(ChannelChange change) {
    if (change.whole || !change.items.empty() || !change.removed.empty())
      changes.push_back(std::move(change));
  }
  template <class Write>
  std::string text(const Write& write) {
    out.clear();
    write(out);
    return out.text();
  }

  void tell_exposures(const DeskView& view) {
    const Engine& engine = view.engine;
    const std::size_t count = engine.desk().factors.size();
    const Listening all = listening("exposures");
    std::vector<Listening> single(count);
    bool any = all.any;
    for (std::size_t i = 0; i < count; ++i) {
      single[i] = listening(factor_channels[i]);
      any = any || single[i].any;
      if (all.whole || single[i].whole) factors.add(i);
    }
    if (!any) return factors.clear();
    const std::size_t ticks = std::max<std::size_t>(
        1, static_cast<std::size_t>(options.refresh.ns / options.interval.ns));
    factor_turn.next(count, (count + ticks - 1) / ticks, [&](std::size_t i) { factors.add(i); });
    ChannelChange change{"exposures", {}, {}, all.whole};
    for (const std::size_t i : factors.list()) {
      if (!all.any && !single[i].any) continue;
      ExposureView row = exposure_view(engine, FactorId{i});
      if (!row.since) row.since = paths.state_since(FactorId{i});
      out.clear();
      write_exposure(out, row);
      if (single[i].any) tell({factor_channels[i], {{row.key, out.text()}}, {}, single[i].whole});
      if (all.any) change.items.emplace_back(std::move(row.key), out.text());
    }
    if (all.any) tell(std::move(change));
    factors.clear();
  }

  void tell_positions(const DeskView& view) {
    const auto all = view.engine.books().positions();
    const Listening to = listening("positions");
    if (!to.any) return positions.clear();
    if (to.whole) {
      for (std::size_t i = 0; i < all.size(); ++i)
        positions.add(i);
    } else {
      position_turn.next(all.size(), positions_a_turn, [&](std::size_t i) { positions.add(i); });
    }
    ChannelChange change{"positions", {}, {}, to.whole};
    for (const std::size_t i : positions.list()) {
      const PositionReport report =
          position_report(view.engine.desk(), view.engine.books(), view.engine.market(), all[i]);
      out.clear();
      write_position(out, report);
      change.items.emplace_back(position_key(report), out.text());
    }
    tell(std::move(change));
    positions.clear();
  }

  void tell_balances(const DeskView& view) {
    const Books& books = view.engine.books();
    const Desk& desk = view.engine.desk();
    const Listening to = listening("balances");
    if (!to.any) return balances.clear();
    if (to.whole) {
      for (std::size_t i = 0; i < books.account_count(); ++i) {
        for (const Balance& balance : books.balances(AccountId{i}))
          balances.emplace(static_cast<std::uint32_t>(i), balance.asset.value);
      }
    }
    ChannelChange change{"balances", {}, {}, to.whole};
    for (const auto& [account, asset] : balances) {
      const Place& place = books.account(AccountId{account});
      const BalanceReport report{desk.venue(place.venue).name, place.account.str(),
                                 desk.asset(AssetId{asset}).name,
                                 books.cash(AccountId{account}, AssetId{asset})};
      change.items.emplace_back(balance_key(report),
                                text([&](JsonWriter& w) { write_balance(w, report); }));
    }
    tell(std::move(change));
    balances.clear();
  }

  void tell_proposals(const DeskView& view) {
    const Desk& desk = view.engine.desk();
    const Listening to = listening("proposals");
    if (!to.any) return proposals.clear();
    if (to.whole) {
      proposal_items.clear();
      for (const ControlConfig& control : desk.controls)
        proposals.add(control.factor.index());
    }
    ChannelChange change{"proposals", {}, {}, to.whole};
    for (const std::size_t i : proposals.list()) {
      const FactorWatch* const watch = view.engine.control().watch(FactorId{i});
      if (watch == nullptr) continue;
      const auto& latest = watch->record.latest();
      ToldItems::Items items;
      for (std::size_t k = latest.size() - std::min(latest.size(), proposals_told);
           k < latest.size(); ++k) {
        items.emplace_back(latest[k].id.str(), text([&](JsonWriter& w) {
                             write_full_proposal(w, desk, FactorId{i}, latest[k], nullptr);
                           }));
      }
      proposal_items.replace(i, std::move(items), {}, change);
    }
    tell(std::move(change));
    proposals.clear();
  }

  /// A short list that is made anew whenever something in it moved.
  template <class Make>
  void tell_list(std::string_view channel,
                 ToldItems& told,
                 bool& moved,
                 const Make& make,
                 const ToldItems::Ended& ended) {
    const Listening to = listening(channel);
    if (!to.any || !(to.whole || moved)) {
      if (to.any) {
        ChannelChange change{std::string(channel), {}, {}, false};
        told.sweep(change);
        tell(std::move(change));
      } else {
        moved = false;
      }
      return;
    }
    if (to.whole) told.clear();
    ChannelChange change{std::string(channel), {}, {}, to.whole};
    told.sweep(change);
    told.replace(0, make(), ended, change);
    tell(std::move(change));
    moved = false;
  }

  ToldItems::Items open_alerts(const Engine& engine) {
    ToldItems::Items items;
    const auto add = [&](const auto& episode) {
      const AlertReport report = alert_report(engine.desk(), episode);
      items.emplace_back(report.id, text([&](JsonWriter& w) { write_alert(w, report); }));
    };
    for (const StopEpisode& stop : engine.stops().all())
      if (!stop.cleared) add(stop);
    for (const AlertEpisode& episode : engine.alerts().active())
      add(episode);
    return items;
  }
  std::optional<std::string> ended_alert(const Engine& engine, const std::string& id) {
    std::optional<std::string> found;
    engine.alerts().visit_history_backwards([&](const AlertEpisode& episode) {
      if (alert_id(engine.desk(), episode.transition()) == id) {
        found = text([&](JsonWriter& w) { write_alert(w, alert_report(engine.desk(), episode)); });
      }
      return !found;
    });
    if (found) return found;
    for (const StopEpisode& stop : engine.stops().all()) {
      if (!stop.cleared || alert_id(engine.desk(), stop.transition()) != id) continue;
      return text([&](JsonWriter& w) { write_alert(w, alert_report(engine.desk(), stop)); });
    }
    return std::nullopt;  // it never fired
  }

  void tell_lists(const DeskView& view) {
    const Engine& engine = view.engine;
    const Desk& desk = engine.desk();
    const Books& books = engine.books();
    tell_list(
        "alerts", alerts, alerts_moved, [&] { return open_alerts(engine); },
        [&](const std::string& id) { return ended_alert(engine, id); });
    tell_list("orders", orders, orders_moved,
              [&] {
                ToldItems::Items items;
                for (const OpenOrder& order : engine.control().orders().all())
                  items.emplace_back(order.id.str(),
                                     text([&](JsonWriter& w) { write_order(w, desk, order); }));
                return items;
              },
              {});
    tell_list("quotes", quotes, quotes_moved,
              [&] {
                ToldItems::Items items;
                for (std::size_t i = 0; i < desk.quotes.size(); ++i) {
                  const QuoteView quote = quote_view(engine, i);
                  items.emplace_back(quote.instrument,
                                     text([&](JsonWriter& w) { write_quote_now(w, quote); }));
                }
                return items;
              },
              {});
    const auto transfer_text = [&](const TransferRecord& transfer) {
      return text([&](JsonWriter& w) { write_transfer(w, desk, books, transfer, engine.now()); });
    };
    tell_list(
        "transfers", transfers, transfers_moved,
        [&] {
          ToldItems::Items items;
          for (const std::uint32_t open : books.transfers().open()) {
            const TransferRecord& transfer = books.transfers().all()[open];
            items.emplace_back(transfer.id.str(), transfer_text(transfer));
          }
          return items;
        },
        [&](const std::string& id) -> std::optional<std::string> {
          const TransferRecord* const transfer = books.transfers().find(*TradeId::create(id));
          return transfer != nullptr ? std::optional(transfer_text(*transfer)) : std::nullopt;
        });
    const auto break_text = [&](const BreakReport& report) {
      return text([&](JsonWriter& w) { write_break(w, report); });
    };
    tell_list(
        "breaks", breaks, breaks_moved,
        [&] {
          ToldItems::Items items;
          for (const Break& item : books.breaks()) {
            if (item.closed) continue;
            const BreakReport report = break_report(desk, books, item);
            items.emplace_back(break_key(report), break_text(report));
          }
          return items;
        },
        [&](const std::string& key) -> std::optional<std::string> {
          for (const Break& item : books.breaks()) {
            if (!item.closed) continue;
            const BreakReport report = break_report(desk, books, item);
            if (break_key(report) == key) return break_text(report);
          }
          return std::nullopt;
        });
  }

  /// One item that is always the same.
  void tell_one(std::string_view channel,
                std::string_view key,
                bool moved,
                const std::function<void(JsonWriter&)>& write) {
    const Listening to = listening(channel);
    if (!to.any || !(to.whole || moved)) return;
    tell({std::string(channel), {{std::string(key), text(write)}}, {}, to.whole});
  }

  void tick(const DeskView& view) {
    const Engine& engine = view.engine;
    if (renamed) name_channels(engine.desk());
    const Duration now = options.wall();
    const bool refresh = now - refreshed >= options.refresh;
    if (refresh) {
      refreshed = now;
      alerts_moved = orders_moved = quotes_moved = transfers_moved = breaks_moved = health_moved =
          true;
      for (const ControlConfig& control : engine.desk().controls) {
        const FactorWatch* const watch = engine.control().watch(control.factor);
        if (watch->open) proposals.add(control.factor.index());
      }
    }
    tell_exposures(view);
    tell_positions(view);
    tell_balances(view);
    tell_proposals(view);
    tell_lists(view);
    tell_one("adherence", "desk", refresh,
             [&](JsonWriter& w) { write_desk_adherence(w, desk_adherence_view(engine)); });
    tell_one("health", "health", health_moved,
             [&](JsonWriter& w) { write_health(w, services, view); });
    health_moved = false;
    if (!changes.empty()) sink.publish(view.figures.now, std::exchange(changes, {}));
  }

  /// Whoever listens to a factor that is gone is told that nothing is left of it.
  void name_channels(const Desk& desk) {
    const std::vector<std::string> before = std::exchange(factor_channels, {});
    for (const FactorConfig& factor : desk.factors)
      factor_channels.push_back("exposures:" + factor_label(factor));
    for (const std::string& name : before) {
      if (std::find(factor_channels.begin(), factor_channels.end(), name) == factor_channels.end())
        tell({name, {}, {}, true});
    }
    renamed = false;
  }
};

Channels::Channels(ChannelSink& sink, const LivePaths& paths, const Services& services)
    : Channels(sink, paths, services, Options{}) {}

Channels::Channels(ChannelSink& sink,
                   const LivePaths& paths,
                   const Services& services,
                   Options options)
    : state_(std::make_unique<State>(sink, paths, services, std::move(options))) {}

Channels::~Channels() = default;

void Channels::follow(const DeskGroup& group) {
  State& s = *state_;
  s.note(group);
  const Duration now = s.options.wall();
  if (now - s.ticked < s.options.interval) return;
  s.ticked = now;
  s.tick(group.view);
}

void Channels::restart() {
  State& s = *state_;
  s.factors.clear();
  s.positions.clear();
  s.proposals.clear();
  s.balances.clear();
  s.renamed = true;
  s.heard.clear();
}

}  // namespace ballast::api

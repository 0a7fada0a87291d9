#include "adapters/store/projector.hpp"

#include "alert/alerts.hpp"
#include "base/archive.hpp"

namespace ballast {
namespace {

/// {"BTC":"0.1"}; asset names come from the desk and need no escaping beyond quotes and
/// backslashes.
void add_json_amount(std::string& json, std::string_view asset, Amount amount) {
  json += json.size() > 1 ? ",\"" : "\"";
  for (const char c : asset) {
    if (c == '"' || c == '\\') json += '\\';
    json += c;
  }
  json += "\":\"";
  char text[decimal_text_max];
  json.append(text, print_decimal(amount.raw, text));
  json += '"';
}

}  // namespace

std::string summary_bytes(const Summary& summary) {
  std::string bytes;
  SaveArchive ar(bytes);
  Summary copy = summary;
  ar(copy);
  return bytes;
}

Result<Summary> summary_from(std::string_view bytes) {
  LoadArchive ar(bytes);
  Summary summary;
  ar(summary);
  if (!ar.done()) return fail(Errc::corrupt, "a stored hour is damaged; rebuild the projections");
  return summary;
}

template <class Item>
void Projector::Touched<Item>::add(std::size_t index, const Item& item) {
  if (index >= seen.size()) seen.resize(index + 1, false);
  if (seen[index]) return;
  seen[index] = true;
  indices.push_back(index);
  items.push_back(item);
}

template <class Item>
void Projector::Touched<Item>::clear() {
  for (const std::size_t index : indices)
    seen[index] = false;
  indices.clear();
  items.clear();
}

void Projector::follow(std::uint64_t seq, const Event& event, std::span<const Effect> effects) {
  follow_again();
  if (engine_->trace().applied) {
    if (const auto* fill = std::get_if<Fill>(&event.body)) put_fill(seq, event.t, *fill);
    if (const auto* correct = std::get_if<Correct>(&event.body)) put_changed_fill(correct->key);
    if (const auto* bust = std::get_if<Bust>(&event.body)) put_changed_fill(bust->key);
    if (const auto* transfer = std::get_if<Transfer>(&event.body)) {
      put_transfer(transfer->id, event.t);
    }
    if (const auto* audit = std::get_if<Audit>(&event.body)) put_audit(seq, event.t, *audit);
  }
  for (const Effect& effect : effects)
    put_effect(effect);
}

void Projector::follow_again() {
  const StepTrace& trace = engine_->trace();
  for (const PositionId id : trace.positions)
    positions_.add(id.index(), id);
  const std::size_t assets = engine_->desk().assets.size();
  for (const auto& balance : trace.balances) {
    balances_.add(balance.first.index() * assets + balance.second.index(), balance);
  }
  if (!trace.positions.empty() || !trace.balances.empty()) out_->set_complete(false);
}

void Projector::put_finished_hours() {
  engine_->take_finished_hours([&](FactorId id, const Summary& hour) { put_hour(id, hour); });
}

void Projector::flush_if_due(Timestamp now) {
  put_finished_hours();
  if (flushed_ && now - *flushed_ < flush_interval) return;
  flush();
  flushed_ = now;
}

void Projector::flush() {
  put_finished_hours();
  for (const PositionId id : positions_.items)
    put_position(id);
  for (const auto& [account, asset] : balances_.items)
    put_balance(account, asset);
  positions_.clear();
  balances_.clear();
  out_->set_complete(true);
}

void Projector::flush_open_hours() {
  if (!engine_->started()) return;
  for (std::size_t i = 0; i < engine_->desk().factors.size(); ++i) {
    const Summary hour = engine_->tracker(FactorId{i}).open_hour(engine_->now());
    if (hour.to > hour.from) put_hour(FactorId{i}, hour);
  }
}

void Projector::put_fill(std::uint64_t seq, Timestamp t, const Fill& fill) {
  const Desk& desk = engine_->desk();
  FillRow row;
  row.seq = seq;
  row.t = t;
  row.venue = desk.venue(fill.key.place.venue).name;
  row.account = fill.key.place.account.view();
  row.book = fill.book.view();
  row.instrument = desk.instrument(fill.key.instrument).name;
  row.id = fill.key.id.view();
  row.leg = fill.key.leg;
  row.side = fill.side;
  row.qty = fill.qty;
  row.price = fill.price;
  if (fill.fee) {
    row.fee = fill.fee->amount;
    row.fee_asset = desk.asset(fill.fee->asset).name;
  }
  row.origin = fill.origin;
  row.liquidity = fill.liquidity;
  out_->put(row);
}

/// A corrected or busted fill as it counts now, in the row of the event that brought it.
void Projector::put_changed_fill(const FillKey& key) {
  const Desk& desk = engine_->desk();
  const Books& books = engine_->books();
  const std::string& venue = desk.venue(key.place.venue).name;
  const std::string& instrument = desk.instrument(key.instrument).name;
  const auto seq =
      out_->fill_seq(venue, key.place.account.view(), instrument, key.id.view(), key.leg);
  if (!seq) return;
  const AccountId account = books.find_account(key.place);
  const auto positions = books.positions();
  for (std::size_t i = 0; i < positions.size(); ++i) {
    if (positions[i].account != account || positions[i].instrument != key.instrument) continue;
    books.visit_fills(PositionId{i}, [&](const FillView& fill) {
      if (!(fill.id == key.id) || fill.leg != key.leg) return;
      FillRow row;
      row.seq = *seq;
      row.t = fill.t;
      row.venue = venue;
      row.account = key.place.account.view();
      row.book = books.book(positions[i].book).view();
      row.instrument = instrument;
      row.id = key.id.view();
      row.leg = fill.leg;
      row.side = fill.side;
      row.qty = fill.qty;
      row.price = fill.price;
      if (fill.fee) {
        row.fee = fill.fee->amount;
        row.fee_asset = desk.asset(fill.fee->asset).name;
      }
      row.origin = fill.origin;
      row.liquidity = fill.liquidity;
      row.status = fill.busted ? FillStatus::busted : FillStatus::corrected;
      out_->put(row);
    });
  }
}

void Projector::put_effect(const Effect& effect) {
  if (const auto* alert = std::get_if<AlertTransition>(&effect.body)) put_alert(*alert, effect.t);
  if (const auto* change = std::get_if<BreakChange>(&effect.body)) put_break(*change, effect.t);
  if (const auto* overdue = std::get_if<TransferOverdue>(&effect.body)) {
    put_transfer(overdue->id, effect.t);
  }
}

void Projector::put_alert(const AlertTransition& transition, Timestamp t) {
  if (transition.repeat) return;
  const Desk& desk = engine_->desk();
  const std::string id = alert_id(desk, transition);
  const AlertName name = alert_name(desk, transition);
  AlertRow row;
  row.id = id;
  row.rule = name.rule;
  row.factor = name.factor;
  row.book = name.book;
  row.episode = transition.episode;
  row.severity = transition.severity;
  row.state = transition.state;
  row.since = transition.since;
  row.started = out_->alert_started(id).value_or(t);
  row.value = transition.value;
  row.reason = transition.reason;
  out_->put(row);
}

void Projector::put_break(const BreakChange& change, Timestamp t) {
  const Desk& desk = engine_->desk();
  BreakRow row;
  row.venue = desk.venue(change.venue).name;
  row.account = engine_->books().account(change.account).account.view();
  row.subject = change.instrument.valid() ? desk.instrument(change.instrument).name
                                          : desk.asset(change.asset).name;
  row.since = change.since;
  row.state = change.state;
  row.stated = change.stated;
  row.ours = change.ours;
  if (change.state == BreakState::closed) row.closed = t;
  out_->put(row);
}

void Projector::put_position(PositionId id) {
  const Desk& desk = engine_->desk();
  const Books& books = engine_->books();
  const Position& position = books.position(id);
  const Place& place = books.account(position.account);
  fees_ = "{";
  funding_ = "{";
  for (const AssetTotals& total : position.totals) {
    const std::string& asset = desk.asset(total.asset).name;
    if (!total.fees.zero()) add_json_amount(fees_, asset, total.fees);
    if (!total.funding.zero()) add_json_amount(funding_, asset, total.funding);
  }
  fees_ += '}';
  funding_ += '}';
  out_->put(PositionRow{.venue = desk.venue(place.venue).name,
                        .account = place.account.view(),
                        .book = books.book(position.book).view(),
                        .instrument = desk.instrument(position.instrument).name,
                        .qty = position.qty,
                        .average_price = position.average,
                        .cost = position.cost,
                        .realized_pnl = position.realized,
                        .fees = fees_,
                        .funding = funding_});
}

void Projector::put_balance(AccountId account, AssetId asset) {
  const Desk& desk = engine_->desk();
  const Place& place = engine_->books().account(account);
  out_->put(BalanceRow{desk.venue(place.venue).name, place.account.view(), desk.asset(asset).name,
                       engine_->books().cash(account, asset)});
}

void Projector::put_transfer(const TradeId& id, Timestamp t) {
  const Desk& desk = engine_->desk();
  const Books& books = engine_->books();
  const TransferRecord* transfer = books.transfers().find(id);
  if (transfer == nullptr) return;
  const Place& from = books.account(transfer->from);
  const Place& to = books.account(transfer->to);
  TransferRow row;
  row.id = id.view();
  row.asset = desk.asset(transfer->asset).name;
  row.qty = transfer->qty;
  row.from_venue = desk.venue(from.venue).name;
  row.from_account = from.account.view();
  row.to_venue = desk.venue(to.venue).name;
  row.to_account = to.account.view();
  row.state = transfer->state;
  row.sent = transfer->sent;
  const bool open = transfer->state == TransferState::sent;
  if (!open) row.settled = t;
  row.overdue = open && t - transfer->sent > desk.transfer_overdue;
  out_->put(row);
}

void Projector::put_audit(std::uint64_t seq, Timestamp t, const Audit& audit) {
  out_->put(AuditRow{.seq = seq,
                     .t = t,
                     .by = audit.by.view(),
                     .role = audit.role.view(),
                     .action = audit.action.view(),
                     .subject = audit.subject.view(),
                     .before = audit.before,
                     .after = audit.after,
                     .reason = audit.reason,
                     .event = audit.event});
}

/// A summary may span several hours in which nothing happened: one row says so.
void Projector::put_hour(FactorId id, const Summary& hour) {
  const FactorConfig& config = engine_->desk().factor(id);
  const Figures f = figures(hour, engine_->desk().grid);
  const std::string bytes = summary_bytes(hour);
  AdherenceHourRow row;
  row.factor = config.name;
  row.book = config.book;
  row.from = hour.from;
  row.to = hour.to;
  row.known_seconds = f.known.to_seconds();
  row.unknown_seconds = f.unknown.to_seconds();
  row.adherence = f.adherence;
  row.time_in_band = f.time_in_band;
  row.time_above = f.time_above;
  row.time_below = f.time_below;
  row.time_past_limit = f.time_past_limit;
  row.bias = f.bias;
  row.rms_z = f.rms_z;
  row.max_abs_z = f.max_abs_z;
  row.iae = f.iae.value_or(0.0);
  row.ise = f.ise.value_or(0.0);
  row.excursions = static_cast<std::uint64_t>(f.excursions);
  row.summary = bytes;
  out_->put(row);
}

}  // namespace ballast

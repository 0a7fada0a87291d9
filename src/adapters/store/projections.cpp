#include "adapters/store/projections.hpp"

#include <string>

#include <fmt/format.h>

#include "adapters/store/hashed_row.hpp"
#include "adapters/store/schema.hpp"

namespace ballast {

namespace {

constexpr std::array<std::string_view, 3> transfer_state_names{"sent", "arrived", "failed"};
constexpr std::array<std::string_view, 2> break_state_names{"open", "closed"};
constexpr std::array<std::string_view, 3> liquidity_names{"unknown", "maker", "taker"};

template <class Enum, std::size_t N>
std::string_view name_of(Enum value, const std::array<std::string_view, N>& names) {
  return names[static_cast<std::size_t>(value)];
}

/// The decimal text of a number, without an allocation.
class DecimalText {
 public:
  template <class Tag>
  explicit DecimalText(Fixed<Tag> value) {
    const char* const end = print_decimal(value.raw, text_.data());
    size_ = static_cast<std::size_t>(end - text_.data());
  }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, decimal_text_max> text_;
  std::size_t size_ = 0;
};

void put_optional(RowWriter& out, const std::optional<double>& value) {
  value ? out.real(*value) : out.null();
}
void put_optional(RowWriter& out, const std::optional<Timestamp>& value) {
  value ? out.integer(value->ns) : out.null();
}

/// REPLACE would delete and insert; an upsert in place keeps a busy row's page the only one
/// touched.
std::string upsert_sql(std::string_view table, std::string_view key, std::string_view others) {
  std::string names = fmt::format("{}, {}", key, others);
  std::string marks;
  std::string set;
  std::string_view rest = others;
  for (const char c : names)
    marks += c == ',' ? "?, " : "";
  while (!rest.empty()) {
    const std::size_t comma = rest.find(", ");
    const std::string_view name = rest.substr(0, comma);
    set += fmt::format("{}{} = excluded.{}", set.empty() ? "" : ", ", name, name);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 2);
  }
  return fmt::format("INSERT INTO {}({}) VALUES({}?) ON CONFLICT({}) DO UPDATE SET {}", table,
                     names, marks, key, set);
}

}  // namespace

Result<Projections> Projections::open(sqlite::Database& database,
                                      std::function<Result<void>()> open_group) {
  struct Upsert {
    sqlite::Statement Projections::*statement;
    std::string_view table, key, others;
  };
  // The columns in the order of the table, key first: the order that row_hash is taken in.
  const std::array<Upsert, 8> upserts{{
      {&Projections::position_, "positions", "venue, account, book, instrument",
       "qty, average_price, cost, realized_pnl, fees, funding, row_hash"},
      {&Projections::fill_, "fills", "seq",
       "t, venue, account, book, instrument, id, leg, side, qty, price, fee, fee_asset, origin, "
       "liquidity, status, row_hash"},
      {&Projections::balance_, "balances", "venue, account, asset", "qty, row_hash"},
      {&Projections::adherence_, "adherence_hourly", "factor, book, from_t",
       "to_t, known_seconds, unknown_seconds, adherence, time_in_band, time_above, time_below, "
       "time_past_limit, bias, rms_z, max_abs_z, iae, ise, excursions, summary, row_hash"},
      {&Projections::alert_, "alerts", "id",
       "rule, factor, book, episode, severity, state, since, started, value, reason, "
       "row_hash"},
      {&Projections::break_, "breaks", "venue, account, subject, since",
       "state, stated, ours, closed, row_hash"},
      {&Projections::transfer_, "transfers", "id",
       "asset, qty, from_venue, from_account, to_venue, to_account, state, sent, settled, overdue, "
       "row_hash"},
      {&Projections::audit_, "audit", "seq",
       "t, by, role, action, subject, before, after, reason, event, row_hash"},
  }};
  Projections result;
  result.database_ = &database;
  result.open_group_ = std::move(open_group);
  for (const Upsert& upsert : upserts) {
    BALLAST_TRY(statement, database.prepare(upsert_sql(upsert.table, upsert.key, upsert.others)));
    result.*upsert.statement = std::move(statement);
  }
  BALLAST_TRY(fill_seq, database.prepare("SELECT seq FROM fills WHERE id = ? AND instrument = ? "
                                         "AND account = ? AND venue = ? AND leg = ?"));
  result.fill_seq_ = std::move(fill_seq);
  BALLAST_TRY(started, database.prepare("SELECT started FROM alerts WHERE id = ?"));
  result.alert_started_ = std::move(started);
  return result;
}

void Projections::note(const Result<void>& written) {
  if (!written && !failure_) failure_ = written.error();
}

bool Projections::ready() {
  if (!failure_) note(open_group_());
  return !failure_;
}

void Projections::put(const PositionRow& row) {
  if (!ready()) return;
  const DecimalText qty(row.qty);
  const DecimalText average(row.average_price);
  const DecimalText cost(row.cost);
  const DecimalText realized(row.realized_pnl);
  note(RowWriter(position_)
           .text(row.venue)
           .text(row.account)
           .text(row.book)
           .text(row.instrument)
           .text(qty.view())
           .text(average.view())
           .text(cost.view())
           .text(realized.view())
           .text(row.fees)
           .text(row.funding)
           .write());
}

void Projections::put(const FillRow& row) {
  if (!ready()) return;
  const DecimalText qty(row.qty);
  const DecimalText price(row.price);
  const DecimalText fee(row.fee.value_or(Amount{}));
  RowWriter out(fill_);
  out.integer(static_cast<std::int64_t>(row.seq))
      .integer(row.t.ns)
      .text(row.venue)
      .text(row.account)
      .text(row.book)
      .text(row.instrument)
      .text(row.id)
      .integer(row.leg)
      .text(to_string(row.side))
      .text(qty.view())
      .text(price.view());
  if (row.fee) {
    out.text(fee.view()).text(row.fee_asset);
  } else {
    out.null().null();
  }
  note(out.text(to_string(row.origin))
           .text(name_of(row.liquidity, liquidity_names))
           .text(name_of(row.status, fill_status_names))
           .write());
}

void Projections::put(const BalanceRow& row) {
  if (!ready()) return;
  const DecimalText qty(row.qty);
  note(RowWriter(balance_)
           .text(row.venue)
           .text(row.account)
           .text(row.asset)
           .text(qty.view())
           .write());
}

void Projections::put(const AdherenceHourRow& row) {
  if (!ready()) return;
  RowWriter out(adherence_);
  out.text(row.factor)
      .text(row.book)
      .integer(row.from.ns)
      .integer(row.to.ns)
      .real(row.known_seconds)
      .real(row.unknown_seconds);
  for (const auto* figure : {&row.adherence, &row.time_in_band, &row.time_above, &row.time_below,
                             &row.time_past_limit, &row.bias, &row.rms_z, &row.max_abs_z})
    put_optional(out, *figure);
  note(out.real(row.iae)
           .real(row.ise)
           .integer(static_cast<std::int64_t>(row.excursions))
           .blob(row.summary)
           .write());
}

void Projections::put(const AlertRow& row) {
  if (!ready()) return;
  note(RowWriter(alert_)
           .text(row.id)
           .text(row.rule)
           .text(row.factor)
           .text(row.book)
           .integer(row.episode)
           .text(to_string(row.severity))
           .text(name_of(row.state, alert_state_names))
           .integer(row.since.ns)
           .integer(row.started.ns)
           .real(row.value)
           .text(row.reason)
           .write());
}

void Projections::put(const BreakRow& row) {
  if (!ready()) return;
  const DecimalText stated(row.stated);
  const DecimalText ours(row.ours);
  RowWriter out(break_);
  out.text(row.venue)
      .text(row.account)
      .text(row.subject)
      .integer(row.since.ns)
      .text(name_of(row.state, break_state_names))
      .text(stated.view())
      .text(ours.view());
  put_optional(out, row.closed);
  note(out.write());
}

void Projections::put(const TransferRow& row) {
  if (!ready()) return;
  const DecimalText qty(row.qty);
  RowWriter out(transfer_);
  out.text(row.id)
      .text(row.asset)
      .text(qty.view())
      .text(row.from_venue)
      .text(row.from_account)
      .text(row.to_venue)
      .text(row.to_account)
      .text(name_of(row.state, transfer_state_names))
      .integer(row.sent.ns);
  put_optional(out, row.settled);
  note(out.integer(row.overdue ? 1 : 0).write());
}

void Projections::put(const AuditRow& row) {
  if (!ready()) return;
  RowWriter out(audit_);
  out.integer(static_cast<std::int64_t>(row.seq)).integer(row.t.ns);
  for (const std::string_view text :
       {row.by, row.role, row.action, row.subject, row.before, row.after, row.reason})
    out.text(text);
  note(out.integer(static_cast<std::int64_t>(row.event)).write());
}

std::optional<std::uint64_t> Projections::fill_seq(std::string_view venue,
                                                   std::string_view account,
                                                   std::string_view instrument,
                                                   std::string_view id,
                                                   std::uint16_t leg) {
  if (failure_) return std::nullopt;
  int parameter = 0;
  for (const std::string_view text : {id, instrument, account, venue})
    fill_seq_.bind_text(++parameter, text);
  fill_seq_.bind(++parameter, leg);
  const auto seq = look_up(fill_seq_);
  if (!seq) return std::nullopt;
  return static_cast<std::uint64_t>(*seq);
}

std::optional<Timestamp> Projections::alert_started(std::string_view id) {
  if (failure_) return std::nullopt;
  alert_started_.bind_text(1, id);
  const auto started = look_up(alert_started_);
  if (!started) return std::nullopt;
  return Timestamp{*started};
}

std::optional<std::int64_t> Projections::look_up(sqlite::Statement& statement) {
  const auto row = statement.step();
  if (!row) note(tl::unexpected(row.error()));
  if (!row || !*row) return std::nullopt;
  const std::int64_t found = statement.integer(0);
  statement.reset();
  return found;
}

void Projections::clear() {
  if (!ready()) return;
  for (const std::string_view table : projection_tables)
    note(database_->exec(fmt::format("DELETE FROM {}", table).c_str()));
}

}  // namespace ballast

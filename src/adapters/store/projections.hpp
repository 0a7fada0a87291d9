// Projections: what replay would derive from the events, kept in tables that any SQLite tool reads.
//
// Rows are upserts by their key, written inside the group of the events that caused them, so the
// tables are never ahead of the durable events; the first row opens a group when none is open. The
// caller conflates, within a group and over several: while it holds rows back it says so, and the
// journal records the event up to which the tables are complete. Numbers are exact decimals as
// text, times UTC nanoseconds (views give them as text). String views need to live during the call
// only. Errors are sticky and come out of commit().
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "adapters/store/sqlite.hpp"
#include "base/decimal.hpp"
#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

struct PositionRow {
  std::string_view venue = {}, account = {}, book = {}, instrument = {};  // the key
  Quantity qty = {};  // in the instrument's quantity unit
  Price average_price = {};
  Amount cost = {};               // settlement asset
  Amount realized_pnl = {};       // settlement asset, gross of fees
  std::string_view fees = {};     // JSON object, asset -> decimal text, + paid
  std::string_view funding = {};  // JSON object, asset -> decimal text, + received
};

enum class FillStatus : std::uint8_t { applied, corrected, busted };
inline constexpr std::array<std::string_view, 3> fill_status_names{"applied", "corrected",
                                                                   "busted"};

/// As it stands now: a correction or a bust writes the fill's row again, under the same seq.
struct FillRow {
  std::uint64_t seq = 0;  // the key: the event that brought the fill
  Timestamp t = {};
  std::string_view venue = {}, account = {}, book = {}, instrument = {}, id = {};
  std::uint16_t leg = 0;
  Side side = Side::buy;
  Quantity qty = {};
  Price price = {};
  std::optional<Amount> fee = {};  // + paid
  std::string_view fee_asset = {};
  Origin origin = Origin::unknown;
  Liquidity liquidity = Liquidity::unknown;
  FillStatus status = FillStatus::applied;
};

struct BalanceRow {
  std::string_view venue = {}, account = {}, asset = {};  // the key
  Amount qty = {};
};

/// One factor over one UTC hour (or the known part of it). Averages are absent without known time.
struct AdherenceHourRow {
  std::string_view factor = {}, book = {};  // the key, with `from`
  Timestamp from = {};
  Timestamp to = {};
  double known_seconds = 0.0;
  double unknown_seconds = 0.0;
  std::optional<double> adherence = {}, time_in_band = {}, time_above = {}, time_below = {},
                        time_past_limit = {};
  std::optional<double> bias = {}, rms_z = {}, max_abs_z = {};
  double iae = 0.0;  // unit-seconds
  double ise = 0.0;  // unit^2-seconds
  std::uint64_t excursions = 0;
  std::string_view summary = {};  // what merges with other hours, as the engine archives it
};

/// One episode of one rule (or objective), as it stands now.
struct AlertRow {
  std::string_view id = {};  // the key: deterministic, from rule, factor and episode
  std::string_view rule = {}, factor = {}, book = {};
  std::uint32_t episode = 0;
  Severity severity = Severity::warning;
  AlertState state = AlertState::ok;
  Timestamp since = {};    // when this state began
  Timestamp started = {};  // when the episode began
  double value = 0.0;
  std::string_view reason = {};  // of a breaker or kill switch
};

struct BreakRow {
  std::string_view venue = {}, account = {},
                   subject = {};  // the key, with `since`; an instrument or an asset
  Timestamp since = {};
  BreakState state = BreakState::open;
  Quantity stated = {};
  Quantity ours = {};
  std::optional<Timestamp> closed = {};
};

struct TransferRow {
  std::string_view id = {};  // the key
  std::string_view asset = {};
  Amount qty = {};
  std::string_view from_venue = {}, from_account = {}, to_venue = {}, to_account = {};
  TransferState state = TransferState::sent;
  Timestamp sent = {};
  std::optional<Timestamp> settled = {};  // arrived or failed
  bool overdue = false;
};

/// Who changed what, as the `audit` event of that number says.
struct AuditRow {
  std::uint64_t seq = 0;  // the key
  Timestamp t = {};
  std::string_view by = {}, role = {}, action = {}, subject = {};
  std::string_view before = {}, after = {};  // JSON, or empty
  std::string_view reason = {};
  std::uint64_t event = 0;  // the changing event's number; 0: the change is no event
};

class Projections {
 public:
  /// `open_group` is called before each write, and is quick when the group is open already.
  static Result<Projections> open(sqlite::Database& database,
                                  std::function<Result<void>()> open_group);

  void put(const PositionRow& row);
  void put(const FillRow& row);
  void put(const BalanceRow& row);
  void put(const AdherenceHourRow& row);
  void put(const AlertRow& row);
  void put(const BreakRow& row);
  void put(const TransferRow& row);
  void put(const AuditRow& row);

  /// The event that brought a fill, to write its row again; absent: no such row (or a failure).
  std::optional<std::uint64_t> fill_seq(std::string_view venue,
                                        std::string_view account,
                                        std::string_view instrument,
                                        std::string_view id,
                                        std::uint16_t leg);

  /// When the episode of an alert began, from its row; absent: no such row (or a failure).
  std::optional<Timestamp> alert_started(std::string_view id);

  /// Whether every row of the events so far has been put.
  void set_complete(bool complete) { complete_ = complete; }
  bool complete() const { return complete_; }

  /// Empties every table, before they are derived again.
  void clear();

  /// The first error of any call; nothing is written after it.
  const std::optional<Error>& failure() const { return failure_; }

 private:
  bool ready();
  void note(const Result<void>& written);
  std::optional<std::int64_t> look_up(sqlite::Statement& statement);

  sqlite::Database* database_ = nullptr;
  std::function<Result<void>()> open_group_;
  sqlite::Statement position_, fill_, balance_, adherence_, alert_, break_, transfer_, audit_,
      fill_seq_, alert_started_;
  std::optional<Error> failure_;
  bool complete_ = true;
};

}  // namespace ballast

#include "adapters/store/outbox_store.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/store/sqlite.hpp"

namespace ballast {
namespace {

constexpr int application_id = 0x424c4f42;  // "BLOB"
constexpr int format = 1;

// A notification's columns stand first in the tables that hold one.
#define NOTIFICATION_COLUMNS                                                              \
  "id TEXT NOT NULL, message TEXT NOT NULL, rule TEXT NOT NULL, factor TEXT NOT NULL, "   \
  "book TEXT NOT NULL, severity TEXT NOT NULL, state TEXT NOT NULL, t INTEGER NOT NULL, " \
  "since INTEGER NOT NULL, value REAL, threshold TEXT NOT NULL, reason TEXT NOT NULL, "   \
  "desk TEXT NOT NULL, link TEXT NOT NULL, level INTEGER NOT NULL, count INTEGER NOT NULL"
#define NOTIFICATION_PARAMETERS "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"

constexpr const char* schema =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE deliveries(" NOTIFICATION_COLUMNS
    ", number INTEGER PRIMARY KEY, sink TEXT NOT NULL, queued_at INTEGER NOT NULL,"
    "  next_at INTEGER NOT NULL, attempts INTEGER NOT NULL, unavailable INTEGER NOT NULL);"
    "CREATE TABLE alerts(" NOTIFICATION_COLUMNS
    ", PRIMARY KEY(id)) WITHOUT ROWID;"
    "CREATE TABLE told(id TEXT NOT NULL, place INTEGER NOT NULL, sink TEXT NOT NULL,"
    "  PRIMARY KEY(id, place)) WITHOUT ROWID;"
    "CREATE TABLE escalations(id TEXT NOT NULL, place INTEGER NOT NULL, escalation TEXT NOT NULL,"
    "  due INTEGER NOT NULL, level INTEGER NOT NULL, PRIMARY KEY(id, place)) WITHOUT ROWID;"
    "CREATE TABLE sinks(sink TEXT PRIMARY KEY, failing_since INTEGER, last_error TEXT NOT NULL,"
    "  paused_until INTEGER, delivered INTEGER NOT NULL, given_up INTEGER NOT NULL,"
    "  held_back INTEGER NOT NULL, minute INTEGER NOT NULL, admitted INTEGER NOT NULL,"
    "  held_back_now INTEGER NOT NULL, worst_held_back TEXT NOT NULL) WITHOUT ROWID;";

/// Binds to one parameter after another.
class Binder {
 public:
  Binder(sqlite::Statement& statement, int first) : statement_(statement), next_(first) {}

  Binder& text(std::string_view value) {
    statement_.bind_text(next_++, value);
    return *this;
  }
  Binder& integer(std::int64_t value) {
    statement_.bind(next_++, value);
    return *this;
  }
  Binder& count(std::uint64_t value) { return integer(static_cast<std::int64_t>(value)); }
  Binder& real(std::optional<double> value) {
    if (value) {
      statement_.bind_real(next_++, *value);
    } else {
      statement_.bind_null(next_++);
    }
    return *this;
  }
  Binder& time(std::optional<Timestamp> value) {
    if (value) return integer(value->ns);
    statement_.bind_null(next_++);
    return *this;
  }
  Binder& notification(const Notification& n) {
    text(n.id).text(n.message).text(n.rule).text(n.factor).text(n.book);
    text(to_string(n.severity)).text(to_string(n.state));
    integer(n.t.ns).integer(n.since.ns).real(n.value).text(n.threshold).text(n.reason);
    return text(n.desk).text(n.link).count(n.level).count(n.count);
  }

 private:
  sqlite::Statement& statement_;
  int next_;
};

/// Reads one column after another.
class Columns {
 public:
  Columns(const sqlite::Statement& row, int first) : row_(row), next_(first) {}

  std::string text() { return std::string(row_.bytes(next_++)); }
  std::int64_t integer() { return row_.integer(next_++); }
  std::uint64_t count() { return static_cast<std::uint64_t>(integer()); }
  std::uint32_t count32() { return static_cast<std::uint32_t>(integer()); }
  Timestamp time() { return Timestamp{integer()}; }
  std::optional<Timestamp> maybe_time() {
    if (row_.is_integer(next_)) return time();
    ++next_;
    return std::nullopt;
  }
  std::optional<double> maybe_real() {
    const int at = next_++;
    if (row_.is_real(at) || row_.is_integer(at)) return row_.real(at);
    return std::nullopt;
  }
  template <class Enum, class Names>
  Enum choice(const Names& names) {
    const std::string name = text();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      known_ = false;
      return Enum{};
    }
    return static_cast<Enum>(found - names.begin());
  }
  Notification notification() {
    Notification n;
    n.id = text();
    n.message = text();
    n.rule = text();
    n.factor = text();
    n.book = text();
    n.severity = choice<Severity>(severity_names);
    n.state = choice<NotificationState>(notification_state_names);
    n.t = time();
    n.since = time();
    n.value = maybe_real();
    n.threshold = text();
    n.reason = text();
    n.desk = text();
    n.link = text();
    n.level = count32();
    n.count = count32();
    return n;
  }
  /// False when a word was none of ours.
  bool known() const { return known_; }

 private:
  const sqlite::Statement& row_;
  int next_;
  bool known_ = true;
};

class SqliteOutbox final : public OutboxStore {
 public:
  SqliteOutbox(std::string path, sqlite::Database database)
      : path_(std::move(path)), database_(std::move(database)) {}
  SqliteOutbox(const SqliteOutbox&) = delete;
  SqliteOutbox& operator=(const SqliteOutbox&) = delete;

  Result<void> prepare() {
    const auto make = [this](sqlite::Statement& statement, std::string_view sql) -> Result<void> {
      BALLAST_TRY(made, database_.prepare(sql));
      statement = std::move(made);
      return {};
    };
    BALLAST_CHECK(make(put_meta_, "INSERT OR REPLACE INTO meta VALUES(?,?)"));
    BALLAST_CHECK(make(put_delivery_,
                       "INSERT OR REPLACE INTO deliveries "
                       "VALUES(" NOTIFICATION_PARAMETERS ",?,?,?,?,?,?)"));
    BALLAST_CHECK(make(remove_delivery_, "DELETE FROM deliveries WHERE number = ?"));
    BALLAST_CHECK(
        make(put_alert_, "INSERT OR REPLACE INTO alerts VALUES(" NOTIFICATION_PARAMETERS ")"));
    BALLAST_CHECK(make(remove_alert_, "DELETE FROM alerts WHERE id = ?"));
    BALLAST_CHECK(make(put_told_, "INSERT INTO told VALUES(?,?,?)"));
    BALLAST_CHECK(make(remove_told_, "DELETE FROM told WHERE id = ?"));
    BALLAST_CHECK(make(put_escalation_, "INSERT INTO escalations VALUES(?,?,?,?,?)"));
    BALLAST_CHECK(make(remove_escalations_, "DELETE FROM escalations WHERE id = ?"));
    return make(put_sink_, "INSERT OR REPLACE INTO sinks VALUES(?,?,?,?,?,?,?,?,?,?,?)");
  }

  Result<OutboxImage> load() override {
    auto image = read();
    if (image) return image;
    return fail(image.error().code, fmt::format("{}: {}", path_, image.error().what));
  }

  Result<void> save(const OutboxChanges& changes) override {
    auto saved = write(changes);
    if (saved) return saved;
    static_cast<void>(database_.exec("ROLLBACK"));  // fails where there is nothing to take back
    return fail(saved.error().code, fmt::format("{}: {}", path_, saved.error().what));
  }

 private:
  template <class Take>
  Result<void> each(std::string_view sql, Take take) {
    BALLAST_TRY(statement, database_.prepare(sql));
    for (;;) {
      BALLAST_TRY(row, statement.step());
      if (!row) return {};
      Columns columns(statement, 0);
      take(columns);
      if (!columns.known())
        return fail(Errc::corrupt, "a row holds a word that no version of it was written with");
    }
  }

  Result<OutboxImage> read() {
    OutboxImage image;
    BALLAST_CHECK(each("SELECT key, value FROM meta", [&](Columns& row) {
      const std::string key = row.text();
      const std::uint64_t value = row.count();
      if (key == "seq") image.seq = value;
      if (key == "last_number") image.last_number = value;
    }));
    BALLAST_CHECK(each("SELECT * FROM deliveries ORDER BY number", [&](Columns& row) {
      QueuedDelivery delivery;
      delivery.notification = row.notification();
      delivery.number = row.count();
      delivery.sink = row.text();
      delivery.queued_at = row.time();
      delivery.next_at = row.time();
      delivery.attempts = row.count32();
      delivery.unavailable = row.integer() != 0;
      image.deliveries.push_back(std::move(delivery));
    }));
    std::map<std::string, OpenAlert> alerts;
    BALLAST_CHECK(each("SELECT * FROM alerts", [&](Columns& row) {
      Notification last = row.notification();
      std::string id = last.id;
      alerts[std::move(id)].last = std::move(last);
    }));
    BALLAST_CHECK(each("SELECT id, sink FROM told ORDER BY id, place", [&](Columns& row) {
      const std::string id = row.text();
      if (const auto found = alerts.find(id); found != alerts.end())
        found->second.told.push_back(row.text());
    }));
    BALLAST_CHECK(each("SELECT id, escalation, due, level FROM escalations ORDER BY id, place",
                       [&](Columns& row) {
                         const std::string id = row.text();
                         OpenAlert::Pending pending;
                         pending.escalation = row.text();
                         pending.due = row.time();
                         pending.level = row.count32();
                         if (const auto found = alerts.find(id); found != alerts.end())
                           found->second.pending.push_back(std::move(pending));
                       }));
    for (auto& [id, alert] : alerts)
      image.alerts.push_back(std::move(alert));
    BALLAST_CHECK(each("SELECT * FROM sinks ORDER BY sink", [&](Columns& row) {
      SinkStanding sink;
      sink.sink = row.text();
      sink.failing_since = row.maybe_time();
      sink.last_error = row.text();
      sink.paused_until = row.maybe_time();
      sink.delivered = row.count();
      sink.given_up = row.count();
      sink.held_back = row.count();
      sink.minute = row.time();
      sink.admitted = row.count32();
      sink.held_back_now = row.count32();
      sink.worst_held_back = row.choice<Severity>(severity_names);
      image.sinks.push_back(std::move(sink));
    }));
    return image;
  }

  Result<void> write(const OutboxChanges& changes) {
    BALLAST_CHECK(database_.exec(changes.durable ? "PRAGMA synchronous = FULL"
                                                 : "PRAGMA synchronous = NORMAL"));
    BALLAST_CHECK(database_.exec("BEGIN IMMEDIATE"));
    if (changes.whole)
      BALLAST_CHECK(
          database_.exec("DELETE FROM deliveries; DELETE FROM alerts; DELETE FROM told;"
                         "DELETE FROM escalations; DELETE FROM sinks;"));
    BALLAST_CHECK(write_meta("seq", changes.seq));
    BALLAST_CHECK(write_meta("last_number", changes.last_number));
    for (const std::uint64_t number : changes.removed_deliveries) {
      Binder(remove_delivery_, 1).count(number);
      BALLAST_CHECK(remove_delivery_.run());
    }
    for (const QueuedDelivery& d : changes.deliveries) {
      Binder bind(put_delivery_, 1);
      bind.notification(d.notification).count(d.number).text(d.sink).time(d.queued_at);
      bind.time(d.next_at).count(d.attempts).integer(d.unavailable ? 1 : 0);
      BALLAST_CHECK(put_delivery_.run());
    }
    for (const std::string& id : changes.removed_alerts) {
      Binder(remove_alert_, 1).text(id);
      BALLAST_CHECK(remove_alert_.run());
      BALLAST_CHECK(remove_children(id));
    }
    for (const OpenAlert& alert : changes.alerts)
      BALLAST_CHECK(write_alert(alert));
    for (const SinkStanding& s : changes.sinks) {
      Binder bind(put_sink_, 1);
      bind.text(s.sink).time(s.failing_since).text(s.last_error).time(s.paused_until);
      bind.count(s.delivered).count(s.given_up).count(s.held_back).time(s.minute);
      bind.count(s.admitted).count(s.held_back_now);
      bind.text(to_string(s.worst_held_back));
      BALLAST_CHECK(put_sink_.run());
    }
    return database_.exec("COMMIT");
  }

  Result<void> write_meta(std::string_view key, std::uint64_t value) {
    Binder(put_meta_, 1).text(key).count(value);
    return put_meta_.run();
  }

  Result<void> remove_children(const std::string& id) {
    Binder(remove_told_, 1).text(id);
    BALLAST_CHECK(remove_told_.run());
    Binder(remove_escalations_, 1).text(id);
    return remove_escalations_.run();
  }

  Result<void> write_alert(const OpenAlert& alert) {
    const std::string& id = alert.last.id;
    Binder(put_alert_, 1).notification(alert.last);
    BALLAST_CHECK(put_alert_.run());
    BALLAST_CHECK(remove_children(id));
    for (std::size_t i = 0; i < alert.told.size(); ++i) {
      Binder(put_told_, 1).text(id).count(i).text(alert.told[i]);
      BALLAST_CHECK(put_told_.run());
    }
    for (std::size_t i = 0; i < alert.pending.size(); ++i) {
      const OpenAlert::Pending& pending = alert.pending[i];
      Binder bind(put_escalation_, 1);
      bind.text(id).count(i).text(pending.escalation).time(pending.due).count(pending.level);
      BALLAST_CHECK(put_escalation_.run());
    }
    return {};
  }

  std::string path_;
  sqlite::Database database_;
  sqlite::Statement put_meta_, put_delivery_, remove_delivery_, put_alert_, remove_alert_,
      put_told_, remove_told_, put_escalation_, remove_escalations_, put_sink_;
};

Result<void> set_up(sqlite::Database& database) {
  BALLAST_TRY(mode, database.text_of("PRAGMA journal_mode = WAL"));
  if (mode != "wal") return fail(Errc::io, "it cannot be kept with a write-ahead log");
  BALLAST_TRY(objects, database.text_of("SELECT count(*) FROM sqlite_schema"));
  if (objects == "0") {
    const std::string header =
        fmt::format("BEGIN; {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
                    schema, application_id, format);
    return database.exec(header.c_str());
  }
  BALLAST_TRY(application, database.text_of("PRAGMA application_id"));
  if (application != std::to_string(application_id))
    return fail(Errc::corrupt, "this is no outbox; move it away");
  BALLAST_TRY(version, database.text_of("PRAGMA user_version"));
  if (version != std::to_string(format))
    return fail(Errc::corrupt, fmt::format("outbox format {} where this program reads {}; deliver "
                                           "what waits with the program that wrote it",
                                           version, format));
  return {};
}

}  // namespace

Result<std::unique_ptr<OutboxStore>> open_outbox_store(const std::string& path) {
  const auto open = [&]() -> Result<std::unique_ptr<OutboxStore>> {
    BALLAST_TRY(database, sqlite::Database::open(path, sqlite::Access::create, ""));
    BALLAST_CHECK(set_up(database));
    auto store = std::make_unique<SqliteOutbox>(path, std::move(database));
    BALLAST_CHECK(store->prepare());
    return store;
  };
  // SQLite gives its log the mode of the file, which must not be open to others even at first.
  const int made = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (made >= 0) ::close(made);
  auto store = open();
  if (!store) return fail(store.error().code, fmt::format("{}: {}", path, store.error().what));
  return store;
}

}  // namespace ballast

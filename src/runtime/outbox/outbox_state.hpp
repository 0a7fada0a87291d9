// OutboxState: which sink is told what and when, as a pure function of what it was given.
//
// * put() takes what the desk has to say about the event `seq`; what it has taken up to there it
//   takes no second time, so events may be replayed.
// * About one alert a sink hears in order: nothing is tried while something older about the same
//   alert waits. Alerts do not wait for one another; the untried go first.
// * A failed attempt is repeated after 1 to 2 s, then twice as long each time, 2.5 to 5 min at
//   last, or as the sink asked. What was kept back by a sink that nobody could reach goes out as
//   soon as the sink takes something.
// * Given up: what the sink refuses for good, and what is older than the sink's `give_up_after`;
//   never what is critical. It is counted.
// * Flood: past `per_minute` in a calendar minute what fires is held back, and counted in one
//   summary when the minute has ended. What a sink was told to have begun, it is told to have
//   ended.
// * Escalation: each level once, unless the alert was acknowledged, ended, or is shelved when it is
//   due (then it is due anew after the same time).
//
// Two clocks: `desk` is the desk's, for minutes and escalations; `wall` is for attempts. Not
// thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "ports/alert_settings.hpp"
#include "ports/outbox_store.hpp"

namespace ballast {

/// What an event made the desk say.
struct AlertNews {
  std::uint64_t seq = 0;  // of the event
  Notification notification = {};
  bool notify = true;  // false: shelved or held back, so only for those who must know
};

/// How an alert stands at the desk, for those who ask whether to escalate it.
enum class AlertStanding : std::uint8_t { firing, shelved, over };
using AskStanding = std::function<AlertStanding(const std::string& id)>;

/// An attempt to make. `number` 0: what fires, said again.
struct DeliveryJob {
  std::uint64_t number = 0;
  Notification notification = {};
};
/// What a sink has to do: a job now, or at a time look again, or nothing until told.
struct SinkTurn {
  std::optional<DeliveryJob> job = {};
  std::optional<Timestamp> at = {};  // of the wall
};
using DeliveryOutcome = tl::expected<Delivered, DeliveryFailure>;

struct SinkHealth {
  std::string name;
  std::uint64_t queued = 0;
  std::optional<Timestamp> failing_since = {};  // of the wall
  std::optional<std::string> last_error = {};   // while it fails
  std::uint64_t delivered = 0;
  std::uint64_t given_up = 0;
  std::uint64_t held_back = 0;
};

class OutboxState {
 public:
  static constexpr Duration first_back_off = Duration::seconds(2);  // halved at most by jitter
  static constexpr Duration longest_back_off = Duration::minutes(5);
  static constexpr Duration longest_pause = Duration::hours(1);  // that a sink may ask for
  static constexpr Duration minute = Duration::minutes(1);

  /// `traits` are those of `settings.sinks`, one each. What waits in `image` for sinks that are
  /// configured no longer is dropped, and told by dropped().
  OutboxState(std::string desk,
              AlertSettings settings,
              const std::vector<SinkTraits>& traits,
              OutboxImage image,
              std::uint64_t seed);

  std::size_t sink_count() const { return sinks_.size(); }
  std::uint64_t seq() const { return seq_; }
  const std::vector<std::string>& dropped() const { return dropped_; }
  /// Ids of the alerts that were told and have not ended.
  std::vector<std::string> open_alerts() const;
  const OpenAlert* open_alert(const std::string& id) const;

  /// In the order of events; all of an event's news at once.
  void put(std::span<const AlertNews> news, Timestamp wall);
  /// What is due by the desk's clock: summaries of floods, escalations.
  void tick(Timestamp desk, Timestamp wall, const AskStanding& ask);
  /// An alert that the desk no longer knows of ends, with this reason.
  void forget(const std::string& id, Timestamp t, const std::string& reason, Timestamp wall);
  /// What fires is told, unless it was.
  void adopt(Notification firing, Timestamp wall);

  SinkTurn turn(std::size_t sink, Timestamp wall) const;
  void settle(std::size_t sink,
              const DeliveryJob& job,
              const DeliveryOutcome& outcome,
              Timestamp wall);

  std::vector<SinkHealth> health() const;

  /// What changed since the last call, or all of it.
  bool changed() const {
    return !touched_deliveries_.empty() || !touched_alerts_.empty() || !touched_sinks_.empty();
  }
  OutboxChanges take_changes(bool whole);
  /// All of it, as a store would give it back.
  OutboxImage image() const;

 private:
  struct Resend {
    Timestamp at;
    std::uint32_t attempts = 0;
  };
  struct Sink {
    SinkSettings settings = {};
    SinkTraits traits = {};
    SinkStanding standing = {};
    std::map<std::uint64_t, QueuedDelivery> queue = {};  // by number
    std::map<std::string, Resend> resends = {};          // by alert
  };

  void announce(const Notification& notice, Timestamp wall);
  void begin(const Notification& firing, Timestamp wall);
  void remind(OpenAlert& alert, const Notification& firing, Timestamp wall);
  void proceed(OpenAlert& alert, const AlertNews& news, Timestamp wall);
  void arm(OpenAlert& alert, const Escalation& escalation, Timestamp from, std::uint32_t level);
  void escalate(OpenAlert& alert,
                const OpenAlert::Pending& pending,
                Timestamp desk,
                Timestamp wall);
  /// Tells a sink that something fires; false when it does not want to know, or was flooded.
  bool tell(Sink& sink, const Notification& firing, Timestamp wall);
  void enqueue(Sink& sink, Notification notification, Timestamp wall);
  bool admit(Sink& sink, const Notification& firing, Timestamp wall);
  void end_minute(Sink& sink, Timestamp desk, Timestamp wall);
  Duration back_off(std::uint32_t attempts);
  Sink* find(std::string_view name);
  const Escalation* escalation(std::string_view name) const;
  /// Sinks that are told at once, with the escalations that follow.
  std::vector<const Escalation*> first_level() const;
  void erase(Sink& sink, std::uint64_t number);
  const QueuedDelivery* queued(std::uint64_t number) const;
  void touch(const Sink& sink) { touched_sinks_.insert(sink.settings.name); }
  void touch(const std::string& alert) {
    touched_alerts_.insert(alert);
    put_since_ = true;
  }

  std::string desk_;
  AlertSettings settings_;
  std::vector<Sink> sinks_;
  std::map<std::string, OpenAlert> alerts_;
  std::uint64_t seq_ = 0;
  std::uint64_t last_number_ = 0;
  Rng rng_;
  std::vector<std::string> dropped_;
  std::set<std::uint64_t> touched_deliveries_;
  std::set<std::string> touched_alerts_;
  std::set<std::string> touched_sinks_;
  bool put_since_ = false;
};

}  // namespace ballast

// AlertSink: whoever tells people or other programs of alerts.
//
// Told at least once: a notification whose delivery failed, or of which nobody knows whether it
// arrived, comes again with the same `id` and `message`. About one alert they come in order.
// deliver() blocks, for so long at most as it is told; one thread at a time for each sink.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/timestamp.hpp"
#include "model/desk.hpp"

namespace ballast {

enum class NotificationState : std::uint8_t {
  firing,
  reminder,      // it still fires; or it was not acknowledged in time
  acknowledged,  // somebody is at it
  resolved,      // it ended
  notice,        // said once; nothing ends it
};
inline constexpr std::array<std::string_view, 5> notification_state_names{
    "firing", "reminder", "acknowledged", "resolved", "notice"};
constexpr std::string_view to_string(NotificationState state) {
  return notification_state_names[static_cast<std::size_t>(state)];
}

struct Notification {
  std::string id;       // of the alert, "rule/factor/episode": the same in all that is said of it
  std::string message;  // of this notification: the same whenever it is sent again
  std::string rule, factor, book;  // book "*": the whole desk's
  Severity severity = Severity::warning;
  NotificationState state = NotificationState::firing;
  Timestamp t;      // when this happened
  Timestamp since;  // when the alert began to fire
  std::optional<double> value = {};
  std::string threshold = {};  // "abs_z > 1 for 30s"; empty: none
  std::string reason = {};     // why, where there is more to say
  std::string desk = {};
  std::string link = {};    // the page of the dashboard; empty: none
  std::uint32_t level = 0;  // of escalation; 0: told at once
  std::uint32_t count = 0;  // of a summary: the notifications it stands for

  friend bool operator==(const Notification&, const Notification&) = default;
};

struct Delivered {
  std::string answer;  // what the receiver said, shortened; for people
};

struct DeliveryFailure {
  enum class Kind : std::uint8_t {
    unavailable,  // nobody answered, or whoever did asks to wait: nothing wrong with the message
    failed,       // an answer that may change: an error of theirs, or of our credentials
    refused,      // the same message will be refused again
  };
  Kind kind = Kind::unavailable;
  std::string what;                          // a sentence without secrets
  std::optional<Duration> retry_after = {};  // as the receiver asked
};

/// What the outbox must know of a kind of sink.
struct SinkTraits {
  /// Of several messages about one alert that wait, only the newest matters.
  bool latest_only = false;
  /// It keeps the alert's state, so it hears of its end also while the rule is shelved.
  bool keeps_state = false;
  /// What fires is forgotten unless it is said again and again.
  std::optional<Duration> resend_every = {};
};

class AlertSink {
 public:
  virtual ~AlertSink() = default;

  virtual SinkTraits traits() const = 0;
  virtual tl::expected<Delivered, DeliveryFailure> deliver(const Notification& notification,
                                                           Duration at_most,
                                                           std::stop_token stop) = 0;

 protected:
  AlertSink() = default;
  AlertSink(const AlertSink&) = default;
  AlertSink& operator=(const AlertSink&) = default;
};

}  // namespace ballast

#include "adapters/sink/alertmanager/alertmanager.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/sink/common/exchange.hpp"
#include "adapters/sink/common/wording.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

constexpr Duration resend_every = Duration::minutes(1);
/// As Prometheus does: three sendings in a row may fail before the alert ends.
constexpr Duration holds_for = resend_every * 4;

std::string document(const Notification& n, Timestamp wall) {
  const bool over = n.state == NotificationState::resolved;
  nlohmann::ordered_json labels{{"alertname", n.rule}, {"id", n.id},
                                {"factor", n.factor},  {"book", n.book},
                                {"desk", n.desk},      {"severity", to_string(n.severity)}};
  nlohmann::ordered_json annotations{{"summary", headline(n)}, {"state", to_string(n.state)}};
  for (const auto& [what, text] : details(n))
    if (what == "value" || what == "rule" || what == "reason" || what == "level")
      annotations[what] = text;
  const Timestamp starts = std::min(n.since, wall);
  const Timestamp ends = over ? std::clamp(n.t, starts, wall) : wall + holds_for;
  nlohmann::ordered_json alert{{"labels", std::move(labels)},
                               {"annotations", std::move(annotations)},
                               {"startsAt", to_string(starts)},
                               {"endsAt", to_string(ends)}};
  if (!n.link.empty()) alert["generatorURL"] = n.link;
  return nlohmann::ordered_json::array({std::move(alert)})
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class AlertmanagerSink final : public AlertSink {
 public:
  explicit AlertmanagerSink(SinkParts parts) : parts_(std::move(parts)) {}

  SinkTraits traits() const override {
    return {.latest_only = true, .keeps_state = true, .resend_every = resend_every};
  }

  tl::expected<Delivered, DeliveryFailure> deliver(const Notification& notification,
                                                   Duration at_most,
                                                   std::stop_token stop) override {
    const Timestamp now = parts_.wall();
    return post({parts_.http, parts_.settings.url + "/api/v2/alerts", parts_.secret.reveal()}, {},
                document(notification, now), now, at_most, std::move(stop));
  }

 private:
  SinkParts parts_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> make_alertmanager_sink(SinkParts parts) {
  BALLAST_CHECK(parse_url(parts.settings.url));
  return std::make_unique<AlertmanagerSink>(std::move(parts));
}

}  // namespace ballast

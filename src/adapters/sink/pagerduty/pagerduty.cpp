#include "adapters/sink/pagerduty/pagerduty.hpp"

#include <nlohmann/json.hpp>

#include "adapters/sink/common/exchange.hpp"
#include "adapters/sink/common/wording.hpp"
#include "base/hash.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

constexpr std::size_t dedup_key_max = 255;  // characters; PagerDuty refuses more
constexpr std::size_t summary_max = 1024;

std::string dedup_key(const Notification& n) {
  if (n.id.size() <= dedup_key_max) return n.id;
  Digest digest;
  digest.add(std::string_view(n.id));
  return digest.hex();
}

std::string_view action(NotificationState state) {
  switch (state) {
    case NotificationState::acknowledged:
      return "acknowledge";
    case NotificationState::resolved:
      return "resolve";
    default:
      return "trigger";
  }
}

std::string document(const Notification& n, const std::string& routing_key) {
  nlohmann::ordered_json whole{
      {"routing_key", routing_key}, {"event_action", action(n.state)}, {"dedup_key", dedup_key(n)}};
  if (action(n.state) == "trigger") {
    nlohmann::ordered_json more = nlohmann::ordered_json::object();
    for (const auto& [what, text] : details(n))
      more[what] = text;
    whole["payload"] = {{"summary", shortened(headline(n), summary_max)},
                        {"source", n.desk.empty() ? "ballast" : n.desk},
                        {"severity", to_string(n.severity)},
                        {"timestamp", to_string(n.t)},
                        {"component", n.factor},
                        {"group", n.book},
                        {"class", n.rule},
                        {"custom_details", std::move(more)}};
    whole["client"] = "Ballast";
    if (!n.link.empty()) whole["client_url"] = n.link;
  }
  return whole.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class PagerDutySink final : public AlertSink {
 public:
  explicit PagerDutySink(SinkParts parts) : parts_(std::move(parts)) {}

  // Nobody is called for what has ended while PagerDuty could not be reached.
  SinkTraits traits() const override { return {.latest_only = true, .keeps_state = true}; }

  tl::expected<Delivered, DeliveryFailure> deliver(const Notification& notification,
                                                   Duration at_most,
                                                   std::stop_token stop) override {
    const std::string& key = parts_.secret.reveal();
    return post({parts_.http, parts_.settings.url + "/v2/enqueue", key}, {},
                document(notification, key), parts_.wall(), at_most, std::move(stop));
  }

 private:
  SinkParts parts_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> make_pagerduty_sink(SinkParts parts) {
  BALLAST_CHECK(parse_url(parts.settings.url));
  return std::make_unique<PagerDutySink>(std::move(parts));
}

}  // namespace ballast

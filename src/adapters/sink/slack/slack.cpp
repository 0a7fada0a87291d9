#include "adapters/sink/slack/slack.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/sink/common/exchange.hpp"
#include "adapters/sink/common/wording.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

constexpr std::size_t line_max = 500;  // bytes of each; Slack takes 40,000 characters in all

/// These three would begin a mention or a link.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string document(const Notification& n) {
  std::string text = fmt::format("*{}*", escaped(shortened(headline(n), line_max)));
  for (const auto& [what, line] : details(n))
    text += fmt::format("\n{}: {}", what, escaped(shortened(line, line_max)));
  if (!n.link.empty()) text += fmt::format("\n<{}|dashboard>", escaped(n.link));
  const nlohmann::ordered_json whole{{"text", std::move(text)}, {"unfurl_links", false}};
  return whole.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class SlackSink final : public AlertSink {
 public:
  explicit SlackSink(SinkParts parts) : parts_(std::move(parts)) {}

  SinkTraits traits() const override { return {}; }

  tl::expected<Delivered, DeliveryFailure> deliver(const Notification& notification,
                                                   Duration at_most,
                                                   std::stop_token stop) override {
    return post({parts_.http, parts_.secret.reveal(), parts_.secret.reveal()}, {},
                document(notification), parts_.wall(), at_most, std::move(stop));
  }

 private:
  SinkParts parts_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> make_slack_sink(SinkParts parts) {
  BALLAST_CHECK(parse_url(parts.secret.reveal()));
  return std::make_unique<SlackSink>(std::move(parts));
}

}  // namespace ballast

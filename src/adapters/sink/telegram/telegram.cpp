#include "adapters/sink/telegram/telegram.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "adapters/sink/common/exchange.hpp"
#include "adapters/sink/common/wording.hpp"
#include "ports/url.hpp"

namespace ballast {
namespace {

constexpr std::size_t text_max = 4096;  // characters; Telegram refuses more

class TelegramSink final : public AlertSink {
 public:
  explicit TelegramSink(SinkParts parts) : parts_(std::move(parts)) {}

  SinkTraits traits() const override { return {}; }

  tl::expected<Delivered, DeliveryFailure> deliver(const Notification& notification,
                                                   Duration at_most,
                                                   std::stop_token stop) override {
    const nlohmann::ordered_json whole{{"chat_id", parts_.settings.chat},
                                       {"text", plain_text(notification, text_max)},
                                       {"disable_web_page_preview", true}};
    return post({parts_.http, url(parts_), parts_.secret.reveal()}, {},
                whole.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), parts_.wall(),
                at_most, std::move(stop));
  }

  static std::string url(const SinkParts& parts) {
    return fmt::format("{}/bot{}/sendMessage", parts.settings.url, parts.secret.reveal());
  }

 private:
  SinkParts parts_;
};

}  // namespace

Result<std::unique_ptr<AlertSink>> make_telegram_sink(SinkParts parts) {
  BALLAST_CHECK(parse_url(TelegramSink::url(parts)));
  return std::make_unique<TelegramSink>(std::move(parts));
}

}  // namespace ballast

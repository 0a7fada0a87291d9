#include "adapters/sink/webhook/webhook.hpp"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sodium.h>

#include "adapters/sink/common/exchange.hpp"
#include "adapters/sink/common/wording.hpp"
#include "base/hash.hpp"

namespace ballast {
namespace {

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Full stops separate what is signed, and a factor's name may hold one: hence a hash.
std::string webhook_id(const Notification& notification) {
  Digest digest;
  digest.add(std::string_view(notification.message));
  return "msg_" + digest.hex();
}

std::string document(const Notification& n) {
  nlohmann::ordered_json data{{"id", n.id},
                              {"state", to_string(n.state)},
                              {"severity", to_string(n.severity)},
                              {"rule", n.rule},
                              {"factor", n.factor},
                              {"book", n.book},
                              {"since", to_string(n.since)},
                              {"value", nullptr},
                              {"threshold", n.threshold},
                              {"reason", n.reason},
                              {"desk", n.desk},
                              {"link", n.link},
                              {"level", n.level},
                              {"count", n.count},
                              {"text", headline(n)}};
  if (n.value) data["value"] = *n.value;
  const nlohmann::ordered_json whole{{"type", fmt::format("alert.{}", to_string(n.state))},
                                     {"timestamp", to_string(n.t)},
                                     {"data", std::move(data)}};
  return whole.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

class WebhookSink final : public AlertSink {
 public:
  WebhookSink(SinkParts parts, std::string key) : parts_(std::move(parts)), key_(std::move(key)) {}

  SinkTraits traits() const override { return {.keeps_state = true}; }

  tl::expected<Delivered, DeliveryFailure> deliver(const Notification& notification,
                                                   Duration at_most,
                                                   std::stop_token stop) override {
    const Timestamp now = parts_.wall();
    const std::int64_t seconds = now.ns / 1'000'000'000;
    const std::string id = webhook_id(notification);
    std::string body = document(notification);
    std::string signature = webhook_signature(key_, id, seconds, body);
    return post({parts_.http, parts_.settings.url, parts_.secret.reveal()},
                {{"webhook-id", id},
                 {"webhook-timestamp", fmt::format("{}", seconds)},
                 {"webhook-signature", std::move(signature)}},
                std::move(body), now, at_most, std::move(stop));
  }

 private:
  SinkParts parts_;
  std::string key_;
};

}  // namespace

Result<std::string> webhook_key(const Secret& secret) {
  constexpr std::string_view prefix = "whsec_";
  std::string_view text = secret.reveal();
  if (!text.starts_with(prefix))
    return fail(Errc::bad_input, "the signing secret does not begin with whsec_");
  text.remove_prefix(prefix.size());
  std::string key(text.size(), '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  const int decoded =
      sodium_base642bin(reinterpret_cast<unsigned char*>(key.data()), key.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL);
  if (decoded != 0 || end != text.data() + text.size())
    return fail(Errc::bad_input, "the signing secret is not base64 after whsec_");
  key.resize(size);
  if (size < 24 || size > 64) {
    return fail(Errc::bad_input,
                fmt::format("the signing secret holds {} bytes; 24 to 64 are specified", size));
  }
  return key;
}

std::string webhook_signature(std::string_view key,
                              std::string_view id,
                              std::int64_t timestamp,
                              std::string_view body) {
  const std::string head = fmt::format("{}.{}.", id, timestamp);
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, bytes(key), key.size());
  crypto_auth_hmacsha256_update(&state, bytes(head), head.size());
  crypto_auth_hmacsha256_update(&state, bytes(body), body.size());
  std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
  crypto_auth_hmacsha256_final(&state, mac.data());
  std::array<char, sodium_base64_ENCODED_LEN(crypto_auth_hmacsha256_BYTES,
                                             sodium_base64_VARIANT_ORIGINAL)>
      text{};
  sodium_bin2base64(text.data(), text.size(), mac.data(), mac.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  return fmt::format("v1,{}", text.data());
}

Result<std::unique_ptr<AlertSink>> make_webhook_sink(SinkParts parts) {
  BALLAST_TRY(key, webhook_key(parts.secret));
  return std::make_unique<WebhookSink>(std::move(parts), std::move(key));
}

}  // namespace ballast

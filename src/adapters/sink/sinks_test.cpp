// What each kind of sink sends.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/sink/common/wording.hpp"
#include "adapters/sink/fake_http.hpp"
#include "adapters/sink/webhook/webhook.hpp"

namespace ballast {
namespace {

using nlohmann::json;
using testing::FakeHttp;
using testing::wall;
using State = NotificationState;

struct Sent {
  explicit Sent(SinkKind kind, const std::string& url = "https://there.example")
      : sink(std::move(*make_sink(testing::parts_of(kind, http, url)))) {}

  json document(const Notification& n = testing::firing()) {
    EXPECT_TRUE(sink->deliver(n, Duration::seconds(1), {}));
    return json::parse(http.asked.back().body);
  }
  json document(State state) {
    Notification n = testing::firing();
    n.state = state;
    n.t = wall;
    return document(n);
  }
  std::string header(const std::string& name) const {
    for (const auto& [key, value] : http.asked.back().headers)
      if (key == name) return value;
    return {};
  }

  FakeHttp http;
  std::unique_ptr<AlertSink> sink;
};

// ---- webhook

TEST(Webhook, signs_as_the_published_example_does) {
  // standardwebhooks.com, and the libraries of its authors.
  const auto key = webhook_key(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
  ASSERT_TRUE(key);
  EXPECT_EQ(webhook_signature(*key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                              R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Webhook, takes_only_secrets_as_they_are_specified) {
  for (const char* text : {"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_!!!!",
                           "whsec_c2hvcnQ=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS"}) {
    const auto key = webhook_key(Secret(text));
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().what.find("MfKQ"), std::string::npos);
  }
}

TEST(Webhook, names_a_message_the_same_whenever_it_is_sent) {
  Sent sent(SinkKind::webhook);
  sent.document();
  const std::string id = sent.header("webhook-id");
  EXPECT_TRUE(id.starts_with("msg_"));
  EXPECT_EQ(id.find('.'), std::string::npos) << "it separates what is signed";
  sent.document();
  EXPECT_EQ(sent.header("webhook-id"), id);
  Notification other = testing::firing();
  other.message += "x";
  sent.document(other);
  EXPECT_NE(sent.header("webhook-id"), id);
  EXPECT_EQ(sent.header("webhook-timestamp"), "1767600000");
}

TEST(Webhook, says_all_there_is_to_say) {
  Sent sent(SinkKind::webhook);
  const json document = sent.document();
  EXPECT_EQ(document["type"], "alert.firing");
  EXPECT_EQ(document["timestamp"], "2026-01-05T07:59:59Z");
  EXPECT_EQ(document["data"], json::parse(R"({
    "id": "out/delta:BTC@mm/3", "state": "firing", "severity": "critical", "rule": "out",
    "factor": "delta:BTC", "book": "mm", "since": "2026-01-05T07:59:59Z", "value": 1.4,
    "threshold": "abs_z > 1 for 30s", "reason": "<why> & \"how\"", "desk": "maker",
    "link": "https://desk.example/alerts", "level": 0, "count": 0,
    "text": "CRITICAL firing: out, delta:BTC@mm"})"));
  Notification without = testing::firing();
  without.value.reset();
  EXPECT_TRUE(sent.document(without)["data"]["value"].is_null());
}

// ---- the others

TEST(Slack, writes_to_the_secret_url_and_lets_nobody_be_mentioned) {
  Sent sent(SinkKind::slack);
  Notification n = testing::firing();
  n.reason = "<!channel> & <https://evil.example|click>";
  const std::string text = sent.document(n)["text"];
  EXPECT_EQ(sent.http.asked.back().url, testing::secret_of(SinkKind::slack));
  EXPECT_TRUE(text.starts_with("*CRITICAL firing: out, delta:BTC@mm*\nvalue: 1.4\n")) << text;
  EXPECT_EQ(text.find("<!channel>"), std::string::npos);
  EXPECT_NE(text.find("&lt;!channel&gt; &amp; &lt;https"), std::string::npos) << text;
  EXPECT_TRUE(text.ends_with("\n<https://desk.example/alerts|dashboard>")) << text;
}

TEST(PagerDuty, triggers_acknowledges_and_resolves_one_incident) {
  Sent sent(SinkKind::pagerduty);
  const json trigger = sent.document();
  EXPECT_EQ(sent.http.asked.back().url, "https://there.example/v2/enqueue");
  EXPECT_EQ(trigger["routing_key"], testing::secret_of(SinkKind::pagerduty));
  EXPECT_EQ(trigger["event_action"], "trigger");
  EXPECT_EQ(trigger["dedup_key"], "out/delta:BTC@mm/3");
  EXPECT_EQ(trigger["payload"]["summary"], "CRITICAL firing: out, delta:BTC@mm");
  EXPECT_EQ(trigger["payload"]["source"], "maker");
  EXPECT_EQ(trigger["payload"]["severity"], "critical");
  EXPECT_EQ(trigger["payload"]["custom_details"]["value"], "1.4");
  EXPECT_EQ(trigger["client_url"], "https://desk.example/alerts");
  EXPECT_EQ(sent.document(State::reminder)["event_action"], "trigger");
  const json acknowledge = sent.document(State::acknowledged);
  EXPECT_EQ(acknowledge["event_action"], "acknowledge");
  const json resolve = sent.document(State::resolved);
  EXPECT_EQ(resolve["event_action"], "resolve");
  for (const json& document : {acknowledge, resolve})
    EXPECT_EQ(document["dedup_key"], trigger["dedup_key"]);
}

TEST(PagerDuty, keeps_to_the_lengths_that_it_takes) {
  Sent sent(SinkKind::pagerduty);
  Notification n = testing::firing();
  n.id = std::string(300, 'k');
  n.factor = std::string(3000, 'f');
  const json document = sent.document(n);
  EXPECT_LE(document["dedup_key"].get<std::string>().size(), 255u);
  EXPECT_LE(document["payload"]["summary"].get<std::string>().size(), 1024u);
  EXPECT_EQ(sent.document(n)["dedup_key"], document["dedup_key"]);
}

TEST(Telegram, sends_plain_text_to_the_chat) {
  Sent sent(SinkKind::telegram);
  const json document = sent.document();
  EXPECT_EQ(sent.http.asked.back().url,
            "https://there.example/bot" + testing::secret_of(SinkKind::telegram) + "/sendMessage");
  EXPECT_EQ(document["chat_id"], "-100123");
  EXPECT_FALSE(document.contains("parse_mode")) << "names hold what would be markup";
  EXPECT_TRUE(document["text"].get<std::string>().ends_with("\nhttps://desk.example/alerts"));
  Notification longer = testing::firing();
  longer.reason = std::string(9000, 'x');
  const std::string text = sent.document(longer)["text"];
  EXPECT_LE(text.size(), 4096u);
  EXPECT_TRUE(text.ends_with("\nhttps://desk.example/alerts"));
}

TEST(Alertmanager, is_told_like_prometheus_tells_it) {
  Sent sent(SinkKind::alertmanager);
  const json firing = sent.document()[0];
  EXPECT_EQ(sent.http.asked.back().url, "https://there.example/api/v2/alerts");
  EXPECT_EQ(firing["labels"], json::parse(R"({
    "alertname": "out", "id": "out/delta:BTC@mm/3", "factor": "delta:BTC", "book": "mm",
    "desk": "maker", "severity": "critical"})"));
  EXPECT_EQ(firing["startsAt"], "2026-01-05T07:59:59Z");
  EXPECT_EQ(firing["endsAt"], "2026-01-05T08:04:00Z") << "four times a minute from now";
  EXPECT_EQ(firing["annotations"]["state"], "firing");
  EXPECT_EQ(firing["generatorURL"], "https://desk.example/alerts");
  EXPECT_EQ(sent.sink->traits().resend_every, Duration::minutes(1));
  const json acknowledged = sent.document(State::acknowledged)[0];
  EXPECT_EQ(acknowledged["endsAt"], "2026-01-05T08:04:00Z") << "it fires on";
  const json resolved = sent.document(State::resolved)[0];
  EXPECT_EQ(resolved["labels"], firing["labels"]);
  EXPECT_EQ(resolved["endsAt"], "2026-01-05T08:00:00Z");
}

TEST(Alertmanager, is_told_no_time_that_has_not_come) {
  Sent sent(SinkKind::alertmanager);
  Notification n = testing::firing();
  n.since = n.t = wall + Duration::hours(5);  // a simulated desk's
  EXPECT_EQ(sent.document(n)[0]["startsAt"], "2026-01-05T08:00:00Z");
  n.state = State::resolved;
  EXPECT_EQ(sent.document(n)[0]["endsAt"], "2026-01-05T08:00:00Z");
}

TEST(Wording, cuts_between_characters) {
  EXPECT_EQ(shortened("ab\xc3\xa4", 3), "ab");
  EXPECT_EQ(shortened("ab\xc3\xa4", 4), "ab\xc3\xa4");
  EXPECT_EQ(shortened("\xf0\x9f\x98\x80", 3), "");
}

}  // namespace
}  // namespace ballast

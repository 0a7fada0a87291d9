// Notifications from the outbox on disk through real sockets to a receiver that misbehaves.
#include <atomic>
#include <chrono>
#include <functional>
#include <ostream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/http_client/http_client.hpp"
#include "adapters/sink/sink_kinds.hpp"
#include "adapters/sink/webhook/webhook.hpp"
#include "adapters/store/outbox_store.hpp"
#include "runtime/outbox/outbox.hpp"
#include "support/program.hpp"
#include "support/receiver.hpp"

namespace ballast {

// Else a row would be named by its bytes, addresses among them, and the test with it.
static void PrintTo(const SinkKindRow& row, std::ostream* out) { *out << info(row.kind).name; }

namespace {

using testing::Answer;
using testing::Receiver;
using testing::TakenRequest;
using State = NotificationState;

constexpr Timestamp t0{1'767'600'000'000'000'000};
constexpr const char* whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

Notification notification(const std::string& id,
                          State state,
                          Severity severity = Severity::critical) {
  Notification n;
  n.id = id;
  n.rule = "out";
  n.factor = "delta:BTC";
  n.book = "*";
  n.severity = severity;
  n.state = state;
  n.t = n.since = t0;
  n.desk = "maker";
  return n;
}

Secret secret_of(SinkKind kind, const Receiver& receiver) {
  if (kind == SinkKind::webhook) return Secret(whsec);
  if (kind == SinkKind::slack) return Secret(receiver.url("/services/T0/B0/sEcReT"));
  if (kind == SinkKind::alertmanager) return Secret();
  return Secret("sEcReT0123456789");
}

/// A desk's outbox with one sink, as the program puts it together. The wall runs a thousand times
/// as fast as usual, so that back-off takes milliseconds.
class Desk1 {
 public:
  Desk1(SinkKind kind, const Receiver& receiver) : kind_(kind), receiver_(&receiver) { open(); }

  void open(Duration timeout = Duration::seconds(20)) {
    outbox_.reset();
    SinkSettings settings;
    settings.name = "mine";
    settings.kind = kind_;
    settings.url = receiver_->url();
    settings.url.pop_back();
    settings.chat = "1";
    settings.timeout = timeout;
    http_ = std::move(*make_http_client());
    OutboxParts parts{.desk = "maker",
                      .settings = {.sinks = {settings}},
                      .sinks = {},
                      .store = {},
                      .wall = [this] { return wall(); }};
    parts.sinks.push_back(
        std::move(*make_sink({settings, secret_of(kind_, *receiver_), *http_, parts.wall})));
    parts.store = std::move(*open_outbox_store((scratch_.path() / "desk.db.outbox").string()));
    outbox_ = std::move(*Outbox::open(std::move(parts), seq_));
    outbox_->start();
  }
  void close() { outbox_.reset(); }

  void say(const std::string& id, State state, Severity severity = Severity::critical) {
    const AlertNews news{++seq_, notification(id, state, severity), true};
    outbox_->put({&news, 1});
  }
  /// Workers sleep by the wall, which runs ahead of them: this wakes them.
  bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      outbox_->forget("nobody", t0, "");
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
  }
  bool all_delivered() {
    return eventually([this] { return health().queued == 0; });
  }
  SinkHealth health() const { return outbox_->health()[0]; }

 private:
  Timestamp wall() const {
    const auto real = std::chrono::steady_clock::now() - begin_;
    return t0 + Duration{std::chrono::nanoseconds(real).count() * 1000};
  }

  testing::Scratch scratch_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  SinkKind kind_;
  const Receiver* receiver_;
  std::uint64_t seq_ = 0;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<Outbox> outbox_;
};

class EverySinkOverSockets : public ::testing::TestWithParam<SinkKindRow> {};

/// What tells one message from another in what a sink sent, repeats aside.
std::string identity(const TakenRequest& request) {
  if (const auto id = request.headers.find("webhook-id"); id != request.headers.end())
    return id->second;
  return request.body;
}

TEST_P(EverySinkOverSockets, delivers_at_last_whatever_the_receiver_does) {
  using Kind = Answer::Kind;
  const Receiver receiver({{.status = 500},
                           {.kind = Kind::close},
                           {.status = 429, .headers = {{"Retry-After", "2"}}},
                           {.kind = Kind::reset},
                           {.status = 400, .body = "what?"},
                           {.kind = Kind::raw, .body = "nonsense\r\n\r\n"},
                           {.kind = Kind::take_only},  // took it, and never says so
                           {.kind = Kind::hang},
                           {.status = 200, .body = "ok"}});
  Desk1 desk(GetParam().kind, receiver);
  desk.open(Duration::milliseconds(300));
  desk.say("a", State::firing);
  ASSERT_TRUE(desk.all_delivered());
  EXPECT_EQ(receiver.connections(), 9u);
  EXPECT_EQ(desk.health().delivered, 1u);
  const auto taken = receiver.taken();
  ASSERT_EQ(taken.size(), 7u);
  if (GetParam().kind != SinkKind::alertmanager) {  // which is told times of the wall
    for (const TakenRequest& request : taken)
      EXPECT_EQ(identity(request), identity(taken[0]));
  }
}

TEST_P(EverySinkOverSockets, goes_on_after_a_restart_in_order) {
  std::atomic<bool> well = false;
  const Receiver receiver(
      [&](const TakenRequest&) -> Answer { return {.status = well ? 200 : 503}; });
  Desk1 desk(GetParam().kind, receiver);
  desk.say("a", State::firing);
  desk.say("a", State::resolved);
  desk.say("b", State::firing);
  ASSERT_TRUE(receiver.wait_for(2));
  desk.close();
  const std::size_t before = receiver.taken().size();
  well = true;
  desk.open();
  EXPECT_EQ(desk.health().last_error, "answered 503");
  ASSERT_TRUE(desk.all_delivered());
  std::vector<TakenRequest> taken = receiver.taken();
  taken.erase(taken.begin(), taken.begin() + static_cast<std::ptrdiff_t>(before));
  const bool latest_only =
      GetParam().kind == SinkKind::pagerduty || GetParam().kind == SinkKind::alertmanager;
  ASSERT_GE(taken.size(), latest_only ? 2u : 3u);
  std::size_t end = 0, begin = 0;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (taken[i].body.find("resolve") != std::string::npos) end = i + 1;
    if (begin == 0 && taken[i].body.find("resolve") == std::string::npos) begin = i + 1;
  }
  EXPECT_GT(end, 0u) << "it was told of the end";
  EXPECT_TRUE(latest_only || begin < end) << "of the beginning first";
}

std::string name_of(const ::testing::TestParamInfo<SinkKindRow>& row) {
  return std::string(info(row.param.kind).name);
}
INSTANTIATE_TEST_SUITE_P(Kinds,
                         EverySinkOverSockets,
                         ::testing::ValuesIn(sink_kinds().begin(), sink_kinds().end()),
                         name_of);

TEST(WebhookOverSockets, can_be_verified_by_whoever_has_the_secret) {
  const Receiver receiver({Answer{}});
  Desk1 desk(SinkKind::webhook, receiver);
  desk.say("a", State::firing);
  ASSERT_TRUE(receiver.wait_for(1));
  const TakenRequest request = receiver.taken()[0];
  const std::int64_t timestamp = std::stoll(request.headers.at("webhook-timestamp"));
  EXPECT_EQ(request.headers.at("webhook-signature"),
            webhook_signature(*webhook_key(Secret(whsec)), request.headers.at("webhook-id"),
                              timestamp, request.body));
  EXPECT_EQ(request.headers.at("content-type"), "application/json");
}

TEST(Delivery, takes_no_longer_than_a_quarter_of_a_second) {
  const Receiver receiver({Answer{}});
  Desk1 desk(SinkKind::webhook, receiver);
  std::vector<double> seconds;
  for (std::size_t i = 1; i <= 200; ++i) {
    const auto began = std::chrono::steady_clock::now();
    desk.say(fmt::format("a{}", i), State::firing);
    ASSERT_TRUE(receiver.wait_for(i));
    seconds.push_back(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  }
  std::sort(seconds.begin(), seconds.end());
  fmt::print("from put() to the receiver: p50 {:.1f} ms, p99 {:.1f} ms\n", seconds[100] * 1e3,
             seconds[197] * 1e3);
  EXPECT_LT(seconds[100], 0.25);  // the median: the machine may be busy with others
}

}  // namespace
}  // namespace ballast

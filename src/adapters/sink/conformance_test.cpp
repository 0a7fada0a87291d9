// What every kind of sink must do, by the table of kinds: a new row is tested unasked.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/sink/fake_http.hpp"

namespace ballast {

// Else a row would be named by its bytes, addresses among them, and the test with it.
static void PrintTo(const SinkKindRow& row, std::ostream* out) { *out << info(row.kind).name; }

namespace {

using testing::FakeHttp;
using Kind = DeliveryFailure::Kind;
constexpr Duration soon = Duration::seconds(5);

class EverySink : public ::testing::TestWithParam<SinkKindRow> {
 protected:
  EverySink() {
    auto made = make_sink(testing::parts_of(GetParam().kind, http_, "https://there.example/base"));
    EXPECT_TRUE(made) << made.error().what;
    sink_ = std::move(*made);
  }
  tl::expected<Delivered, DeliveryFailure> deliver(const Notification& n = testing::firing()) {
    return sink_->deliver(n, soon, {});
  }
  std::string secret() const { return testing::secret_of(GetParam().kind); }

  FakeHttp http_;
  std::unique_ptr<AlertSink> sink_;
};

TEST_P(EverySink, posts_json_of_every_state) {
  for (std::size_t state = 0; state < notification_state_names.size(); ++state) {
    Notification n = testing::firing();
    n.state = static_cast<NotificationState>(state);
    n.level = static_cast<std::uint32_t>(state);
    const auto outcome = deliver(n);
    ASSERT_TRUE(outcome) << outcome.error().what;
    EXPECT_EQ(outcome->answer, "answered 200: ok");
    const HttpRequest& request = http_.asked.back();
    EXPECT_EQ(request.method, "POST");
    const auto type =
        std::find(request.headers.begin(), request.headers.end(),
                  std::pair<std::string, std::string>("Content-Type", "application/json"));
    EXPECT_NE(type, request.headers.end());
    const auto body = nlohmann::json::parse(request.body, nullptr, false);
    ASSERT_FALSE(body.is_discarded()) << request.body;
    if (n.state != NotificationState::firing) continue;
    for (const char* word : {"out", "delta:BTC"})
      EXPECT_NE(request.body.find(word), std::string::npos) << request.body;
  }
}

TEST_P(EverySink, sends_the_same_again_when_it_is_asked_to) {
  deliver();
  deliver();
  ASSERT_EQ(http_.asked.size(), 2u);
  EXPECT_EQ(http_.asked[0].body, http_.asked[1].body);
  EXPECT_EQ(http_.asked[0].headers, http_.asked[1].headers);
}

TEST_P(EverySink, tells_what_may_be_tried_again_from_what_may_not) {
  const std::pair<int, Kind> cases[] = {
      {408, Kind::unavailable}, {425, Kind::unavailable}, {429, Kind::unavailable},
      {502, Kind::unavailable}, {503, Kind::unavailable}, {504, Kind::unavailable},
      {500, Kind::failed},      {501, Kind::failed},      {401, Kind::failed},
      {403, Kind::failed},      {404, Kind::failed},      {301, Kind::failed},
      {400, Kind::refused},     {410, Kind::refused},     {413, Kind::refused},
      {415, Kind::refused},     {422, Kind::refused}};
  for (const auto& [status, kind] : cases) {
    http_.reply = HttpReply{.status = status, .headers = {}, .body = "because"};
    const auto outcome = deliver();
    ASSERT_FALSE(outcome) << status;
    EXPECT_EQ(outcome.error().kind, kind) << status;
    EXPECT_TRUE(outcome.error().what.starts_with(fmt::format("answered {}: because", status)));
  }
  http_.reply = fail(Errc::io, "https://there.example:443: timed out");
  EXPECT_EQ(deliver().error().kind, Kind::unavailable);
  for (const int status : {200, 201, 202, 204}) {
    http_.reply = HttpReply{.status = status, .headers = {}, .body = ""};
    EXPECT_TRUE(deliver()) << status;
  }
}

TEST_P(EverySink, passes_on_how_long_it_is_asked_to_wait) {
  const std::pair<const char*, std::optional<Duration>> cases[] = {
      {"120", Duration::seconds(120)},
      {"Mon, 05 Jan 2026 08:00:30 GMT", Duration::seconds(30)},
      {"Mon, 05 Jan 2026 07:00:00 GMT", std::nullopt},  // has passed
      {"0", std::nullopt},
      {"-5", std::nullopt},
      {"soon", std::nullopt},
      {"Mon, 99 Jan 2026 08:00:30 GMT", std::nullopt},
      {"99999999999999999999", std::nullopt}};
  for (const auto& [text, wait] : cases) {
    http_.reply = HttpReply{.status = 429, .headers = {{"retry-after", text}}, .body = ""};
    EXPECT_EQ(deliver().error().retry_after, wait) << text;
  }
}

TEST_P(EverySink, never_says_its_secret) {
  if (secret().empty()) GTEST_SKIP() << "it has none";
  http_.reply = HttpReply{.status = 401, .headers = {}, .body = "bad key " + secret() + "\r\n\x01"};
  const auto outcome = deliver();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().what.find(secret()), std::string::npos) << outcome.error().what;
  EXPECT_EQ(outcome.error().what, "answered 401: bad key ***");
  http_.reply = fail(Errc::io, "no " + secret());
  EXPECT_EQ(deliver().error().what.find(secret()), std::string::npos);
  http_.reply = HttpReply{.status = 200, .headers = {}, .body = secret()};
  EXPECT_EQ(deliver()->answer, "answered 200: ***");
}

TEST_P(EverySink, shows_no_more_of_an_answer_than_a_person_reads) {
  http_.reply = HttpReply{.status = 500, .headers = {}, .body = std::string(50'000, 'x')};
  EXPECT_LT(deliver().error().what.size(), 300u);
}

TEST_P(EverySink, takes_any_text_and_makes_no_broken_json_of_it) {
  Notification n = testing::firing();
  n.reason = std::string("\xff\xfe\0\n\"\\", 6) + std::string(9000, '\xe4');
  n.factor = "\xf0\x9f\x98\x80" + std::string(400, '"');
  n.id = std::string(400, 'i');
  ASSERT_TRUE(deliver(n));
  EXPECT_FALSE(nlohmann::json::parse(http_.asked.back().body, nullptr, false).is_discarded());
}

std::string name_of(const ::testing::TestParamInfo<SinkKindRow>& row) {
  return std::string(info(row.param.kind).name);
}
INSTANTIATE_TEST_SUITE_P(Kinds,
                         EverySink,
                         ::testing::ValuesIn(sink_kinds().begin(), sink_kinds().end()),
                         name_of);

TEST(Sinks, that_cannot_work_are_refused_by_name_without_their_secret) {
  FakeHttp http;
  for (const SinkKindRow& row : sink_kinds()) {
    SinkParts parts = testing::parts_of(row.kind, http, "no url");
    parts.secret = Secret("s3cret\n");
    const auto made = make_sink(std::move(parts));
    ASSERT_FALSE(made) << info(row.kind).name;
    EXPECT_NE(made.error().what.find("sink \"mine\""), std::string::npos);
    EXPECT_EQ(made.error().what.find("s3cret"), std::string::npos) << made.error().what;
  }
}

}  // namespace
}  // namespace ballast

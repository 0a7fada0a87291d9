// The stream as clients see it, over real sockets, and the hub with clients that stand still.

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "adapters/api/server/test_client.hpp"
#include "adapters/api/server/test_service.hpp"
#include "base/rng.hpp"

namespace ballast::api {
namespace {

using Json = nlohmann::json;

constexpr const char* path = "/api/v1/stream";

std::string call(const std::string& method, const Json& params, int id = 1) {
  return Json{{"jsonrpc", "2.0"}, {"id", id}, {"method", method}, {"params", params}}.dump();
}

ChannelChange change(const std::string& key, const std::string& value, bool whole = false) {
  return {.channel = "alerts",
          .items = {{key, Json{{"id", key}, {"v", value}}.dump()}},
          .whole = whole};
}

TestService::Setup quick() {
  TestService::Setup setup;
  setup.hub.version = "1.2";
  setup.hub.now = [] { return Timestamp{1'000'000'000}; };  // first seq 1,000,000
  return setup;
}

class StreamTest : public ::testing::Test {
 protected:
  explicit StreamTest(TestService::Setup setup = quick()) : service(std::move(setup)) {}

  TestClient open(const std::string& token) {
    TestClient client(service.port());
    EXPECT_EQ(client.upgrade(path, token).status, 101);
    return client;
  }
  static Json next(TestClient& client) {
    const auto message = client.message();
    EXPECT_EQ(message.close_code, 0) << message.text;
    return Json::parse(message.text, nullptr, false);
  }
  static Json ask(TestClient& client,
                  const std::string& method,
                  const Json& params = Json::object()) {
    client.send_text(call(method, params));
    return next(client);
  }
  void publish(std::vector<ChannelChange> changes) {
    service.hub().publish({}, std::move(changes));
  }

  TestService service;
  std::string viewer = service.token(Role::viewer);
};

TEST_F(StreamTest, snapshot_then_changes_without_a_gap) {
  publish({change("a", "1")});
  auto client = open(viewer);
  const Json answer =
      ask(client, "private/subscribe", {{"channels", {"alerts"}}, {"interval_ms", 50}});
  EXPECT_EQ(answer.at("result").dump(), R"(["alerts"])");
  const Json first = next(client).at("params");
  EXPECT_EQ(first.at("type"), "snapshot");
  EXPECT_EQ(first.at("seq"), 1'000'001);
  EXPECT_TRUE(first.at("prev_seq").is_null());
  EXPECT_EQ(first.at("data").dump(), R"({"items":[{"id":"a","v":"1"}]})");
  publish({change("b", "1")});
  const Json second = next(client).at("params");
  EXPECT_EQ(second.at("type"), "change");
  EXPECT_EQ(second.at("prev_seq"), 1'000'001);
  EXPECT_EQ(second.at("data").dump(), R"({"items":[{"id":"b","v":"1"}],"removed":[]})");
  publish({{.channel = "alerts", .removed = {"a"}}});
  EXPECT_EQ(next(client).at("params").at("data").dump(), R"({"items":[],"removed":["a"]})");
}

TEST_F(StreamTest, changes_faster_than_the_interval_are_one_change_to_the_latest) {
  publish({change("a", "0")});
  auto client = open(viewer);
  ask(client, "private/subscribe", {{"channels", {"alerts"}}, {"interval_ms", 2000}});
  EXPECT_EQ(next(client).at("params").at("type"), "snapshot");
  for (int i = 1; i <= 100; ++i)
    publish({change("a", std::to_string(i))});
  // All hundred come within one interval, two where they straddle its end.
  std::string last;
  int messages = 0;
  while (last != "100") {
    last = next(client).at("params").at("data").at("items").at(0).at("v");
    ++messages;
  }
  EXPECT_LE(messages, 2);
}

TEST_F(StreamTest, resumes_where_it_was_when_every_change_is_held) {
  publish({change("a", "1")});
  publish({change("b", "1")});
  auto client = open(viewer);
  ask(client, "private/subscribe", {{"channels", {"alerts"}}, {"resume", {{"alerts", 1'000'001}}}});
  const Json resumed = next(client).at("params");
  EXPECT_EQ(resumed.at("type"), "change");
  EXPECT_EQ(resumed.at("prev_seq"), 1'000'001);
  EXPECT_EQ(resumed.at("data").at("items").size(), 1U);
  // Of an earlier run of the service: nothing is known of what was missed.
  ask(client, "private/subscribe", {{"channels", {"alerts"}}, {"resume", {{"alerts", 77}}}});
  EXPECT_EQ(next(client).at("params").at("type"), "snapshot");
}

TEST_F(StreamTest, a_client_that_cannot_set_headers_says_its_token_first) {
  auto client = open("");
  EXPECT_EQ(ask(client, "public/ping").at("result"), "pong");
  EXPECT_EQ(ask(client, "public/hello").at("result").at("version"), "1.2");
  EXPECT_EQ(ask(client, "private/subscribe", {{"channels", {"alerts"}}}).at("error").at("code"),
            -32001);
  EXPECT_EQ(ask(client, "public/auth", {{"token", "blst_x"}}).at("error").at("code"), -32001);
  EXPECT_EQ(ask(client, "public/auth", {{"token", viewer}}).at("result").at("role"), "viewer");
  EXPECT_TRUE(ask(client, "private/subscribe", {{"channels", {"alerts"}}}).contains("result"));
}

TEST_F(StreamTest, what_is_wrong_of_a_call_is_named) {
  auto client = open(viewer);
  const auto error = [&](const std::string& text) {
    client.send_text(text);
    return next(client).at("error");
  };
  EXPECT_EQ(error("{").at("code"), -32700);
  EXPECT_EQ(error(std::string(100, '[')).at("code"), -32700);
  EXPECT_EQ(error("[]").at("code"), -32600);
  EXPECT_EQ(error(call("public/nothing", Json::object())).at("code"), -32601);
  EXPECT_EQ(error(call("private/subscribe", {{"channels", {"alrts"}}})).at("message"),
            "there is no channel alrts; public/hello lists them");
  EXPECT_EQ(
      error(call("private/subscribe", {{"channels", {"alerts"}}, {"interval_ms", 1}})).at("code"),
      -32602);
  EXPECT_EQ(error(call("private/subscribe", {{"chanels", {"alerts"}}})).at("message"),
            "there is no parameter chanels");
  Json many = Json::array();
  for (int i = 0; i < 65; ++i)
    many.push_back("exposures:" + std::to_string(i));
  EXPECT_EQ(error(call("private/subscribe", {{"channels", many}})).at("code"), -32004);
  EXPECT_EQ(ask(client, "public/ping").at("result"), "pong");
  client.send_frame(2, "binary");
  EXPECT_EQ(client.message().close_code, 1003);
}

TEST_F(StreamTest, who_may_not_read_may_not_subscribe) {
  auto client = open(service.token(Role::metrics));
  EXPECT_EQ(ask(client, "private/subscribe", {{"channels", {"alerts"}}}).at("error").at("code"),
            -32002);
}

TEST_F(StreamTest, a_revoked_token_ends_its_streams_within_a_second) {
  auto client = open(viewer);
  auto other = open(service.token(Role::viewer));
  EXPECT_EQ(ask(client, "public/ping").at("result"), "pong");
  // As another process would: by the file.
  Tokens::Options options;
  const auto elsewhere =
      TestService::expected(Tokens::open((service.folder() / "desk.db.tokens").string(), options));
  ASSERT_TRUE(elsewhere->revoke("viewer-1"));
  const auto then = std::chrono::steady_clock::now();
  const auto end = client.message();
  EXPECT_EQ(end.close_code, 1008);
  EXPECT_EQ(end.text, "the token was revoked, or has expired");
  EXPECT_LT(std::chrono::steady_clock::now() - then, std::chrono::seconds(1));
  EXPECT_EQ(ask(other, "public/ping").at("result"), "pong");
  EXPECT_EQ(TestClient(service.port()).upgrade(path, viewer).status, 401);
}

TEST_F(StreamTest, needs_an_upgrade_of_the_same_origin) {
  EXPECT_EQ(TestClient(service.port()).ask("GET", path, viewer).status, 426);
  EXPECT_EQ(
      TestClient(service.port()).upgrade(path, viewer, "Origin: http://evil.example\r\n").status,
      403);
  EXPECT_EQ(TestClient(service.port()).upgrade(path, viewer, "Origin: http://localhost\r\n").status,
            101);
}

TEST_F(StreamTest, the_end_of_the_service_is_told) {
  auto client = open(viewer);
  std::jthread stops([&] { service.server().stop(Duration::seconds(30)); });
  EXPECT_EQ(client.message().close_code, 1001);
}

TEST_F(StreamTest, nobody_hears_a_channel_until_it_is_told_whole_again) {
  EXPECT_FALSE(service.hub().wanted("alerts"));
  auto client = open(viewer);
  ask(client, "private/subscribe", {{"channels", {"alerts"}}});
  EXPECT_TRUE(service.hub().wanted("alerts"));
  publish({change("a", "part")});  // what came before it was not told
  publish({change("b", "whole", true)});
  EXPECT_EQ(next(client).at("params").at("data").dump(), R"({"items":[{"id":"b","v":"whole"}]})");
  EXPECT_EQ(ask(client, "private/unsubscribe", {{"channels", {"alerts"}}}).at("result").size(), 0U);
  EXPECT_FALSE(service.hub().wanted("alerts"));
}

TEST(Stream, an_unknown_client_has_a_moment_to_say_who_it_is) {
  auto setup = quick();
  setup.hub.auth_within = Duration::milliseconds(100);
  TestService service(std::move(setup));
  TestClient client(service.port());
  ASSERT_EQ(client.upgrade(path).status, 101);
  EXPECT_EQ(client.message().text, "no public/auth came in time");
}

TEST(Stream, a_client_that_does_not_read_is_dropped_and_told_why) {
  auto setup = quick();
  setup.hub.stall = Duration::milliseconds(300);
  TestService service(std::move(setup));
  const std::string token = service.token(Role::viewer);
  TestClient slow(service.port(), {.receive_buffer = 4096});
  ASSERT_EQ(slow.upgrade(path, token).status, 101);
  slow.send_text(call("private/subscribe", {{"channels", {"alerts"}}, {"interval_ms", 50}}));
  TestClient honest(service.port());
  ASSERT_EQ(honest.upgrade(path, token).status, 101);
  honest.send_text(call("private/subscribe", {{"channels", {"alerts"}}, {"interval_ms", 50}}));
  honest.message();
  const std::string large(1 << 20, 'x');
  for (int i = 0; service.hub().figures().dropped == 0; ++i) {
    service.hub().publish({}, {change("a", large + std::to_string(i))});
    ASSERT_EQ(honest.message().close_code, 0);  // is told every one
  }
  EXPECT_EQ(service.hub().figures().dropped, 1U);
  auto end = slow.message();
  while (end.close_code == 0)
    end = slow.message();
  EXPECT_EQ(end.close_code, 1013);
  EXPECT_EQ(end.text, "the client does not read");
}

TEST(Stream, events_are_answered_as_the_route_would_and_hold_up_who_sends_too_many) {
  auto setup = quick();
  std::mutex mutex;
  std::vector<std::pair<StreamEvents, Respond>> held;
  setup.hub.events_at_once = 2;
  setup.hub.submit = [&](StreamEvents events, Respond respond) {
    const std::lock_guard guard(mutex);
    held.emplace_back(std::move(events), std::move(respond));
  };
  TestService service(std::move(setup));
  const auto count = [&] {
    const std::lock_guard guard(mutex);
    return held.size();
  };
  const auto answer = [&](std::size_t i, int status, const std::string& body) {
    Respond respond;
    {
      const std::lock_guard guard(mutex);
      respond = held[i].second;
    }
    Response response;
    response.status = status;
    response.body = body;
    respond(response);
  };
  TestClient client(service.port());
  ASSERT_EQ(client.upgrade(path, service.token(Role::ingest)).status, 101);
  const std::string exact = R"({"type":"mark","price":0.1000000000000000055511151231257827})";
  for (int i = 0; i < 5; ++i)
    client.send_text(R"({"jsonrpc":"2.0","id":)" + std::to_string(i) +
                     R"(,"method":"private/events","params":{"atomic":true,"key":"k","events":[)" +
                     exact + ",\n{}]}}");
  while (count() < 2)
    std::this_thread::yield();
  {
    const std::lock_guard guard(mutex);
    EXPECT_EQ(held.size(), 2U);  // the others are not read
    EXPECT_EQ(held[0].first.events, (std::vector<std::string>{exact, "{}"}));
    EXPECT_TRUE(held[0].first.atomic);
    EXPECT_EQ(held[0].first.key, "k");
    EXPECT_EQ(held[0].first.by.role, Role::ingest);
  }
  answer(1, 422, R"({"refused":1})");
  const Json refused = Json::parse(client.message().text);
  EXPECT_EQ(refused.at("id"), 1);
  EXPECT_EQ(refused.at("error").at("code"), -32003);
  EXPECT_EQ(refused.at("error").at("data").at("refused"), 1);
  while (count() < 3)
    std::this_thread::yield();
  answer(0, 207, R"({"accepted":1})");
  EXPECT_EQ(Json::parse(client.message().text).at("result").at("accepted"), 1);
  while (count() < 4)
    std::this_thread::yield();
  TestClient viewer(service.port());
  ASSERT_EQ(viewer.upgrade(path, service.token(Role::viewer)).status, 101);
  viewer.send_text(call("private/events", {{"events", Json::array()}}));
  EXPECT_EQ(Json::parse(viewer.message().text).at("error").at("code"), -32002);
  // The client may go while the desk still owes it answers.
  { const TestClient gone = std::move(client); }
  answer(2, 200, "{}");
}

/// Applies what it is sent, as fast as it happens to.
class Reader final : public StreamPeer {
 public:
  void send(Frame frame) override { waiting.push_back(std::move(frame)); }
  void close(std::uint16_t /*code*/, std::string /*reason*/) override { closed = true; }
  Backlog backlog() const override {
    std::size_t bytes = 0;
    for (const Frame& frame : waiting)
      bytes += frame->size();
    return {bytes, std::nullopt};
  }
  void read() {
    for (const Frame& frame : waiting) {
      const Json message = Json::parse(*frame);
      if (!message.contains("params")) continue;
      const Json& params = message.at("params");
      if (params.at("type") == "snapshot") items.clear();
      if (params.at("type") == "change") {
        EXPECT_EQ(params.at("prev_seq"), seen);
        for (const Json& key : params.at("data").at("removed"))
          items.erase(key.get<std::string>());
      }
      for (const Json& item : params.at("data").at("items"))
        items[item.at("id")] = item.at("v");
      seen = params.at("seq");
    }
    waiting.clear();
  }
  std::vector<Frame> waiting;
  std::map<std::string, std::string> items;
  std::uint64_t seen = 0;
  bool closed = false;
};

TEST(StreamHub, clients_of_any_speed_come_to_hold_what_was_published) {
  const char* given = std::getenv("BALLAST_SEED");
  const std::uint64_t base = given == nullptr ? 1 : std::strtoull(given, nullptr, 10);
  for (std::uint64_t seed = base * 100; seed < base * 100 + 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rng rng(seed);
    const auto tokens = Tokens::no_auth();
    StreamHub hub({.history = 3}, *tokens);
    std::vector<std::shared_ptr<Reader>> readers;
    std::vector<std::shared_ptr<StreamClient>> clients;
    SteadyTime now{};
    std::map<std::string, std::string> model;
    const auto subscribe = [&](std::size_t i, bool resume) {
      Json params{{"channels", {"alerts"}}, {"interval_ms", rng.between(50, 400)}};
      if (resume && readers[i]->seen > 0) params["resume"] = {{"alerts", readers[i]->seen}};
      hub.receive(clients[i], call("private/subscribe", params), [] {});
    };
    for (std::size_t i = 0; i < 6; ++i) {
      readers.push_back(std::make_shared<Reader>());
      clients.push_back(hub.connect(readers[i], tokens->find(""), {}, now));
      subscribe(i, false);
    }
    const auto publish = [&] {
      const std::string key = "k" + std::to_string(rng.below(8));
      if (rng.chance(0.3) && model.contains(key)) {
        model.erase(key);
        hub.publish({}, {{.channel = "alerts", .removed = {key}}});
      } else {
        model[key] = std::to_string(rng.below(1000));
        hub.publish({}, {change(key, model[key])});
      }
    };
    for (int step = 0; step < 400; ++step) {
      now += std::chrono::milliseconds(25);
      publish();
      hub.tick(now);
      for (std::size_t i = 0; i < readers.size(); ++i) {
        if (rng.chance(0.5)) readers[i]->read();
        if (!rng.chance(0.02)) continue;
        readers[i]->read();  // loses its connection, and resumes on another one
        hub.disconnect(clients[i]);
        clients[i] = hub.connect(readers[i], tokens->find(""), {}, now);
        subscribe(i, true);
      }
    }
    for (int i = 0; i < 20; ++i)
      hub.tick(now += std::chrono::milliseconds(25));
    for (const auto& reader : readers) {
      reader->read();
      EXPECT_EQ(reader->items, model);
    }
  }
}

TEST(StreamHub, clients_of_one_interval_are_sent_the_same_bytes) {
  const auto tokens = Tokens::no_auth();
  StreamHub hub({}, *tokens);
  std::vector<std::shared_ptr<Reader>> readers;
  SteadyTime now{};
  for (int i = 0; i < 200; ++i) {
    readers.push_back(std::make_shared<Reader>());
    now += std::chrono::milliseconds(1);  // they come one after another
    hub.receive(hub.connect(readers.back(), tokens->find(""), {}, now),
                call("private/subscribe", {{"channels", {"alerts"}}}), [] {});
    hub.tick(now);
  }
  hub.publish({}, {change("a", "1")});
  hub.tick(now += std::chrono::milliseconds(100));
  for (const auto& reader : readers)
    reader->waiting.clear();
  hub.publish({}, {change("a", "2")});
  hub.tick(now += std::chrono::milliseconds(100));
  for (const auto& reader : readers) {
    ASSERT_EQ(reader->waiting.size(), 1U);
    EXPECT_EQ(reader->waiting[0], readers[0]->waiting[0]);  // not only equal
  }
}

}  // namespace
}  // namespace ballast::api

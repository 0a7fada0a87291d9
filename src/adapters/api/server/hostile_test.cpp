// Clients that mean no good, or know no better: each is refused, bounded, and nobody else suffers.

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "adapters/api/server/test_client.hpp"
#include "adapters/api/server/test_service.hpp"
#include "base/rng.hpp"

namespace ballast::api {
namespace {

class HostileTest : public ::testing::Test {
 protected:
  using Change = std::function<void(TestService::Setup&)>;
  explicit HostileTest(const Change& change = [](TestService::Setup&) {})
      : service(setup(change)), ingest(service.token(Role::ingest)) {}

  TestService::Setup setup(const Change& change) {
    TestService::Setup made;
    Route post{.method = Method::post,
               .pattern = "/api/v1/events",
               .needs = Permission::ingest,
               .about = "takes",
               .request_schema = "{}",
               .body_max = 4096};
    post.handle = [this](const Request& request, const Respond& respond) {
      ++handled;
      Response response;
      response.body = std::to_string(request.body.size());
      respond(response);
    };
    post.stream_lines = [this](const Request&) -> LineTaker {
      return [this](const LineBatch& batch, const std::function<void(LineAnswer)>& answer) {
        lines += batch.lines.size();
        answer({.line = batch.last ? "last" : ""});
      };
    };
    Route large{
        .method = Method::get, .pattern = "/large", .needs = std::nullopt, .about = "large"};
    large.handle = [](const Request&, const Respond& respond) {
      Response response;
      response.body.assign(std::size_t{32} << 20, 'x');
      respond(response);
    };
    Route live{.method = Method::get, .pattern = "/livez", .needs = std::nullopt, .about = "lives"};
    live.handle = [](const Request&, const Respond& respond) { respond({}); };
    Route held{.method = Method::get, .pattern = "/held", .needs = std::nullopt, .about = "waits"};
    held.handle = [this](const Request&, Respond respond) {
      const std::lock_guard guard(mutex);
      waiting.push_back(std::move(respond));
    };
    made.routes = {post, large, live, held};
    made.server.limits.header_within = Duration::milliseconds(300);
    made.server.limits.transfer_within = Duration::milliseconds(300);
    made.server.limits.transfer_rate = 1e8;
    change(made);
    return made;
  }

  bool honest_is_served() { return TestClient(service.port()).ask("GET", "/livez").status == 200; }
  std::string head(const std::string& more) const {
    return "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ingest +
           "\r\nContent-Type: application/json\r\n" + more;
  }
  void wait_until_nobody_is_connected() {
    while (service.server().figures().connections > 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  /// Of what is used, or nothing where a sanitizer keeps books of its own.
  static std::size_t resident_bytes() {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
    return 0;
#endif
#endif
    std::size_t all = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  }

  std::atomic<int> handled{0};
  std::atomic<std::size_t> lines{0};
  std::mutex mutex;
  std::vector<Respond> waiting;
  TestService service;
  std::string ingest;
};

TEST_F(HostileTest, a_slow_head_is_given_up) {
  TestClient slow(service.port());
  ASSERT_TRUE(slow.send("GET /livez HTTP/1.1\r\nHost: loc"));
  TestClient silent(service.port());
  EXPECT_TRUE(honest_is_served());
  EXPECT_EQ(slow.reply().status, 408);
  EXPECT_TRUE(slow.ends());
  EXPECT_TRUE(silent.ends());
}

TEST_F(HostileTest, a_head_that_drips_is_given_up_too) {
  TestClient drips(service.port());
  bool open = drips.send("GET /livez HTTP/1.1\r\n");
  for (int i = 0; open && i < 10'000; ++i) {
    open = drips.send("X-" + std::to_string(i) + ": y\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_FALSE(open);
}

TEST_F(HostileTest, a_slow_body_is_given_up) {
  TestClient slow(service.port());
  ASSERT_TRUE(slow.send(head("Content-Length: 100\r\n\r\n{\"a\"")));
  EXPECT_TRUE(honest_is_served());
  EXPECT_EQ(slow.reply().status, 408);
  EXPECT_TRUE(slow.ends());
  EXPECT_EQ(handled, 0);
}

TEST_F(HostileTest, who_does_not_read_an_answer_is_cut_off) {
  TestClient slow(service.port(), {.receive_buffer = 4096});
  ASSERT_TRUE(slow.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  EXPECT_TRUE(honest_is_served());
  wait_until_nobody_is_connected();
}

TEST_F(HostileTest, garbage_is_answered_by_400_or_by_nothing) {
  Rng rng(7);
  for (int round = 0; round < 50; ++round) {
    TestClient client(service.port());
    std::string bytes;
    for (std::uint64_t n = 1 + rng.below(300); n > 0; --n)
      bytes += static_cast<char>(rng.below(256));
    client.send(bytes + "\r\n\r\n");
    const int status = client.reply().status;
    EXPECT_TRUE(status == 0 || status == 400) << status;
    EXPECT_TRUE(client.ends());
  }
  EXPECT_TRUE(honest_is_served());
}

TEST_F(HostileTest, a_head_is_bounded) {
  TestClient one(service.port());
  one.send("GET /livez HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(one.reply().status, 431);
  EXPECT_TRUE(one.ends());
  TestClient target(service.port());
  target.send("GET /" + std::string(200'000, 'x') + " HTTP/1.1\r\n\r\n");
  EXPECT_EQ(target.reply().status, 431);
  TestClient many(service.port());
  std::string fields;
  for (int i = 0; i < 5000; ++i)
    fields += "A: b\r\n";
  many.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
  EXPECT_EQ(many.reply().status, 431);
}

TEST_F(HostileTest, a_large_body_is_refused_without_being_kept) {
  const std::size_t before = resident_bytes();
  const std::string piece(64 * 1024, 'x');
  TestClient told(service.port());
  told.send(head("Content-Length: 67108864\r\n\r\n"));
  EXPECT_EQ(told.reply().status, 413);
  TestClient chunked(service.port());
  chunked.send(head("Transfer-Encoding: chunked\r\n\r\n"));
  bool open = true;
  for (int i = 0; open && i < 1024; ++i)
    open = chunked.send("10000\r\n" + piece + "\r\n");
  EXPECT_FALSE(open);
  EXPECT_LT(resident_bytes(), before + (32U << 20U));
  EXPECT_EQ(handled, 0);
  EXPECT_TRUE(honest_is_served());
}

TEST_F(HostileTest, a_body_of_lines_has_no_end_and_yet_a_bound) {
  const std::size_t before = resident_bytes();
  const std::string type = "Transfer-Encoding: chunked\r\n\r\n";
  std::string lines_head = head(type);
  lines_head.replace(lines_head.find("application/json"), 16, "application/x-ndjson");
  std::string piece;
  while (piece.size() < 0x10000)
    piece += std::string(255, 'x') + '\n';
  TestClient client(service.port());
  ASSERT_TRUE(client.send(lines_head));
  for (int i = 0; i < 1024; ++i)
    ASSERT_TRUE(client.send("10000\r\n" + piece + "\r\n"));
  ASSERT_TRUE(client.send("0\r\n\r\n"));
  EXPECT_EQ(client.reply().body, "last\n");
  EXPECT_EQ(lines, 1024U * 256U);
  EXPECT_LT(resident_bytes(), before + (32U << 20U));
  TestClient one_line(service.port());
  ASSERT_TRUE(one_line.send(lines_head));
  const std::string endless(0x10000, 'x');
  bool open = true;
  for (int i = 0; open && i < 1024; ++i)
    open = one_line.send("10000\r\n" + endless + "\r\n");
  EXPECT_FALSE(open);
}

TEST_F(HostileTest, what_two_parsers_could_read_in_two_ways_is_refused) {
  const std::string hidden = "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const std::string& shape : {
           std::string("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
           std::string("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
           std::string("Content-Length: 2, 3\r\n\r\n{}"),
           std::string("Content-Length: +2\r\n\r\n{}"),
           std::string("Content-Length: -2\r\n\r\n{}"),
           std::string("Content-Length: 0x2\r\n\r\n{}"),
           std::string("Content-Length: 99999999999999999999999\r\n\r\n{}"),
           std::string("Content-Length : 2\r\n\r\n{}"),
           std::string("Transfer-Encoding: gzip\r\n\r\n"),
           std::string("Transfer-Encoding: identity\r\n\r\n"),
           std::string("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n"),
           std::string("Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n"),
           std::string("Host: other\r\nContent-Length: 2\r\n\r\n{}"),
           std::string("X\r\nContent-Length: 2\r\n\r\n{}"),
       }) {
    TestClient client(service.port());
    client.send(head(shape) + hidden);
    const int status = client.reply().status;
    EXPECT_TRUE(status >= 400 && status <= 501) << shape << " -> " << status;
    EXPECT_EQ(client.reply().status, 0) << shape;  // what is hidden behind it is never read
  }
  EXPECT_EQ(handled, 0);
  EXPECT_TRUE(honest_is_served());
}

TEST_F(HostileTest, other_hosts_and_origins_are_refused) {
  const auto status = [&](const std::string& headers) {
    return TestClient(service.port()).ask("GET", "/livez", "", headers).status;
  };
  const std::string port = std::to_string(service.port());
  EXPECT_EQ(status("Host: localhost:" + port + "\r\n"), 200);
  EXPECT_EQ(status("Host: 127.0.0.1:" + port + "\r\n"), 200);
  EXPECT_EQ(status("Host: LOCALHOST\r\n"), 200);
  EXPECT_EQ(status("Host: evil.example\r\n"), 421);  // a name that was rebound to us
  EXPECT_EQ(status("Host: localhost.evil.example\r\n"), 421);
  EXPECT_EQ(status("Host: 10.0.0.1\r\n"), 421);
  EXPECT_EQ(status("Host: [::1]\r\n"), 421);
  EXPECT_EQ(status("Host: local host\r\n"), 400);
  EXPECT_EQ(status("Host: localhost; script-src *\r\n"), 400);
  EXPECT_EQ(status("Host:\r\n"), 400);
  EXPECT_EQ(status("Host: localhost\r\nHost: localhost\r\n"), 400);
  TestClient bare(service.port());
  bare.send("GET /livez HTTP/1.1\r\n\r\n");
  EXPECT_EQ(bare.reply().status, 400);
  EXPECT_EQ(status("Origin: http://localhost\r\n"), 200);
  EXPECT_EQ(status("Origin: http://evil.example\r\n"), 403);
  EXPECT_EQ(status("Origin: http://localhost:1\r\n"), 403);
  EXPECT_EQ(status("Origin: null\r\n"), 403);
  TestClient absolute(service.port());
  absolute.send("GET http://evil.example/livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(absolute.reply().status, 421);
  absolute.send("GET http://localhost/livez HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(absolute.reply().status, 200);
}

TEST_F(HostileTest, two_thousand_connections_lock_nobody_out) {
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_cur < 4000)
    GTEST_SKIP() << "this process may open only " << limit.rlim_cur << " files";
  const std::size_t before = resident_bytes();
  std::vector<TestClient> crowd;
  for (int i = 0; i < 2000; ++i) {
    const std::string from = "127.0.0." + std::to_string(2 + i % 8);
    crowd.emplace_back(service.port(), TestClient::Options{.from = from.c_str()});
    crowd.back().send("GET /livez HT");
    ASSERT_TRUE(i % 250 != 0 || honest_is_served());
  }
  while (service.server().figures().connections > 1024)  // the others are on their way out
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_TRUE(honest_is_served());
  TestClient neighbour(service.port(), {.from = "127.0.0.2"});
  EXPECT_EQ(neighbour.ask("GET", "/livez").status, 200);
  EXPECT_LT(resident_bytes(), before + (128U << 20U));
}

class CrowdedTest : public HostileTest {
 protected:
  CrowdedTest()
      : HostileTest([](TestService::Setup& made) {
          made.server.limits.connections_per_peer = 2;
          made.server.limits.header_within = Duration::seconds(60);
        }) {}
};

TEST_F(CrowdedTest, whoever_is_being_answered_is_not_cut_off_for_another) {
  std::vector<TestClient> busy;
  for (int i = 0; i < 2; ++i) {
    busy.emplace_back(service.port());
    busy.back().send("GET /held HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  const auto held = [&] {
    const std::lock_guard guard(mutex);
    return waiting.size();
  };
  while (held() < 2)
    std::this_thread::yield();
  TestClient third(service.port());
  const TestReply refused = third.reply();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "5");
  EXPECT_EQ(TestClient(service.port(), {.from = "127.0.0.2"}).ask("GET", "/livez").status, 200);
  for (const Respond& respond : waiting)
    respond({});
  for (TestClient& client : busy)
    EXPECT_EQ(client.reply().status, 200);
}

class HurriedTest : public HostileTest {
 protected:
  HurriedTest()
      : HostileTest([](TestService::Setup& made) {
          made.server.limits.requests_per_second = 0.01;
          made.server.limits.requests_at_once = 2;
          made.server.limits.failures_per_second = 0.01;
          made.server.limits.failures_at_once = 3;
        }) {}
};

TEST_F(HurriedTest, guessing_tokens_is_slowed_and_good_ones_still_go) {
  TestClient guesser(service.port());
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(guesser.ask("POST", "/api/v1/events", random_token()).status, 401);
  const TestReply slowed = guesser.ask("POST", "/api/v1/events", random_token());
  EXPECT_EQ(slowed.status, 429);
  EXPECT_EQ(slowed.header("retry-after"), "100");
  EXPECT_EQ(guesser.ask("POST", "/api/v1/events", ingest).status, 200);
}

TEST_F(HurriedTest, a_token_has_its_rate) {
  TestClient client(service.port());
  EXPECT_EQ(client.ask("POST", "/api/v1/events", ingest).status, 200);
  EXPECT_EQ(client.ask("POST", "/api/v1/events", ingest).status, 200);
  const TestReply slowed = client.ask("POST", "/api/v1/events", ingest);
  EXPECT_EQ(slowed.status, 429);
  EXPECT_NE(slowed.header("retry-after"), "");
  EXPECT_EQ(client.ask("POST", "/api/v1/events", service.token(Role::ingest)).status, 200);
}

TEST_F(HostileTest, the_stream_bounds_its_messages) {
  const auto open = [&] {
    TestClient client(service.port());
    EXPECT_EQ(client.upgrade("/api/v1/stream", ingest).status, 101);
    return client;
  };
  auto large = open();
  large.send_text(std::string(2 << 20, ' '));
  EXPECT_EQ(large.message().close_code, 1009);
  auto deep = open();
  deep.send_text(std::string(500'000, '['));
  EXPECT_NE(deep.message().text.find("-32700"), std::string::npos);
  auto unmasked = open();
  unmasked.send("\x81\x02{}");
  EXPECT_EQ(unmasked.message().close_code, 1002);
  auto unknown = TestClient(service.port());
  EXPECT_EQ(unknown.upgrade("/api/v1/stream").status, 101);
  for (int i = 0; i < 100; ++i)
    unknown.send_text(R"({"jsonrpc":"2.0","id":1,"method":"public/ping"})");
  auto end = unknown.message();
  while (end.close_code == 0)
    end = unknown.message();
  EXPECT_TRUE(end.close_code == 1008 || end.close_code == -1);
  EXPECT_TRUE(honest_is_served());
}

}  // namespace
}  // namespace ballast::api

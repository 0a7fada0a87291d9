// HTTP as honest clients speak it, over real sockets.

#include "adapters/api/server/server.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "adapters/api/server/test_client.hpp"
#include "adapters/api/server/test_service.hpp"

namespace ballast::api {
namespace {

Response text(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

std::vector<Route> routes() {
  std::vector<Route> rows;
  rows.push_back({.method = Method::get,
                  .pattern = "/livez",
                  .needs = std::nullopt,
                  .about = "lives",
                  .handle = [](const Request&, const Respond& respond) { respond(text("ok")); },
                  .produces = "text/plain"});
  rows.push_back({.method = Method::get,
                  .pattern = "/api/v1/items/{key}",
                  .about = "an item",
                  .handle = [](const Request& request, const Respond& respond) {
                    Response response = text(request.captures.at("key") + "|" + request.by.name +
                                             "|" + request.parameter("q").value_or("-"));
                    response.headers.emplace_back("ETag", "\"7\"");
                    respond(response);
                  }});
  rows.push_back({.method = Method::put,
                  .pattern = "/api/v1/items/{key}",
                  .needs = Permission::act,
                  .about = "sets it",
                  .request_schema = "{}",
                  .body_max = 100,
                  .handle = [](const Request& request, const Respond& respond) {
                    respond(text("put " + request.body));
                  }});
  rows.push_back({.method = Method::get,
                  .pattern = "/api/v1/later",
                  .about = "from elsewhere",
                  .handle = [](const Request&, const Respond& respond) {
                    std::thread([respond] { respond(text("later")); }).detach();
                  }});
  rows.push_back({.method = Method::get,
                  .pattern = "/api/v1/never",
                  .about = "nothing",
                  .handle = [](const Request&, const Respond&) {}});
  return rows;
}

/// Counts its lines, and says after each batch how many there were.
Route line_counter() {
  Route route{.method = Method::post,
              .pattern = "/api/v1/events",
              .needs = Permission::ingest,
              .about = "lines",
              .request_schema = "{}",
              .handle = [](const Request& request, const Respond& respond) {
                respond(text(request.body));
              }};
  route.stream_lines = [](const Request&) -> LineTaker {
    return [count = std::size_t{0}](LineBatch batch,
                                    const std::function<void(LineAnswer)>& answer) mutable {
      EXPECT_EQ(batch.first, count);
      count += batch.lines.size();
      for (const std::string& line : batch.lines)
        if (line == "stop") return answer({.end = problem(503, "stopped", "stopped")});
      answer({.line = std::to_string(count) + (batch.last ? " last" : "")});
    };
  };
  return route;
}

TestService::Setup setup() {
  TestService::Setup made;
  made.routes = routes();
  made.routes.push_back(line_counter());
  static constexpr std::string_view page = "<!doctype html><title>desk</title>";
  made.files = {{"/index.html", "text/html; charset=utf-8", page, "1"},
                {"/assets/app-1.js", "text/javascript; charset=utf-8", "run()", "2"}};
  return made;
}

class ServerTest : public ::testing::Test {
 protected:
  TestService service{setup()};
  std::string viewer = service.token(Role::viewer);
  std::string trader = service.token(Role::trader);
  std::string ingest = service.token(Role::ingest);
};

TEST_F(ServerTest, answers_with_what_every_answer_carries) {
  TestClient client(service.port());
  const TestReply reply = client.ask("GET", "/api/v1/items/delta%3ABTC%2Fx?q=a+b", viewer);
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "delta:BTC/x|viewer-1|a b");
  EXPECT_EQ(reply.header("content-type"), "application/json");
  EXPECT_EQ(reply.header("cache-control"), "no-store");
  EXPECT_EQ(reply.header("server"), "ballast");
  EXPECT_EQ(reply.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(reply.header("referrer-policy"), "no-referrer");
  EXPECT_EQ(reply.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(reply.header("cross-origin-resource-policy"), "same-origin");
  EXPECT_TRUE(reply.header("date").ends_with(" GMT"));
  EXPECT_EQ(reply.header("strict-transport-security"), "");
  EXPECT_EQ(reply.header("access-control-allow-origin"), "");
}

TEST_F(ServerTest, keeps_the_connection_and_takes_pipelined_requests_in_order) {
  TestClient client(service.port());
  std::string burst;
  for (int i = 0; i < 50; ++i)
    burst += "GET /api/v1/items/" + std::to_string(i) +
             " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + viewer + "\r\n\r\n";
  ASSERT_TRUE(client.send(burst));
  for (int i = 0; i < 50; ++i)
    ASSERT_EQ(client.reply().body, std::to_string(i) + "|viewer-1|-");
  EXPECT_EQ(client.ask("GET", "/api/v1/later", viewer).body, "later");
}

TEST_F(ServerTest, head_and_options_need_no_body) {
  TestClient client(service.port());
  const TestReply head = client.ask("HEAD", "/api/v1/items/x", viewer);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("content-length"), "12");  // x|viewer-1|-
  const TestReply options = client.ask("OPTIONS", "/api/v1/items/x");
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.header("allow"), "GET, HEAD, PUT, OPTIONS");
  EXPECT_EQ(client.ask("OPTIONS", "*").status, 204);
  EXPECT_EQ(client.ask("GET", "/livez").status, 200);
}

TEST_F(ServerTest, a_version_that_the_client_has_is_not_sent_again) {
  TestClient client(service.port());
  const std::string target = "/api/v1/items/x";
  EXPECT_EQ(client.ask("GET", target, viewer).header("etag"), "\"7\"");
  for (const char* known : {"\"7\"", "W/\"7\"", "\"6\", \"7\"", "*"}) {
    const TestReply reply =
        client.ask("GET", target, viewer, std::string("If-None-Match: ") + known + "\r\n");
    EXPECT_EQ(reply.status, 304) << known;
    EXPECT_EQ(reply.header("etag"), "\"7\"");
  }
  EXPECT_EQ(client.ask("GET", target, viewer, "If-None-Match: \"8\"\r\n").status, 200);
}

TEST_F(ServerTest, refuses_what_does_not_fit_and_says_why) {
  TestClient client(service.port());
  EXPECT_EQ(client.ask("GET", "/api/v1/nothing", viewer).status, 404);
  EXPECT_EQ(client.ask("GET", "/api/v1/items/", viewer).status, 404);
  const TestReply method = client.ask("DELETE", "/api/v1/items/x", trader);
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.header("allow"), "GET, HEAD, PUT, OPTIONS");
  EXPECT_EQ(method.header("content-type"), "application/problem+json");
  EXPECT_EQ(client.ask("PATCH", "/api/v1/items/x", trader).status, 405);
  EXPECT_EQ(client.ask("GET", "/api/v1/items/%zz", viewer).status, 400);
  EXPECT_EQ(client.ask("GET", "/api/v1/../x", viewer).status, 400);
  EXPECT_EQ(client.ask("GET", "/api/v1/items/x", viewer, "Accept: text/html\r\n").status, 406);
  EXPECT_EQ(client.ask("GET", "/api/v1/items/x", viewer, "Accept: text/*, */*;q=0.1\r\n").status,
            200);
  EXPECT_EQ(client.ask("GET", "/api/v1/items/x", viewer, "Expect: magic\r\n").status, 417);
  const TestReply type =
      TestClient(service.port())
          .ask("PUT", "/api/v1/items/x", trader, "Content-Type: text/plain\r\n", "{}");
  EXPECT_EQ(type.status, 415);
  EXPECT_EQ(client.ask("PUT", "/api/v1/items/x", viewer).status, 403);
  EXPECT_EQ(client.ask("PUT", "/api/v1/items/x", trader, "", "{}").body, "put {}");
}

TEST_F(ServerTest, a_body_may_be_in_chunks_and_wait_to_be_asked_for) {
  TestClient client(service.port());
  const std::string head =
      "PUT /api/v1/items/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + trader +
      "\r\nContent-Type: application/json; charset=utf-8\r\n";
  ASSERT_TRUE(client.send(
      head + "Transfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\n\r\n"));
  EXPECT_EQ(client.reply().body, "put {\"a\":1}");
  ASSERT_TRUE(client.send(head + "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  EXPECT_EQ(client.reply().status, 100);
  ASSERT_TRUE(client.send("true"));
  EXPECT_EQ(client.reply().body, "put true");
}

TEST_F(ServerTest, http_1_0_is_answered_and_closed) {
  TestClient client(service.port());
  ASSERT_TRUE(client.send("GET /livez HTTP/1.0\r\n\r\n"));
  const TestReply reply = client.reply();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.header("connection"), "close");
  EXPECT_TRUE(client.ends());
}

TEST_F(ServerTest, serves_the_dashboard_for_its_pages) {
  TestClient client(service.port());
  const TestReply page = client.ask("GET", "/factors/delta%3ABTC%40mm.2");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_NE(page.header("content-security-policy").find("script-src 'self';"), std::string::npos);
  EXPECT_NE(page.header("content-security-policy").find("connect-src 'self' ws://localhost;"),
            std::string::npos);
  EXPECT_EQ(page.header("cache-control"), "no-cache");
  const TestReply known = client.ask("GET", "/", "", "If-None-Match: \"1\"\r\n");
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.header("content-security-policy"), page.header("content-security-policy"))
      << "a browser takes it for the page that it has";
  const TestReply script = client.ask("GET", "/assets/app-1.js");
  EXPECT_EQ(script.body, "run()");
  EXPECT_EQ(script.header("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(client.ask("GET", "/assets/app-2.js").status, 404);
  EXPECT_EQ(client.ask("GET", "/missing.js").status, 404);
  EXPECT_EQ(client.ask("GET", "/api/v2/x").status, 404);
  EXPECT_EQ(client.ask("POST", "/").status, 405);
}

TEST_F(ServerTest, lines_are_answered_batch_by_batch_while_they_come) {
  TestClient client(service.port());
  ASSERT_TRUE(client.send(
      "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + ingest +
      "\r\nContent-Type: application/x-ndjson\r\n"
      "Transfer-Encoding: chunked\r\n\r\n"));
  const auto chunk = [](const std::string& bytes) {
    char size[20];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + bytes + "\r\n";
  };
  ASSERT_TRUE(client.send(chunk("one\ntwo\r\n\nthr")));
  // The answer begins before the body has ended.
  std::string head;
  while (head.find("\r\n\r\n") == std::string::npos) {
    char c = 0;
    ASSERT_EQ(::recv(client.socket(), &c, 1, 0), 1);
    head += c;
  }
  EXPECT_NE(head.find("application/x-ndjson"), std::string::npos) << head;
  EXPECT_EQ(client.read_chunk(), "2\n");
  ASSERT_TRUE(client.send(chunk("ee\n")));
  EXPECT_EQ(client.read_chunk(), "3\n");
  std::string many;
  for (int i = 0; i < 20000; ++i)
    many += "x\n";
  ASSERT_TRUE(client.send(chunk(many + "end") + "0\r\n\r\n"));
  std::string last;
  std::size_t batches = 0;
  while (const auto answer = client.read_chunk()) {
    last = *answer;
    ++batches;
  }
  EXPECT_EQ(last, "20004 last\n");
  EXPECT_GE(batches, 21U);  // at most a thousand lines each
  EXPECT_EQ(client.ask("GET", "/livez").status, 200);
}

TEST_F(ServerTest, a_taker_of_lines_may_end_them) {
  TestClient first(service.port());
  const std::string type = "Content-Type: application/x-ndjson\r\n";
  const TestReply refused = first.ask("POST", "/api/v1/events", ingest, type, "stop\nmore\n");
  EXPECT_EQ(refused.status, 503);
  TestClient second(service.port());
  EXPECT_EQ(second.ask("POST", "/api/v1/events", ingest, type, "a\n\nb").body, "2 last\n");
  EXPECT_EQ(second.ask("POST", "/api/v1/events", ingest, type, "\n").body, "0 last\n");
  EXPECT_EQ(second.ask("POST", "/api/v1/events", ingest, "", "[]").body, "[]");
}

TEST(Server, gives_up_on_a_handler_that_does_not_answer) {
  auto made = setup();
  made.server.limits.handle_within = Duration::milliseconds(50);
  TestService service(std::move(made));
  TestClient client(service.port());
  EXPECT_EQ(client.ask("GET", "/api/v1/never", service.token(Role::viewer)).status, 504);
  EXPECT_EQ(client.ask("GET", "/livez").status, 200);
}

TEST(Server, answers_what_was_asked_before_it_stops) {
  auto made = setup();
  std::mutex mutex;
  std::optional<Respond> waiting;
  made.routes.push_back({.method = Method::get,
                         .pattern = "/api/v1/held",
                         .about = "held",
                         .handle = [&](const Request&, Respond respond) {
                           const std::lock_guard guard(mutex);
                           waiting = std::move(respond);
                         }});
  TestService service(std::move(made));
  TestClient idle(service.port());
  ASSERT_EQ(idle.ask("GET", "/livez").status, 200);
  TestClient client(service.port());
  const std::string token = service.token(Role::viewer);
  std::jthread asks([&] {
    EXPECT_EQ(client.ask("GET", "/api/v1/held", token).body, "done");
    EXPECT_TRUE(client.ends());
  });
  const auto held = [&] {
    const std::lock_guard guard(mutex);
    return waiting.has_value();
  };
  while (!held())
    std::this_thread::yield();
  std::jthread stops([&] { service.server().stop(Duration::seconds(30)); });
  EXPECT_TRUE(idle.ends());
  (*waiting)(text("done"));
  stops.join();
  EXPECT_FALSE(TestClient(service.port()).connected());
  asks.join();
}

TEST(Server, tells_who_asked_what_and_how_it_went) {
  auto made = setup();
  std::mutex mutex;
  std::vector<std::string> seen;
  made.server.observe = [&](const AnsweredRequest& exchange) {
    const std::lock_guard guard(mutex);
    seen.push_back(std::string(exchange.method) + " " + std::string(exchange.route) + " " +
                   std::string(exchange.by) + " " + std::to_string(exchange.status));
  };
  {
    TestService service(std::move(made));
    TestClient client(service.port());
    client.ask("GET", "/api/v1/items/x", service.token(Role::viewer));
    client.ask("GET", "/api/v1/none");
    client.ask("GET", "/");
    service.server().stop(Duration::seconds(30));  // what was answered was told
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"GET /api/v1/items/{key} viewer-1 200", "GET   404",
                                            "GET file  200"}));
}

TEST(Server, refuses_an_address_that_others_can_reach_without_tls_and_tokens) {
  const auto tokens = Tokens::no_auth();
  StreamHub hub({}, *tokens);
  ServerOptions options;
  options.address = "0.0.0.0";
  options.port = 0;
  const auto open = Server::create(options, *tokens, {}, {}, hub);
  ASSERT_FALSE(open);
  EXPECT_NE(open.error().what.find("--no-auth"), std::string::npos);
  TestService service(setup());
  const auto plain = Server::create(options, service.tokens(), {}, {}, hub);
  ASSERT_FALSE(plain);
  EXPECT_NE(plain.error().what.find("[service.tls]"), std::string::npos);
  options.address = "127.0.0.1";
  options.port = service.port();
  const auto taken = Server::create(options, service.tokens(), {}, {}, hub);
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().what.find("Address already in use"), std::string::npos);
  options.port = 0;
  const auto twice =
      Server::create(options, service.tokens(), {line_counter(), line_counter()}, {}, hub);
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().what.find("two routes for POST"), std::string::npos);
}

TEST(Server, without_tokens_everybody_is_anonymous) {
  auto made = setup();
  made.no_auth = true;
  TestService service(std::move(made));
  EXPECT_EQ(TestClient(service.port()).ask("GET", "/api/v1/items/x").body, "x|anonymous|-");
}

TEST(Server, an_address_to_listen_on_is_read_or_refused) {
  ServerOptions options;
  ASSERT_TRUE(set_listen("[::1]:0", options));
  EXPECT_EQ(options.address, "::1");
  ASSERT_TRUE(set_listen("localhost:8420", options));
  EXPECT_EQ(options.port, 8420);
  for (const char* wrong : {"", "8420", ":8420", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000",
                            "::1:8420", "desk.example:1", "[127.0.0.1]:1", "127.0.0.1:1 "})
    EXPECT_FALSE(set_listen(wrong, options)) << wrong;
}

}  // namespace
}  // namespace ballast::api

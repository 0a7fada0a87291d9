#include "adapters/http_client/http_client.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/receiver.hpp"

namespace ballast {
namespace {

using testing::Answer;
using testing::Receiver;

constexpr Duration soon = Duration::seconds(20);
constexpr Duration short_time = Duration::milliseconds(150);

std::unique_ptr<HttpClient> client() {
  auto made = make_http_client();
  EXPECT_TRUE(made) << made.error().what;
  return std::move(*made);
}

/// The file of a certificate, and the client that trusts it.
class Trusting {
 public:
  explicit Trusting(const testing::TlsIdentity& identity)
      : file_(std::filesystem::temp_directory_path() /
              fmt::format("ballast_ca_{}_{}.pem",
                          ::testing::UnitTest::GetInstance()->random_seed(),
                          std::chrono::steady_clock::now().time_since_epoch().count())) {
    std::ofstream(file_) << identity.certificate;
    client = std::move(*make_http_client({.ca_file = file_.string()}));
  }
  Trusting(const Trusting&) = delete;
  Trusting& operator=(const Trusting&) = delete;
  ~Trusting() { std::filesystem::remove(file_); }

  std::unique_ptr<HttpClient> client;

 private:
  std::filesystem::path file_;
};

TEST(HttpClient, sends_a_request_and_hands_out_the_reply) {
  const Receiver receiver({Answer{.status = 202, .headers = {{"X-Said", "Yes"}}, .body = "hello"}});
  const auto reply = client()->request({.method = "POST",
                                        .url = receiver.url("/hook?x=1"),
                                        .headers = {{"Content-Type", "text/plain"}},
                                        .body = "ping"},
                                       soon);
  ASSERT_TRUE(reply) << reply.error().what;
  EXPECT_EQ(reply->status, 202);
  EXPECT_EQ(reply->header("x-said"), "Yes");
  EXPECT_EQ(reply->body, "hello");
  ASSERT_EQ(receiver.taken().size(), 1u);
  const auto taken = receiver.taken()[0];
  EXPECT_EQ(taken.method, "POST");
  EXPECT_EQ(taken.target, "/hook?x=1");
  EXPECT_EQ(taken.body, "ping");
  EXPECT_EQ(taken.headers.at("host"), fmt::format("127.0.0.1:{}", receiver.port()));
  EXPECT_EQ(taken.headers.at("content-type"), "text/plain");
}

TEST(HttpClient, looks_hosts_up) {
  const Receiver receiver({Answer{}});
  const auto reply =
      client()->request({.url = fmt::format("http://localhost:{}/", receiver.port())}, soon);
  ASSERT_TRUE(reply) << reply.error().what;
  const auto lost = client()->request({.url = "http://no-such-host.invalid/s3cret"}, soon);
  ASSERT_FALSE(lost);
  EXPECT_NE(lost.error().what.find("http://no-such-host.invalid:80: "), std::string::npos);
  EXPECT_EQ(lost.error().what.find("s3cret"), std::string::npos);
}

TEST(HttpClient, follows_no_redirect) {
  const Receiver receiver({Answer{.status = 301, .headers = {{"Location", "/elsewhere"}}}});
  const auto reply = client()->request({.url = receiver.url()}, soon);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->status, 301);
  EXPECT_EQ(receiver.connections(), 1u);
}

TEST(HttpClient, says_what_went_wrong_and_where_but_not_the_path) {
  struct Case {
    Answer answer;
    const char* says;
  };
  const Case cases[] = {
      {{.kind = Answer::Kind::close}, "failed"},
      {{.kind = Answer::Kind::reset}, "failed waiting for the reply"},
      {{.kind = Answer::Kind::hang}, "timed out waiting for the reply"},
      {{.kind = Answer::Kind::take_only}, "timed out waiting for the reply"},
      {{.kind = Answer::Kind::raw, .body = "SSH-2.0-x\r\n\r\n"}, "failed waiting for the reply"},
      {{.kind = Answer::Kind::raw, .body = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"},
       "failed reading the reply"},
      {{.kind = Answer::Kind::raw,
        .body = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" +
                std::string(5000, 'x') + "\r\n0\r\n\r\n"},
       "body limit exceeded"},
      {{.kind = Answer::Kind::raw, .body = "HTTP/1.1 200 OK\r\n\r\n" + std::string(5000, 'x')},
       "body limit exceeded"},
      {{.body = std::string(5000, 'x')}, "body limit exceeded"},
      {{.kind = Answer::Kind::raw,
        .body = "HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x') + "\r\n\r\n"},
       "header limit exceeded"},
  };
  for (const Case& each : cases) {
    const Receiver receiver({each.answer});
    const auto reply = client()->request(
        {.method = "POST", .url = receiver.url("/s3cret"), .body = "x", .reply_max = 4096},
        each.says == std::string_view("timed out waiting for the reply") ? short_time : soon);
    ASSERT_FALSE(reply) << each.says;
    EXPECT_EQ(reply.error().code, Errc::io);
    EXPECT_NE(reply.error().what.find(each.says), std::string::npos) << reply.error().what;
    EXPECT_EQ(reply.error().what.find("s3cret"), std::string::npos) << reply.error().what;
    EXPECT_NE(reply.error().what.find(std::to_string(receiver.port())), std::string::npos);
  }
}

TEST(HttpClient, says_when_nobody_listens) {
  const auto reply =
      client()->request({.url = fmt::format("http://127.0.0.1:{}/", testing::closed_port())}, soon);
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().what.find("failed connecting: Connection refused"), std::string::npos)
      << reply.error().what;
}

TEST(HttpClient, stops_when_it_is_told_to) {
  const Receiver receiver({Answer{.kind = Answer::Kind::take_only}});
  std::stop_source stop;
  std::thread stopper([&] {
    EXPECT_TRUE(receiver.wait_for(1));
    stop.request_stop();
  });
  const auto began = std::chrono::steady_clock::now();
  const auto reply =
      client()->request({.url = receiver.url()}, Duration::minutes(5), stop.get_token());
  stopper.join();
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().what.find("stopped"), std::string::npos) << reply.error().what;
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(60));
  EXPECT_FALSE(client()->request({.url = receiver.url()}, soon, stop.get_token()));
}

TEST(HttpClient, sends_nothing_that_would_become_another_header) {
  const Receiver receiver({Answer{}});
  for (const auto& header : {std::pair<std::string, std::string>{"X", "a\r\nHost: b"},
                             {"X\n", "a"},
                             {"X Y", "a"},
                             {"", "a"}}) {
    const auto reply = client()->request({.url = receiver.url(), .headers = {header}}, soon);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::bad_input);
  }
  EXPECT_FALSE(client()->request({.method = "NONSENSE", .url = receiver.url()}, soon));
  EXPECT_EQ(receiver.connections(), 0u);
}

TEST(HttpClient, speaks_tls_to_whom_it_trusts) {
  const auto identity = testing::make_tls_identity();
  const Receiver receiver({Answer{.body = "safe"}}, &identity);
  const Trusting trusting(identity);
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto reply = trusting.client->request(
        {.url = fmt::format("https://{}:{}/", host, receiver.port())}, soon);
    ASSERT_TRUE(reply) << reply.error().what;
    EXPECT_EQ(reply->body, "safe");
  }
}

TEST(HttpClient, refuses_a_certificate_of_nobody_it_knows) {
  const auto identity = testing::make_tls_identity();
  const Receiver receiver({Answer{}}, &identity);
  const auto reply = client()->request({.url = receiver.url()}, soon);
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().what.find("certificate is not trusted: self-signed"), std::string::npos)
      << reply.error().what;
  EXPECT_TRUE(receiver.taken().empty());
}

TEST(HttpClient, refuses_a_certificate_of_another_host) {
  const auto identity = testing::make_tls_identity("elsewhere.example");
  const Receiver receiver({Answer{}}, &identity);
  const Trusting trusting(identity);
  const auto reply = trusting.client->request(
      {.url = fmt::format("https://localhost:{}/", receiver.port())}, soon);
  ASSERT_FALSE(reply);
  EXPECT_TRUE(receiver.taken().empty());
  EXPECT_NE(reply.error().what.find("ostname mismatch"), std::string::npos) << reply.error().what;
}

TEST(HttpClient, says_when_a_ca_file_cannot_be_read) {
  const auto made = make_http_client({.ca_file = "/no/such/ca.pem"});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().what.find("/no/such/ca.pem"), std::string::npos);
}

}  // namespace
}  // namespace ballast

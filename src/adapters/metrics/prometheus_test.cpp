// The metrics, the alert rules and the dashboard before the real Prometheus.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/metrics/metrics.hpp"
#include "adapters/metrics/metrics_test_desk.hpp"

namespace ballast::metrics {
namespace {

namespace fs = std::filesystem;

const fs::path source_dir = BALLAST_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool installed(const char* program) {
  return std::system(fmt::format("command -v {} > /dev/null", program).c_str()) == 0;
}

class Scratch {
 public:
  Scratch() {
    path_ = fs::path(::testing::TempDir()) /
            fmt::format("ballast_prometheus_{}_{}",
                        ::testing::UnitTest::GetInstance()->current_test_info()->name(), getpid());
    fs::create_directories(path_);
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  fs::path file(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

/// Runs a shell command; its output is in `said`.
int run(const std::string& command, std::string& said) {
  said.clear();
  std::FILE* pipe = popen(fmt::format("{{ {}; }} 2>&1", command).c_str(), "re");
  char buffer[4096];
  for (std::size_t got; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
    said.append(buffer, got);
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string rendered() {
  test::SampleRun run(test::desk_of(2));
  Metrics metrics;
  run.fill(metrics);
  return metrics.render();
}

TEST(Prometheus, finds_nothing_to_complain_of) {
  if (!installed("promtool")) GTEST_SKIP() << "promtool is not here; packages.txt has prometheus";
  const Scratch scratch;
  std::ofstream(scratch.file("metrics")) << rendered();
  std::string said;
  EXPECT_EQ(
      run(fmt::format("promtool check metrics < '{}'", scratch.file("metrics").string()), said), 0);
  EXPECT_EQ(said, "");
  // It would say so.
  std::ofstream(scratch.file("odd")) << "ballast_step_ms 1\n";
  EXPECT_NE(run(fmt::format("promtool check metrics < '{}'", scratch.file("odd").string()), said),
            0);
}

TEST(Prometheus, takes_the_rules_and_their_tests_pass) {
  if (!installed("promtool")) GTEST_SKIP() << "promtool is not here; packages.txt has prometheus";
  const fs::path rules = source_dir / "ops/prometheus";
  std::string said;
  EXPECT_EQ(
      run(fmt::format("promtool check rules '{}'", (rules / "ballast.rules.yml").string()), said),
      0)
      << said;
  EXPECT_EQ(
      run(fmt::format("cd '{}' && promtool test rules ballast.rules.test.yml", rules.string()),
          said),
      0)
      << said;
  EXPECT_EQ(run(fmt::format("cd '{}' && promtool check config --syntax-only prometheus.yml",
                            rules.string()),
                said),
            0)
      << said;
}

// ---- the scrape

int listen_on_loopback(std::uint16_t& port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), length), 0);
  EXPECT_EQ(listen(fd, 16), 0);
  EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length), 0);
  port = ntohs(address.sin_port);
  return fd;
}

/// Answers every connection's first request with the metrics, one after the other.
class TinyServer {
 public:
  explicit TinyServer(std::function<std::string()> page) : page_(std::move(page)) {
    listener_ = listen_on_loopback(port_);
    thread_ = std::thread([this] { serve(); });
  }
  ~TinyServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  std::uint16_t port() const { return port_; }

 private:
  void serve() {
    for (;;) {
      const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      std::string request;
      char buffer[4096];
      while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t got = ::read(client, buffer, sizeof buffer);
        if (got <= 0) break;
        request.append(buffer, static_cast<std::size_t>(got));
      }
      const std::string page = page_();
      const std::string answer = fmt::format(
          "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: "
          "close\r\n\r\n{}",
          content_type, page.size(), page);
      for (std::size_t at = 0; at < answer.size();) {
        const ssize_t sent = send(client, answer.data() + at, answer.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) break;
        at += static_cast<std::size_t>(sent);
      }
      ::close(client);
    }
  }

  std::function<std::string()> page_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// A GET whose answer is read to its end; empty when nobody listens.
std::string get(std::uint16_t port, const std::string& target) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    const std::string request =
        fmt::format("GET {} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\r\n", target, port);
    if (send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0) {
      char buffer[4096];
      for (ssize_t got; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
        answer.append(buffer, static_cast<std::size_t>(got));
    }
  }
  close(fd);
  return answer;
}

class RealPrometheus {
 public:
  explicit RealPrometheus(std::uint16_t target) {
    std::ofstream(scratch_.file("prometheus.yml")) << fmt::format(
        "global: {{scrape_interval: 250ms}}\n"
        "scrape_configs:\n"
        "- job_name: ballast\n"
        "  static_configs: [{{targets: ['127.0.0.1:{}']}}]\n",
        target);
    const std::string config = "--config.file=" + scratch_.file("prometheus.yml").string();
    const std::string data = "--storage.tsdb.path=" + scratch_.file("data").string();
    const std::string log = scratch_.file("log").string();
    std::string words[] = {"prometheus", config, data, "--web.listen-address=127.0.0.1:0"};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                         nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, log.c_str(), O_WRONLY | O_CREAT, 0600);
    EXPECT_EQ(posix_spawnp(&pid_, "prometheus", &actions, nullptr, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
  }
  ~RealPrometheus() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }

  /// Where it listens; 0 until it does.
  std::uint16_t port() const {
    const std::string text = log();
    const std::string before = "msg=\"Listening on\" address=127.0.0.1:";
    const std::size_t at = text.find(before);
    return at == std::string::npos
               ? std::uint16_t{0}
               : static_cast<std::uint16_t>(std::stoi(text.substr(at + before.size(), 5)));
  }
  std::string log() const { return text_of(scratch_.file("log")); }

 private:
  Scratch scratch_;
  pid_t pid_ = -1;
};

/// Waits, with patience for a busy machine.
bool eventually(const std::function<bool()>& holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

TEST(Prometheus, scrapes_and_answers_queries) {
  if (!installed("prometheus")) GTEST_SKIP() << "prometheus is not here; packages.txt has it";
  test::SampleRun run(test::desk_of());
  Metrics metrics;
  run.fill(metrics);
  const TinyServer server([&] { return metrics.render(); });
  const RealPrometheus prometheus(server.port());
  ASSERT_TRUE(eventually([&] { return prometheus.port() != 0; })) << prometheus.log();
  std::string answer;
  EXPECT_TRUE(eventually([&] {
    answer = get(prometheus.port(), "/api/v1/query?query=ballast_factor_z");
    return answer.find(R"("factor":"delta:BTC")") != std::string::npos;
  })) << answer;
  EXPECT_NE(answer.find(R"("value":[)"), std::string::npos) << answer;
  EXPECT_NE(answer.find(R"(,"2"])"), std::string::npos) << answer;  // z is 2
  // Text that a scraper refuses makes no samples, and leaves `up` at 0.
  answer = get(prometheus.port(), "/api/v1/query?query=up");
  EXPECT_NE(answer.find(R"(,"1"])"), std::string::npos) << answer;
}

}  // namespace
}  // namespace ballast::metrics

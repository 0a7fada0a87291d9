// The real Alertmanager: fire, see it there, resolve, see it gone.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/http_client/http_client.hpp"
#include "adapters/sink/sink_kinds.hpp"
#include "support/program.hpp"
#include "support/receiver.hpp"

extern char** environ;

namespace ballast {
namespace {

constexpr const char* program = "/usr/bin/prometheus-alertmanager";

class Alertmanager {
 public:
  Alertmanager() : port_(testing::closed_port()) {
    scratch_.write("alertmanager.yml", "route: {receiver: none}\nreceivers: [{name: none}]\n");
    const std::string folder = scratch_.path().string();
    std::vector<std::string> arguments{
        program, "--config.file=" + folder + "/alertmanager.yml",
        "--storage.path=" + folder + "/data",
        "--cluster.listen-address=", fmt::format("--web.listen-address=127.0.0.1:{}", port_)};
    std::vector<char*> raw;
    for (std::string& argument : arguments)
      raw.push_back(argument.data());
    raw.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    const std::string log = folder + "/log";
    posix_spawn_file_actions_addopen(&files, 2, log.c_str(), O_WRONLY | O_CREAT, 0600);
    EXPECT_EQ(::posix_spawn(&pid_, program, &files, nullptr, raw.data(), environ), 0);
    posix_spawn_file_actions_destroy(&files);
  }
  Alertmanager(const Alertmanager&) = delete;
  Alertmanager& operator=(const Alertmanager&) = delete;
  ~Alertmanager() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  std::string log() const { return scratch_.read("log"); }

 private:
  testing::Scratch scratch_;
  std::uint16_t port_;
  pid_t pid_ = -1;
};

Timestamp now() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return {std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec};
}

TEST(RealAlertmanager, shows_what_fires_and_forgets_what_is_resolved) {
  if (!std::filesystem::exists(program))
    GTEST_SKIP() << "the Debian package prometheus-alertmanager is not installed";
  const Alertmanager alertmanager;
  const auto http = std::move(*make_http_client());
  const auto get = [&](const std::string& path) {
    return http->request({.url = alertmanager.url() + path}, Duration::seconds(10));
  };
  const auto eventually = [](const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  };
  ASSERT_TRUE(eventually([&] {
    const auto ready = get("/-/ready");
    return ready && ready->status == 200;
  })) << alertmanager.log();
  const auto alerts = [&] {
    const auto reply = get("/api/v2/alerts");
    return reply ? nlohmann::json::parse(reply->body, nullptr, false) : nlohmann::json();
  };

  SinkSettings settings;
  settings.name = "prom";
  settings.kind = SinkKind::alertmanager;
  settings.url = alertmanager.url();
  const auto sink = std::move(*make_sink({settings, Secret(), *http, now}));
  Notification n{.id = "out/delta:BTC@mm/3",
                 .message = "m",
                 .rule = "out",
                 .factor = "delta:BTC",
                 .book = "mm",
                 .severity = Severity::critical,
                 .state = NotificationState::firing,
                 .t = now(),
                 .since = now(),
                 .value = 1.4,
                 .threshold = "abs_z > 1",
                 .desk = "maker",
                 .link = "https://desk.example/alerts?id=out%2Fdelta%3ABTC%40mm%2F3"};
  const auto fired = sink->deliver(n, Duration::seconds(10), {});
  ASSERT_TRUE(fired) << fired.error().what;
  ASSERT_TRUE(eventually([&] { return alerts().size() == 1; }));
  const auto shown = alerts()[0];
  EXPECT_EQ(shown["labels"]["alertname"], "out");
  EXPECT_EQ(shown["labels"]["id"], n.id);
  EXPECT_EQ(shown["labels"]["severity"], "critical");
  EXPECT_EQ(shown["status"]["state"], "active");
  EXPECT_EQ(shown["generatorURL"], n.link);
  EXPECT_EQ(shown["annotations"]["value"], "1.4");

  n.state = NotificationState::reminder;  // the same alert, not another one
  ASSERT_TRUE(sink->deliver(n, Duration::seconds(10), {}));
  ASSERT_TRUE(eventually([&] {
    const auto all = alerts();
    return all.size() == 1 && all[0]["annotations"]["state"] == "reminder";
  }));

  n.state = NotificationState::resolved;
  n.t = now();
  const auto resolved = sink->deliver(n, Duration::seconds(10), {});
  ASSERT_TRUE(resolved) << resolved.error().what;
  EXPECT_TRUE(eventually([&] { return alerts().empty(); })) << alerts().dump();
}

}  // namespace
}  // namespace ballast

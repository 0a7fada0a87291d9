#include "adapters/config/alert_config.hpp"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/config/config.hpp"

namespace ballast {
namespace {

const std::string desk = R"(
[desk]
name = "d"
currency = "USDT"
[[assets]]
name = "USDT"
)";

TEST(AlertConfig, reads_sinks_with_the_usual_of_their_kinds) {
  const auto alerts = load_alert_settings(desk + R"(
[[sinks]]
name = "pager"
kind = "pagerduty"
secret_file = "key"
severity = "critical"
[[sinks]]
name = "prom"
kind = "alertmanager"
url = "http://127.0.0.1:9093/"
per_minute = 5
timeout = "3s"
give_up_after = "1h"
ca_file = "ca.pem"
[[escalations]]
name = "first"
severity = "warning"
sinks = ["prom"]
escalate_after = "5m"
escalate_to = "second"
[[escalations]]
name = "second"
sinks = ["pager"]
[notifications]
dashboard = "https://desk.example/"
breaks = "critical"
transfers = "off"
)",
                                          "desk.toml");
  ASSERT_TRUE(alerts) << alerts.error().what;
  AlertSettings expected;
  expected.sinks = {{.name = "pager",
                     .kind = SinkKind::pagerduty,
                     .url = "https://events.pagerduty.com",
                     .secret_file = "key",
                     .severity = Severity::critical,
                     .per_minute = 60,
                     .line = 8},
                    {.name = "prom",
                     .kind = SinkKind::alertmanager,
                     .url = "http://127.0.0.1:9093",
                     .ca_file = "ca.pem",
                     .per_minute = 5,
                     .timeout = Duration::seconds(3),
                     .give_up_after = Duration::hours(1),
                     .line = 13}};
  expected.escalations = {{.name = "first",
                           .severity = Severity::warning,
                           .sinks = {"prom"},
                           .escalate_after = Duration::minutes(5),
                           .escalate_to = "second"},
                          {.name = "second", .sinks = {"pager"}}};
  expected.dashboard = "https://desk.example";
  expected.breaks = Severity::critical;
  expected.transfers.reset();
  EXPECT_EQ(alerts->sinks, expected.sinks);
  EXPECT_EQ(alerts->escalations, expected.escalations);
  EXPECT_EQ(*alerts, expected);
}

TEST(AlertConfig, is_no_part_of_the_desk_s_identity) {
  const std::string sinks =
      "[[sinks]]\nname = \"a\"\nkind = \"alertmanager\"\nurl = \"http://[::1]\"\n"
      "[notifications]\nbreaks = \"off\"\n";
  const auto with = load_desk(desk + sinks, "desk.toml");
  const auto without = load_desk(desk, "desk.toml");
  ASSERT_TRUE(with && without);
  EXPECT_EQ(canonical_desk(*with), canonical_desk(*without));
}

class SecretFile : public ::testing::Test {
 protected:
  SecretFile()
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("ballast_secret_{}", ::getpid())) {}
  ~SecretFile() override { std::filesystem::remove(path_); }

  Result<Secret> read(std::string_view text, unsigned mode = 0600) {
    std::ofstream(path_) << text;
    std::filesystem::permissions(path_, static_cast<std::filesystem::perms>(mode));
    SinkSettings sink;
    sink.name = "pager";
    sink.secret_file = path_.filename().string();
    return read_secret(sink, path_.parent_path().string(), nullptr);
  }

  std::filesystem::path path_;
};

TEST_F(SecretFile, is_read_without_the_line_s_end) {
  const auto secret = read("s3cret\r\n");
  ASSERT_TRUE(secret) << secret.error().what;
  EXPECT_EQ(secret->reveal(), "s3cret");
  EXPECT_TRUE(read("s3cret", 0640));
}

TEST_F(SecretFile, that_is_no_good_is_refused_by_its_place_and_never_shown) {
  const std::pair<std::string, unsigned> cases[] = {{"s3cret", 0644},
                                                    {"s3cret", 0602},
                                                    {"", 0600},
                                                    {"\n", 0600},
                                                    {"s3cret and more", 0600},
                                                    {"s3cret\nmore\n", 0600},
                                                    {"s3cret\x01", 0600},
                                                    {std::string(5000, 's'), 0600}};
  for (const auto& [text, mode] : cases) {
    const auto secret = read(text, mode);
    ASSERT_FALSE(secret) << text << mode;
    EXPECT_NE(secret.error().what.find(path_.string()), std::string::npos) << secret.error().what;
    EXPECT_NE(secret.error().what.find("sink \"pager\""), std::string::npos) << secret.error().what;
    EXPECT_EQ(secret.error().what.find("s3cret"), std::string::npos) << secret.error().what;
  }
  std::filesystem::remove(path_);
  SinkSettings sink;
  sink.name = "pager";
  sink.secret_file = path_.string();
  const auto none = read_secret(sink, "", nullptr);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().what, fmt::format("sink \"pager\": secret_file {} cannot be read: No such "
                                           "file or directory",
                                           path_.string()));
}

TEST(SecretInTheEnvironment, is_what_the_variable_holds) {
  SinkSettings sink;
  sink.name = "chat";
  sink.secret_env = "SLACK";
  const auto environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "SLACK") return "https://hooks";
    return std::nullopt;
  };
  EXPECT_EQ(read_secret(sink, "", environment)->reveal(), "https://hooks");
  sink.secret_env = "SLAKC";
  const auto unset = read_secret(sink, "", environment);
  ASSERT_FALSE(unset);
  EXPECT_EQ(unset.error().what, "sink \"chat\": secret_env names $SLAKC, which is not set");
  sink.secret_env.clear();
  EXPECT_TRUE(read_secret(sink, "", environment)->empty());
}

}  // namespace
}  // namespace ballast
